"""What data.yaml says of the rows of each source."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest

from kpidsl.documents.bindings import Bindings, read_bindings
from kpidsl.documents.bindings_keys import WAREHOUSES
from kpidsl.text import File

FOLDER = Path("project")
TEXT = """
as_of: 2026-10-17
engine: duckdb
memory_limit: 1.5 GiB
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
  visits: {json: web/*.jsonl}
  orders: {duckdb: shop.duckdb, table: sales.orders}
  items: {postgres: sales.Order Items, connect: SHOP_DB, covers: 2024-01-01 to 2026-10-31}
  rates: {bigquery: my-project.finance.rates}
"""


def bindings(text: str) -> Bindings:
    read, found = read_bindings(File("data.yaml", text), FOLDER)
    assert found == ()
    assert read is not None
    return read


def test_bindings() -> None:
    read = bindings(TEXT)
    assert read.as_of and read.as_of.value == date(2026, 10, 17)
    assert (read.engine and read.engine.value, read.memory_limit and read.memory_limit.value) == ("duckdb", 3 * 2**29)
    leads, deals, spend, *_ = read.sources
    assert leads.path is not None
    assert (leads.source.value, leads.format, leads.path.value) == ("leads", "csv", FOLDER / "crm/leads.csv")
    assert TEXT[leads.path.span.start : leads.path.span.end] == "crm/leads.csv"
    assert {name: column.value for name, (_, column) in leads.columns.items()} == {"created_at": "First Contact"}
    assert (leads.timezone, leads.decimal, leads.date_format) == ("Europe/Berlin", ",", "%d.%m.%Y")
    assert leads.covers and leads.covers.value == (date(2024, 1, 1), date(2026, 10, 31))
    assert (deals.format, deals.sheet, deals.decimal, deals.timezone) == ("xlsx", "Won", ".", None)
    assert (spend.format, spend.covers) == ("parquet", None)


def test_tables() -> None:
    *_, visits, orders, items, rates = bindings(TEXT).sources
    assert visits.path and (visits.format, visits.path.value, visits.table) == ("json", FOLDER / "web/*.jsonl", None)
    assert orders.path and orders.table
    assert (orders.format, orders.path.value, orders.table.value) == ("duckdb", FOLDER / "shop.duckdb", "sales.orders")
    assert items.table and items.connect and items.covers
    assert (items.format, items.path, items.table.value, items.connect.value) == (
        "postgres",
        None,
        "sales.Order Items",
        "SHOP_DB",
    )
    assert rates.table and (rates.format, rates.table.value, rates.connect) == ("bigquery", "my-project.finance.rates", None)


@pytest.mark.parametrize("kind", WAREHOUSES)
def test_every_warehouse_has_tables(kind: str) -> None:
    (binding,) = bindings(f"sources: {{a: {{{kind}: s.t, connect: W}}}}").sources
    assert (binding.format, binding.path, binding.table and binding.table.value) == (kind, None, "s.t")


@pytest.mark.parametrize(
    ("limit", "size"), [("2 GB", 2 * 10**9), ("512MiB", 2**29), ("0.5 KB", 500), ("1 KiB", 1024), ("10 MB", 10**7)]
)
def test_memory_limits(limit: str, size: int) -> None:
    read = bindings(f"memory_limit: {limit}")
    assert read.memory_limit and read.memory_limit.value == size


SECRETS = [
    "sources: {a: {postgres: t, connect: 'postgresql://u:hunter2@h/d'}}",
    "sources: {a: {postgres: t, connect: host=h password=hunter2}}",
    "sources: {a: {postgres: t, connect: mypasswordhunter2}}",
    "sources: {a: {postgres: t, connect: hunter2@h}}",
    "sources: {a: {postgres: t, connect: 'h:hunter2'}}",
    "sources: {a: {postgres: t, connect: {host: h, password: hunter2}}}",
    "sources: {a: {postgres: 'postgresql://u:hunter2@h/d'}}",
    "sources: {a: {duckdb: f, table: 'x:hunter2'}}",
    "sources: {a: {postgres: t, password: hunter2, connect: W}}",
    "sources: {a: {csv: 'https://u:hunter2@h/a.csv'}}",
    "sources: {a: 'postgresql://u:hunter2@h/d'}",
    "sources: {a: {postgres: t, connection: 'postgresql://u:hunter2@h/d'}}",
    "password: hunter2",
    "dsn: hunter2",
]


@pytest.mark.parametrize("text", SECRETS)
def test_credentials_are_refused_and_not_shown(text: str) -> None:
    read, (finding,) = read_bindings(File("data.yaml", text), FOLDER)
    assert finding.code == "credentials-in-file"
    assert "hunter2" not in finding.headline + "".join(finding.help) + finding.labels[0].file.text
    assert read is None or [name.value for name in read.failed] == ["a"]


def test_credentials_are_not_shown_where_something_else_is_wrong() -> None:
    text = "sources:\n  a: {postgres: t, connect: 'postgresql://u:hunter2@h/d', sheat: x}\n  b: {csv: b}\n"
    read, found = read_bindings(File("data.yaml", text), FOLDER)
    assert read and [binding.source.value for binding in read.sources] == ["b"]
    assert sorted(finding.code for finding in found) == ["credentials-in-file", "unknown-key"]
    assert all("hunter2" not in label.file.text for finding in found for label in finding.labels)


def test_credentials_are_not_shown_where_yaml_breaks_off() -> None:
    text = "sources: {a: {postgres: t, connect: 'postgresql://u:hunter2@h/d' x}}"
    _, (finding,) = read_bindings(File("data.yaml", text), FOLDER)
    assert finding.code == "yaml-syntax"
    assert "hunter2" not in finding.labels[0].file.text


@pytest.mark.parametrize(
    "text",
    [
        "sources: {tokens: {csv: a, columns: {token: password}}}",
        "sources: {password_resets: {postgres: app.password_resets, connect: PG_PASSWORD}}",
    ],
)
def test_names_are_no_credentials(text: str) -> None:
    assert len(bindings(text).sources) == 1


def test_as_of_may_be_a_moment_or_quoted() -> None:
    assert bindings("as_of: '2026-10-17'").as_of.value == date(2026, 10, 17)  # type: ignore[union-attr]
    assert bindings("as_of: 2026-10-17 12:00").as_of.value == datetime(2026, 10, 17, 12)  # type: ignore[union-attr]


def test_an_absolute_path_stays() -> None:
    (binding,) = bindings("sources: {a: {csv: /data/a.csv}}").sources
    assert binding.path and binding.path.value == Path("/data/a.csv")


@pytest.mark.parametrize(
    ("text", "code", "place"),
    [
        ("sources: {a: {csv: b, parquet: c}}", "wrong-shape", (1, 11)),
        ("sources: {a: {sheet: b}}", "missing-key", (1, 11)),
        ("sources: {a: {csv: b, sheet: c}}", "wrong-shape", (1, 23)),
        ("sources: {a: {csv: b, table: c}}", "wrong-shape", (1, 23)),
        ("sources: {a: {spark: b, table: c}}", "wrong-shape", (1, 25)),
        ("sources: {a: {csv: b, connect: C}}", "wrong-shape", (1, 23)),
        ("sources: {a: {duckdb: b, table: c, connect: C}}", "wrong-shape", (1, 36)),
        ("sources: {a: {duckdb: b}}", "missing-key", (1, 11)),
        ("sources: {a: {duckdb: b, postgres: c, table: d}}", "wrong-shape", (1, 11)),
        ("sources: {a: {postgres: select * from b}}", "wrong-shape", (1, 25)),
        ("sources: {a: {postgres: b..c}}", "wrong-shape", (1, 25)),
        ("sources: {a: {postgres: b, connect: my-db}}", "wrong-shape", (1, 37)),
        ("engine: duckbd", "unknown-word", (1, 9)),
        ("memory_limit: 2 gigabytes", "wrong-shape", (1, 15)),
        ("memory_limit: 2", "wrong-shape", (1, 15)),
        ("memory_limit: 0.0 GB", "wrong-shape", (1, 15)),
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
