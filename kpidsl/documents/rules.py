"""The rules of advice: what each finds and the first set that has it; the one table of checks, schema and pages.

A rule finds what can be meant all the same, as a warning or a note. Errors are no rules: they keep a later stage from its work,
so they can be neither switched off nor ignored.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

# Each set has the rules of those before it.
SETS: Mapping[str, str] = {
    "minimal": "What is almost surely a mistake.",
    "standard": "Also what is worth a second look.",
    "strict": "Also what a definition should say of itself.",
}
DEFAULT_SET = "standard"
_RANKS = {name: rank for rank, name in enumerate(SETS)}


# What each rule finds, as its page begins, below the first set that has it.
_FOUND: Mapping[str, Mapping[str, str]] = {
    "minimal": {
        "bare-percent": "A bare number above 1 where a percent is expected, which means that many hundred percent.",
        "benchmark-always-met": "A benchmark that no value can miss, because its range holds everything that is possible.",
        "constant-formula": "A KPI that no data can change.",
        "contradictory-benchmarks": "Two benchmarks of one KPI of which no value can meet both.",
        "counted-twice": "A sum of things of which the one are among the others.",
        "direction-against-range": "A benchmark that is open on the side that `better` calls bad.",
        "percent-over-hundred": "A formula that divides a share by 100 although it is stored as a fraction.",
        "percent-times-hundred": "A formula that multiplies a share by 100 although its value is shown as percent.",
        "share-out-of-range": (
            "A share that rows can put below 0% or above 100%: "
            "its two counts do not come from the same rows, or lie by different dates."
        ),
        "unreachable-range": "A benchmark that a proportion cannot reach, because it lies outside of 0% to 100%.",
        "value-not-listed": "A text that is compared with a column whose `values` do not list it.",
    },
    "standard": {
        "benchmark-never-used": "A benchmark for a length of period by which the KPI cannot be asked.",
        "benchmark-without-direction": "A benchmark on a KPI that says no value is better than another.",
        "benchmark-without-period": (
            "A benchmark without `every` on a KPI that grows with the period, such as a sum or a count."
        ),
        "direction-against-input": (
            "A KPI of which more is better although it is proved to rise with something of which less is better."
        ),
        "division-by-zero": (
            "A divisor that is a difference and can be 0 although everything in it is there, with inputs that show it."
        ),
        "identity-unknown": "An identity that could be neither proved nor refuted, with the reason.",
        "inside-without-two-bounds": "A benchmark that is open on one side of a KPI for which inside is better.",
        "nominal-length": "A conversion between days and months, for which a month counts as 30.436875 days.",
        "opposite-benchmarks": (
            "Two benchmarks of one KPI without `better`, one of which says that higher is better and one that lower is."
        ),
        "reciprocal-meaning": "A KPI that is always 1 divided by another one, though both are written out.",
        "same-benchmark": "Two benchmarks of one KPI that say the same, with nothing that tells them apart.",
        "same-but-for-a-factor": "A KPI that always has 100 times the value of another one, or a hundredth of it.",
        "same-meaning": "A KPI that always has the value of another one, by whatever formula.",
        "shadowed-column": (
            "A dimension that is called like a column of a source which it serves, but is held by another column."
        ),
        "shadowed-period": "A column, reference or value that is called like a name of the period, which it hides.",
        "shadowed-source": "A reference that is called like another source than the one to which it leads.",
        "shadowed-value": (
            "A column in a formula over rows that is called like a parameter, measure or KPI which has nothing to do with it."
        ),
        "unit-inferred": "A column or parameter without a declared unit, for which its uses leave only one.",
        "work-used-up": (
            "A project whose formulas are so hard that the work for proofs is used up, so that claims are left open."
        ),
    },
    "strict": {
        "benchmark-without-cite": "A benchmark that does not say where its figures come from.",
        "kpi-without-area": "A KPI that does not say which area it belongs to, or whether it is an input or an output.",
        "kpi-without-description": "A KPI without a title or a description.",
        "kpi-without-direction": "A KPI that does not say which values are better.",
        "kpi-without-example": "A KPI without an example.",
        "kpi-without-owner": "A KPI that does not say who answers for it.",
        "kpi-without-unit": "A KPI whose unit is not declared.",
        "unused-column": "A column that no formula, reference or dimension uses.",
        "unused-dimension": "A dimension by which no measure or KPI can be grouped.",
        "unused-entity": "An entity that is no row, no unit, and above none that is.",
        "unused-measure": "A measure that no formula, identity or test uses.",
        "unused-parameter": "A parameter that no formula, identity or test uses.",
        "unused-source": "A source that no formula, reference or dimension uses.",
    },
}


class Rule(Struct, frozen=True):
    """What a rule finds, and the first of the sets that has it."""

    finds: str
    since: str


RULES: Mapping[str, Rule] = {code: Rule(finds, since) for since, rules in _FOUND.items() for code, finds in rules.items()}


class Rules(Struct, frozen=True):
    """The rules that hold in a project: those of a set, with single ones switched on or off."""

    set: str = DEFAULT_SET
    on: frozenset[str] = frozenset()
    off: frozenset[str] = frozenset()

    def has(self, code: str) -> bool:
        """Whether what a rule finds is said."""
        if code in self.off:
            return False
        return code in self.on or _RANKS[RULES[code].since] <= _RANKS[self.set]
