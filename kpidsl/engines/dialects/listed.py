"""All dialects by name."""

from __future__ import annotations

from kpidsl.engines.dialects.bigquery import BIGQUERY
from kpidsl.engines.dialects.databricks import DATABRICKS
from kpidsl.engines.dialects.dialect import Dialect
from kpidsl.engines.dialects.duckdb import DUCKDB
from kpidsl.engines.dialects.postgres import POSTGRES
from kpidsl.engines.dialects.snowflake import SNOWFLAKE
from kpidsl.engines.dialects.spark import SPARK
from kpidsl.engines.dialects.trino import TRINO

DIALECTS: dict[str, Dialect] = {
    dialect.name: dialect for dialect in (DUCKDB, POSTGRES, SPARK, SNOWFLAKE, BIGQUERY, TRINO, DATABRICKS)
}
