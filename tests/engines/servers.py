"""PostgreSQL and Spark for the tests: each is started once in a run, and small frames become tables of it.

| fixture | is |
|---|---|
| `postgres_url` | where a cluster of its own listens |
| `postgres` | a psycopg connection to it, each statement its own transaction |
| `spark` | a session in this process |
| `load_postgres`, `load_spark` | `load(name, frame, types)` makes a table for one test and returns the name that it has |

An engine that is not here skips its tests with the reason; one that is named in `KPIDSL_REQUIRE_ENGINES=spark,postgres` fails
them. An engine that is here and does not start fails them too. Tests that take one of these fixtures, or a parameter `spark` or
`postgres`, are marked `server`.
"""

from __future__ import annotations

import math
import os
import re
import secrets
import shutil
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Protocol

import pandas as pd
import pytest
from engines.cluster import postgres_programs, running_cluster

from kpidsl.catalog.core import Type

if TYPE_CHECKING:
    from psycopg import Connection
    from pyspark.sql import SparkSession

REQUIRED = "KPIDSL_REQUIRE_ENGINES"
ENGINES = frozenset({"duckdb", "spark", "postgres"})
SERVERS = frozenset({"spark", "postgres", "postgres_url"})
OLDEST_JAVA = 17

Row = tuple[Any, ...]


class Load(Protocol):
    """Makes a table whose columns are those of `types`; a missing value is NULL."""

    def __call__(self, name: str, frame: pd.DataFrame, types: Mapping[str, Type | str]) -> str: ...


# What is here


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "server: needs Spark or PostgreSQL, and is skipped where they are not.")
    if unknown := required() - ENGINES:
        raise pytest.UsageError(f"{REQUIRED} names {', '.join(sorted(unknown))}; there are {', '.join(sorted(ENGINES))}")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        parameters = getattr(getattr(item, "callspec", None), "params", {}).values()
        words = {*getattr(item, "fixturenames", ()), *(each for each in parameters if isinstance(each, str))}
        if words & SERVERS:
            item.add_marker("server")


def required() -> frozenset[str]:
    return frozenset(filter(None, map(str.strip, os.environ.get(REQUIRED, "").split(","))))


def need(engine: str, lacking: str | None) -> None:
    """Skips, or fails where the engine is required, if something is lacking."""
    if lacking is None:
        return
    message = f"{engine} is not here: {lacking}"
    if engine in required():
        pytest.fail(f"{message} ({REQUIRED} asks for it)", pytrace=False)
    pytest.skip(message)


def lacking_for_postgres() -> str | None:
    if find_spec("psycopg") is None:
        return "psycopg is not installed (the extra `postgres`)"
    if postgres_programs() is None:
        return "initdb and postgres are neither in PATH nor in /usr/lib/postgresql (the Debian package `postgresql`)"
    return None


def lacking_for_spark() -> str | None:
    if find_spec("pyspark") is None:
        return "pyspark is not installed (the extra `spark`)"
    version = java_version()
    if version is None:
        return "no Java runtime in JAVA_HOME or PATH (the Debian package `openjdk-17-jre-headless`)"
    return None if version >= OLDEST_JAVA else f"Java is {version}, Spark needs {OLDEST_JAVA}"


def java_version() -> int | None:
    """The major version of the Java runtime that Spark would start."""
    home = os.environ.get("JAVA_HOME")
    java = shutil.which("java", path=os.path.join(home, "bin") if home else None)
    if java is None:
        return None
    told = subprocess.run([java, "-version"], capture_output=True, text=True)
    found = re.search(r'version "(\d+)', told.stderr + told.stdout)
    return int(found[1]) if found else None


# PostgreSQL


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    need("postgres", lacking_for_postgres())
    programs = postgres_programs()
    assert programs is not None
    with running_cluster(programs) as url:
        yield url


@pytest.fixture(scope="session")
def postgres(postgres_url: str) -> Iterator[Connection[Row]]:
    import psycopg

    # A reader that was left open keeps a table from being dropped: an error, and no hang.
    with psycopg.connect(postgres_url, autocommit=True, options="-c lock_timeout=5s") as connection:
        yield connection


@pytest.fixture
def load_postgres(postgres: Connection[Row]) -> Iterator[Load]:
    from psycopg import sql

    spelled = {Type.TEXT: "text", Type.NUMBER: "float8", Type.BOOLEAN: "boolean", Type.DATE: "date", Type.DATETIME: "timestamp"}
    made: list[sql.Identifier] = []

    def load(name: str, frame: pd.DataFrame, types: Mapping[str, Type | str]) -> str:
        unique = unique_name(name)
        table = sql.Identifier(unique)
        columns = [
            sql.Identifier(column) + sql.SQL(" " + ("timestamptz" if is_zoned(frame[column]) else spelled[Type(kind)]))
            for column, kind in types.items()
        ]
        with postgres.transaction(), postgres.cursor() as cursor:
            cursor.execute(sql.SQL("CREATE UNLOGGED TABLE {} ({})").format(table, sql.SQL(", ").join(columns)))
            made.append(table)
            with cursor.copy(sql.SQL("COPY {} FROM STDIN").format(table)) as copy:
                for row in rows_of(frame, types):
                    copy.write_row(row)
        return unique

    yield load
    if made:
        postgres.execute(sql.SQL("DROP TABLE IF EXISTS {} CASCADE").format(sql.SQL(", ").join(made)))


# Spark

# Measured on 200 tiny queries: the time goes into the compilers of the JVM, then into stages. Stopping at the first compiler
# halves it; whole stages and adaptive plans only pay on large data.
SETTINGS = {
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.log.level": "OFF",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.memory": "1g",
    "spark.driver.extraJavaOptions": "-XX:+UseSerialGC -XX:TieredStopAtLevel=1",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.shuffle.partitions": "2",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.adaptive.enabled": "false",
}


@pytest.fixture(scope="session")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SparkSession]:
    need("spark", lacking_for_spark())
    from pyspark.sql import SparkSession

    folder = tmp_path_factory.mktemp("spark")
    builder = SparkSession.builder.master("local[2]").appName("kpidsl tests")
    places = {"spark.sql.warehouse.dir": str(folder / "warehouse"), "spark.local.dir": str(folder / "scratch")}
    for name, value in {**SETTINGS, **places}.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    yield session
    session.stop()


@pytest.fixture
def load_spark(spark: SparkSession) -> Iterator[Load]:
    """The tables are temporary views over values, which the session alone sees."""
    made: list[str] = []

    def load(name: str, frame: pd.DataFrame, types: Mapping[str, Type | str]) -> str:
        unique = unique_name(name)
        zoned = frozenset(column for column in types if is_zoned(frame[column]))
        spark.sql(values(rows_of(frame, types), types, zoned)).createOrReplaceTempView(quoted(unique))
        made.append(unique)
        return unique

    yield load
    for name in made:
        spark.sql(f"DROP VIEW IF EXISTS {quoted(name)}")


def values(rows: list[Row], types: Mapping[str, Type | str], zoned: frozenset[str] = frozenset()) -> str:
    """A query whose result is the rows."""
    spelled = {
        Type.TEXT: "STRING",
        Type.NUMBER: "DOUBLE",
        Type.BOOLEAN: "BOOLEAN",
        Type.DATE: "DATE",
        Type.DATETIME: "TIMESTAMP_NTZ",
    }
    names = [f"c{place}" for place in range(len(types))]
    typed = [
        f"CAST({name} AS {'TIMESTAMP' if column in zoned else spelled[Type(kind)]}) AS {quoted(column)}"
        for name, (column, kind) in zip(names, types.items(), strict=True)
    ]
    tuples = [f"({', '.join(map(literal, row))})" for row in rows or [(None,) * len(types)]]
    query = f"SELECT {', '.join(typed)} FROM VALUES {', '.join(tuples)} AS rows({', '.join(names)})"
    return query if rows else f"{query} WHERE false"


def quoted(name: str) -> str:
    return "`" + name.replace("`", "``") + "`"


def literal(value: object) -> str:
    match value:
        case None:
            return "NULL"
        case bool():
            return str(value).lower()
        case float():
            return f"{value!r}D" if math.isfinite(value) else f"DOUBLE('{value}')"
        case datetime() if value.tzinfo is not None:
            return f"TIMESTAMP'{value.isoformat(sep=' ')}'"
        case datetime():
            return f"TIMESTAMP_NTZ'{value.isoformat(sep=' ')}'"
        case date():
            return f"DATE'{value.isoformat()}'"
        case str():
            return "'" + re.sub("[^A-Za-z0-9 ]", lambda found: escaped(found[0]), value) + "'"
        case _:
            raise TypeError(f"no literal for {type(value).__name__}")


def escaped(character: str) -> str:
    """As UTF-16: Spark reads backslashes as escapes, and puts variables in for ${ } even in a text."""
    return re.sub("(....)", r"\\u\1", character.encode("utf-16-be").hex())


# Frames


def unique_name(name: str) -> str:
    return f"{name}_{secrets.token_hex(4)}"


def is_zoned(values: pd.Series[Any]) -> bool:
    """Whether a column holds moments with a zone; then all of them must have one."""
    return any(isinstance(value, datetime) and value.tzinfo is not None for value in values.tolist())


def rows_of(frame: pd.DataFrame, types: Mapping[str, Type | str]) -> list[Row]:
    columns: Iterable[list[Any]] = (
        [None if pd.isna(value) else plain(value, Type(kind)) for value in frame[name].tolist()] for name, kind in types.items()
    )
    return list(zip(*columns, strict=True))


def plain(value: Any, kind: Type) -> str | float | bool | date | datetime:
    match kind:
        case Type.TEXT:
            return str(value)
        case Type.NUMBER:
            return float(value)
        case Type.BOOLEAN:
            return bool(value)
        case Type.DATE:
            return datetime.fromisoformat(str(value)).date()
        case Type.DATETIME:
            return datetime.fromisoformat(str(value))
