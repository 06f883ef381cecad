"""Derived columns, references and dimensions to what follows from them, or to findings at their places."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

import kpidsl
from kpidsl.catalog.core import Aggregate, Apply, Constant, Core, Gather, Nearby, Reference, per_period
from kpidsl.diagnostics import Diagnostic
from kpidsl.units.unit import show

CASES = yaml.safe_load((Path(__file__).parent / "rows.yaml").read_text())
DEFINITIONS = """
units:
  currencies: [USD]
  entities:
    {lead: {}, customer: {}, deal: {}, won_deal: {subset_of: deal}, touch: {}, buy: {}, item: {}, flight: {}, employee: {}}
sources:
  customers:
    key: customer_id
    row: customer
    columns:
      customer_id: text
      bought: {formula: count(buys)}
      is_big: {formula: bought > 9 buy}
      mrr: {formula: sum(subscriptions.mrr alive from started_at to ended_at)}
      is_paying: {formula: mrr > 0}
  leads:
    row: lead
    key: lead_id
    time: created_at
    columns:
      lead_id: text
      created_at: date
      kind: number
      customer: {type: text, references: customers}
      touched: {formula: count(touches)}
      first_channel: {formula: first(touches.channel)}
      next_buy: {formula: next(buys.bought_at) per customer}
  deals:
    row: deal
    key: deal_id
    time: closed_at
    columns:
      deal_id: text
      closed_at: date
      outcome: text
      amount: {type: number, unit: USD}
      lead: {type: text, references: leads}
  touches:
    row: touch
    key: touch_id
    time: touched_at
    columns:
      touch_id: text
      touched_at: datetime
      channel: text
      store_id: number
      lead: {type: text, references: leads}
  subscriptions:
    key: subscription_id
    columns:
      subscription_id: text
      customer: {type: text, references: customers}
      started_at: date
      ended_at: date
      mrr: {type: number, unit: USD / month}
      tier: {type: text, references: named_tiers}
  named_tiers: {key: name, columns: {name: text}}
  buys:
    row: buy
    key: buy_id
    time: bought_at
    columns:
      buy_id: text
      bought_at: datetime
      customer: {type: text, references: customers}
      item_id: text
      store_id: number
      quantity: {type: number, unit: item}
      kind: {formula: if quantity > 9 item then "big" else "small"}
      spent: {formula: quantity * price.amount}
    references:
      price: {source: prices, match: {item_id: item_id, store_id: store_id}}
      tier: {source: tiers, match: {customer: customer_id}, valid: [valid_from, valid_to]}
      discount: {source: discounts, match: {kind: kind}}
  prices:
    key: [item_id, store_id]
    columns: {item_id: text, store_id: number, amount: {type: number, unit: USD / item}, double: {formula: amount * 2}}
  discounts: {key: kind, columns: {kind: text, rate: {type: number, unit: percent}}}
  tiers: {columns: {customer_id: text, name: text, valid_from: date, valid_to: date}}
  airports: {key: code, columns: {code: text}}
  flights:
    row: flight
    time: day
    every: month
    columns:
      day: date
      delay: number
      origin: {type: text, references: airports}
      destination: {type: text, references: airports}
  employees: {row: employee, key: id, columns: {id: text, manager: {type: text, references: employees}}}
"""


def load(case: dict[str, Any]) -> kpidsl.Catalog:
    """The catalog with a column `asked` in the case's source."""
    written = yaml.safe_load(DEFINITIONS)
    for source, columns in case.get("also", {}).items():
        written["sources"][source]["columns"] |= {name: {"formula": formula} for name, formula in columns.items()}
    asked = {"formula": case["formula"]} | ({"unit": case["declared"]} if "declared" in case else {})
    written["sources"][case["source"]]["columns"]["asked"] = asked
    return kpidsl.load(texts={"case.yaml": yaml.safe_dump(written, sort_keys=False, width=1000)})


@pytest.mark.parametrize("case", CASES["columns"], ids=lambda case: f"{case['source']}: {case['formula']}")
def test_a_derived_column(case: dict[str, Any]) -> None:
    catalog = load(case)
    assert list(catalog.diagnostics.errors) == []
    column = catalog.sources[case["source"]].columns["asked"]
    assert column.formula is not None
    assert "".join(written(column.formula)) == case["tree"]
    assert column.type.value == case.get("type", "number")
    assert show(column.unit) == case.get("unit", "number")
    assert per_period(column.formula) == case.get("per_period", False)


@pytest.mark.parametrize("case", CASES["findings"], ids=lambda case: f"{case['source']}: {case['formula']}")
def test_the_finding_in_a_derived_column(case: dict[str, Any]) -> None:
    expect(case, load(case))


@pytest.mark.parametrize("case", CASES["references"], ids=lambda case: case["written"])
def test_a_reference(case: dict[str, Any]) -> None:
    text = DEFINITIONS.replace("  prices:\n", f"      other: {case['written']}\n  prices:\n", 1)
    catalog = kpidsl.load(texts={"case.yaml": text})
    if "code" in case:
        expect(case, catalog)
    else:
        assert list(catalog.diagnostics.errors) == []
        assert dict(catalog.sources["buys"].links["other"].match) == case["matches"]


@pytest.mark.parametrize("case", CASES["dimensions"], ids=lambda case: case["path"])
def test_a_dimension(case: dict[str, Any]) -> None:
    catalog = kpidsl.load(texts={"case.yaml": DEFINITIONS, "dimension.yaml": f"dimensions:\n  asked: [{case['path']}]\n"})
    if "code" in case:
        expect(case, catalog)
        return
    dimension = catalog.dimensions["asked"]
    assert dimension.type.value == case["type"]
    paths = {source: path.name for source, path in dimension.paths.items()}
    assert paths == case["paths"] if "paths" in case else paths.keys() == set(case["serves"])


def expect(case: dict[str, Any], catalog: kpidsl.Catalog) -> None:
    found = [each for each in catalog.diagnostics if each.code == case["code"]]
    assert found, list(catalog.diagnostics)
    if "at" in case:
        assert case["at"] in [place(each) for each in found]
    if "help" in case:
        assert case["help"] in " ".join(found[0].help)
    if "edit" in case:
        assert found[0].edit is not None
        assert found[0].edit.replacement == case["edit"]


def place(finding: Diagnostic) -> str:
    label = finding.labels[0]
    return label.file.text[label.span.start : label.span.end]


def written(node: Core) -> Iterator[str]:
    """A core tree in one line: a Gather is `home<key count(…)`, a Nearby `home prior(…)`, both behind their prefix."""
    match node:
        case Constant(value=value):
            yield str(value)
        case Reference():
            yield node.name
        case Apply(function=function, arguments=arguments):
            yield f"{function}({', '.join(map(line, arguments))})"
        case Aggregate():
            words = [node.source, *(line(each) for each in (node.argument,) if each is not None)]
            words += [f"alive {line(node.alive[0])} to {line(node.alive[1])}"] if node.alive and node.alive[1] else []
            words += [f"where {line(node.where)}"] if node.where is not None else []
            yield f"{node.function}({' '.join(words)})"
        case Gather(prefix=prefix):
            yield f"{prefixed(prefix)}{node.home}<{'.'.join(node.key)} {line(node.aggregate)}"
        case Nearby(prefix=prefix):
            where = f" where {line(node.where)}" if node.where is not None else ""
            keys = ", ".join(f"{own.name}={there.name}" for own, there in node.keys)
            yield f"{prefixed(prefix)}{node.home} {node.function}({node.source} {line(node.argument)}{where} per {keys})"


def line(node: Core) -> str:
    return "".join(written(node))


def prefixed(prefix: tuple[str, ...]) -> str:
    return ".".join(prefix) + ":" if prefix else ""


def test_a_long_way_of_columns_is_followed_and_an_endless_one_is_refused() -> None:
    text = "sources:\n  rows:\n    columns:\n      x: number\n      column_0: {formula: x}\n"
    lines = [f"      column_{number}: {{formula: column_{number - 1} + 1}}\n" for number in range(300, 0, -1)]
    assert list(kpidsl.load(texts={"long.yaml": text + "".join(lines)}).diagnostics) == []
    doubling = [
        f"      column_{number}: {{formula: column_{number - 1} * column_{number - 1}}}\n" for number in range(60, 0, -1)
    ]
    codes = {each.code for each in kpidsl.load(texts={"large.yaml": text + "".join(doubling)}).diagnostics}
    assert codes == {"expression-too-large"}
    circle = [f"      column_{number}: {{formula: column_{number + 1} + 1}}\n" for number in range(1, 300)]
    text = "sources:\n  rows:\n    columns:\n      column_300: {formula: column_1 * 2}\n"
    assert kpidsl.load(texts={"circle.yaml": text + "".join(circle)}).diagnostics.errors


def test_holes_in_references_are_complained_about_once() -> None:
    text = """
sources:
  rows:
    columns:
      code: {type: text, references: nowhere}
      one: {formula: code.name}
      two: {formula: other.name}
      three: {formula: count(leaves)}
    references:
      other: {source: somewhere, match: code}
  leaves: {columns: {row: {type: text, references: rows}}}
"""
    codes = [each.code for each in kpidsl.load(texts={"holes.yaml": text}).diagnostics]
    assert codes == ["unknown-name", "unknown-name", "reference-without-key"]
