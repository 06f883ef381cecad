"""Whether two ways of computing have the same cells and the same numbers to nine digits; before that times mean nothing."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

import kpidsl


def of_result(result: kpidsl.Result, names: dict[str, str]) -> pd.DataFrame:
    """A result with a column for each KPI; `names` tells how each column is called here."""
    wide = result.frame.pivot(index=["start", "channel"], columns="kpi", values="value").reset_index()
    return wide.rename(columns={"start": "period", **names})


def agree(what: str, one: pd.DataFrame, other: pd.DataFrame, kpis: Sequence[str]) -> None:
    """Ends the program where they differ, and says where."""
    both = _keyed(one).merge(_keyed(other), on=["period", "channel"], how="outer", suffixes=("", "_other"), indicator=True)
    apart = both[both["_merge"] != "both"]
    if len(apart):
        row = apart.iloc[0]
        raise SystemExit(f"{what}: {len(apart)} cells are on one side only, first {row['period']} {row['channel']}")
    for name in kpis:
        values, others = both[name].to_numpy(float), both[f"{name}_other"].to_numpy(float)
        same = np.isclose(values, others, rtol=1e-9, atol=0, equal_nan=True)
        if not same.all():
            row = both[~same].iloc[0]
            raise SystemExit(
                f"{what}: {name} differs in {(~same).sum()} cells, first {row['period']} {row['channel']}: "
                f"{row[name]!r} and {row[f'{name}_other']!r}"
            )


def _keyed(table: pd.DataFrame) -> pd.DataFrame:
    """Periods as the text of their first day, the missing channel as a word."""
    period = table["period"]
    days = period.dt.to_timestamp() if isinstance(period.dtype, pd.PeriodDtype) else pd.to_datetime(period)
    channel = table["channel"].astype(object)
    return table.assign(period=days.dt.strftime("%Y-%m-%d"), channel=channel.where(channel.notna(), "(missing)"))
