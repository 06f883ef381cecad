"""Tables of databases: found and described, compared with what is declared, and nothing secret in any word."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest
from binding import leads

from kpidsl.data.given import Given, Remote, Table, Unusable
from kpidsl.data.inputs import read_inputs
from kpidsl.data.limits import Limits
from kpidsl.data.opened import Opened
from kpidsl.data.relations import Physical
from kpidsl.data.remote import open_there

COLUMNS = "lead_id seen_at day score won channel"
TYPES = {
    "duckdb": "lead_id varchar, seen_at timestamptz, day date, score decimal(9, 2), won boolean, channel varchar",
    "postgres": "lead_id varchar(20), seen_at timestamptz, day date, score numeric(9, 2), won boolean, channel text",
    "spark": "lead_id string, seen_at timestamp, day date, score decimal(9, 2), won boolean, channel string",
}
ROW = "'007', timestamp '2026-01-31 10:00:00', date '2026-01-31', 1.5, true, 'web'"


def opened(place: Remote, needed: str = COLUMNS, **said: Any) -> Opened:
    return open_there(leads(), {"leads": needed.split()}, {"leads": Given(place, **said)}, Limits())


def told(found: Opened) -> list[tuple[str, str]]:
    return [(finding.code, finding.headline) for finding in found.findings]


@pytest.fixture
def connections(request: pytest.FixtureRequest) -> Iterator[Any]:
    yield lambda kind: duckdb.connect() if kind == "duckdb" else request.getfixturevalue(kind)


@pytest.fixture(params=["duckdb", "postgres", "spark"])
def place(request: pytest.FixtureRequest, connections: Any) -> Iterator[Remote]:
    """A table of leads with one row."""
    kind = request.param
    connection = connections(kind)
    if kind == "spark":
        columns = ", ".join(f"cast({value} as {type_}) as {name}" for name, type_, value in spelled(kind))
        connection.sql(f"select {columns}").createOrReplaceTempView("leads")
    else:
        connection.execute(f"create table leads ({TYPES[kind]})")
        connection.execute(f"insert into leads values ({ROW})")
    yield Remote(kind, ("leads",), connection=connection)
    if kind == "spark":
        connection.catalog.dropTempView("leads")
    else:
        connection.execute("drop table leads")


def spelled(kind: str) -> list[tuple[str, str, str]]:
    """Each column with its type and its value."""
    columns = [each.split(" ") for each in TYPES[kind].replace("(9, 2)", "(9,2)").split(", ")]
    return [(name, type_, value) for (name, type_), value in zip(columns, ROW.split(", "), strict=True)]


def test_columns_are_described(place: Remote) -> None:
    found = opened(place)
    assert not found.findings
    columns = found.relations["leads"].columns
    assert {name: column.physical for name, column in columns.items()} == {
        "lead_id": Physical.TEXT,
        "seen_at": Physical.ZONED,
        "day": Physical.DATE,
        "score": Physical.DECIMAL,
        "won": Physical.BOOLEAN,
        "channel": Physical.TEXT,
    }


def test_results_have_the_kinds_that_are_asked_for(place: Remote) -> None:
    store = opened(place).store
    number, text, truth, day, moment = store.run(
        "select cast(score as double precision), lead_id, won, day, cast(day as timestamp) from leads union all "
        "select null, null, null, null, null order by 2"
        if place.kind != "spark"
        else "select cast(score as double), lead_id, won, day, cast(day as timestamp_ntz) from leads union all "
        "select null, null, null, null, null order by 2 nulls last",
        ["number", "text", "boolean", "date", "moment"],
    )
    assert number[0] == 1.5 and number[1] != number[1]
    assert [text[0], truth[0], str(day[0]), str(moment[0])] == ["007", True, "2026-01-31", "2026-01-31 00:00:00"]
    assert [text[1], truth[1], day[1], moment[1]] == [None] * 4


def test_a_table_that_is_not_there(place: Remote) -> None:
    found = opened(Remote(place.kind, ("leadz",), connection=place.connection))
    assert found.failed == {"leads"} and [code for code, _ in told(found)] == ["table-not-found"]


@pytest.mark.parametrize("name", ['"leads"', "name", "self"])
def test_a_table_that_is_called_like_something_else(name: str) -> None:
    found = opened(Remote("duckdb", (name,), connection=duckdb.connect()))
    assert [code for code, _ in told(found)] == ["table-not-found"]


def test_a_column_that_is_not_there(place: Remote) -> None:
    found = opened(place, "lead_id customer")
    assert found.failed == {"leads"} and [code for code, _ in told(found)] == ["column-missing"]


def test_a_column_that_is_stored_as_something_else(place: Remote) -> None:
    ((code, headline),) = told(opened(place, "amount", columns={"amount": "channel"}))
    assert code == "wrong-type" and "`channel` of table `leads`" in headline and headline.endswith("declares it number")


def test_capital_letters_count_where_they_do_for_the_database(place: Remote) -> None:
    found = opened(place, "score", columns={"score": "SCORE"})
    assert [code for code, _ in told(found)] == (["column-missing"] if place.kind == "postgres" else [])


def test_a_statement_that_fails_says_why_and_leaves_the_connection_usable(place: Remote) -> None:
    store = opened(place).store
    with pytest.raises(Exception, match="could not answer"):
        store.run("select cast(lead_id || 'x' as integer) from leads", ["number"])
    assert store.run("select 1 as one", ["number"])[0].tolist() == [1.0]


def test_a_frame_of_spark_is_a_table_for_as_long_as_it_is_needed(spark: Any) -> None:
    frame = spark.sql("select 'a' as lead_id")
    before = {table.name for table in spark.catalog.listTables()}
    inputs = read_inputs(leads(), {"leads": frame}, {})
    assert inputs.given is not None
    found = open_there(leads(), {"leads": ["lead_id"]}, inputs.given, Limits())
    assert not found.findings
    found.store.close()
    assert {table.name for table in spark.catalog.listTables()} == before


def test_a_column_of_a_frame_of_spark_that_is_stored_as_something_else(spark: Any) -> None:
    inputs = read_inputs(leads(), {"leads": spark.sql("select array('a') as lead_id")}, {})
    assert inputs.given is not None
    found = open_there(leads(), {"leads": ["lead_id"]}, inputs.given, Limits())
    assert told(found)[0][1].startswith("column `lead_id` of the frame is array<string>")
    found.store.close()


def test_spark_says_why_and_not_what_was_called(spark: Any, tmp_path: Path) -> None:
    spark.sql("select 'a' as lead_id").write.parquet(str(tmp_path / "leads"))
    frame = spark.read.parquet(str(tmp_path / "leads"))
    frame.createOrReplaceTempView("lost_leads")
    store = opened(Remote("spark", ("lost_leads",), connection=spark), "lead_id").store
    for file in (tmp_path / "leads").glob("*.parquet"):
        file.unlink()
    with pytest.raises(Exception, match="could not answer") as caught:
        store.run("select count(lead_id) from lost_leads", ["number"])
    assert "FILE" in str(caught.value) and "error occurred while calling" not in str(caught.value)
    spark.catalog.dropTempView("lost_leads")


class Stopped:
    """What a session of Spark is after its end."""

    __module__ = "pyspark.sql.session"

    def table(self, name: str) -> Any:
        raise AttributeError("'NoneType' object has no attribute 'setCallSite'")

    def interruptTag(self, tag: str) -> None:
        """Nothing runs."""


def test_a_session_of_spark_that_was_stopped() -> None:
    ((code, headline),) = told(opened(Remote("spark", ("leads",), connection=Stopped())))
    assert (code, headline) == ("connection-failed", "the connection to Spark was lost: its session was stopped")


# PostgreSQL


def test_nothing_is_written_and_the_connection_is_left_as_it_was(postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    import psycopg

    with psycopg.connect(postgres_url) as connection:
        connection.execute("create temp table leads (lead_id text)")
        connection.commit()
        store = opened(Remote("postgres", ("leads",), connection=connection), "lead_id").store
        store.close()
        assert connection.info.transaction_status == psycopg.pq.TransactionStatus.IDLE
    monkeypatch.setenv("WAREHOUSE", postgres_url)
    own = open_there(leads(), {"leads": []}, {"leads": Given(Remote("postgres", ("pg_class",), "WAREHOUSE"))}, Limits())
    assert not own.findings
    with pytest.raises(Exception, match="read-only"):
        own.store.run("create table written (a int)", [])
    own.store.close()


@pytest.mark.parametrize(
    ("held", "said"),
    [
        (None, "`WAREHOUSE`, which `connect` names, is not set"),
        ("user=me secret words", "holds is no connection string"),
        ("postgresql://me:s3cret@127.0.0.1:1/db", "cannot be reached by what `WAREHOUSE` says"),
        ("host=127.0.0.1 port=1 user=me password=s3cret", "cannot be reached by what `WAREHOUSE` says"),
    ],
)
def test_a_connection_that_fails_says_nothing_secret(held: str | None, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("psycopg")
    monkeypatch.delenv("WAREHOUSE", raising=False)
    if held is not None:
        monkeypatch.setenv("WAREHOUSE", held)
    found = opened(Remote("postgres", ("leads",), "WAREHOUSE"))
    ((code, headline),) = told(found)
    assert code == "connection-failed" and said in headline and "secret" not in str(found.findings) and "s3cret" not in headline


def test_a_connection_that_is_lost(postgres_url: str) -> None:
    import psycopg

    with psycopg.connect(postgres_url, autocommit=True) as other, psycopg.connect(postgres_url) as connection:
        store = opened(Remote("postgres", ("pg_class",), connection=connection), "").store
        other.execute("select pg_terminate_backend(%s)", (connection.info.backend_pid,))
        with pytest.raises(Exception, match="connection to PostgreSQL was lost"):
            store.run("select 1", ["number"])
        store.close()


def test_no_right_to_read(postgres: Any, postgres_url: str) -> None:
    import psycopg

    postgres.execute("create role nobody_much; create table private_leads (lead_id text)")
    try:
        with psycopg.connect(postgres_url) as connection:
            connection.execute("set role nobody_much")
            connection.commit()
            found = opened(Remote("postgres", ("private_leads",), connection=connection), "lead_id")
            with pytest.raises(Exception, match="does not allow it: permission denied"):
                found.store.run("select count(*) from private_leads", ["number"])
            found.store.close()
    finally:
        postgres.execute("drop table private_leads; drop role nobody_much")


@pytest.mark.parametrize("way", ["dict_row", "scalar_row", "RawCursor"])
def test_what_cursors_of_the_host_yield_does_not_matter(postgres_url: str, way: str) -> None:
    import psycopg
    from psycopg import rows

    made: dict[str, Any] = {"cursor_factory": psycopg.RawCursor} if way == "RawCursor" else {"row_factory": getattr(rows, way)}
    with psycopg.connect(postgres_url, **made) as connection:
        found = opened(Remote("postgres", ("pg_database",), connection=connection), "lead_id", columns={"lead_id": "datname"})
        assert not found.findings
        assert "postgres" in found.store.run("select datname from pg_database", ["text"])[0]
        found.store.close()


def test_a_connection_that_does_not_know_what_characters_are(postgres_url: str) -> None:
    import psycopg

    with psycopg.connect(postgres_url, client_encoding="SQL_ASCII") as connection:
        ((code, headline),) = told(opened(Remote("postgres", ("pg_database",), connection=connection), ""))
    assert code == "connection-failed" and "SQL_ASCII" in headline


def test_a_character_that_a_connection_cannot_write(postgres_url: str) -> None:
    import psycopg

    with psycopg.connect(postgres_url, client_encoding="latin1") as connection:
        store = opened(Remote("postgres", ("pg_database",), connection=connection), "").store
        with pytest.raises(Exception, match="could not answer: 'latin-1' codec"):
            store.run("select '€'", ["text"])
        store.close()


# What a host says


class OtherConnection:
    """One of another driver for PostgreSQL."""

    __module__ = "psycopg2.extensions"


class AsyncConnection:
    __module__ = "psycopg"


@pytest.mark.parametrize(
    ("table", "code"),
    [
        (Table(3, "leads"), "unknown-connection"),
        (Table(duckdb.connect(), "leads", dialect="oracle"), "unknown-connection"),
        (Table(OtherConnection(), "leads"), "unknown-connection"),
        (Table(OtherConnection(), "leads", dialect="postgres"), "unknown-connection"),
        (Table(AsyncConnection(), "leads"), "unknown-connection"),
        (Table(duckdb.connect(), "crm..leads"), "table-not-found"),
        (Table(duckdb.connect(), ""), "table-not-found"),
        (Table(duckdb.connect(), None), "table-not-found"),  # type: ignore[arg-type]
    ],
)
def test_tables_that_cannot_be_meant(table: Table, code: str) -> None:
    inputs = read_inputs(leads(), {"leads": table}, {})
    assert inputs.given is not None and isinstance(inputs.given["leads"].place, Unusable)
    assert [finding.code for finding in inputs.findings] == [code]


def test_a_host_s_connection_says_what_it_is() -> None:
    inputs = read_inputs(leads(), {"leads": Table(duckdb.connect(), "crm.leads"), "pages": Table(3, ("a.b", "c"), "trino")}, {})
    assert inputs.given is not None
    places = [inputs.given[name].place for name in ("leads", "pages")]
    assert [(place.kind, place.table) for place in places if isinstance(place, Remote)] == [
        ("duckdb", ("crm", "leads")),
        ("trino", ("a.b", "c")),
    ]


def test_a_driver_that_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WAREHOUSE", "trino://somewhere/crm")
    found = opened(Remote("trino", ("leads",), "WAREHOUSE"))
    assert [code for code, _ in told(found)] == ["package-missing"]


def test_frames_on_a_host_s_connection() -> None:
    connection = duckdb.connect()
    connection.register("leads", pd.DataFrame({"lead_id": ["a"], "score": [1]}))
    found = opened(Remote("duckdb", ("leads",), connection=connection), "lead_id score")
    assert not found.findings
    found.store.close()
    assert connection.execute("select count(*) from leads").fetchall() == [(1,)]
