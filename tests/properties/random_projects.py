"""Random small projects: definitions over one schema that has every kind of source, rows for it, and questions.

Formulas are written as text. Names of columns in a row formula are marked (`@amount`), so that the first of an aggregate can be
given its source. What does not fit together is refused by the catalog or the plan; the test passes over it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

Draw = Callable[[st.SearchStrategy[Any]], Any]

SCHEMA = """
project:
  language: 1
  name: random
  calendar: {{week_starts: {week_starts}, year_starts: {year_starts}}}
sources:
  regions:
    key: region
    columns: {{region: text, zone: text, factor: number, since: date}}
  customers:
    key: customer_id
    time: acquired_at
    columns:
      customer_id: text
      acquired_at: date
      segment: text
      is_partner: boolean
      credit: number
      region: {{type: text, references: regions}}
      order_count: {{formula: count(orders)}}
      spent: {{formula: sum(orders.amount)}}
      first_order: {{formula: min(orders.ordered_at)}}
      best_web: {{formula: 'max(orders.amount where channel = "web")'}}
      mean_lead: {{formula: avg(leads.score)}}
      touches: {{formula: count(touches)}}
      last_channel: {{formula: last(orders.channel)}}
      mrr_now: {{formula: sum(subscriptions.mrr alive from started_at to ended_at)}}
      mrr_before: {{formula: previous(mrr_now)}}
      mrr_year: {{formula: 'previous(mrr_now, 1 year)'}}
      is_new: {{formula: acquired_at >= period_start}}
      recent: {{formula: count(orders where ordered_at >= previous_period_start and ordered_at < period_end)}}
      {customers}
  orders:
    key: order_id
    time: ordered_at
    columns:
      order_id: number
      ordered_at: datetime
      shipped_at: date
      customer: {{type: text, references: customers}}
      channel: text
      amount: number
      quantity: number
      item: text
      store: number
      worth: {{formula: quantity * price.amount}}
      days: {{formula: (shipped_at - ordered_at) / 1 day}}
      before: {{formula: prior(amount) per customer}}
      big_after: {{formula: next(ordered_at where amount > 2) per customer}}
      is_repeated: {{formula: prior(order_id) per customer is not missing}}
      part: {{formula: amount / customer.spent}}
      paying: {{formula: customer.mrr_now > 1}}
      lead_before: {{formula: prior(leads.channel) per customer}}
      {orders}
    references:
      price: {{source: prices, match: {{item: item, store: store}}}}
      tier: {{source: tiers, match: {{customer: customer_id}}, valid: [valid_from, valid_to]}}
  leads:
    key: lead_id
    time: created_at
    columns:
      lead_id: text
      created_at: date
      channel: text
      score: number
      customer: {{type: text, references: customers}}
      touch_count: {{formula: count(touches)}}
      first_channel: {{formula: first(touches.channel)}}
      last_touch: {{formula: max(touches.touched_at)}}
      next_order: {{formula: next(orders.ordered_at where amount >= 1) per customer}}
      {leads}
  touches:
    key: touch_id
    time: touched_at
    columns:
      touch_id: number
      touched_at: datetime
      lead: {{type: text, references: leads}}
      channel: text
      cost: number
      weight: {{formula: 1 / lead.touch_count}}
      other_before: {{formula: 'prior(channel where channel != "web") per lead'}}
      gap: {{formula: (touched_at - prior(touched_at) per lead) / 1 day}}
      {touches}
  subscriptions:
    key: sub_id
    time: started_at
    columns:
      sub_id: number
      started_at: date
      ended_at: date
      customer: {{type: text, references: customers}}
      mrr: number
      kind: text
      {subscriptions}
    references:
      tier: {{source: tiers, match: {{customer: customer_id}}, valid: [valid_from, valid_to]}}
  prices:
    key: [item, store]
    columns: {{item: text, store: number, amount: number}}
  tiers:
    key: [customer_id, valid_from]
    columns: {{customer_id: text, valid_from: date, valid_to: date, level: text, rate: number}}
  inventory:
    key: [item, day]
    time: day
    columns: {{item: text, day: date, value: number}}
  targets:
    time: month
    every: month
    columns: {{month: date, channel: text, target: number}}
dimensions:
  channel: [orders.channel, leads.channel, touches.channel, targets.channel]
  segment: [customers.segment]
  partner: [customers.is_partner]
  zone: [regions.zone]
  item: [orders.item, inventory.item]
  level: [orders.tier.level, subscriptions.tier.level]
  first_channel: [leads.first_channel]
  shipped: [orders.shipped_at]
  repeated: [orders.is_repeated]
parameters:
  rate: 1/4
measures:
  orders: count(orders)
  revenue: sum(orders.amount)
  leads: count(leads)
  stock: count(subscriptions alive from started_at to ended_at)
  buyers: count(distinct orders.customer)
  per_lead: revenue / leads
"""

TEXTS = ("web", "mail", "Web", "x y", "")
NAMES = ("a", "b", "c", "d")
NUMBERS = ("0", "1", "2", "0.25", "3.5", "10", "-1")
GRAINS = ("day", "week", "month", "quarter", "year")
LATER = {"day": 1, "week": 7, "month": 30, "quarter": 90, "year": 365}


@dataclass(frozen=True)
class Columns:
    """The names that a row of a source knows, by type; `per_period` ones have a value for each period."""

    numbers: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()
    dates: tuple[str, ...] = ()
    truths: tuple[str, ...] = ()


ROWS = {
    "regions": Columns(("factor",), ("region", "zone"), ("since",)),
    "customers": Columns(
        ("credit", "region.factor", "order_count", "spent", "best_web", "mean_lead", "touches")
        + ("mrr_now", "mrr_before", "mrr_year", "recent"),
        ("customer_id", "segment", "region", "region.zone", "last_channel"),
        ("acquired_at", "first_order", "region.since"),
        ("is_partner", "is_new"),
    ),
    "orders": Columns(
        ("amount", "quantity", "store", "worth", "days", "before", "part", "price.amount", "tier.rate", "customer.credit")
        + ("customer.mrr_now", "order_id"),
        ("channel", "item", "customer", "customer.segment", "tier.level", "customer.region.zone", "lead_before"),
        ("ordered_at", "shipped_at", "big_after", "customer.acquired_at"),
        ("is_repeated", "paying", "customer.is_partner"),
    ),
    "leads": Columns(
        ("score", "touch_count", "customer.order_count", "customer.credit"),
        ("lead_id", "channel", "first_channel", "customer.segment"),
        ("created_at", "last_touch", "next_order", "customer.acquired_at"),
        ("customer.is_partner",),
    ),
    "touches": Columns(
        ("cost", "weight", "gap", "lead.score", "lead.touch_count"),
        ("channel", "other_before", "lead", "lead.channel", "lead.customer.segment"),
        ("touched_at", "lead.created_at"),
        ("lead.customer.is_partner",),
    ),
    "subscriptions": Columns(
        ("mrr", "tier.rate", "customer.credit"),
        ("kind", "customer", "tier.level", "customer.segment"),
        ("started_at", "ended_at", "customer.acquired_at"),
        ("customer.is_partner",),
    ),
    "inventory": Columns(("value",), ("item",), ("day",)),
    "targets": Columns(("target",), ("channel",), ("month",)),
}
DERIVED_AT = ("customers", "orders", "leads", "touches", "subscriptions")


def one_of(draw: Draw, *choices: Any) -> Any:
    return draw(st.sampled_from(choices))


# Formulas on rows


@dataclass(frozen=True)
class RowFormulas:
    """Random formulas on the rows of a source; `inner` says that they stand in a derived column."""

    draw: Draw
    columns: Columns
    periods: bool = True

    def number(self, depth: int = 2) -> str:
        kind = one_of(self.draw, "column", "column", "column", "constant", "sum", "product", "quotient", "function", "choice")
        if depth == 0 or kind == "column":
            return "@" + one_of(self.draw, *self.columns.numbers)
        left = self.number(depth - 1)
        match kind:
            case "constant":
                return f"({left} {one_of(self.draw, '+', '*')} {one_of(self.draw, *NUMBERS)})"
            case "sum":
                return f"({left} {one_of(self.draw, '+', '-')} {self.number(depth - 1)})"
            case "product":
                return f"({left} * {self.number(depth - 1)})"
            case "quotient":
                return f"({left} / {self.number(depth - 1)})"
            case "function":
                return self._function(left, depth)
            case _:
                return self._choice(left, depth)

    def _function(self, left: str, depth: int) -> str:
        name = one_of(self.draw, "abs", "round", "floor", "ceil", "sqrt", "greatest", "least", "^", "date", "length")
        match name:
            case "greatest" | "least":
                return f"{name}({left}, {self.number(depth - 1)})"
            case "^":
                return f"({left} ^ {one_of(self.draw, '2', '-1', '0')})"
            case "date":
                return f"{one_of(self.draw, 'year', 'quarter', 'month', 'weekday')}({self.moment(1)})"
            case "length":
                return f"(({self.moment(1)} - {self.moment(1)}) / 1 day)"
            case _:
                return f"{name}({left})"

    def _choice(self, left: str, depth: int) -> str:
        if one_of(self.draw, True, False):
            return f"coalesce({left}, {self.number(depth - 1)})"
        return f"(if {self.truth(depth - 1)} then {left} else {self.number(depth - 1)})"

    def text(self) -> str:
        column = "@" + one_of(self.draw, *self.columns.texts)
        return one_of(self.draw, column, column, column, f"lower({column})", f"upper({column})", f'coalesce({column}, "web")')

    def moment(self, depth: int = 1) -> str:
        column = "@" + one_of(self.draw, *self.columns.dates)
        if depth == 0:
            return column
        grain = one_of(self.draw, *GRAINS)
        later = f"({column} {one_of(self.draw, '+', '-')} {one_of(self.draw, '1 month', '3 days', '1 week', '1 year', '2 quarters')})"
        return one_of(self.draw, column, column, later, f"start_of({column}, {grain})", f"coalesce({column}, {self.moment(0)})")

    def truth(self, depth: int = 1) -> str:
        kinds = ("number", "text", "date", "missing", "listed", "between", "part", "column")
        kind = one_of(self.draw, *kinds, *(("and", "or", "not") if depth else ()))
        match kind:
            case "number":
                other = one_of(self.draw, one_of(self.draw, *NUMBERS), self.number(0))
                return f"{self.number(depth)} {one_of(self.draw, '=', '!=', '<', '<=', '>', '>=')} {other}"
            case "text":
                other = one_of(self.draw, self.quoted(), self.quoted(), self.text())
                return f"{self.text()} {one_of(self.draw, '=', '!=')} {other}"
            case "date":
                others = (self.moment(0), str(one_of(self.draw, *DAYS)), *(PERIOD_DATES if self.periods else ()))
                return f"{self.moment()} {one_of(self.draw, '=', '<', '<=', '>', '>=')} {one_of(self.draw, *others)}"
            case "missing":
                what = one_of(self.draw, self.text(), self.number(1), self.moment(1))
                return f"{what} is {one_of(self.draw, '', 'not ')}missing"
            case "listed":
                return f"{self.text()} {one_of(self.draw, '', 'not ')}in ({self.quoted()}, {one_of(self.draw, self.quoted(), self.text())})"
            case "between":
                return f"{self.number(1)} between {one_of(self.draw, '0', '1')} and {one_of(self.draw, '2', '3.5')}"
            case "part":
                name = one_of(self.draw, "contains", "starts_with", "ends_with")
                return f'{name}({self.text()}, "{one_of(self.draw, "w", "e", "b", "a", " ")}")'
            case "column" if self.columns.truths:
                return "@" + one_of(self.draw, *self.columns.truths)
            case "not":
                return f"not ({self.truth(0)})"
            case "and" | "or":
                return f"({self.truth(0)} {kind} {self.truth(0)})"
            case _:
                return f"{self.text()} is missing"

    def quoted(self) -> str:
        return '"' + one_of(self.draw, *TEXTS[:3], *NAMES[:2]) + '"'


PERIOD_DATES = ("period_start", "period_end", "previous_period_start", "period_start + 10 days")

# Aggregates and formulas on values

MODIFIERS = {
    "customers": ("", "", "alive from acquired_at", "at region.since"),
    "orders": ("", "", "", "at shipped_at", "at customer.acquired_at", "alive from ordered_at to shipped_at"),
    "leads": ("", "", "at customer.acquired_at", "at last_touch"),
    "touches": ("", "", "at lead.created_at"),
    "subscriptions": ("", "alive from started_at to ended_at", "alive from started_at to ended_at", "at ended_at"),
    "inventory": ("", "closing", "closing"),
    "targets": ("",),
    "regions": ("", "at since"),
}
ORDERED = ("customers", "orders", "leads", "touches", "subscriptions", "inventory")


def aggregate(draw: Draw, sources: Sequence[str], extra: str | None = None) -> str:
    """An aggregate over the rows of one of the sources; `extra` is the one that has one column more."""
    source = one_of(draw, *sources)
    columns = ROWS[source]
    if source == extra:
        columns = replace(columns, numbers=(*columns.numbers, *("extra",) * len(columns.numbers)))
    rows = RowFormulas(draw, columns)
    modifiers = one_of(draw, *MODIFIERS[source])
    where = f" where {rows.truth()}" if draw(st.integers(0, 2)) == 0 else ""
    function = one_of(draw, "rows", "rows", "count", "distinct", "sum", "sum", "sum", "avg", "min", "max", *_ORDERED_FUNCTIONS)
    if function in ("first", "last") and source not in ORDERED:
        function = "median"
    tail = f"{' ' if modifiers else ''}{modifiers}{where}"
    match function:
        case "rows":
            text = f"count({source}{tail})"
        case "share":
            text = f"share({source}{' ' if modifiers else ''}{modifiers} where {rows.truth()})"
        case "count":
            argument = one_of(draw, rows.number(1), rows.text(), rows.moment())
            text = f"count({_named(argument, source)}{tail})"
        case "distinct":
            argument = one_of(draw, rows.text(), rows.text(), rows.moment(), rows.number(0))
            text = f"count(distinct {_named(argument, source)}{tail})"
        case "percentile":
            share = one_of(draw, "90%", "25%", "0%", "100%")
            text = f"percentile({_named(rows.number(1), source)}{tail}, {share})"
        case _:
            text = f"{function}({_named(rows.number(), source)}{tail})"
    return text.replace("@", "")


_ORDERED_FUNCTIONS = ("median", "percentile", "stddev", "first", "last", "share")


def _named(argument: str, source: str) -> str:
    return argument.replace("@", f"{source}.", 1)


@dataclass(frozen=True)
class ValueFormulas:
    """Random formulas on values over some of the sources, with windows that `every` allows for."""

    draw: Draw
    sources: tuple[str, ...]
    every: str | None
    by: tuple[str, ...]
    extra: str | None

    def number(self, depth: int = 2) -> str:
        kinds = ("aggregate", "aggregate", "aggregate", "ratio", "sum", "function", "choice", "period", "window", "window", "window")
        kind = "aggregate" if depth == 0 else one_of(self.draw, *kinds)
        match kind:
            case "aggregate":
                return aggregate(self.draw, self.sources, self.extra)
            case "ratio":
                return f"({self.number(depth - 1)} / {self.number(depth - 1)})"
            case "sum":
                other = one_of(self.draw, self.number(depth - 1), *NUMBERS, "rate")
                return f"({self.number(depth - 1)} {one_of(self.draw, '+', '-', '*')} {other})"
            case "function":
                return self._function(depth)
            case "choice":
                return self._choice(depth)
            case "period":
                return f"({self.number(depth - 1)} / (period_length / 1 day))"
            case _:
                return self.window(depth)

    def _function(self, depth: int) -> str:
        name = one_of(self.draw, "abs", "round", "floor", "sqrt", "ln", "greatest", "least", "age")
        if name == "age":
            return f"((period_end - max({self._dated()})) / 1 day)"
        first = self.number(depth - 1)
        return f"{name}({first}, {self.number(depth - 1)})" if name in ("greatest", "least") else f"{name}({first})"

    def _dated(self) -> str:
        source = one_of(self.draw, *self.sources)
        return f"{source}.{one_of(self.draw, *ROWS[source].dates)}"

    def _choice(self, depth: int) -> str:
        first, second = self.number(depth - 1), self.number(depth - 1)
        condition = one_of(
            self.draw, f"{first} > 1", f"{first} is missing", f"{first} = {second}", f"{first} <= 0 or {second} >= 1"
        )
        return one_of(self.draw, f"coalesce({first}, {second})", f"(if {condition} then {first} else {second})")

    def window(self, depth: int) -> str:
        inner, length = self.number(depth - 1), self.length()
        kind = one_of(self.draw, "previous", "shift", "rolling", "to_date", "since", "average", "total", "change", "growth")
        match kind:
            case "shift":
                return f"previous({inner}, {length})"
            case "rolling":
                return f"rolling({inner}, {length})"
            case "to_date":
                return f"to_date({inner}, {one_of(self.draw, *self._longer())})"
            case "since":
                return f"to_date({inner})"
            case "average":
                return f"average({inner}, {one_of(self.draw, *self._shorter())})"
            case "total":
                named = one_of(self.draw, "", *(f", {name}" for name in self.by))
                return f"total({inner}{named})"
            case "change" | "growth":
                return f"{kind}({inner}{one_of(self.draw, '', f', {length}')})"
            case _:
                return f"previous({inner})"

    def length(self) -> str:
        return f"{one_of(self.draw, '1', '2', '3')} {one_of(self.draw, *self._longer())}"

    def _longer(self) -> tuple[str, ...]:
        match self.every:
            case "week":
                return ("week", "year")
            case None | "day":
                return GRAINS
            case grain:
                return GRAINS[GRAINS.index(grain) :]

    def _shorter(self) -> tuple[str, ...]:
        match self.every:
            case None:
                return ("month", "quarter", "week", "day")
            case "week" | "day":
                return ("day",) if self.every == "day" else ("day", "week")
            case grain:
                return ("day", *GRAINS[2 : GRAINS.index(grain) + 1])


# Rows

# Ends of months, Feb 29, the turn of years and of weeks, most of them in one winter.
DAYS = tuple(
    date.fromisoformat(day)
    for day in (
        "2023-02-28 2023-12-28 2023-12-31 2024-01-01 2024-01-05 2024-01-28 2024-01-29 2024-01-30 2024-01-31 2024-02-01 "
        "2024-02-14 2024-02-28 2024-02-29 2024-03-01 2024-03-30 2024-03-31 2024-04-01 2024-04-30 2024-06-15"
    ).split()
)
CLOCKS = (timedelta(0), timedelta(0), timedelta(hours=9, minutes=30), timedelta(hours=23, minutes=59, seconds=59))


@st.composite
def day(draw: Draw, missing: bool = True) -> date | None:
    days = DAYS[1:-1] if draw(st.integers(0, 4)) else DAYS
    return None if missing and draw(st.integers(0, 9)) == 9 else one_of(draw, *days)


@st.composite
def moment(draw: Draw) -> datetime | None:
    found = draw(day())
    return None if found is None else datetime(found.year, found.month, found.day) + one_of(draw, *CLOCKS)


def number() -> st.SearchStrategy[float | None]:
    """Quarters, so that sums of them are exact; NaN is missing too."""
    quarters = st.integers(-8, 24).map(lambda number: number / 4)
    return st.one_of(quarters, quarters, quarters, st.sampled_from((None, float("nan"), 0.0, 1.0)))


def text(*choices: str) -> st.SearchStrategy[str | None]:
    return st.sampled_from((*choices, *choices, None))


SOURCES: dict[str, dict[str, st.SearchStrategy[Any]]] = {
    "regions": {"zone": text("north", "south"), "factor": number(), "since": day()},
    "customers": {
        "acquired_at": day(),
        "segment": text("web", "small", "large"),
        "is_partner": st.sampled_from((True, False, None)),
        "credit": number(),
        "region": text("r1", "r2", "r9"),
    },
    "orders": {
        "ordered_at": moment(),
        "shipped_at": day(),
        "customer": text(*NAMES, "nobody"),
        "channel": text(*TEXTS),
        "amount": number(),
        "quantity": number(),
        "item": text("i", "j"),
        "store": st.sampled_from((1.0, 2.0, None)),
    },
    "leads": {"created_at": day(), "channel": text(*TEXTS[:3]), "score": number(), "customer": text(*NAMES, "nobody")},
    "touches": {"touched_at": moment(), "lead": text("l1", "l2", "l3", "l9"), "channel": text(*TEXTS[:3]), "cost": number()},
    "subscriptions": {"started_at": day(), "ended_at": day(), "customer": text(*NAMES[:3]), "mrr": number(), "kind": text("x", "y")},
    "targets": {"channel": text(*TEXTS[:2]), "target": number()},
}
MOST = {"regions": 3, "customers": 4, "leads": 4, "touches": 10, "orders": 12, "subscriptions": 8, "targets": 5}
KEYS = {"customers": "customer_id", "orders": "order_id", "leads": "lead_id", "touches": "touch_id", "subscriptions": "sub_id"}
SPELLED = {"customers": NAMES, "leads": ("l1", "l2", "l3", "l4"), "regions": ("r1", "r2", "r3")}
Rows = list[dict[str, Any]]


@st.composite
def data(draw: Draw) -> dict[str, Rows]:
    """Rows for every source: none to a dozen, with ties, gaps, and what is missing; keys are unique."""
    found: dict[str, Rows] = {}
    for name, columns in SOURCES.items():
        rows = draw(st.lists(st.fixed_dictionaries(columns), max_size=MOST[name]))
        found[name] = [{**row, **_key(name, number)} for number, row in enumerate(rows)]
    for row in found["targets"]:
        row["month"] = one_of(draw, *(date(2023, 12, 1), date(2024, 1, 1), date(2024, 2, 1), date(2024, 4, 1), None))
    pairs = draw(st.lists(st.tuples(st.sampled_from("ij"), st.sampled_from((1.0, 2.0))), unique=True, max_size=4))
    found["prices"] = [{"item": item, "store": store, "amount": draw(number())} for item, store in pairs]
    found["tiers"] = [row for customer in NAMES[:3] for row in _tiers(draw, customer)]
    stays = draw(st.lists(st.tuples(st.sampled_from(("i", "j", "k")), day(missing=False)), unique=True, max_size=8))
    found["inventory"] = [{"item": item, "day": each, "value": draw(number())} for item, each in stays]
    return found


def _key(name: str, number: int) -> dict[str, Any]:
    if name == "regions":
        return {"region": SPELLED[name][number]}
    if name == "targets":
        return {}
    # Numbers fall, so that the order of keys is not that of rows.
    return {KEYS[name]: SPELLED[name][number] if name in SPELLED else float(50 - number)}


def _tiers(draw: Draw, customer: str) -> Rows:
    """Times that don't overlap; the last may be open."""
    bounds = sorted(draw(st.sets(st.sampled_from(DAYS), max_size=4)))
    rows = [
        {"customer_id": customer, "valid_from": start, "valid_to": end, "level": one_of(draw, "gold", "tin", None), "rate": draw(number())}
        for start, end in zip(bounds, bounds[1:], strict=False)
    ]
    if bounds and one_of(draw, True, False):
        rows.append({"customer_id": customer, "valid_from": bounds[-1], "valid_to": None, "level": "gold", "rate": 2.0})
    return rows


# Projects and questions


@dataclass(frozen=True)
class Case:
    """Definitions, rows, and the words of a question."""

    definitions: str
    data: Mapping[str, Rows] = field(repr=False)
    values: tuple[str, ...]
    words: Mapping[str, Any]
    covers: Mapping[str, tuple[date, date]]


@st.composite
def cases(draw: Draw) -> Case:
    """A project with rows and a question that may be refused."""
    every = one_of(draw, None, "day", "week", "month", "month", "quarter", "year")
    topic = one_of(draw, *TOPICS)
    by = tuple(draw(st.lists(st.sampled_from(topic.dimensions), unique=True, max_size=2))) if topic.dimensions else ()
    extra = one_of(draw, None, *(source for source in topic.sources if source in DERIVED_AT))
    values = ValueFormulas(draw, topic.sources, every, by, extra)
    formulas = [f"{values.number()} as v{place}" for place in range(one_of(draw, 1, 1, 2, 3))]
    words: dict[str, Any] = {"by": by, "every": every, "as_of": one_of(draw, *AS_OF), **_range(draw, every)}
    if topic.dimensions and draw(st.integers(0, 3)) == 0:
        words["where"] = _where(draw, topic.dimensions)
    if draw(st.integers(0, 4)) == 0:
        words["having"] = one_of(draw, "v0 > 1", "v0 is missing", "v0 <= 2 or v0 is missing", "orders > 0", "not (v0 = 0)")
    if draw(st.integers(0, 4)) == 0:
        words["cells"] = "all"
    if draw(st.integers(0, 5)) == 0:
        words["parameters"] = {"rate": 2}
    covers = {name: COVERED for name in ROWS if name != "regions" and draw(st.integers(0, 9)) == 0}
    return Case(_definitions(draw, extra), draw(data()), tuple(formulas), words, covers)


@dataclass(frozen=True)
class Topic:
    """Sources that can be asked for together, and the dimensions that all of them reach."""

    sources: tuple[str, ...]
    dimensions: tuple[str, ...] = ()


TOPICS = (
    Topic(("orders", "leads", "touches"), ("channel", "segment", "partner", "zone")),
    Topic(("orders",), ("channel", "segment", "level", "item", "shipped", "repeated", "zone")),
    Topic(("subscriptions", "customers", "orders"), ("segment", "partner", "zone")),
    Topic(("subscriptions",), ("level", "segment")),
    Topic(("customers",), ("segment", "partner", "zone")),
    Topic(("leads", "touches"), ("first_channel", "channel", "segment")),
    Topic(("inventory", "orders"), ("item",)),
    Topic(("targets", "orders", "leads"), ("channel",)),
    Topic(("regions", "customers"), ("zone",)),
    Topic(tuple(ROWS)),
)
AS_OF = ("2024-04-15", "2024-04-15", "2024-02-29", "2024-02-10", "2024-07-01", datetime(2024, 1, 31, 12), "2024-03-01")
COVERED = (date(2024, 1, 1), date(2024, 3, 31))
WHERES = {
    "channel": ('channel = "web"', 'channel != "web"', "channel is missing", 'channel in ("web", "mail")', 'lower(channel) = "web"'),
    "segment": ('segment = "web"', 'segment != "small"', "segment is not missing"),
    "partner": ("partner", "not partner", "partner is missing"),
    "zone": ('zone = "north"', 'zone != "north"'),
    "item": ('item = "i"', "item is missing"),
    "level": ('level = "gold"', "level is missing"),
    "first_channel": ('first_channel = "web"', "first_channel is missing"),
    "shipped": ("shipped >= 2024-02-01", "shipped < 2024-01-31 or shipped is missing", "month(shipped) = 2"),
    "repeated": ("repeated", "not repeated"),
}


def _where(draw: Draw, dimensions: Sequence[str]) -> str:
    first, second = (one_of(draw, *WHERES[one_of(draw, *dimensions)]) for _ in range(2))
    return one_of(draw, first, first, f"{first} and {second}", f"({first}) or ({second})")


def _range(draw: Draw, every: str | None) -> dict[str, Any]:
    """Days by days are asked for a short time only, which keeps plain scans short."""
    kind = one_of(draw, "none", "from", "both", "both", "to")
    if every == "day" and kind in ("none", "to"):
        kind = "both"
    start = one_of(draw, "2024-01-01", "2024-01-29", "2024-02-01", "2024-02-26")
    end = one_of(draw, "2024-03-01", "2024-03-31", "2024-04-01", "2024-07-01" if every != "day" else "2024-03-04")
    return {"none": {}, "from": {"start": start}, "to": {"end": end}, "both": {"start": start, "end": end}}[kind]


# Derived columns

GATHERED = {"customers": ("orders", "leads", "subscriptions", "touches"), "leads": ("touches",)}
KEPT_TOGETHER = {"orders": ("customer", "channel", "price"), "leads": ("customer",), "touches": ("lead", "lead.customer")}


def _definitions(draw: Draw, extra: str | None) -> str:
    """The schema; the source `extra` has one more derived column, of that name."""
    more = dict.fromkeys(DERIVED_AT, "")
    if extra is not None:
        more[extra] = f"extra: {{formula: '{_derived(draw, extra)}'}}"
    words = {"week_starts": one_of(draw, "monday", "monday", "sunday"), "year_starts": one_of(draw, "january", "january", "april")}
    return SCHEMA.format(**words, **more)


def _derived(draw: Draw, source: str) -> str:
    """A formula of numbers: of the row itself, over rows that refer to it, or of the row before or after."""
    rows = RowFormulas(draw, ROWS[source])
    kind = one_of(draw, "row", *(("over",) * 3 if source in GATHERED else ()), *(("near",) * 3 if source in KEPT_TOGETHER else ()))
    match kind:
        case "over":
            inner = one_of(draw, *GATHERED[source])
            formula = _over(draw, inner, RowFormulas(draw, ROWS[inner]))
        case "near":
            where = f" where {rows.truth()}" if one_of(draw, True, False) else ""
            per = one_of(draw, *KEPT_TOGETHER[source])
            formula = f"{one_of(draw, 'prior', 'next')}({rows.number(1)}{where}) per {per}"
        case _:
            formula = rows.number()
    return formula.replace("@", "")


def _over(draw: Draw, source: str, rows: RowFormulas) -> str:
    where = f" where {rows.truth()}" if one_of(draw, True, False) else ""
    alive = " alive from started_at to ended_at" if source == "subscriptions" and one_of(draw, True, False) else ""
    function = one_of(draw, "rows", "count distinct", "sum", "avg", "min", "max", "median", "stddev", "first", "last", "share")
    match function:
        case "rows":
            return f"count({source}{alive}{where})"
        case "share":
            return f"share({source}{alive} where {rows.truth()})"
        case "count distinct":
            return f"count(distinct {_named(rows.text(), source)}{alive}{where})"
        case _:
            return f"{function}({_named(rows.number(1), source)}{alive}{where})"
