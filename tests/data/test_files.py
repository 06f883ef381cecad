"""CSV, Parquet and Excel files, and frames of others: read by declared type, from the named file and no other."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pytest
from binding import bound, codes, frame, write

from kpidsl.data.bind import Bound
from kpidsl.data.given import Csv, Excel, Frame, Given, Parquet
from kpidsl.data.table import Dates, Numbers, Texts, Truths


def values(found: Bound, column: str, source: str = "leads") -> list[object]:
    assert source in found.tables, found.findings
    match found.tables[source].columns[column]:
        case Texts(codes=held, words=words):
            return [words[code] if code >= 0 else None for code in held]
        case Numbers(values=held, valid=valid) | Truths(values=held, valid=valid):
            there = np.ones(len(held), bool) if valid is None else valid
            return [value if present else None for value, present in zip(held.tolist(), there, strict=True)]
        case Dates(values=held):
            return [None if np.isnat(value) else str(value).removesuffix(".000000") for value in held]
    raise AssertionError


def from_csv(path: Path, text: str, columns: str, zone: str = "UTC", **written: Any) -> Bound:
    return bound({"leads": columns}, {"leads": Given(Csv(write(path / "leads.csv", text)), **written)}, zone)


def test_cells_have_the_declared_type(tmp_path: Path) -> None:
    text = "lead_id,score,won,day,seen_at\n007,1e3,yes,2026-01-31,2026-01-31T10:00Z\n,,,,\n1.50,-2.5,0,2026-02-01,2026-02-01\n"
    found = from_csv(tmp_path, text, "lead_id score won day seen_at", "Europe/Berlin")
    assert not found.findings
    assert values(found, "lead_id") == ["007", None, "1.50"]
    assert values(found, "score") == [1000.0, None, -2.5]
    assert values(found, "won") == [True, None, False]
    assert values(found, "day") == ["2026-01-31T00:00:00", None, "2026-02-01T00:00:00"]
    assert values(found, "seen_at") == ["2026-01-31T11:00:00", None, "2026-02-01T00:00:00"]


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_separators_quotes_and_line_breaks(tmp_path: Path, separator: str) -> None:
    text = separator.join(["lead_id", "score"]) + "\r\n" + separator.join(['"a ""b""\nc,;|"', "1"]) + "\r\n"
    assert values(from_csv(tmp_path, text, "lead_id score"), "lead_id") == ['a "b"\nc,;|']


@pytest.mark.parametrize(
    "text",
    [
        "\ufefflead_id,score\na,1\n",
        "lead_id,score\na,1",
        "lead_id,score\ra,1\r",
        "lead_id,score\n\na,1\n\n",
        '"lead_id","score"\n"a","1"\n',
        "other,lead_id,Other,score\n#,a,,1\n",
    ],
)
def test_ways_to_write_the_same(tmp_path: Path, text: str) -> None:
    found = from_csv(tmp_path, text, "lead_id score")
    assert (values(found, "lead_id"), values(found, "score")) == (["a"], [1.0])


def test_a_file_with_a_header_only(tmp_path: Path) -> None:
    found = from_csv(tmp_path, "lead_id,score,day\n", "lead_id score day")
    assert found.tables["leads"].rows == 0
    assert not found.findings


def test_a_source_of_which_only_rows_are_counted(tmp_path: Path) -> None:
    assert from_csv(tmp_path, "lead_id\na\nb\n", "").tables["leads"].rows == 2


def test_the_decimal_comma(tmp_path: Path) -> None:
    text = "lead_id;score\na;1,5\nb;-2\nc;\n"
    assert values(from_csv(tmp_path, text, "score", decimal=","), "score") == [1.5, -2.0, None]
    assert codes(from_csv(tmp_path, text, "score")) == ["wrong-type"]
    assert codes(from_csv(tmp_path, "lead_id;score\na;1.500\n", "score", decimal=",")) == ["wrong-type"]


def test_dates_in_their_own_form(tmp_path: Path) -> None:
    found = from_csv(tmp_path, "day\n31.01.2026\n", "day", date_format="%d.%m.%Y")
    assert values(found, "day") == ["2026-01-31T00:00:00"]


def test_a_wrong_value_is_found_on_its_line(tmp_path: Path) -> None:
    found = from_csv(tmp_path, 'lead_id,score\n"a\nb",1\n\nc,x\nd,y\n', "lead_id score")
    (finding,) = found.findings
    assert finding.code == "wrong-type"
    assert "`x` in line 5" in finding.headline
    assert "2 rows" in finding.help[0]
    assert found.failed == {"leads"}


def test_a_wrong_value_after_a_very_long_cell(tmp_path: Path) -> None:
    found = from_csv(tmp_path, f"lead_id,score\n{'a' * 200_000},1\nb,x\n", "score")
    assert codes(found) == ["wrong-type"] and "`x` in row 2" in found.findings[0].headline


def test_infinite_and_absent_numbers(tmp_path: Path) -> None:
    found = from_csv(tmp_path, "score,lead_id\ninf,a\nnan,b\n1e999,c\n2,d\n", "score")
    assert values(found, "score") == [None, None, None, 2.0]
    assert codes(found) == ["infinite-number"]
    assert "2 rows of source `leads`, first line 2" in found.findings[0].headline


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "the file is empty"),
        (b"\n \n", "the file is empty"),
        (b"\nlead_id,score\na,1\n", "line 1"),
        (b"lead_id,score\na\n", "line 2"),
        (b"lead_id,score\na,1\nb,2,3\n", "line 3"),
        ("lead_id,score\n\xe9,1\n".encode("latin-1"), "UTF-8"),
        ("n\xe4me,score\na,1\n".encode("latin-1"), "UTF-8"),
        (b'lead_id,score\n"a"b,1\n', "cannot be read"),
        (b'lead_id,score\na,1\nb,"2\nc,3\n', "Line: 3: Value with unterminated quote found"),
        (b"lead_id,score\n" + b"a" * 2_100_000 + b",1\n", "Maximum line size of 2000000 bytes exceeded"),
        (b"\x00\x01\x02\xff", "UTF-8"),
    ],
)
def test_broken_files(tmp_path: Path, content: bytes, says: str) -> None:
    (tmp_path / "leads.csv").write_bytes(content)
    found = bound({"leads": "lead_id score"}, {"leads": Given(Csv(str(tmp_path / "leads.csv")))})
    assert codes(found) == ["unreadable-file"]
    assert says in found.findings[0].headline
    assert "leads.csv" in found.findings[0].headline


@pytest.mark.parametrize("name", ["it's.csv", 'quo"te.csv', "a[1].csv", "with space;--.csv", "ümlaut.csv", "star*.csv"])
def test_names_of_files_are_taken_literally(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "o'clock"
    folder.mkdir()
    write(folder / "a1.csv", "lead_id\nwrong\n")
    write(folder / "stars.csv", "lead_id\nwrong\n")
    found = bound({"leads": "lead_id"}, {"leads": Given(Csv(write(folder / name, "lead_id\nright\n")))})
    assert values(found, "lead_id") == ["right"]


def test_names_of_columns_are_taken_literally(tmp_path: Path) -> None:
    odd = 'it\'s "odd"; --'
    text = '"it\'s ""odd""; --",Amount,amount\na,1,2\n'
    given = Given(Csv(write(tmp_path / "leads.csv", text)), columns={"lead_id": odd, "score": "amount"})
    found = bound({"leads": "lead_id score"}, {"leads": given})
    assert (values(found, "lead_id"), values(found, "score")) == (["a"], [2.0])


def parquet(path: Path, select: str) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    duckdb.execute(f"copy ({select}) to '{str(path).replace(chr(39), chr(39) * 2)}' (format parquet)")
    return str(path)


SELECT = """
select * from (values
  (7::bigint, 1.25::decimal(8, 2), true, date '2026-01-31', timestamptz '2026-01-31 23:30:00+00'),
  (null, null, null, null, null)
) as rows(lead_id, score, won, day, seen_at)
"""


def test_parquet(tmp_path: Path) -> None:
    path = parquet(tmp_path / "o'clock" / "leads [1].parquet", SELECT)
    found = bound({"leads": "lead_id score won day seen_at"}, {"leads": Given(Parquet(path))}, "Europe/Berlin")
    assert not found.findings
    assert values(found, "lead_id") == ["7", None]
    assert values(found, "score") == [1.25, None]
    assert values(found, "won") == [True, None]
    assert values(found, "day") == ["2026-01-31T00:00:00", None]
    assert values(found, "seen_at") == ["2026-02-01T00:30:00", None]


def test_several_parquet_files_in_order(tmp_path: Path) -> None:
    for number in (2, 1, 3):
        parquet(tmp_path / "many" / f"{number}.parquet", f"select {number} as lead_id")
    for place in (tmp_path / "many", tmp_path / "many" / "*.parquet"):
        found = bound({"leads": "lead_id"}, {"leads": Given(Parquet(str(place)))})
        assert values(found, "lead_id") == ["1", "2", "3"]


@pytest.mark.parametrize(
    ("column", "first", "second", "expected"),
    [
        ("score", "1", "1.5::double", [1.0, 1.5]),
        ("score", "1.5::decimal(9, 1)", "1.56::decimal(9, 2)", [1.5, 1.56]),
        ("score", "1::tinyint", "300", [1.0, 300.0]),
        ("score", "null", "2.5", [None, 2.5]),
        ("lead_id", "7", "'007'", ["7", "007"]),
        ("day", "date '2026-01-01'", "timestamp '2026-01-02 12:00'", ["2026-01-01T00:00:00", "2026-01-02T00:00:00"]),
    ],
)
def test_parquet_files_that_differ_in_their_types(
    tmp_path: Path, column: str, first: str, second: str, expected: list[object]
) -> None:
    for number, value in enumerate((first, second)):
        parquet(tmp_path / "many" / f"{number}.parquet", f"select {value} as {column}, {number} as other_{number}")
    found = bound({"leads": column}, {"leads": Given(Parquet(str(tmp_path / "many")))})
    assert values(found, column) == expected


def test_a_number_is_no_text_in_some_parquet_files(tmp_path: Path) -> None:
    parquet(tmp_path / "many" / "1.parquet", "select 1.5 as score")
    parquet(tmp_path / "many" / "2.parquet", "select '2.5' as score")
    assert codes(bound({"leads": "score"}, {"leads": Given(Parquet(str(tmp_path / "many")))})) == ["wrong-type"]


def test_moments_with_a_zone_in_some_parquet_files(tmp_path: Path) -> None:
    parquet(tmp_path / "many" / "1.parquet", "select timestamp '2026-01-01' as seen_at")
    parquet(tmp_path / "many" / "2.parquet", "select timestamptz '2026-01-01' as seen_at")
    found = bound({"leads": "seen_at"}, {"leads": Given(Parquet(str(tmp_path / "many")))})
    assert codes(found) == ["unreadable-file"] and "`seen_at` has a time zone in some" in found.findings[0].headline


@pytest.mark.parametrize("lacking", [1, 2])
def test_a_column_that_not_every_parquet_file_has(tmp_path: Path, lacking: int) -> None:
    for number in (1, 2):
        columns = "'a' as lead_id" if number == lacking else "'a' as lead_id, 1 as score"
        parquet(tmp_path / "many" / "channel=web" / f"{number}.parquet", f"select {columns}")
    place = Given(Parquet(str(tmp_path / "many" / "*" / "*.parquet")))
    found = bound({"leads": "score"}, {"leads": place})
    assert codes(found) == ["column-missing"] and f"{lacking}.parquet` for source" in found.findings[0].headline
    assert values(bound({"leads": "lead_id channel"}, {"leads": place}), "channel") == ["web", "web"]


def test_parquet_values_of_another_type(tmp_path: Path) -> None:
    nan = parquet(tmp_path / "nan.parquet", "select unnest(['nan'::double, 1, 'inf'::double]) as score")
    assert values(bound({"leads": "score"}, {"leads": Given(Parquet(nan))}), "score") == [None, 1.0, None]
    path = parquet(tmp_path / "wrong.parquet", "select 1.5 as lead_id, [1] as score, time '10:00' as day, 'x' as won")
    found = bound({"leads": "lead_id score day won"}, {"leads": Given(Parquet(path))})
    assert codes(found) == ["wrong-type"] * 4
    assert all("row 1" in finding.headline for finding in found.findings)


def test_a_parquet_file_that_is_none(tmp_path: Path) -> None:
    place = Given(Parquet(write(tmp_path / "leads.parquet", "no")))
    assert codes(bound({"leads": "lead_id"}, {"leads": place})) == ["unreadable-file"]


@pytest.mark.parametrize("place", [Csv, Parquet, Excel])
def test_a_file_that_is_not_there(tmp_path: Path, place: Any) -> None:
    found = bound({"leads": "lead_id"}, {"leads": Given(place(str(tmp_path / "leads.csv")))})
    assert codes(found) == ["file-not-found"]


@pytest.mark.parametrize("place", [Csv, Excel])
def test_a_folder_in_place_of_a_file(tmp_path: Path, place: Any) -> None:
    found = bound({"leads": "lead_id"}, {"leads": Given(place(str(tmp_path)))})
    assert codes(found) == ["unreadable-file"]
    assert "is a folder" in found.findings[0].headline


@pytest.mark.parametrize("place", [Csv, Excel])
def test_what_is_no_file_is_not_waited_for(tmp_path: Path, place: Any) -> None:
    os.mkfifo(tmp_path / "leads")
    assert codes(bound({"leads": "lead_id"}, {"leads": Given(place(str(tmp_path / "leads")))})) == ["unreadable-file"]


def test_a_folder_without_parquet_files(tmp_path: Path) -> None:
    found = bound({"leads": "lead_id"}, {"leads": Given(Parquet(str(tmp_path)))})
    assert codes(found) == ["file-not-found"]
    assert "holds no file" in found.findings[0].headline


@pytest.mark.parametrize("place", [Csv, Parquet, Excel])
@pytest.mark.parametrize("path", ["x" * 5_000, "a/" * 5_000, "a\0b"])
def test_a_path_that_no_file_can_have(place: Any, path: str) -> None:
    found = bound({"leads": "lead_id"}, {"leads": Given(place(path))})
    assert codes(found) in (["unreadable-file"], ["file-not-found"])
    assert len(found.findings[0].headline) < 400


@pytest.mark.parametrize("place", [Csv, Parquet, Excel])
@pytest.mark.parametrize("address", ["https://example.com/a.csv", "s3://bucket/a.parquet", "folder/https:/example.com/a.csv"])
def test_addresses_are_not_read(place: Any, address: str) -> None:
    found = bound({"leads": "lead_id"}, {"leads": Given(place(address))})
    assert codes(found) == ["file-not-found"]
    assert "addresses are not read" in found.findings[0].headline and "://" in found.findings[0].headline


def test_a_current_folder_that_is_gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path / "leads.csv", "lead_id\na\n")
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    for place in (Csv(path), Csv("leads.csv"), Parquet("*.parquet"), Frame(Stream("select 1 as lead_id"))):
        found = bound({"leads": "lead_id"}, {"leads": Given(place)})
        assert "leads" in found.tables or codes(found) in (["unreadable-file"], ["file-not-found"])


@pytest.mark.parametrize("day", ["2026-01-31T24:00", "2026-01-31T10:00:60", "2026/01/31", "2026-01-31T10:00+25:00"])
@pytest.mark.parametrize("column", ["day", "seen_at"])
def test_a_file_and_a_frame_take_the_same_for_a_date(tmp_path: Path, day: str, column: str) -> None:
    assert codes(from_csv(tmp_path, f"{column}\n{day}\n", column)) == ["wrong-type"]
    assert codes(bound({"leads": column}, {"leads": {column: [day]}})) == ["wrong-type"]


def workbook(path: Path) -> str:
    rows = [[7, 1.5, pd.Timestamp("2026-01-31"), "web"], [None, None, None, None], ["NA", 2, None, None]]
    with pd.ExcelWriter(path, engine="openpyxl") as writer:
        pd.DataFrame({"nothing": []}).to_excel(writer, sheet_name="First", index=False)
        pd.DataFrame(rows, columns=["lead_id", "score", "day", "channel"]).to_excel(writer, sheet_name="Leads", index=False)
    return str(path)


def test_excel(tmp_path: Path) -> None:
    path = workbook(tmp_path / "it's.xlsx")
    found = bound({"leads": "lead_id score day channel"}, {"leads": Given(Excel(path, "Leads"))})
    assert not found.findings
    assert values(found, "lead_id") == ["7", "NA"]
    assert values(found, "score") == [1.5, 2.0]
    assert values(found, "day") == ["2026-01-31T00:00:00", None]
    assert codes(bound({"leads": "lead_id"}, {"leads": Given(Excel(path, "Sales"))})) == ["unreadable-file"]
    assert codes(bound({"leads": "lead_id"}, {"leads": Given(Excel(path))})) == ["column-missing"]


def test_excel_rows_have_the_numbers_of_the_sheet(tmp_path: Path) -> None:
    given = Given(Excel(workbook(tmp_path / "leads.xlsx"), "Leads"), columns={"score": "lead_id"})
    (finding,) = bound({"leads": "score"}, {"leads": given}).findings
    assert "`NA` in row 4" in finding.headline


@pytest.mark.parametrize(("column", "kind"), [("score", "number"), ("lead_id", "text"), ("day", "date"), ("won", "boolean")])
@pytest.mark.parametrize("error", ["#DIV/0!", "#N/A"])
def test_what_excel_could_not_compute_is_not_missing(tmp_path: Path, column: str, kind: str, error: str) -> None:
    pd.DataFrame({column: [None, error, error], "other": 1}).to_excel(tmp_path / "leads.xlsx", index=False, engine="openpyxl")
    (finding,) = bound({"leads": column}, {"leads": Given(Excel(str(tmp_path / "leads.xlsx")))}).findings
    assert finding.code == "wrong-type"
    assert f"declared {kind}, but `{error}` in row 3" in finding.headline and "2 rows" in finding.help[0]


def test_a_sheet_with_an_empty_first_row(tmp_path: Path) -> None:
    pd.DataFrame({"lead_id": [1]}).to_excel(tmp_path / "leads.xlsx", index=False, startrow=1)
    (finding,) = bound({"leads": "lead_id"}, {"leads": Given(Excel(str(tmp_path / "leads.xlsx")))}).findings
    assert finding.code == "unreadable-file" and finding.headline.startswith("row 1 of")


@pytest.mark.parametrize("content", [b"", b"no workbook", b"PK\x03\x04 broken"])
def test_a_workbook_that_is_none(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "leads.xlsx").write_bytes(content)
    assert codes(bound({"leads": "lead_id"}, {"leads": Given(Excel(str(tmp_path / "leads.xlsx")))})) == ["unreadable-file"]


class Stream:
    """A frame of some other library: all that shows is its Arrow stream, here one of DuckDB's own."""

    def __init__(self, select: str) -> None:
        self.connection = duckdb.connect()
        self.relation = self.connection.sql(select)

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return self.relation.__arrow_c_stream__(requested_schema)


def test_a_frame_of_another_library() -> None:
    found = bound({"leads": "lead_id score won day"}, {"leads": Given(Frame(Stream(SELECT)))})
    assert values(found, "lead_id") == ["7", None]
    assert values(found, "day") == ["2026-01-31T00:00:00", None]


@pytest.mark.parametrize(
    "rows",
    [[{"lead_id": 1}], pd.Series(["a"], name="lead_id"), pd.Index(["a"]), pd.DataFrame, Stream, None, "leads.csv"],
    ids=repr,
)
def test_what_is_no_frame(rows: object) -> None:
    assert codes(bound({"leads": "lead_id"}, {"leads": Given(Frame(rows))})) == ["not-a-frame"]


class Broken:
    """A frame that cannot do what it says it can."""

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        raise RuntimeError

    def __dataframe__(self, nan_as_null: bool = False, allow_copy: bool = True) -> object:
        raise RuntimeError


@pytest.mark.parametrize("method", ["__arrow_c_stream__", "__dataframe__"])
def test_a_frame_that_breaks(method: str) -> None:
    rows = type("Rows", (), {method: getattr(Broken, method)})()
    assert codes(bound({"leads": "lead_id"}, {"leads": Given(Frame(rows))})) == ["unreadable-file"]


def test_a_frame_is_left_as_it_was() -> None:
    rows = pd.DataFrame({"lead_id": ["a", None], "score": [1.0, np.nan], "day": pd.to_datetime(["2026-01-31T10:00", None])})
    before = rows.copy(deep=True)
    found = bound({"leads": "lead_id score day"}, {"leads": Given(Frame(rows))})
    assert not found.findings
    pd.testing.assert_frame_equal(rows, before)


def test_sparse_and_repeated_columns() -> None:
    rows = pd.DataFrame({"score": pd.arrays.SparseArray([0.0, 1.5])})
    assert values(bound({"leads": "score"}, {"leads": Given(Frame(rows))}), "score") == [0.0, 1.5]
    twice = pd.DataFrame([[1, 2]], columns=["score", "score"])
    assert codes(bound({"leads": "score"}, {"leads": Given(Frame(twice))})) == ["column-repeated"]
    assert not bound({"leads": ""}, {"leads": frame({"score": [1]})}).findings
