"""The keys of `data.yaml`, from which its shape check and its JSON Schema are made."""

from __future__ import annotations

from kpidsl.documents.shapes import NAME, Key, Shape, leaf, named, words
from kpidsl.documents.vocabulary import TEXT

FILES = ("csv", "parquet", "json", "xlsx", "duckdb")
WAREHOUSES = ("postgres", "spark", "snowflake", "bigquery", "trino", "databricks")
FORMATS = (*FILES, *WAREHOUSES)

BYTES = {"KB": 10**3, "MB": 10**6, "GB": 10**9, "KiB": 2**10, "MiB": 2**20, "GiB": 2**30}

# Names with dots between them; they are quoted for the database, so blanks may stand in them and quotes need not.
_PART = r"[^\s.;:@='\"`()*,/\\]+(?: [^\s.;:@='\"`()*,/\\]+)*"
_TABLE = leaf("a table such as `schema.table`", pattern=rf"^{_PART}(?:\.{_PART})*$")
_PATH = leaf("a path")
_ENGINES = {
    "auto": "The one that fits where the rows are.",
    "pandas": "All rows are read into memory.",
    "duckdb": "Files and frames are added up by DuckDB, which need not hold them in memory.",
    "spark": "Added up where the Spark session runs.",
    "postgres": "Added up by the PostgreSQL server that has the tables.",
}

BINDING = Shape(
    "a binding",
    keys=(
        Key("csv", "A CSV file, found from the folder of data.yaml.", "csv: crm/leads.csv", _PATH),
        Key("parquet", "A Parquet file, a folder of them or a pattern.", "parquet: crm/leads.parquet", _PATH),
        Key(
            "json",
            "A file, or a pattern for several, with a JSON object per line or a list of them.",
            "json: web/*.jsonl",
            _PATH,
        ),
        Key("xlsx", "An Excel file.", "xlsx: crm/leads.xlsx", _PATH),
        Key("duckdb", "A DuckDB file; `table` says what in it.", "duckdb: warehouse.duckdb", _PATH),
        Key("table", "The table or view of the DuckDB file.", "table: sales.orders", _TABLE),
        Key("postgres", "A table or view in PostgreSQL.", "postgres: sales.orders", _TABLE),
        Key("spark", "A table or view in Spark.", "spark: sales.orders", _TABLE),
        Key("snowflake", "A table or view in Snowflake.", "snowflake: analytics.sales.orders", _TABLE),
        Key("bigquery", "A table or view in BigQuery.", "bigquery: my-project.sales.orders", _TABLE),
        Key("trino", "A table or view in Trino.", "trino: hive.sales.orders", _TABLE),
        Key("databricks", "A table or view in Databricks.", "databricks: main.sales.orders", _TABLE),
        Key(
            "connect",
            "The environment variable with the connection string, which never stands in a file.",
            "connect: WAREHOUSE",
            leaf("the name of an environment variable", pattern=r"^[A-Za-z_][A-Za-z0-9_]*$"),
        ),
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
            named("bindings by source", BINDING, NAME, empty=True),
        ),
        Key("engine", "What adds up the rows.", "engine: duckdb", words("an engine", _ENGINES)),
        Key(
            "memory_limit",
            "How much memory an engine may use.",
            "memory_limit: 2 GB",
            leaf(
                "an amount of memory such as `2 GB`",
                pattern=rf"^(?=.*[1-9])[0-9]{{1,6}}(?:\.[0-9]{{1,3}})? ?(?:{'|'.join(BYTES)})$",
            ),
        ),
    ),
    empty=True,
)
