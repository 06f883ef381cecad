"""What data.yaml says of the rows of each source."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest

from kpidsl.documents.bindings import Bindings, read_bindings
from kpidsl.text import File

FOLDER = Path("project")
TEXT = """
as_of: 2026-10-17
sources:
  leads:
    csv: crm/leads.csv
    columns: {created_at: First Contact}
    timezone: Europe/Berlin
    decimal: ","
    date_format: "%d.%m.%Y"
    covers: 2024-01-01 to 2026-10-31
  deals: {xlsx: deals.xlsx, sheet: Won}
  spend: {parquet: spend.parquet}
"""


def bindings(text: str) -> Bindings:
    read, found = read_bindings(File("data.yaml", text), FOLDER)
    assert found == ()
    assert read is not None
    return read


def test_bindings() -> None:
    read = bindings(TEXT)
    assert read.as_of and read.as_of.value == date(2026, 10, 17)
    leads, deals, spend = read.sources
    assert (leads.source.value, leads.format, leads.path.value) == ("leads", "csv", FOLDER / "crm/leads.csv")
    assert TEXT[leads.path.span.start : leads.path.span.end] == "crm/leads.csv"
    assert {name: column.value for name, (_, column) in leads.columns.items()} == {"created_at": "First Contact"}
    assert (leads.timezone, leads.decimal, leads.date_format) == ("Europe/Berlin", ",", "%d.%m.%Y")
    assert leads.covers and leads.covers.value == (date(2024, 1, 1), date(2026, 10, 31))
    assert (deals.format, deals.sheet, deals.decimal, deals.timezone) == ("xlsx", "Won", ".", None)
    assert (spend.format, spend.covers) == ("parquet", None)


def test_as_of_may_be_a_moment_or_quoted() -> None:
    assert bindings("as_of: '2026-10-17'").as_of.value == date(2026, 10, 17)  # type: ignore[union-attr]
    assert bindings("as_of: 2026-10-17 12:00").as_of.value == datetime(2026, 10, 17, 12)  # type: ignore[union-attr]


def test_an_absolute_path_stays() -> None:
    assert bindings("sources: {a: {csv: /data/a.csv}}").sources[0].path.value == Path("/data/a.csv")


@pytest.mark.parametrize(
    ("text", "code", "place"),
    [
        ("sources: {a: {csv: b, parquet: c}}", "wrong-shape", (1, 11)),
        ("sources: {a: {sheet: b}}", "missing-key", (1, 11)),
        ("sources: {a: {csv: b, sheet: c}}", "wrong-shape", (1, 23)),
        ("sources: {a: {csv: b, decimal: x}}", "unknown-word", (1, 32)),
        ("sources: {a: {csv: b, timezone: Berlin}}", "unknown-timezone", (1, 33)),
        ("sources: {a: {csv: b, covers: 2026}}", "wrong-shape", (1, 31)),
        ("sources: {a: {csv: b, covers: 2026-02-30 to 2026-03-01}}", "wrong-shape", (1, 31)),
        ("sources: {a: {csv: b, covers: 2026-02-03 to 2026-02-01}}", "wrong-shape", (1, 31)),
        ("source: {a: {csv: b}}", "unknown-key", (1, 1)),
        ("as_of: today", "wrong-shape", (1, 8)),
        ("sources: {a: {csv: 'b' c}}", "yaml-syntax", (1, 20)),
    ],
)
def test_what_is_wrong(text: str, code: str, place: tuple[int, int]) -> None:
    file = File("data.yaml", text)
    (finding,) = read_bindings(file, FOLDER)[1]
    assert (finding.code, file.place(finding.labels[0].span.start)) == (code, place)


def test_an_empty_file() -> None:
    assert read_bindings(File("data.yaml", "# nothing\n"), FOLDER) == (None, ())
