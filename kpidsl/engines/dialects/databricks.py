"""The spellings of Databricks, which speaks Spark's SQL."""

from __future__ import annotations

from msgspec.structs import replace

from kpidsl.engines.dialects.spark import SPARK

DATABRICKS = replace(SPARK, name="databricks", title="Databricks", verified=False)
