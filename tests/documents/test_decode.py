"""What a definition file says arrives in the definitions, with its places."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest

from kpidsl.documents.model import Absent, Definitions
from kpidsl.documents.read import read
from kpidsl.language.tree import Call, Chain, Compare, Name, Number, Quantity, Share
from kpidsl.periods.calendar import Calendar
from kpidsl.text import File, Span

ACME = """
project:
  language: 1
  name: Acme B2B
  calendar: {week_starts: sunday, year_starts: april, timezone: Europe/Berlin}

units:
  currencies: [USD]
  entities:
    lead: {}
    qualified_lead: {subset_of: lead, description: Worth a call.}
    customer:

sources:
  leads:
    description: One row per lead.
    row: lead
    key: lead_id
    time: created_at
    columns:
      lead_id:      text
      created_at:   date
      channel:      {type: text, values: [email, web, no, 2024]}
      score:        {type: number, unit: number, column: "Lead Score"}
      customer:     {type: text, references: customers}
      won_deals:    {formula: 'count(deals where outcome = "won")'}
  items: {key: [item_id, store_id], columns: {item_id: text, store_id: text}}
  plan:
    every: month
    columns: {item_id: text, shop: text, customer_id: text}
    references:
      price:
        source: prices
        match: {item_id: item_id, shop: store_id}
        valid: [valid_from, valid_to]
        description: The price of the day.
      tier: {source: tiers, match: customer_id}

dimensions:
  channel: [leads.channel, deals.lead.channel]
  segment: {columns: [customers.segment], description: Size of the customer.}

parameters:
  discount_rate: 10%
  hourly_rate: {value: 50, unit: USD / hour, description: Cost of a selling hour.}
  goal: 1_000 USD

measures:
  leads: count(leads)
  sales_spend:
    formula: |
      sum(spend.amount
          where function = "sales")
    unit: USD

kpis:
  cac:
    title: Customer acquisition cost
    description: >
      What it costs to win
      one new customer.
    area: marketing
    role: output
    unit: USD / customer
    better: lower
    inference: census
    min_n: 30
    formula: (sales_spend + marketing_spend) / new_customers
    benchmarks:
      target: {range: at most 2000, cite: "2026 plan", vintage: 2026}
    examples:
      - {given: {sales_spend: 12000, marketing_spend: 8000, new_customers: 10}, expect: 2000}
      - {given: {new_customers: 0}, expect: undefined, verdict: undefined}
    owner: growth team
    tags: [unit-economics]
    cite: Handbook
  win_rate: {formula: won / leads, display: percent, matures_after: 90 days}

identities:
  conversation-win-rate:
    claim: conversation_win_rate = fit_rate * closing_rate
    given: [proposals_sent = proposals]

tests:
  only-won-deals-count:
    given:
      deals:
        - {deal_id: 007, closed_at: 2026-01-05, outcome: won,  amount: 100.50}
        - {deal_id: "2", closed_at: 2026-01-09, outcome: no, amount: null}
      leads: []
    ask: {kpis: [closed_value], by: channel, every: month, from: 2026-01-01, where: channel = "web", set: {goal: 5}}
    expect: [{period: 2026-01, closed_value: 100, rate: 25%, a: missing, b: undefined, c: "missing"}]
  refused:
    given: {deals: []}
    ask: {kpis: closed_value, by: [segment]}
    expect: error dimension-not-reached
  formulas:
    given: {deals: []}
    ask:
      kpis: [cac, 'growth(cac, 1 year) as grown', {formula: "previous(cac, 1 year)", as: before}, cac - before]
      having: cac > 100
      cells: all
    expect: []
"""


def acme() -> Definitions:
    definitions, found = read([File("acme.yaml", ACME)])
    assert found == ()
    return definitions


def test_project_and_units() -> None:
    definitions = acme()
    assert definitions.project.name == "Acme B2B"
    assert definitions.project.calendar == Calendar(week_starts=7, year_starts=4, timezone="Europe/Berlin")
    assert [currency.value for currency in definitions.currencies] == ["USD"]
    lead, qualified, _ = definitions.entities
    assert lead.subset_of is None
    assert qualified.subset_of is not None and qualified.subset_of.value == "lead"
    assert qualified.description == "Worth a call."


def test_sources() -> None:
    leads, items, _ = acme().sources
    assert (leads.name.value, leads.row and leads.row.value, leads.time and leads.time.value) == ("leads", "lead", "created_at")
    assert [key.value for key in leads.key] == ["lead_id"]
    assert [key.value for key in items.key] == ["item_id", "store_id"]
    columns = {column.name.value: column for column in leads.columns}
    assert columns["lead_id"].type and columns["lead_id"].type.value == "text"
    assert [value.value for value in columns["channel"].values or ()] == ["email", "web", "no", "2024"]
    assert columns["score"].column == "Lead Score"
    assert columns["score"].unit and columns["score"].unit.text == "number"
    assert columns["customer"].references and columns["customer"].references.value == "customers"
    assert columns["won_deals"].formula and isinstance(columns["won_deals"].formula.tree, Call)


def test_references_of_a_source() -> None:
    *_, plan = acme().sources
    assert plan.every and plan.every.value == "month"
    price, tier = plan.references
    assert (price.name.value, price.source.value, price.description) == ("price", "prices", "The price of the day.")
    assert [(own.value, there.value) for own, there in price.match] == [("item_id", "item_id"), ("shop", "store_id")]
    assert price.valid and [column.value for column in price.valid] == ["valid_from", "valid_to"]
    assert [(own.value, there.value) for own, there in tier.match] == [("customer_id", "customer_id")]
    assert tier.valid is None
    own, there = price.match[1]
    assert [ACME[part.span.start : part.span.end] for part in (own, there)] == ["shop", "store_id"]


# the source's keys, the code, and the place that is pointed at
WRONG_REFERENCES = [
    ("columns: {a: text}, references: {a: {source: t, match: b}}", "name-twice", "a: {source"),
    ("references: {a: {source: t, match: b}}, columns: {a: text}", "name-twice", "a: {source"),
    ("references: {a: {source: t, match: {}}}", "wrong-shape", "match"),
    ("references: {a: {source: t, match: b, valid: [c]}}", "wrong-shape", "valid"),
    ("references: {a: {source: t, match: b, valid: [c, d, e]}}", "wrong-shape", "valid"),
    ("references: {a: {source: t, match: b, valid: []}}", "wrong-shape", "valid"),
    ("references: {a: {source: t, match: b, valid: c}}", "wrong-shape", "c}}"),
    ("references: {a: {source: t, match: [b]}}", "wrong-shape", "match"),
    ("references: {a: {source: t, match: {b: [c]}}}", "wrong-shape", "b: ["),
    ("references: {a: {source: t}}", "missing-key", "a: {"),
    ("references: {a: {match: b}}", "missing-key", "a: {"),
    ("references: {a: t}", "wrong-shape", "t}"),
    ("every: year_and_day", "unknown-word", "year_and_day"),
]


@pytest.mark.parametrize(("keys", "code", "place"), WRONG_REFERENCES, ids=[wrong[0] for wrong in WRONG_REFERENCES])
def test_what_is_wrong_with_a_reference_is_said_once(keys: str, code: str, place: str) -> None:
    text = f"sources: {{s: {{{keys}}}}}"
    definitions, (finding,) = read([File("f.yaml", text)])
    assert finding.code == code
    assert text[finding.labels[0].span.start :].startswith(place)
    assert len(definitions.sources) == 1


def test_a_reference_called_like_a_column_does_not_count() -> None:
    definitions, _ = read([File("f.yaml", "sources: {s: {columns: {a: text}, references: {a: {source: t, match: b}}}}")])
    (source,) = definitions.sources
    assert [column.name.value for column in source.columns] == ["a"]
    assert source.references == ()


def test_dimensions() -> None:
    channel, segment = acme().dimensions
    assert [path.tree.text for path in channel.paths if path.tree] == ["leads.channel", "deals.lead.channel"]
    assert [path.text for path in segment.paths] == ["customers.segment"]
    assert segment.description == "Size of the customer."


def test_parameters_are_expressions() -> None:
    rate, hourly, goal = acme().parameters
    assert isinstance(rate.value.tree, Share) and rate.value.tree.value == Fraction(1, 10)
    assert isinstance(hourly.value.tree, Number) and hourly.unit and hourly.unit.text == "USD / hour"
    assert isinstance(goal.value.tree, Quantity) and goal.value.tree.value == 1000


def test_measures_and_places_inside_a_block() -> None:
    leads, spend = acme().measures
    assert leads.formula.text == "count(leads)"
    assert spend.formula.text.endswith('"sales")')
    place = spend.formula.text.index("function")
    label = spend.formula.label(Span(place, place + 8))
    assert ACME[label.span.start : label.span.end] == "function"


def test_kpis() -> None:
    cac, win_rate = acme().kpis
    assert cac.description == "What it costs to win one new customer."
    assert (cac.area, cac.role, cac.inference, cac.min_n, cac.owner) == ("marketing", "output", "census", 30, "growth team")
    assert (cac.tags, cac.cite) == (("unit-economics",), ("Handbook",))
    assert cac.better and cac.better.value == "lower"
    assert isinstance(cac.formula.tree, Chain)
    assert win_rate.display and win_rate.display.value == "percent"
    assert cac.matures_after is None
    assert win_rate.matures_after and isinstance(win_rate.matures_after.tree, Quantity)
    assert win_rate.matures_after.tree.value == 90
    (target,) = cac.benchmarks
    assert target.range.tree is not None and isinstance(target.range.tree.high, Number)
    assert (target.cite, target.vintage) == ("2026 plan", "2026")


def test_examples() -> None:
    good, undefined = acme().kpis[0].examples
    name, value = good.given["sales_spend"]
    assert ACME[name.span.start : name.span.end] == "sales_spend"
    assert isinstance(value.tree, Number) and value.tree.value == 12000
    assert good.expect and good.expect.text == "2000"
    assert undefined.expect is None and undefined.undefined
    assert undefined.verdict and undefined.verdict.value == "undefined"


def test_identities() -> None:
    (identity,) = acme().identities
    assert identity.name.value == "conversation-win-rate"
    assert identity.claim.tree is not None and isinstance(identity.claim.tree.left, Name)
    assert [claim.text for claim in identity.given] == ["proposals_sent = proposals"]


def test_rows_of_tests_are_typed() -> None:
    test, refused, _ = acme().tests
    rows = test.given["deals"][1]
    assert [{name: cell.value for name, cell in row.items()} for row in rows] == [
        {"deal_id": "007", "closed_at": date(2026, 1, 5), "outcome": "won", "amount": Fraction(201, 2)},
        {"deal_id": "2", "closed_at": date(2026, 1, 9), "outcome": "no", "amount": None},
    ]
    assert test.given["leads"][1] == ()
    assert test.expect is not None
    assert {name: cell.value for name, cell in test.expect[0].items()} == {
        "period": "2026-01",
        "closed_value": 100,
        "rate": Fraction(1, 4),
        "a": None,
        "b": Absent.UNDEFINED,
        "c": "missing",
    }
    assert refused.expect is None
    assert refused.error and refused.error.value == "dimension-not-reached"


def test_asks() -> None:
    ask = acme().tests[0].ask
    assert [name.value for name in (*ask.kpis, *ask.by)] == ["closed_value", "channel"]
    assert ask.every and ask.every.value == "month"
    assert ask.start and ask.start.value == date(2026, 1, 1)
    assert ask.end is None
    assert ask.where and ask.where.text == 'channel = "web"'
    assert ask.set["goal"][1].text == "5"


def test_asks_for_formulas() -> None:
    ask = acme().tests[2].ask
    assert [asked.value for asked in ask.kpis] == [
        "cac",
        "growth(cac, 1 year) as grown",
        "previous(cac, 1 year) as before",
        "cac - before",
    ]
    place = ask.kpis[2].span
    assert ACME[place.start : place.end] == '"previous(cac, 1 year)"'
    assert ask.having and isinstance(ask.having.tree, Compare)
    assert ask.cells and ask.cells.value == "all"
    assert (acme().tests[0].ask.having, acme().tests[0].ask.cells) == (None, None)


@pytest.mark.parametrize(
    ("keys", "code"),
    [
        ("kpis: [{formula: a}]", "missing-key"),
        ("kpis: [{as: a}]", "missing-key"),
        ("kpis: [{formula: a, as: A b}]", "wrong-shape"),
        ("kpis: [{formula: a, name: b, as: c}]", "unknown-key"),
        ("kpis: [growth(a, 1 year)]", "comma-in-braces"),
        ("kpis: a, cells: some", "unknown-word"),
        ("kpis: a, having: a >", "syntax-error"),
    ],
)
def test_what_is_wrong_with_an_ask_is_said_once(keys: str, code: str) -> None:
    (finding,) = read([File("f.yaml", f"tests: {{t: {{given: {{}}, ask: {{{keys}}}, expect: []}}}}")])[1]
    assert finding.code == code


@pytest.mark.parametrize("said", ["soon", "90", "[90 days]", "90 days + 1 day"])
def test_what_is_no_length_of_time_is_said_once(said: str) -> None:
    definitions, (finding,) = read([File("f.yaml", f"kpis: {{a: {{formula: b, matures_after: {said}}}}}")])
    assert finding.code in ("syntax-error", "wrong-shape")
    assert definitions.kpis[0].matures_after and definitions.kpis[0].matures_after.tree is None
