"""What is here, in the one DuckDB database of a question: JSON, tables of files, frames; the same findings as in memory."""

from __future__ import annotations

import os
import signal
import tempfile
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pytest
from binding import bound, leads, write

from kpidsl.data.duckdb_store import DuckDbStore
from kpidsl.data.given import Csv, DuckDbTable, Excel, Frame, Given, Json, Parquet, Place
from kpidsl.data.limits import Limits, read_memory
from kpidsl.data.local import open_here
from kpidsl.data.opened import Opened
from kpidsl.data.relations import Kind, Physical
from kpidsl.data.rows import Refused
from kpidsl.data.table import Dates, Numbers, Texts, Truths

KINDS: dict[str, Kind] = {
    "lead_id": "text",
    "seen_at": "moment",
    "day": "date",
    "score": "number",
    "won": "boolean",
    "channel": "text",
    "amount": "number",
}


def here(given: Mapping[str, Given], columns: str, zone: str = "UTC", limits: Limits | None = None) -> Opened:
    return open_here(leads(zone), {"leads": columns.split()}, given, limits or Limits())


def stored(place: Place, needed: str, zone: str = "UTC", **said: Any) -> list[list[object]]:
    """The rows as DuckDB has them, in the order of their first column."""
    found = here({"leads": Given(place, **said)}, needed, zone)
    assert not found.findings, found.findings
    relation = found.relations["leads"]
    listed = ", ".join(_as(relation.columns[name].name, KINDS[name], relation.timezone) for name in needed.split())
    table = ".".join(f'"{part}"' for part in relation.table)
    answer = found.store.run(f"select {listed} from {table}", [KINDS[name] for name in needed.split()])
    found.store.close()
    rows = [[None if value != value else value for value in column.tolist()] for column in answer]
    return [list(row) for row in sorted(zip(*rows, strict=True), key=lambda row: (row[0] is None, row[0]))]


def _as(name: str, kind: Kind, zone: str) -> str:
    types = {"text": "varchar", "moment": "timestamp", "date": "timestamp", "number": "double", "boolean": "boolean"}
    return f'cast("{name}" as {types[kind]})'


def in_memory(place: Place, columns: str, zone: str = "UTC", **said: Any) -> list[str]:
    return [finding.headline for finding in bound({"leads": columns}, {"leads": Given(place, **said)}, zone).findings]


LINES = """{"lead_id": "007", "score": 1.5, "won": true, "day": "2026-01-31", "seen_at": "2026-01-31T10:00", "x/y~z": 1}
{"lead_id": 8, "score": null, "won": "no", "day": "2026-02-01T23:00Z", "seen_at": "2026-02-01"}

{"lead_id": null, "day": null}
"""
LIST = "[" + ",\n".join(line for line in LINES.splitlines() if line) + "]"


@pytest.mark.parametrize(("name", "text"), [("leads.jsonl", LINES), ("leads.json", LIST)])
def test_json(tmp_path: Path, name: str, text: str) -> None:
    place = Json(write(tmp_path / name, text))
    assert [row[:3] for row in stored(place, "lead_id score won")] == [
        ["007", 1.5, True],
        ["8", None, False],
        [None, None, None],
    ]
    moments = [[str(value) for value in row] for row in stored(place, "lead_id day seen_at")]
    assert moments == [
        ["007", "2026-01-31", "2026-01-31 10:00:00"],
        ["8", "2026-02-01", "2026-02-01 00:00:00"],
        ["None", "None", "None"],
    ]
    assert [row[0] for row in stored(place, "score", columns={"score": "x/y~z"})] == [1.0, None, None]
    table = bound({"leads": "lead_id score won day"}, {"leads": Given(place)}).tables["leads"]
    texts, numbers, truths, days = (table.columns[each] for each in ("lead_id", "score", "won", "day"))
    assert isinstance(texts, Texts) and [texts.words[code] if code >= 0 else None for code in texts.codes] == ["007", "8", None]
    assert isinstance(numbers, Numbers) and numbers.values[0] == 1.5
    assert isinstance(truths, Truths) and truths.values[:2].tolist() == [True, False]
    assert isinstance(days, Dates) and str(days.values[1]).startswith("2026-02-01T00:00")


@pytest.mark.parametrize(
    ("text", "columns", "code", "said"),
    [
        ('{"lead_id": "a", "score": "12"}\n', "score", "wrong-type", "`12` in row 1"),
        ('{"lead_id": "a"}\n', "score", "column-missing", "no column for `score`"),
        ('{"lead_id": "a"\n', "lead_id", "unreadable-file", "Malformed JSON"),
        ('[{"lead_id": "a"}, 3]', "lead_id", "unreadable-file", "row 2 is no object"),
        ('{"lead_id": {"a": 1}}\n', "lead_id", "wrong-type", "in row 1 is not text"),
    ],
)
def test_json_that_is_wrong(tmp_path: Path, text: str, columns: str, code: str, said: str) -> None:
    place = Json(write(tmp_path / "leads.json", text))
    found = here({"leads": Given(place)}, columns)
    found.store.close()
    assert found.failed == {"leads"}
    assert [finding.code for finding in found.findings] == [code] and said in found.findings[0].headline
    assert [finding.headline for finding in found.findings] == in_memory(place, columns)


def test_json_of_a_folder(tmp_path: Path) -> None:
    for name in ("a", "b"):
        write(tmp_path / f"{name}.jsonl", f'{{"lead_id": "{name}"}}\n')
    assert stored(Json(str(tmp_path)), "lead_id") == [["a"], ["b"]]
    assert stored(Json(str(tmp_path / "b*.jsonl")), "lead_id") == [["b"]]


@pytest.mark.parametrize(
    ("cell", "columns", "said"),
    [
        ("x", "score", {}),
        ("maybe", "won", {}),
        ("31.01.2026", "day", {}),
        ("2026-01-31", "day", {"date_format": "%d.%m.%Y"}),
        ("2026-01-31T25:00", "seen_at", {}),
        ("1.5", "score", {"decimal": ","}),
    ],
)
def test_a_cell_of_another_type_is_found_as_in_memory(tmp_path: Path, cell: str, columns: str, said: dict[str, Any]) -> None:
    good = {"score": "1", "won": "yes", "day": "01.02.2026" if said else "2026-01-01", "seen_at": "2026-01-01"}[columns]
    place = Csv(write(tmp_path / "leads.csv", f"lead_id,{columns}\na,{good}\nb,{cell}\n"))
    found = here({"leads": Given(place, **said)}, f"lead_id {columns}")
    found.store.close()
    headlines = [finding.headline for finding in found.findings]
    assert len(headlines) == 1 and "line 3" in headlines[0]
    assert headlines == in_memory(place, f"lead_id {columns}", **said)


@pytest.mark.parametrize(
    "cells",
    [
        ["2026-01-31T10:00Z", "2026-01-31T10:00+02:00"],
        ["2026-01-31T10:00Z", "2026-01-31T10:00"],
        ["2026-01-31 10:00:00.123456", ""],
        ["2026-W05", "2026-01-31"],
    ],
)
def test_moments_of_a_csv_file_are_those_in_memory(tmp_path: Path, cells: list[str]) -> None:
    text = "lead_id,seen_at\n" + "".join(f"{number},{cell}\n" for number, cell in enumerate(cells))
    place = Csv(write(tmp_path / "leads.csv", text))
    given = {"leads": Given(place, timezone="America/New_York")}
    table = bound({"leads": "seen_at"}, given, "Europe/Berlin").tables["leads"].columns["seen_at"]
    found = here(given, "lead_id seen_at", "Europe/Berlin")
    relation = found.relations["leads"]
    column = relation.columns["seen_at"]
    name = {
        Physical.ZONED: f"{column.name} at time zone 'Europe/Berlin'",
        Physical.MOMENT: f"({column.name} at time zone '{relation.timezone}') at time zone 'Europe/Berlin'",
    }[column.physical]
    (moments,) = found.store.run(f'select {name} from "temp".main."{relation.table[-1]}" order by 1 nulls last', ["moment"])
    found.store.close()
    assert isinstance(table, Dates)
    assert [None if each is None else np.datetime64(each, "us") for each in moments] == [
        None if np.isnat(each) else each for each in sorted(table.values)
    ]


FRAME = pd.DataFrame(
    {
        "lead_id": ["a", None, "c"],
        "seen_at": pd.to_datetime(["2026-01-31 10:00", None, "2026-02-01 00:00"]).tz_localize("UTC"),
        "day": pd.to_datetime(["2026-01-31 10:00", "2026-01-01 00:00", None]),
        "score": [1, 2, 3],
        "won": [True, False, True],
        "channel": pd.Categorical(["web", "mail", None]),
        "Net Amount": [1.5, np.nan, 3.0],
        "net amount": ["x", "y", "z"],
    }
)


def test_a_frame_is_scanned_as_it_is() -> None:
    rows = stored(Frame(FRAME), "lead_id score won channel amount")
    assert rows == [["a", 1.0, True, "web", 1.5], ["c", 3.0, True, None, 3.0], [None, 2.0, False, "mail", None]]


@pytest.mark.parametrize(
    "column",
    [
        pd.Series(["a", "b", None], dtype=object),
        pd.Series(["a", "b", None], dtype="category"),
        pd.Series([1, 2, None], dtype="Int64"),
        pd.Series([1.0, 2.0, None]),
        pd.Series([7, "7", None], dtype=object),
    ],
    ids=lambda column: str(column.dtype),
)
def test_texts_of_frames(column: pd.Series[Any]) -> None:
    place = Frame(pd.DataFrame({"lead_id": column}))
    table = bound({"leads": "lead_id"}, {"leads": Given(place)}).tables["leads"].columns["lead_id"]
    assert isinstance(table, Texts)
    words = [None if code < 0 else table.words[code] for code in table.codes]
    assert stored(place, "lead_id") == [[word] for word in sorted(words, key=lambda word: (word is None, word))]


@pytest.mark.parametrize(
    ("column", "infinite"),
    [
        (pd.Series([1.5, None]), False),
        (pd.Series([1.5, np.inf]), True),
        (pd.Series([-np.inf, np.nan], dtype=np.float32), True),
        (pd.Series([1, 2]), False),
        (pd.Series([1.5, None], dtype="Float64"), False),
        (pd.Series([1.5, -np.inf], dtype=object), False),  # typed first, when what is infinite becomes missing
        (pd.Series([], dtype=np.float64), False),
    ],
)
def test_infinite_numbers_of_frames_are_known(column: pd.Series[Any], infinite: bool) -> None:
    found = here({"leads": Given(Frame(pd.DataFrame({"score": column})))}, "score")
    assert found.relations["leads"].columns["score"].may_be_infinite == infinite
    found.store.close()


def test_a_table_of_a_duckdb_file(tmp_path: Path) -> None:
    with duckdb.connect(str(tmp_path / "w.duckdb")) as file:
        file.execute("create schema crm; create table crm.leads (lead_id varchar, score decimal(9, 2))")
        file.execute("insert into crm.leads values ('a', 1.5); create table base (lead_id integer)")
        file.execute("insert into base values (7); create view leads as select * from base")
        file.execute("create view passwords as select * from read_csv('/etc/passwd')")
    path = str(tmp_path / "w.duckdb")
    assert stored(DuckDbTable(path, ("crm", "leads")), "lead_id score") == [["a", 1.5]]
    assert stored(DuckDbTable(path, ("leads",)), "lead_id") == [["7"]]
    found = here({"leads": Given(DuckDbTable(path, ("leadz",)))}, "lead_id")
    assert [finding.code for finding in found.findings] == ["table-not-found"]
    found = here({"leads": Given(DuckDbTable(path, ("passwords",)))}, "lead_id")
    assert [finding.code for finding in found.findings] == ["unreadable-file"]


def test_a_file_that_is_no_database_fails_its_source_only(tmp_path: Path) -> None:
    write(tmp_path / "w.duckdb", "no database" * 1000)
    given = {
        "leads": Given(DuckDbTable(str(tmp_path / "w.duckdb"), ("leads",))),
        "customers": Given(Frame(pd.DataFrame({"customer_id": ["a"]}))),
    }
    found = open_here(leads(), {"leads": ["lead_id"], "customers": ["customer_id"]}, given, Limits())
    found.store.close()
    assert found.failed == {"leads"} and set(found.relations) == {"customers"}
    assert [finding.code for finding in found.findings] == ["unreadable-file"]


def test_parquet_that_holds_something_else_is_found_as_in_memory(tmp_path: Path) -> None:
    path = tmp_path / "leads.parquet"
    duckdb.sql(f"copy (select '12' as score, 'a' as lead_id, '2026-01-31' as day) to '{path}'")
    found = here({"leads": Given(Parquet(str(path)))}, "score")
    found.store.close()
    assert [finding.headline for finding in found.findings] == in_memory(Parquet(str(path)), "score")
    assert [str(row[0]) for row in stored(Parquet(str(path)), "day")] == ["2026-01-31"]


def test_a_workbook(tmp_path: Path) -> None:
    pytest.importorskip("openpyxl")
    FRAME[["lead_id", "score"]].to_excel(tmp_path / "leads.xlsx", index=False)
    assert stored(Excel(str(tmp_path / "leads.xlsx")), "lead_id score") == [["a", 1.0], ["c", 3.0], [None, 2.0]]


# What a question may take


@pytest.mark.parametrize(
    ("said", "memory"),
    [("2 GB", 2 * 10**9), ("1.5GiB", 3 * 2**29), (" 512 MiB ", 2**29), (1000, 1000), (None, None)],
)
def test_amounts_of_memory(said: Any, memory: int | None) -> None:
    assert read_memory(said) == (memory, ())


@pytest.mark.parametrize("said", ["lots", "2", "-1 GB", "0 GB", 0, -5, True, 1.5, ""])
def test_what_is_no_amount_of_memory(said: Any) -> None:
    memory, found = read_memory(said)
    assert memory is None and [finding.code for finding in found] == ["not-an-amount"]


def test_too_little_memory_is_said_with_the_limit() -> None:
    store = DuckDbStore.of([], {}, Limits(memory=4 * 10**6))
    with pytest.raises(Refused, match="more memory than the limit of 4 MB") as refused:
        store.run("select list(range) from range(10000000)", ["text"])
    store.close()
    assert refused.value.diagnostic.code == "out-of-memory"


def test_a_statement_ends_when_it_is_interrupted_and_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    store = DuckDbStore.of([], {}, Limits(memory=10**9))
    assert list(tmp_path.iterdir())
    threading.Timer(0.3, lambda: os.kill(os.getpid(), signal.SIGINT)).start()
    began = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        store.run("select count(*) from range(100000000000) a where a.range % 7 = 3", ["number"])
    assert time.monotonic() - began < 60
    assert store.run("select 1 as one", ["number"])[0].tolist() == [1.0]
    store.close()
    assert not list(tmp_path.iterdir())


def test_the_part_that_is_done_is_told_now_and_then() -> None:
    told: list[float] = []
    store = DuckDbStore.of([], {}, Limits(progress=told.append))
    ended = threading.Event()

    def stop() -> None:
        while not told and not ended.wait(0.1):
            pass
        store.cancel()

    threading.Thread(target=stop, daemon=True).start()
    with pytest.raises(Refused):
        store.run("select count(*) from range(100000000000) a where a.range % 7 = 3", ["number"])
    ended.set()
    store.close()
    assert told and all(0 <= part <= 1 for part in told)
