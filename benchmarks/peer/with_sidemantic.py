"""The three KPIs in sidemantic, on DuckDB."""

from __future__ import annotations

from collections.abc import Callable
from importlib.metadata import version

from worker import serve


def prepare(data: object) -> Callable[[], object]:
    from sidemantic import Dimension, Metric, Model, SemanticLayer

    layer = SemanticLayer(connection="duckdb:///:memory:")
    connection = layer.adapter.raw_connection
    if isinstance(data, str):
        connection.execute(f"create view leads_rows as select * from read_parquet('{data}')")
    else:
        connection.register("leads_rows", data)
    won = ["{model}.stage = 'won'"]
    layer.add_model(
        Model(
            name="leads",
            table="leads_rows",
            primary_key="deal_id",
            dimensions=[
                Dimension(name="channel", type="categorical"),
                Dimension(name="stage", type="categorical"),
                Dimension(name="created_at", type="time", granularity="second"),
            ],
            metrics=[
                Metric(name="count", agg="count"),
                Metric(name="won", agg="count", filters=won),
                Metric(name="revenue", agg="sum", sql="amount", filters=won),
            ],
        )
    )
    layer.add_metric(Metric(name="conversion", type="ratio", numerator="leads.won", denominator="leads.count"))
    layer.add_metric(Metric(name="average", type="ratio", numerator="leads.revenue", denominator="leads.won"))
    return lambda: layer.query(
        metrics=["leads.revenue", "conversion", "average"],
        dimensions=["leads.channel", "leads.created_at__month"],
    ).df()


def versions() -> str:
    return f"sidemantic {version('sidemantic')}, DuckDB {version('duckdb')}"


if __name__ == "__main__":
    serve(prepare, versions)
