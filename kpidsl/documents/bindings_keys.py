"""The keys of `data.yaml`, from which its shape check and its JSON Schema are made."""

from __future__ import annotations

from kpidsl.documents.shapes import NAME, Key, Shape, leaf, named, words
from kpidsl.documents.vocabulary import TEXT

FORMATS = ("csv", "parquet", "xlsx")

_BINDING = Shape(
    "a binding",
    keys=(
        Key("csv", "A CSV file, found from the folder of data.yaml.", "csv: crm/leads.csv", leaf("a path")),
        Key("parquet", "A Parquet file.", "parquet: crm/leads.parquet", leaf("a path")),
        Key("xlsx", "An Excel file.", "xlsx: crm/leads.xlsx", leaf("a path")),
        Key("sheet", "The sheet of the Excel file, if not the first.", "sheet: Leads", TEXT),
        Key(
            "columns",
            "What columns are called in the data, where that differs.",
            "columns: {created_at: First Contact}",
            named("column names in the data by column", TEXT, NAME),
        ),
        Key("timezone", "The zone of moments that name none.", "timezone: Europe/Berlin", leaf("a time zone")),
        Key(
            "decimal",
            "What separates the decimals in a CSV file.",
            'decimal: ","',
            words("a decimal sign", {".": "1.5", ",": "1,5"}),
        ),
        Key("date_format", "How dates are written in the file.", 'date_format: "%d.%m.%Y"', leaf("a date format")),
        Key(
            "covers",
            "The days that the data tell everything about, both included.",
            "covers: 2024-01-01 to 2026-10-31",
            leaf("two days", pattern=r"^\d{4}-\d{2}-\d{2} to \d{4}-\d{2}-\d{2}$"),
        ),
    ),
    one_of=FORMATS,
)

BINDINGS = Shape(
    "data.yaml",
    keys=(
        Key("as_of", "The moment at which questions are asked, if not now.", "as_of: 2026-10-17", leaf("a date")),
        Key(
            "sources",
            "Where the rows of each source are.",
            "sources: {leads: {csv: crm/leads.csv}}",
            named("bindings by source", _BINDING, NAME, empty=True),
        ),
    ),
    empty=True,
)
