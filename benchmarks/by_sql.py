"""The KPIs of `company.py` by channel and month as a careful person writes them in SQL, to the same contract.

A missing channel is a group of its own; NaN is missing; a division by zero is missing; sums and counts over nothing are 0
between the first and the last row of their source and missing outside; means and extremes over nothing are missing; a cell is
there when any of the sources has a row in it. On DuckDB doubles are added up with compensation. Months are numbers until the
end, which costs half of `date_trunc`. With `intervals` the squares and products are added up too that confidence intervals
need, which `evaluate` always gives.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

UNTIL = "timestamp '2026-12-31 00:00:00'"
WON = "stage = 'won'"


@dataclass(frozen=True)
class Words:
    """What is spelled otherwise on another database."""

    total: str  # of doubles
    mean: str
    days: str  # between two moments
    finite: str  # a double of the data, NaN as missing
    percentile: str
    period: str  # the first day of a month that is counted from year 0


DUCKDB = Words(
    total="fsum({0})",
    mean="favg({0})",
    days="(epoch_us({0}) - epoch_us({1})) / 86400e6",
    finite="case when isfinite({0}) then {0} end",
    percentile="quantile_cont({0}, {1})",
    period="make_date({0} // 12, {0} % 12 + 1, 1)",
)
# A frame of pandas comes with NaN as missing already.
DUCKDB_FRAMES = replace(DUCKDB, finite="{0}")
SPARK = Words(
    total="sum({0})",
    mean="avg({0})",
    days="(unix_micros(cast({0} as timestamp)) - unix_micros(cast({1} as timestamp))) / 86400e6D",
    finite="case when abs({0}) < double('Infinity') then {0} end",  # NaN is above all numbers here
    percentile="percentile({0}, {1})",
    period="make_date({0} div 12, {0} % 12 + 1, 1)",
)

# The aggregates by the date that places the rows: name, of what, over which rows.
Column = tuple[str, str, str]
CREATED: list[Column] = [
    ("deals", "count", ""),
    ("open", "count", "stage = 'open'"),
    ("customers", "distinct customer", ""),
]
CLOSED: list[Column] = [
    ("won", "count", WON),
    ("lost", "count", "stage = 'lost'"),
    ("large", "count", f"{WON} and amount > 1500"),
    ("revenue", "sum amount - discount", WON),
    ("amount", "sum amount", WON),
    ("discount", "sum discount", WON),
    ("cost", "sum cost", WON),
    ("seats", "whole seats", WON),
    ("mean", "mean amount", WON),
    ("days", "mean DAYS", WON),
    ("largest", "max amount", WON),
    ("smallest", "min amount", WON),
    ("middle", "percentile amount 0.5", WON),
    ("high", "percentile amount 0.9", WON),
]
PAID: list[Column] = [("spend", "sum amount", ""), ("impressions", "whole impressions", ""), ("clicks", "whole clicks", "")]
NET = "(amount - discount)"
CLOSED_PAIRS = [
    (NET, NET), ("amount", "amount"), ("discount", "discount"), ("discount", "amount"), (NET, "cost"), ("cost", "cost"),
    ("seats", "seats"), ("DAYS", "DAYS"),
]  # fmt: skip
PAID_PAIRS = [("clicks", "clicks"), ("clicks", "impressions"), ("impressions", "impressions"), ("amount", "amount")]

# The KPIs over the aggregates, and which of these they need.
KPIS = {
    "deals_created": "deals",
    "deals_won": "won",
    "revenue_won": "revenue",
    "win_rate": "won / nullif(won + lost, 0)",
    "average_deal": "revenue / nullif(won, 0)",
    "mean_list_price": "mean",
    "discount_rate": "discount / nullif(amount, 0)",
    "gross_margin": "(revenue - cost) / nullif(revenue, 0)",
    "largest_deal": "largest",
    "smallest_deal": "smallest",
    "active_customers": "customers",
    "deals_per_customer": "deals / nullif(customers, 0)",
    "open_share": "open / nullif(deals, 0)",
    "large_share": "large / nullif(won, 0)",
    "seats_sold": "seats",
    "days_to_close": "days",
    "click_rate": "clicks / nullif(impressions, 0)",
    "cost_per_deal": "spend / nullif(deals, 0)",
    "cost_per_won_deal": "spend / nullif(won, 0)",
    "return_on_spend": "(revenue - cost - spend) / nullif(spend, 0)",
    "median_deal": "middle",
    "high_deal": "high",
}


def statement(
    kpis: Iterable[str], words: Words, tables: Mapping[str, str], *, intervals: bool = False, until: str = UNTIL
) -> str:
    """One statement for some KPIs; `tables` says where the sources are, and rows at or after `until` are not read."""
    formulas = {name: KPIS[name] for name in kpis}
    used = set(" ".join(formulas.values()).replace("(", " ").replace(")", " ").replace(",", " ").split())
    parts = [
        ("created", tables["deals"], "created_at", CREATED, []),
        ("closed", tables["deals"], "closed_at", CLOSED, CLOSED_PAIRS),
        ("paid", tables["spend"], "day", PAID, PAID_PAIRS),
    ]
    texts: dict[str, str] = {}
    filled: list[str] = []
    for name, source, date, columns, pairs in parts:
        wanted = [column for column in columns if column[0] in used]
        if wanted:
            squares = _squares(name, wanted, pairs) if intervals else []
            texts[name] = _grouped(source, date, [*wanted, *squares], words, until)
            filled += [_filled(name, column) for column in wanted]
            filled += [f"{name}.{alias}" for alias, *_ in squares]
    together = _together(list(texts), filled)
    withs = ",\n".join(f"{name} as (\n{text})" for name, text in texts.items())
    moments = [each.split(".")[1] for each in filled if ".square" in each]
    chosen = ", ".join([*(f"{formula} as {name}" for name, formula in formulas.items()), *moments])
    keys = f"channel, {words.period.format('month')} as period"
    return f"with {withs},\ncells as (\n{together})\nselect {keys}, {chosen}\nfrom cells order by month, channel"


def _squares(part: str, wanted: Sequence[Column], pairs: Sequence[tuple[str, str]]) -> list[Column]:
    """The products whose factors are added up."""
    where = WON if part == "closed" else ""
    summed = {what.split(" ", 1)[1].replace("amount - discount", NET) for _, what, _ in wanted if " " in what}
    return [
        (f"square_{part}_{number}", f"sum {one} * {other}", where)
        for number, (one, other) in enumerate(pairs)
        if one in summed and other in summed
    ]


def _grouped(source: str, date: str, columns: Sequence[Column], words: Words, until: str) -> str:
    chosen = ",\n".join(f"    {_aggregate(what, where, words)} as {name}" for name, what, where in columns)
    needed = " ".join(f"{what} {where}" for _, what, where in columns)
    inner = [name for name in ("stage", "customer", "seats", "impressions", "clicks", "created_at") if name in needed]
    if "DAYS" in needed or date == "created_at":
        inner = [*inner, "created_at"]
    doubles = [f"{words.finite.format(name)} as {name}" for name in ("amount", "discount", "cost") if name in needed]
    read = ", ".join(dict.fromkeys(["channel", date, *inner, *doubles]))
    return (
        f"  select channel, year({date}) * 12 + month({date}) - 1 as month,\n{chosen}\n"
        f"  from (select {read} from {source} where {date} < {until})\n  group by 1, 2"
    )


def _aggregate(what: str, where: str, words: Words) -> str:
    function, _, argument = what.partition(" ")
    argument = argument.replace("DAYS", f"({words.days.format('closed_at', 'created_at')})")
    rows = f" filter (where {where})" if where else ""
    match function:
        case "count":
            return f"count(*){rows}"
        case "distinct":
            return f"count(distinct {argument}){rows}"
        case "sum":
            return words.total.format(argument) + rows
        case "whole":
            return f"sum({argument}){rows}"
        case "mean":
            return words.mean.format(argument) + rows
        case "percentile":
            column, fraction = argument.split()
            return words.percentile.format(column, fraction) + rows
        case _:
            return f"{function}({argument}){rows}"


def _filled(part: str, column: Column) -> str:
    """An aggregate with 0 for nothing, where its source was observed."""
    name, what, _ = column
    if what.split()[0] not in ("count", "distinct", "sum", "whole"):
        return f"{part}.{name}"
    observed = f"MONTH between min({part}.month) over () and max({part}.month) over ()"
    return f"case when {observed} then coalesce({part}.{name}, 0) end as {name}"


def _together(parts: Sequence[str], columns: Sequence[str]) -> str:
    """The cells of all parts; a missing channel meets a missing channel."""
    keys = {
        key: f"coalesce({', '.join(f'{part}.{key}' for part in parts)})" if len(parts) > 1 else f"{parts[0]}.{key}"
        for key in ("channel", "month")
    }
    joined = f"  from {parts[0]}"
    for place, part in enumerate(parts[1:], 1):
        before = {
            key: f"coalesce({', '.join(f'{each}.{key}' for each in parts[:place])})" if place > 1 else f"{parts[0]}.{key}"
            for key in keys
        }
        on = f"{before['month']} = {part}.month and {before['channel']} is not distinct from {part}.channel"
        joined += f"\n  full join {part} on {on}"
    chosen = ",\n    ".join(columns).replace("MONTH", keys["month"])
    return f"  select {keys['channel']} as channel, {keys['month']} as month,\n    {chosen}\n{joined}"
