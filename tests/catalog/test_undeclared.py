"""Units that nobody declared, in whole projects: inferred, told of once, asked for; and repairs that a machine can make."""

from __future__ import annotations

from pathlib import Path

import pytest

import kpidsl
from kpidsl.catalog.catalog import Catalog
from kpidsl.diagnostics import Diagnostic, Severity
from kpidsl.render.explanation.explanation import explain
from kpidsl.render.listing import listing
from kpidsl.units.unit import show

DEFINITIONS = """
units: {currencies: [USD, EUR], entities: {deal: {}, won_deal: {subset_of: deal}, customer: {}}}
sources:
  spend:
    key: id
    time: day
    columns:
      id: number
      day: date
      amount: number
      hours: {type: number}
      net: {formula: amount * 80%}
      size:
        type: number
        description: in something
  customers: {row: customer, key: id, time: day, columns: {id: number, day: date}}
  deals: {row: deal, time: day, columns: {day: date, won: boolean, customer: {type: number, references: customers}}}
measures:
  spend: sum(spend.net)
  hours: sum(spend.hours)
  size: sum(spend.size)
  customers: count(customers)
  buyers: count(distinct deals.customer)
"""


def load(kpis: str, parameters: str = "wage: 5") -> Catalog:
    return kpidsl.load(texts={"all.yaml": f"{DEFINITIONS}parameters: {{{parameters}}}\nkpis:\n{kpis}\n"})


def unit_of(catalog: Catalog, name: str) -> str:
    return show(catalog.values[name].unit)


def codes(catalog: Catalog) -> list[str]:
    return [finding.code for finding in catalog.diagnostics]


def test_a_column_gets_the_unit_that_its_uses_need() -> None:
    catalog = load("  cac: {unit: USD / customer, formula: spend / customers}\n  all: {formula: spend}")
    assert codes(catalog) == ["unit-inferred"]
    assert show(catalog.sources["spend"].columns["amount"].unit) == "USD"
    assert unit_of(catalog, "spend") == unit_of(catalog, "all") == "USD"


def test_what_plain_numbers_fit_stays_plain() -> None:
    catalog = load("  ratio: {unit: percent, formula: spend / size}\n  more: {formula: spend + wage}")
    assert codes(catalog) == [] and unit_of(catalog, "spend") == "number"


def test_keys_are_no_holes() -> None:
    assert codes(load("  odd: {unit: USD / customer, formula: spend / buyers}")) == ["unit-inferred"]


@pytest.mark.parametrize(
    ("kpis", "unit"),
    [
        ("  a: {formula: sum(spend.size where size > 5 USD)}", "USD"),
        ("  a: {formula: size + 20 hours}", "hour"),
        ("  a: {formula: 'coalesce(size, 20 USD)'}", "USD"),
        ("  a: {formula: if size > (3 USD per customer) * customers then 1 else 0}", "USD"),
        ("  a: {unit: USD, formula: size ^ 2 / size}", "USD"),
        ("  a: {unit: USD, formula: 'sqrt(size)'}", "USD^2"),
        ("  a: {unit: USD, formula: 'rolling(size, 3 months)'}", "USD"),
        ("  a: {formula: size, benchmarks: {plan: {range: at most 20 USD}}}", "USD"),
        ("  a: {formula: size, examples: [{given: {size: 20 USD}, expect: 20}]}", "USD"),
        ("identities: {x: {claim: size = 2 * customers}}", "customer"),
    ],
)
def test_every_kind_of_use_counts(kpis: str, unit: str) -> None:
    catalog = load(kpis if kpis.startswith(" ") else f"  z: {{formula: customers}}\n{kpis}")
    assert codes(catalog) == ["unit-inferred"]
    assert show(catalog.sources["spend"].columns["size"].unit) == unit


def test_a_hole_is_never_complained_about_twice() -> None:
    """Ten KPIs use what is asked for; there is one question."""
    kpis = "\n".join(f"  k{number}: {{unit: USD, formula: hours * wage}}" for number in range(5))
    more = "\n".join(f"  m{number}: {{formula: k{number} / customers}}" for number in range(5))
    catalog = load(f"{kpis}\n{more}")
    assert codes(catalog) == ["unit-unclear"]
    assert {"k0", "m4", "hours", "wage"} <= catalog.broken


def test_a_contradiction_shows_both_places_and_leaves_the_rest() -> None:
    catalog = load("  cac: {unit: USD / customer, formula: spend / customers}\n  mix: {formula: spend + customers}")
    (wrong,) = catalog.diagnostics.errors
    assert wrong.code == "unit-mismatch" and "from this, `spend.amount` is in USD" in [label.text for label in wrong.labels]
    assert "cac" in catalog.values and catalog.broken == {"mix"}


def edited(text: str, finding: Diagnostic) -> str:
    assert finding.edit is not None
    span = finding.edit.span
    return text[: span.start] + finding.edit.replacement + text[span.end :]


@pytest.mark.parametrize(
    "kpi",
    [
        "{unit: USD / customer, formula: spend / customers}",
        "{unit: USD, formula: hours}",
        "{unit: USD, formula: size}",
        "{unit: USD, formula: customers * wage}",
    ],
)
def test_the_edit_declares_what_was_inferred(kpi: str) -> None:
    catalog = load(f"  a: {kpi}")
    (note,) = catalog.diagnostics
    assert note.severity is Severity.NOTE
    again = kpidsl.load(texts={"all.yaml": edited(catalog.definitions.files[0].text, note)})
    assert codes(again) == []
    assert {name: show(value.unit) for name, value in again.values.items()} == {
        name: show(value.unit) for name, value in catalog.values.items()
    }


def test_explain_and_list_tell_what_was_inferred() -> None:
    catalog = load("  a: {unit: USD, formula: spend}\n  b: {unit: USD, formula: customers * wage}")
    assert ("inferred", "spend.amount is in USD") in explain("a", catalog).facts
    assert ("inferred", "wage is in USD / customer") in explain("b", catalog).facts
    assert "USD / customer (inferred)" in str(listing("parameters", catalog))


def test_explain_tells_what_was_inferred_behind_derived_columns() -> None:
    texts = """
units: {currencies: [USD], entities: {customer: {}}}
sources:
  orders: {time: t, columns: {t: date, amount: number, customer: {type: text, references: customers}}}
  customers:
    row: customer
    key: id
    time: t
    columns: {id: text, t: date, spent: {formula: sum(orders.amount)}, half: {formula: spent / 2}}
kpis: {a: {unit: USD / customer, formula: sum(customers.half) / count(customers)}}
"""
    assert ("inferred", "orders.amount is in USD") in explain("a", kpidsl.load(texts={"all.yaml": texts})).facts


CASES = sorted(Path(__file__).parents[1].joinpath("diagnostics/unit-mismatch").rglob("input.yaml"))


def repaired() -> list[tuple[str, Diagnostic]]:
    found = []
    for path in CASES:
        text = path.read_text()
        found += [(text, each) for each in kpidsl.load(texts={"input.yaml": text}).diagnostics.errors if each.edit is not None]
    return found


def test_repairs_of_the_golden_cases_repair() -> None:
    """A repair takes its own finding away and brings no other."""
    cases = repaired()
    assert len(cases) >= 6
    for text, finding in cases:
        before = kpidsl.load(texts={"input.yaml": text}).diagnostics.errors
        after = kpidsl.load(texts={"input.yaml": edited(text, finding)}).diagnostics.errors
        assert len(after) < len(before), edited(text, finding)


def test_repairs_are_bounded() -> None:
    """Hundreds of names in one unit, and hundreds of formulas in the wrong one."""
    columns = ", ".join(f"c{number}: {{type: number, unit: USD}}" for number in range(400))
    measures = "\n".join(f"  m{number}: sum(spend.c{number})" for number in range(400))
    kpis = "\n".join(f"  k{number}: {{unit: percent, formula: m{number} * customers / deals}}" for number in range(400))
    text = (
        "units: {currencies: [USD], entities: {deal: {}, customer: {}}}\n"
        f"sources:\n  spend: {{time: day, columns: {{day: date, {columns}}}}}\n"
        "  customers: {row: customer, columns: {x: text}}\n  deals: {row: deal, columns: {x: text}}\n"
        f"measures:\n  customers: count(customers)\n  deals: count(deals)\n{measures}\nkpis:\n{kpis}\n"
    )
    assert codes(kpidsl.load(texts={"all.yaml": text})) == ["unit-mismatch"] * 400
