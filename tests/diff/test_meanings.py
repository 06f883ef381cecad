"""Pairs of versions to what is said of each KPI; every change is shown by inputs that replay."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from versions import called, catalog, short

import kpidsl
from kpidsl.catalog.catalog import Catalog
from kpidsl.checks.versions.changes import Change, Meaning
from kpidsl.plan.build import values_under

CASES = yaml.safe_load((Path(__file__).parent / "meanings.yaml").read_text())


def pair(case: dict[str, Any]) -> tuple[Catalog, Catalog]:
    errors = case.get("errors", False)
    old = catalog(case["old"], errors=errors)
    return old, catalog(case["new"], case.get("swap"), case.get("more", ""), errors=errors)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_meanings(case: dict[str, Any]) -> None:
    old, new = pair(case)
    found = kpidsl.diff(old, new)
    changes = (*found.changes.changed, *found.changes.others)
    assert {called(change): short(change) for change in changes} == case["expect"]
    assert bool(found.breaking) == any(word.endswith("!") for word in case["expect"].values())
    for change in changes:
        replays(change, old, new)
        if change.name in case.get("shows", {}):
            assert change.witness is not None
            shown = (change.witness.old, change.witness.new)
            assert [None if number is None else str(number) for number in shown] == case["shows"][change.name]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_the_way_back_says_the_same_of_formulas(case: dict[str, Any]) -> None:
    old, new = pair(case)
    there = {change.name: change.meaning for change in kpidsl.diff(old, new).kpis}
    back = {change.name: change.meaning for change in kpidsl.diff(new, old).kpis}
    lasting = {Meaning.IDENTICAL, Meaning.REFACTORED}
    assert {name for name, each in there.items() if each in lasting} == {name for name, each in back.items() if each in lasting}


def replays(change: Change, old: Catalog, new: Catalog) -> None:
    """A change of a formula has a witness, and plain numbers give its values."""
    if change.meaning is not Meaning.CHANGED or change.kind in ("source", "dimension"):
        return
    witness = change.witness
    assert witness is not None and witness.old != witness.new
    plain = all(name in old.values and name in new.values and number is not None for name, number in witness.inputs)
    if change.kind == "KPI" and plain and witness.inputs and not witness.rows and not change.details:
        for made, expected in ((old, witness.old), (new, witness.new)):
            given = {
                name: float(number) for name, number in witness.inputs if number is not None and uses(made, change.name, name)
            }
            value = kpidsl.calc(made, change.name, given)[change.name].value
            assert value == pytest.approx(float(expected)) if expected is not None else value != value


def uses(made: Catalog, kpi: str, name: str) -> bool:
    return name in frozenset(values_under(kpi, made.values))


def only(old: dict[str, Any], new: dict[str, Any], **more: Any) -> Change:
    (change,) = kpidsl.diff(catalog(old), catalog(new, **more)).changes.changed
    return change


def test_a_multiple_is_said() -> None:
    assert only({"a": "won / deals"}, {"a": "won / deals * 100"}).why == "the new value is always 100 times the old one"
    assert only({"a": "revenue"}, {"a": "-revenue"}).why == "the sign is the other one"


def test_parameters_at_their_declared_values_are_an_assumption() -> None:
    assert only({"a": "revenue * 0.3"}, {"a": "revenue * margin"}).why.endswith("while `margin` is 30%")


def test_a_change_names_what_it_comes_through() -> None:
    old, new = (
        catalog({"a": "won / deals"}),
        catalog({"a": "won / deals"}, {'outcome = "won")\', unit': 'outcome = "open")\', unit'}),
    )
    found = kpidsl.diff(old, new)
    (kpi,), (measure,) = found.changes.changed, found.changes.others
    assert kpi.through == ("won",)
    assert measure.downstream == ("a",)


def test_kpis_downstream_are_listed() -> None:
    old = {"a": "won / deals", "b": "a * 2", "c": "b * 2", "d": "leads"}
    changes = {
        change.name: change for change in kpidsl.diff(catalog(old), catalog({**old, "a": "lost / deals"})).changes.changed
    }
    assert changes["a"].downstream == ("b", "c")
    assert changes["b"].through == ("a",)


def test_another_calendar_breaks_all() -> None:
    text = {"a.yaml": "sources: {s: {columns: {x: text}}}\nkpis: {a: {formula: count(s)}}\n"}
    old = kpidsl.load(texts={"kpidsl.yaml": "project: {language: 1}", **text})
    new = kpidsl.load(texts={"kpidsl.yaml": "project: {language: 1, calendar: {week_starts: sunday}}", **text})
    found = kpidsl.diff(old, new)
    assert [(detail.name, detail.old, detail.new) for detail in found.changes.project] == [("week_starts", "monday", "sunday")]
    assert found.breaking and not found.changes.changed


def test_the_values_are_frozen() -> None:
    found = kpidsl.diff(catalog({"a": "leads"}), catalog({"a": "visits"}))
    with pytest.raises(AttributeError):
        found.changes.kpis = ()  # type: ignore[misc]
