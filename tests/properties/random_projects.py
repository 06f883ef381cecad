"""Random small projects by number: definitions, rows and a question, and smaller ones in which a mistake may still show."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from random_asks import Phrase, ValueFormulas, derived
from random_schema import CONDITIONS, EXTENDED, ROWS, SCHEMA, TOPICS

Rows = Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class Case:
    """Definitions, rows, and a question in words; the source of `extra` has one more derived column of that name."""

    calendar: Mapping[str, str]
    extra: tuple[str, Phrase] | None
    data: Mapping[str, Rows] = field(repr=False)
    formulas: tuple[Phrase, ...]
    words: Mapping[str, Any]
    covers: Mapping[str, tuple[date, date]]

    @property
    def definitions(self) -> str:
        more = dict.fromkeys(EXTENDED, "")
        if self.extra is not None:
            source, formula = self.extra
            more[source] = "extra: {formula: '" + str(formula).replace("@", "") + "'}"
        return SCHEMA.format(**self.calendar, **more)

    @property
    def values(self) -> tuple[str, ...]:
        return tuple(f"{formula} as v{number}" for number, formula in enumerate(self.formulas))

    def __str__(self) -> str:
        """What there is besides the schema, for a report."""
        extra = () if self.extra is None else (f"{self.extra[0]}.extra: {str(self.extra[1]).replace('@', '')}",)
        rows = (f"{name}: {shown(row)}" for name, each in self.data.items() for row in each)
        words = {name: word for name, word in self.words.items() if word not in (None, ())}
        parts = (
            str(dict(self.calendar)),
            *self.values,
            str(words),
            *extra,
            *rows,
            f"covers: {dict(self.covers)}" if self.covers else "",
        )
        return "\n".join(filter(None, parts))


def shown(row: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} {value}" for name, value in row.items() if value is not None)


def case(number: int) -> Case:
    """The project and question of that number; the question may be one that is refused."""
    random = Random(number)
    every = random.choice((None, "day", "week", "month", "month", "quarter", "year"))
    topic = random.choice(TOPICS)
    by = tuple(random.sample(topic.dimensions, min(random.choice((0, 0, 1, 1, 1, 2)), len(topic.dimensions))))
    extra = random.choice((None, *(source for source in topic.sources if source in EXTENDED)))
    values = ValueFormulas(random, topic.sources, every, by, extra)
    formulas = tuple(values.number(random.choice((0, 1, 1, 2, 2))) for _ in range(random.choice((1, 1, 2, 3))))
    words = {
        "by": by,
        "every": every,
        "as_of": random.choice(AS_OF),
        **_range(random, every),
        **_rest(random, topic.dimensions),
    }
    calendar = {
        "week_starts": random.choice(("monday", "monday", "sunday", "wednesday")),
        "year_starts": random.choice(("january", "january", "april")),
    }
    covered = {name: random.choice(COVERED) for name in ROWS if name != "regions" and random.randrange(15) == 0}
    more = None if extra is None else (extra, derived(random, extra))
    return Case(calendar, more, data(random), formulas, words, covered)


# Questions

AS_OF = (*("2024-04-15",) * 5, *("2024-07-01",) * 3, "2024-02-29", "2024-02-10", datetime(2024, 3, 31, 12), "2024-03-01")
COVERED = ((date(2024, 1, 1), date(2024, 3, 31)), (date(2024, 1, 5), date(2024, 2, 29)), (date(2023, 12, 1), date(2024, 6, 30)))
HAVING = (
    "v0 > 1",
    "v0 is missing",
    "v0 <= 2 or v0 is missing",
    "orders > 0",
    "not (v0 = 0)",
    "v0 + rate < 3",
    "growth(orders) > 0 or previous(v0) is missing",
    "v0 > total(v0) / 2 or count(leads) > 1",
)


def _range(random: Random, every: str | None) -> dict[str, Any]:
    """Days by days are asked for a short time only, which keeps plain scans short."""
    kind = random.choice(("none", "from", "both", "both", "to"))
    if every == "day" and kind in ("none", "to"):
        kind = "both"
    start = random.choice(("2024-01-01", "2024-01-01", "2023-12-15", "2024-01-29", "2024-02-01"))
    end = random.choice(("2024-03-01", "2024-03-31", "2024-04-01", "2024-03-04" if every == "day" else "2024-07-01"))
    return {"none": {}, "from": {"start": start}, "to": {"end": end}, "both": {"start": start, "end": end}}[kind]


def _rest(random: Random, dimensions: Sequence[str]) -> Iterator[tuple[str, Any]] | dict[str, Any]:
    words: dict[str, Any] = {}
    if dimensions and random.randrange(5) == 0:
        words["where"] = _where(random, dimensions)
    if random.randrange(8) == 0:
        words["having"] = random.choice(HAVING)
    if random.randrange(5) == 0:
        words["cells"] = "all"
    if random.randrange(6) == 0:
        words["parameters"] = {"rate": 2}
    return words


def _where(random: Random, dimensions: Sequence[str]) -> str:
    first, second = (random.choice(CONDITIONS[random.choice(dimensions)]) for _ in range(2))
    return random.choice((first, first, first, f"{first} and {second}", f"({first}) or ({second})"))


# Rows

# Ends of months, Feb 29, the turn of years and of weeks, most of them in one winter.
DAYS = tuple(
    date.fromisoformat(day)
    for day in [
        "2023-12-28",
        "2023-12-31",
        "2024-01-01",
        "2024-01-05",
        "2024-01-28",
        "2024-01-29",
        "2024-01-30",
        "2024-01-31",
        "2024-02-01",
        "2024-02-14",
        "2024-02-28",
        "2024-02-29",
        "2024-03-01",
        "2024-03-30",
        "2024-03-31",
        "2024-04-01",
        "2024-04-30",
    ]
)
FAR_DAYS = (date(2022, 12, 31), date(2023, 2, 28), date(2023, 5, 31), date(2023, 10, 1), date(2024, 6, 15))
CLOCKS = (timedelta(0), timedelta(0), timedelta(hours=9, minutes=30), timedelta(hours=23, minutes=59, seconds=59))
NAMES, LEADS, REGIONS = ("a", "b", "c", "d"), ("l1", "l2", "l3", "l4"), ("r1", "r2", "r3")
Cell = Callable[[Random], Any]


def day(random: Random) -> date | None:
    return random.choice((None, *(random.choice(FAR_DAYS) for _ in range(3)), *DAYS))


def moment(random: Random) -> datetime | None:
    found = day(random)
    return None if found is None else datetime(found.year, found.month, found.day) + random.choice(CLOCKS)


def number(random: Random) -> float | None:
    """Quarters, so that sums of them are exact; NaN is missing too."""
    return random.choice((None, float("nan"), 0.0, 1.0, *(random.randint(-8, 24) / 4 for _ in range(14))))


def among(*choices: Any) -> Cell:
    return lambda random: random.choice((*choices, *choices, None))


SOURCES: dict[str, tuple[int, dict[str, Cell]]] = {  # the most rows, and what is in them
    "regions": (3, {"zone": among("north", "south"), "factor": number, "since": day}),
    "customers": (
        4,
        {
            "acquired_at": day,
            "segment": among("web", "small"),
            "is_partner": among(True, False),
            "credit": number,
            "region": among("r1", "r2", "r1", "r2", "r9"),
        },
    ),
    "orders": (
        20,
        {
            "ordered_at": moment,
            "shipped_at": day,
            "customer": among(*NAMES, *NAMES, "nobody"),
            "channel": among("web", "web", "mail", "mail", "Web", "x y", ""),
            "amount": number,
            "quantity": number,
            "item": among("i", "j"),
            "store": among(1.0, 2.0),
        },
    ),
    "leads": (
        4,
        {
            "created_at": day,
            "channel": among("web", "mail", "Web"),
            "score": number,
            "customer": among(*NAMES, *NAMES, "nobody"),
        },
    ),
    "touches": (
        16,
        {
            "touched_at": moment,
            "lead": among(*LEADS[:3], *LEADS[:3], "l9"),
            "channel": among("web", "mail", "Web"),
            "cost": number,
        },
    ),
    "subscriptions": (
        10,
        {"started_at": day, "ended_at": day, "customer": among(*NAMES[:3]), "mrr": number, "kind": among("x", "y")},
    ),
    "targets": (
        6,
        {
            "month": among(date(2023, 12, 1), date(2024, 1, 1), date(2024, 2, 1), date(2024, 4, 1)),
            "channel": among("web", "mail"),
            "target": number,
        },
    ),
}
KEYS = {"customers": "customer_id", "orders": "order_id", "leads": "lead_id", "touches": "touch_id", "subscriptions": "sub_id"}
SPELLED = {"customers": NAMES, "leads": LEADS, "regions": REGIONS}


def data(random: Random) -> dict[str, Rows]:
    """Rows for every source, for some of them none: with ties, gaps, and what is missing; keys are unique."""
    found: dict[str, Rows] = {}
    for name, (most, columns) in SOURCES.items():
        rows = range(random.choice((0, random.randint(1, most), *(most,) * 10)))
        found[name] = [{**_key(name, each), **{column: cell(random) for column, cell in columns.items()}} for each in rows]
    pairs = random.sample([("i", 1.0), ("i", 2.0), ("j", 1.0), ("j", 2.0)], random.randint(0, 4))
    found["prices"] = [{"item": item, "store": store, "amount": number(random)} for item, store in pairs]
    found["tiers"] = [row for customer in NAMES[:3] for row in _tiers(random, customer)]
    stays = random.sample([(item, each) for item in "ijk" for each in DAYS], random.randint(0, 10))
    found["inventory"] = [{"item": item, "day": each, "value": number(random)} for item, each in stays]
    return found


def _key(name: str, place: int) -> dict[str, Any]:
    """Numbers fall, so that the order of keys is not that of rows."""
    if name == "targets":
        return {}
    return {KEYS.get(name, "region"): SPELLED[name][place] if name in SPELLED else float(50 - place)}


def _tiers(random: Random, customer: str) -> Rows:
    """Times that don't overlap; the last may be open."""
    bounds = sorted(random.sample(DAYS, random.randint(0, 4)))
    ends: list[date | None] = [*bounds[1:], *(None for _ in bounds[-1:] if random.randrange(2))]
    return [
        {
            "customer_id": customer,
            "valid_from": start,
            "valid_to": end,
            "level": among("gold", "tin")(random),
            "rate": number(random),
        }
        for start, end in zip(bounds, ends, strict=False)
    ]


# Smaller cases


def smaller(large: Case) -> Iterator[Case]:
    """The case with one thing less: rows, words of the question, parts of formulas."""
    for name, rows in large.data.items():
        if rows:
            yield replace(large, data={**large.data, name: ()})
    for place in range(len(large.formulas)):
        if len(large.formulas) > 1:
            yield replace(large, formulas=large.formulas[:place] + large.formulas[place + 1 :])
    for word in large.words:
        yield replace(large, words={name: value for name, value in large.words.items() if name != word or word == "as_of"})
    if len(large.words.get("by", ())) == 2:
        yield from (replace(large, words={**large.words, "by": (name,)}) for name in large.words["by"])
    if large.covers:
        yield from (replace(large, covers={k: v for k, v in large.covers.items() if k != name}) for name in large.covers)
    if large.extra is not None:
        yield replace(large, extra=None)
        yield from (replace(large, extra=(large.extra[0], formula)) for formula in large.extra[1].smaller())
    for place, formula in enumerate(large.formulas):
        for other in formula.smaller():
            yield replace(large, formulas=(*large.formulas[:place], other, *large.formulas[place + 1 :]))
    yield from _fewer_rows(large)


def _fewer_rows(large: Case) -> Iterator[Case]:
    for name, rows in large.data.items():
        for place in range(len(rows)):
            yield replace(large, data={**large.data, name: [*rows[:place], *rows[place + 1 :]]})
    for name, rows in large.data.items():
        for place, row in enumerate(rows):
            for column, value in row.items():
                if value is not None and column not in (
                    *KEYS.values(),
                    "region",
                    "item",
                    "day",
                    "valid_from",
                    "customer_id",
                    "store",
                ):
                    fewer = {**row, column: None}
                    yield replace(large, data={**large.data, name: [*rows[:place], fewer, *rows[place + 1 :]]})


def smallest(large: Case, fails: Callable[[Case], bool]) -> Case:
    """A case that still fails, of which nothing can be left out."""
    for each in smaller(large):
        if each != large and fails(each):
            return smallest(each, fails)
    return large
