"""The twenty KPIs of `company.py` by channel and month as a careful person writes them in pandas, to the same contract.

A missing channel is a group of its own; a division by zero is missing, not infinite; sums and counts over nothing are 0 between
the first and the last row of their source and missing outside, means and extremes are missing; a cell is there when any of the
sources has a row in it.
"""

from __future__ import annotations

import pandas as pd


def twenty(frames: dict[str, pd.DataFrame], intervals: bool = False) -> pd.DataFrame:
    """One row per channel and month, one column per KPI; with `intervals` also the squares and products that they need."""
    deals, spend = frames["deals"], frames["spend"]
    keys = ["channel", "period"]
    created = deals.assign(period=deals["created_at"].dt.to_period("M"))
    opened = created["stage"].eq("open")
    first = created.assign(open=opened).groupby(keys, dropna=False, observed=True)
    out = first.agg(deals=("stage", "size"), open=("open", "sum"), customers=("customer", "nunique"))

    closed = deals[deals["closed_at"].notna()]
    closed = closed.assign(period=closed["closed_at"].dt.to_period("M"))
    second = closed.groupby(keys, dropna=False, observed=True)["stage"]
    won = closed[closed["stage"].eq("won")]
    won = won.assign(
        net=won["amount"] - won["discount"],
        days=(won["closed_at"] - won["created_at"]).dt.total_seconds() / 86_400,
        large=won["amount"].gt(1500),
    )
    columns: dict[str, tuple[str, str]] = {
        "won": ("stage", "size"),
        "revenue": ("net", "sum"),
        "amount": ("amount", "sum"),
        "mean": ("amount", "mean"),
        "discount": ("discount", "sum"),
        "cost": ("cost", "sum"),
        "largest": ("amount", "max"),
        "smallest": ("amount", "min"),
        "large": ("large", "sum"),
        "seats": ("seats", "sum"),
        "days": ("days", "mean"),
    }
    if intervals:
        for one, other in [
            ("net", "net"), ("amount", "amount"), ("discount", "discount"), ("cost", "cost"), ("net", "cost"),
            ("amount", "discount"), ("seats", "seats"), ("days", "days"),
        ]:  # fmt: skip
            won[f"{one}*{other}"] = won[one] * won[other]
            columns[f"{one}*{other}"] = (f"{one}*{other}", "sum")
    of_won = won.groupby(keys, dropna=False, observed=True).agg(**columns)
    lost = closed[closed["stage"].eq("lost")].groupby(keys, dropna=False, observed=True).size().rename("lost")

    daily = spend.assign(period=spend["day"].dt.to_period("M"))
    sums = {"spend": ("amount", "sum"), "impressions": ("impressions", "sum"), "clicks": ("clicks", "sum")}
    if intervals:
        for one, other in [
            ("amount", "amount"),
            ("impressions", "impressions"),
            ("clicks", "clicks"),
            ("clicks", "impressions"),
        ]:
            daily[f"daily {one}*{other}"] = daily[one] * daily[other]
            sums[f"daily {one}*{other}"] = (f"daily {one}*{other}", "sum")
    paid = daily.groupby(keys, dropna=False, observed=True).agg(**sums)

    parts = [out, second.size().rename("closed"), of_won, lost, paid]
    table = parts[0].reset_index()
    for part in parts[1:]:
        table = table.merge(part.reset_index(), on=keys, how="outer")
    averaged = ("mean", "largest", "smallest", "days")
    observed = [(out, created), (of_won, closed), (lost.to_frame(), closed), (paid, daily)]
    for part, rows in observed:
        additive = [name for name in part.columns if name not in averaged]
        inside = table["period"].between(rows["period"].min(), rows["period"].max())
        table.loc[inside, additive] = table.loc[inside, additive].fillna(0)

    def over(above: pd.Series, below: pd.Series) -> pd.Series:
        return above / below.where(below != 0)

    decided = table["won"] + table["lost"]
    kpis = pd.DataFrame(
        {
            "channel": table["channel"],
            "period": table["period"],
            "deals_created": table["deals"],
            "deals_won": table["won"],
            "revenue_won": table["revenue"],
            "win_rate": over(table["won"], decided),
            "average_deal": over(table["revenue"], table["won"]),
            "mean_list_price": table["mean"],
            "discount_rate": over(table["discount"], table["amount"]),
            "gross_margin": over(table["revenue"] - table["cost"], table["revenue"]),
            "largest_deal": table["largest"],
            "smallest_deal": table["smallest"],
            "active_customers": table["customers"],
            "deals_per_customer": over(table["deals"], table["customers"]),
            "open_share": over(table["open"], table["deals"]),
            "large_share": over(table["large"], table["won"]),
            "seats_sold": table["seats"],
            "days_to_close": table["days"],
            "click_rate": over(table["clicks"], table["impressions"]),
            "cost_per_deal": over(table["spend"], table["deals"]),
            "cost_per_won_deal": over(table["spend"], table["won"]),
            "return_on_spend": over(table["revenue"] - table["cost"] - table["spend"], table["spend"]),
        }
    )
    return kpis.sort_values(["period", "channel"]).reset_index(drop=True)
