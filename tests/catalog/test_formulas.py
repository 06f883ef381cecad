"""Formulas to the units that follow, or to findings at their places."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

import kpidsl
from kpidsl.catalog.core import Aggregate, Apply, Constant, Core, Reference
from kpidsl.catalog.values import meaning
from kpidsl.periods.grain import Grain
from kpidsl.units.unit import show

CASES = yaml.safe_load((Path(__file__).parent / "cases.yaml").read_text())
DEFINITIONS = """
units:
  currencies: [USD, EUR]
  entities:
    conversation: {}
    proposal: {subset_of: conversation}
    signed_proposal: {subset_of: proposal}
    deal: {}
    won_deal: {subset_of: deal}
    lost_deal: {subset_of: deal}
    customer: {}
    person: {}
sources:
  customers:
    row: customer
    key: customer_id
    time: since
    columns: {customer_id: text, since: date, discount: {type: number, unit: USD}}
  conversations: {row: conversation, time: held_at, columns: {held_at: date}}
  proposals: {row: proposal, time: sent_at, columns: {sent_at: date, signed_at: date}}
  deals:
    row: deal
    key: deal_id
    time: created_at
    columns:
      deal_id: text
      customer: {type: text, references: customers}
      created_at: date
      closed_at: date
      channel: text
      owner: {type: text, unit: person}
      outcome: {type: text, values: [won, lost]}
      amount: {type: number, unit: USD}
      euros: {type: number, unit: EUR}
      minutes: {type: number, unit: minute}
      days: {formula: closed_at - created_at}
      due: {formula: created_at + 30 days}
      later: {formula: 'coalesce(closed_at, period_end)'}
  spend: {time: day, columns: {day: date, amount: {type: number, unit: USD}}}
  prices: {key: item, columns: {item: text, amount: {type: number, unit: USD}}}
dimensions:
  channel: [deals.channel]
  owner: [deals.owner]
parameters:
  rate: {value: 60, unit: USD / hour}
measures:
  spend: sum(spend.amount)
  euros: sum(deals.euros)
  minutes: sum(deals.minutes)
  customers: count(customers)
  conversations: count(conversations)
  proposals: count(proposals)
  signed: {formula: count(proposals where signed_at is not missing), unit: signed_proposal}
  deals: count(deals)
  won: {formula: count(deals where outcome = "won"), unit: won_deal}
  lost: {formula: count(deals where outcome = "lost"), unit: lost_deal}
kpis:
  asked:
    formula: |
      FORMULA
"""


def load(formula: str) -> kpidsl.Catalog:
    return kpidsl.load(texts={"case.yaml": DEFINITIONS.replace("FORMULA", formula)})


def shown(core: Core) -> str:
    """A core tree on one line: functions and their arguments, aggregates in brackets, text in quotes."""
    match core:
        case Constant(value=value):
            return f'"{value}"' if isinstance(value, str) else str(value)
        case Reference():
            return core.name
        case Apply(function=function, arguments=arguments):
            return f"{function}({', '.join(map(shown, arguments))})"
        case Aggregate(function=function, source=source, argument=argument, fraction=fraction):
            parts = [source, *([f"{source}.{shown(argument)}"] if argument else []), *([str(fraction)] if fraction else [])]
            parts += [f"where {shown(core.where)}"] if core.where else []
            parts += [f"at {core.at.name}"] if core.at else []
            parts += [" ".join(["alive", *(each.name for each in core.alive if each)])] if core.alive else []
            return f"{function}[{'; '.join([*parts, *(['closing'] if core.closing else [])])}]"
        case _:
            raise AssertionError(core)


@pytest.mark.parametrize("case", CASES["units"], ids=lambda case: case["formula"])
def test_the_unit_that_follows(case: dict[str, str]) -> None:
    catalog = load(case["formula"])
    assert "asked" in catalog.values, list(catalog.diagnostics)
    assert show(meaning(catalog.values["asked"])) == case["unit"]


@pytest.mark.parametrize("case", CASES["trees"], ids=lambda case: case["formula"])
def test_the_core_tree(case: dict[str, str]) -> None:
    catalog = load(case["formula"])
    assert "asked" in catalog.values, list(catalog.diagnostics)
    assert shown(catalog.values["asked"].core) == case["tree"]


@pytest.mark.parametrize("case", CASES["findings"], ids=lambda case: case["formula"])
def test_the_finding_and_its_place(case: dict[str, str]) -> None:
    catalog = load(case["formula"])
    finding = next((each for each in catalog.diagnostics if each.code == case["code"]), None)
    assert finding is not None, list(catalog.diagnostics)
    span = next(label.span for label in finding.labels)
    if "at" in case:
        here = [each for each in catalog.diagnostics if each.code == case["code"]]
        texts = [each.labels[0].file.text[each.labels[0].span.start : each.labels[0].span.end] for each in here]
        assert case["at"] in texts, (span, texts)
    if "help" in case:
        assert case["help"] in " ".join(finding.help)
    if "edit" in case:
        assert finding.edit is not None
        assert finding.edit.replacement == case["edit"]


def test_maturity() -> None:
    assert load("deals\n    matures_after: 6 weeks").values["asked"].matures_after == (6, Grain.WEEK)
    assert load("deals").values["asked"].matures_after is None
    catalog = load("deals\n    matures_after: 1.5 months")
    assert [finding.code for finding in catalog.diagnostics.errors] == ["duration-spelling"]
    assert catalog.values["asked"].matures_after is None


def test_words_for_grains_and_dimensions_are_no_values() -> None:
    more = "  month: {formula: 'average(spend, month)'}\n  channel: {formula: 'total(spend, channel) + start'}\n"
    more += "  start: {formula: 'spend * (1 + year(start_of(period_start, month)))'}\n"
    catalog = kpidsl.load(texts={"case.yaml": DEFINITIONS.replace("FORMULA", "month + channel") + more})
    assert list(catalog.diagnostics.errors) == []
    assert shown(catalog.values["channel"].core) == 'add(total(spend, "channel"), start)'


def test_a_broken_dimension_is_complained_about_once() -> None:
    text = DEFINITIONS.replace("owner: [deals.owner]", "owner: [deals.ower]")
    catalog = kpidsl.load(texts={"case.yaml": text.replace("FORMULA", "total(spend, owner)")})
    assert [finding.code for finding in catalog.diagnostics.errors] == ["unknown-name"]


def test_the_name_of_a_definition_comes_before_that_of_the_period() -> None:
    catalog = kpidsl.load(
        texts={"case.yaml": DEFINITIONS.replace("FORMULA", "period_length") + "  period_length: {formula: deals}\n"}
    )
    assert shown(catalog.values["asked"].core) == "period_length"


def test_a_hole_is_complained_about_once() -> None:
    catalog = load("spnd / 2")
    text = "kpis:\n  second: {formula: asked * 2}\n  third: {formula: second + asked}\n"
    catalog = kpidsl.load(texts={"case.yaml": DEFINITIONS.replace("FORMULA", "spnd / 2"), "more.yaml": text})
    assert [finding.headline for finding in catalog.diagnostics.errors if "spnd" in finding.headline] != []
    assert len([finding for finding in catalog.diagnostics.errors if finding.code == "unknown-name"]) == 1
    assert catalog.broken >= {"asked", "second", "third"}


def test_a_circle_is_shown_as_a_path() -> None:
    text = "kpis:\n  a: {formula: b + 1}\n  b: {formula: c * 2}\n  c: {formula: a / 3}\n  d: {formula: a + 1}\n"
    catalog = kpidsl.load(texts={"circle.yaml": text})
    (finding,) = catalog.diagnostics.errors
    assert finding.code == "circular-definition"
    assert "a → b → c → a" in finding.headline
    assert len(finding.labels) == 3
    assert catalog.broken == {"a", "b", "c", "d"}


def test_the_published_win_rate_is_rejected_with_its_repair() -> None:
    kpis = """
  fit_rate: {unit: percent, formula: proposals / conversations}
  closing_rate: {unit: percent, formula: signed / proposals}
  win_rate:
    unit: percent
    formula: customers * fit_rate
"""
    catalog = kpidsl.load(texts={"win.yaml": DEFINITIONS.split("kpis:")[0] + "kpis:" + kpis})
    finding = next(each for each in catalog.diagnostics if each.code == "unit-mismatch")
    assert finding.headline == "`win_rate` is declared percent, but its formula is in customer·proposal / conversation"
    assert [label.text for label in finding.labels] == ["customer", "proposal / conversation", "declared percent"]
    assert "`closing_rate` in place of `customers` gives signed_proposal / conversation, a proportion" in finding.help


def test_a_file_that_cannot_be_read_is_not_complained_about_elsewhere() -> None:
    texts = {
        "measures.yaml": 'measures:\n  orders: count(orders)\n  "open: 1\n',
        "kpis.yaml": "kpis:\n  doubled: {formula: customers * 2}\n  wrong: {formula: 1 +}\n",
    }
    codes = [finding.code for finding in kpidsl.load(texts=texts).diagnostics.errors]
    assert "unknown-name" not in codes
    assert codes.count("syntax-error") == 1
    assert "yaml-syntax" in codes
