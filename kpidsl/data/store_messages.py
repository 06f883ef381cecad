"""Everything that databases can be complained about: one function for one complaint. Credentials are never among the words."""

from __future__ import annotations

from collections.abc import Sequence

from kpidsl.diagnostics import Diagnostic, Severity
from kpidsl.suggest import nearest


def _error(code: str, source: str, headline: str, *help: str) -> Diagnostic:
    return Diagnostic(code, Severity.ERROR, headline, help=tuple(line for line in help if line), about=f"source {source}")


def unknown_connection(source: str, kind: str, known: Sequence[str]) -> Diagnostic:
    headline = f"source `{source}` is given as a table of `{kind}`, and what that is connected to is not known"
    return _error("unknown-connection", source, headline, f"`Table(…, dialect=…)` says it: {', '.join(known)}")


def unknown_dialect(source: str, dialect: str, known: Sequence[str]) -> Diagnostic:
    near = nearest(dialect, known)
    headline = f"source `{source}` is given as a table in the dialect `{dialect}`, which is not known"
    return _error("unknown-connection", source, headline, f"perhaps `{near}`?" if near else f"these are {', '.join(known)}")


def not_psycopg(source: str, kind: str) -> Diagnostic:
    headline = f"source `{source}` is given as a table of `{kind}`, and PostgreSQL is read by plain connections of psycopg 3"
    return _error("unknown-connection", source, headline, "`psycopg.connect(…)` makes one")


def not_a_table(source: str, name: str) -> Diagnostic:
    headline = f"source `{source}` is given as a table called `{name}`, and that is no name of a table"
    return _error("table-not-found", source, headline, "a name is written as `schema.table`, or given as its parts")


# While a question runs


def query_failed(title: str, reason: str) -> Diagnostic:
    return _run("query-failed", f"{title} could not answer: {reason}")


def out_of_memory(limit: int | None) -> Diagnostic:
    most = f" than the limit of {_bytes(limit)}" if limit is not None else " than there is"
    return _run(
        "out-of-memory",
        f"the question needs more memory{most}",
        "a higher `memory_limit`, fewer dimensions, or fewer distinct counts and percentiles at once help",
    )


def disk_full() -> Diagnostic:
    headline = "the question needs more memory than there is, and the disk is full with what did not fit"
    return _run(
        "out-of-memory", headline, "free space in the folder for temporary files (`TMPDIR`), or a higher `memory_limit`, helps"
    )


def _bytes(count: int) -> str:
    """As a number of the largest unit that it fills."""
    for power, unit in ((3, "GB"), (2, "MB"), (1, "KB")):
        if count >= 1000**power:
            return f"{count / 1000**power:.4g} {unit}"
    return f"{count} bytes"


def _run(code: str, headline: str, *help: str) -> Diagnostic:
    return Diagnostic(code, Severity.ERROR, headline, help=help, about="the question")


# Connections


def not_in_environment(variable: str) -> Diagnostic:
    headline = f"the environment variable `{variable}`, which `connect` names, is not set"
    return _data("connection-failed", headline, "it holds the connection string, which never stands in a file")


def not_an_address(variable: str, example: str) -> Diagnostic:
    headline = f"what the environment variable `{variable}` holds is no connection string"
    return _data("connection-failed", headline, f"one is written like `{example}`")


def connection_failed(title: str, variable: str | None, reason: str) -> Diagnostic:
    by = f" by what `{variable}` says" if variable else ""
    return _data("connection-failed", f"{title} cannot be reached{by}: {reason}")


def without_encoding(title: str) -> Diagnostic:
    headline = f"the connection to {title} has the encoding SQL_ASCII, which leaves open what characters texts are made of"
    return _data("connection-failed", headline, "`client_encoding=utf8` says it")


def driver_missing(title: str, package: str, install: str) -> Diagnostic:
    headline = f"{title} is reached with {package}, which is not installed"
    return _data("package-missing", headline, f"`pip install {install}` installs it")


def connection_lost(title: str, reason: str) -> Diagnostic:
    return _data("connection-failed", f"the connection to {title} was lost: {reason}")


def table_missing(source: str, table: str, title: str) -> Diagnostic:
    headline = f"there is no table `{table}` for source `{source}` in {title}, or nobody may see it"
    return _error("table-not-found", source, headline, "a name is written as `schema.table`, as the database spells it")


def not_allowed(title: str, reason: str) -> Diagnostic:
    return _data("connection-failed", f"{title} does not allow it: {reason}")


def stored_otherwise(source: str, column: str, table: str | None, stored: str, declared: str) -> Diagnostic:
    """A frame has no `table`."""
    where = "the frame" if table is None else f"table `{table}`"
    headline = f"column `{column}` of {where} is {stored}, and source `{source}` declares it {declared}"
    help_ = "a view that casts the column, or another type in the definition, brings the two together"
    return _error("wrong-type", source, headline, help_)


def _data(code: str, headline: str, *help: str) -> Diagnostic:
    return Diagnostic(code, Severity.ERROR, headline, help=help, about="data")
