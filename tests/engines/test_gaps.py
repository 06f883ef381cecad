"""What engines lack, found by asking them, against gaps.yaml; and the table of functions and engines that is made from it."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

import kpidsl
from kpidsl import pipeline
from kpidsl.engines.dialects.listed import DIALECTS
from kpidsl.engines.sql.engine import lacks
from kpidsl.language.functions import FUNCTIONS, SIGNATURES, Kind

HERE = Path(__file__).parent
PAGE = HERE.parents[1] / "docs" / "engines.md"
GAPS = yaml.safe_load((HERE / "gaps.yaml").read_text(encoding="utf-8"))
START, END = "<!-- functions -->\n", "<!-- end of functions -->\n"

# A measure for every function, over the sources below.
PROJECT = """
sources:
  leads:
    key: id
    time: day
    columns:
      id: number
      day: date
      ended: date
      channel: text
      score: number
      ok: boolean
      customer: {type: text, references: customers}
      before: {formula: prior(score) per customer}
      after: {formula: next(score) per customer}
  customers: {key: c, time: since, columns: {c: text, since: date, leads: {formula: count(leads via customer)}}}
dimensions: {channel: [leads.channel]}
measures:
  x: sum(leads.score)
"""
FORMULAS = {
    "count": "count(leads)",
    "count(distinct)": "count(distinct leads.channel)",
    "percentile": "percentile(leads.score, 90%)",
    "share": "share(leads where ok)",
    "via": "sum(customers.leads)",
    "at": "count(leads at ended)",
    "alive": "count(leads alive from day to ended)",
    "closing": "count(leads closing)",
    "where": "count(leads where ok)",
    "previous": "previous(x)",
    "rolling": "rolling(x, 2 months)",
    "to_date": "to_date(x, year)",
    "change": "change(x)",
    "growth": "growth(x)",
    "average": "average(x, day)",
    "total": "total(x, channel)",
    "prior": "sum(leads.before)",
    "next": "sum(leads.after)",
    "start_of": "count(leads where start_of(day, month) = day)",
}
PERIOD = {"period_length": "count(leads where day - ended < period_length)"}
SCALARS = {"coalesce": "coalesce(score, 0)", "greatest": "greatest(score, 1)", "least": "least(score, 1)"}
OPERATORS = {
    "in": "score in (1, 2)",
    "not in": "score not in (1, 2)",
    "between": "score between 1 and 2",
    "is missing": "score is missing",
    "is not missing": "score is not missing",
    "and": "ok and ok",
    "or": "ok or ok",
    "not": "not ok",
    "if": "if ok then true else false",
}


def formula(name: str) -> str:
    """A measure that uses a function or an operator."""
    signature = next(each for each in SIGNATURES if each.name == name)
    match signature.kind:
        case _ if name in FORMULAS:
            return FORMULAS[name]
        case Kind.AGGREGATE:
            return f"{name}(leads.score)"
        case Kind.SCALAR:
            return f"sum({SCALARS.get(name, f'{name}(leads.score)').replace('(score', '(leads.score')})"
        case Kind.TEXT if len(signature.parameters) == 2:
            return f'count(leads where {name}(channel, "a"))'
        case Kind.TEXT:
            return f'count(leads where {name}(channel) = "a")'
        case Kind.DATE:
            return f"count(leads where {name}(day) = 1)"
        case Kind.PERIOD:
            return PERIOD.get(name, f"count(leads where day > {name})")
        case _ if name in OPERATORS:
            return f"count(leads where {OPERATORS[name]})"
        case _ if name in ("=", "!=", "<", "<=", ">", ">="):
            return f"count(leads where score {name} 1)"
        case _ if len(signature.parameters) == 1:
            return "sum(-leads.score)"
        case _:
            return f"sum(leads.score {name} 2)"


def lacking(calendar: str = "") -> dict[str, dict[str, str]]:
    """What each dialect has to say of each function, where it lacks it."""
    found: dict[str, dict[str, str]] = {}
    for name in (signature.name for signature in SIGNATURES):
        catalog = kpidsl.load(texts={"project.yaml": calendar + PROJECT + f"  y: {formula(name)!r}\n"})
        assert [each.headline for each in catalog.diagnostics.errors] == [], name
        plan, _ = pipeline.planned(catalog, "y", every="month", start="2026-01-01", end="2026-04-01", as_of="2026-05-01")
        for dialect in DIALECTS:
            if said := lacks(plan, dialect):
                found.setdefault(dialect, {})[name] = said[0].headline
    return found


@pytest.mark.parametrize(
    ("kind", "calendar"),
    [("functions", ""), ("fiscal_weeks", "project: {calendar: {year: 4-5-4, year_ends: nearest saturday to january 31}}\n")],
)
def test_gaps_are_those_of_the_engines(kind: str, calendar: str) -> None:
    found = lacking(calendar)
    listed = {engine: set(functions) for engine, functions in GAPS["functions"].items()}
    if kind == "fiscal_weeks":
        listed = {engine: set(names) | listed.get(engine, set()) for engine, names in GAPS[kind].items()}
    assert {engine: set(functions) for engine, functions in found.items()} == listed


def table() -> str:
    """Functions by engines, in Markdown; a gap has its number, and its reason stands below."""
    titles = ["pandas", *(dialect.title + ("" if dialect.verified else " ¹") for dialect in DIALECTS.values())]
    notes: list[str] = []
    lines = [f"| function | {' | '.join(titles)} |", f"|---|{'---|' * len(titles)}"]
    kinds = (Kind.AGGREGATE, Kind.MODIFIER, Kind.WINDOW, Kind.NEIGHBOUR, Kind.SCALAR, Kind.TEXT, Kind.DATE, Kind.PERIOD)
    for signature in (each for kind in kinds for each in SIGNATURES if each.kind is kind):
        cells = ["yes", *(cell(dialect, signature.name, notes) for dialect in DIALECTS)]
        lines.append(f"| `{signature.name}` | {' | '.join(cells)} |")
    listed = [f"{mark(number)} {note}" for number, note in enumerate(notes, 2)]
    unverified = "¹ Not verified: the statements are read by a parser of that database's SQL, and were never run on one."
    return "\n".join([*lines, "", "  \n".join([unverified, *listed]), ""])


def cell(engine: str, function: str, notes: list[str]) -> str:
    always = GAPS["functions"].get(engine, {}).get(function)
    sometimes = GAPS["fiscal_weeks"].get(engine, {}).get(function)
    note = always or (sometimes and f"Not where years are made of whole weeks: {sometimes[0].lower()}{sometimes[1:]}")
    if note is None:
        return "yes"
    if note not in notes:
        notes.append(note)
    return f"{'no' if always else 'yes'} {mark(notes.index(note) + 2)}"


def mark(number: int) -> str:
    return str(number).translate(str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹"))


def test_the_table_of_functions_and_engines(request: pytest.FixtureRequest) -> None:
    text = PAGE.read_text(encoding="utf-8")
    head, rest = text.split(START)
    _, tail = rest.split(END)
    if request.config.getoption("--update-golden"):
        PAGE.write_text(head + START + table() + END + tail, encoding="utf-8")
        return
    assert rest.split(END)[0] == table()


def test_every_function_has_a_row() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert [name for name in FUNCTIONS if f"| `{name}` |" not in text] == []
