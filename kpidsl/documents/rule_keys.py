"""The keys that choose which rules of advice hold in a project."""

from __future__ import annotations

from kpidsl.documents.rules import RULES, SETS
from kpidsl.documents.shapes import Key, Leaf, Shape, leaf, many, words

_REASON = leaf("a reason", pattern=r"\S")
_OFF = Shape(
    "the mapping of rules that are off",
    keys=tuple(Key(code, rule.finds, f"{code}: agreed with finance", _REASON) for code, rule in RULES.items()),
)

RULE_CHOICE = Shape(
    "the rules",
    leaf=Leaf("a rule set", words=SETS),
    keys=(
        Key(
            "set",
            "The set to begin with; each has the rules of those before it.",
            "set: strict",
            words("a rule set", SETS),
        ),
        Key(
            "on",
            "Rules that hold besides those of the set.",
            "on: [kpi-without-unit]",
            many("a list of rules", words("a rule", {code: rule.finds for code, rule in RULES.items()})),
        ),
        Key("off", "Rules that do not hold, each with the reason.", "off: {same-meaning: both names are in use}", _OFF),
    ),
)
