"""The three KPIs in boring-semantic-layer, on DuckDB."""

from __future__ import annotations

from collections.abc import Callable
from importlib.metadata import version

from worker import serve


def prepare(data: object) -> Callable[[], object]:
    import ibis
    from boring_semantic_layer import time_dimension, to_semantic_table

    connection = ibis.duckdb.connect()
    if isinstance(data, str):
        rows = connection.read_parquet(data, table_name="leads")
    else:
        connection.con.register("leads", data)
        rows = connection.table("leads")
    model = (
        to_semantic_table(rows, name="leads")
        .with_dimensions(
            channel=lambda t: t.channel,
            created_at=time_dimension(lambda t: t.created_at, smallest_time_grain="TIME_GRAIN_SECOND"),
        )
        .with_measures(
            leads=lambda t: t.count(),
            won=lambda t: t.count(where=t.stage == "won"),
            revenue=lambda t: t.amount.sum(where=t.stage == "won"),
        )
        .with_measures(conversion=lambda t: t.won / t.leads, average=lambda t: t.revenue / t.won)
    )
    return lambda: model.query(
        dimensions=["channel", "created_at"],
        measures=["revenue", "conversion", "average"],
        time_grain="TIME_GRAIN_MONTH",
    ).execute()


def versions() -> str:
    own, ibis, duckdb = (version(name) for name in ("boring-semantic-layer", "ibis-framework", "duckdb"))
    return f"boring-semantic-layer {own}, ibis {ibis}, DuckDB {duckdb}"


if __name__ == "__main__":
    serve(prepare, versions)
