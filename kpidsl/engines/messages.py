"""What the engines have to say: what they cannot do, and what about the data changes how a result is to be read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from kpidsl.diagnostics import Diagnostic, Severity
from kpidsl.suggest import nearest


def _note(code: str, about: str, headline: str, *help: str) -> Diagnostic:
    return Diagnostic(code, Severity.NOTE, headline, help=help, about=about)


def not_evaluated_yet(what: str) -> Diagnostic:
    return Diagnostic("not-evaluated-yet", Severity.ERROR, f"`{what}` cannot be evaluated yet", about="the question")


def unknown_engine(name: str, known: Sequence[str]) -> Diagnostic:
    near = nearest(name, known)
    help_ = f"perhaps `{near}`?" if near else f"the engines are {', '.join(known)}"
    return Diagnostic("unknown-engine", Severity.ERROR, f"there is no engine `{name}`", help=(help_,), about="the question")


def dates_missing(source: str, column: str, missing: int, rows: int) -> Diagnostic:
    have, are = ("has", "is") if missing == 1 else ("have", "are")
    headline = f"{missing:,} of {rows:,} rows of source `{source}` {have} no `{column}`, {are} in no period and left out"
    return _note("dates-missing", f"source {source}", headline)


def range_moved(word: str, given: date | datetime, moved: date, grain: str) -> Diagnostic:
    side = "start" if word == "from" else "end"
    headline = f"`{word}` is moved from {given} to {moved}, the {side} of its {grain}: periods are never cut"
    return _note("range-moved", "the question", headline)


def undefined_rows(source: str, columns: Iterable[str], reasons: Iterable[str], count: int) -> Diagnostic:
    rows = f"{count:,} row of source `{source}` counts" if count == 1 else f"{count:,} rows of source `{source}` count"
    names = " and ".join(f"`{name}`" for name in columns) or "constants"
    headline = f"{rows} as missing: {', '.join(sorted(reasons))} in what is computed from {names}"
    return _note("undefined-rows", f"source {source}", headline)


def gap_in_data(source: str, column: str, first: date, last: date, days: int) -> Diagnostic:
    headline = (
        f"source `{source}` has no row with a `{column}` from {first} to {last}, {days:,} days, "
        "more than twice as long as any gap before; its counts and sums are 0 there"
    )
    return _note(
        "gap-in-data", f"source {source}", headline, "`covers` in the binding says for which time the data are complete"
    )


def too_many_periods(first: date, after: date, grain: str, most: int) -> Diagnostic:
    headline = f"from {first.isoformat()} to {after.isoformat()} there are more than {most:,} periods of one {grain}"
    help_ = ("`from` sets where the range begins; a wrong date far off, such as 0001-01-01, may be the reason",)
    return Diagnostic("too-many-periods", Severity.ERROR, headline, help=help_, about="the question")
