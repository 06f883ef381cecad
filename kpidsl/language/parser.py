"""Text in, tree or the reason why there is none out: one function for each thing that a definition may hold."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from kpidsl.diagnostics import Diagnostic
from kpidsl.language import messages
from kpidsl.language.build import Slip
from kpidsl.language.reader import Stopped, reader
from kpidsl.language.tree import Budget, Claim, Name, Node, Quantity, Range, Tree, UnitTree
from kpidsl.language.walk import measure, names
from kpidsl.text import Excerpt

MOST_CHARACTERS = 4_000
MOST_NODES = 500
MOST_DEPTH = 64
# In small letters they may be names of a project. All begin with one letter, for which a text is searched fastest.
_NOTHING = re.compile(r"N(?:ULL|ull|ONE|one|IL|il|AN|aN|an)\b")


def parse_expression(excerpt: Excerpt) -> tuple[Tree | None, tuple[Diagnostic, ...]]:
    """A formula, a condition or a plain value."""
    return _parse("expression", excerpt)


def parse_unit(excerpt: Excerpt) -> tuple[UnitTree | None, tuple[Diagnostic, ...]]:
    """A unit such as `USD / customer`."""
    return _parse("unit", excerpt)


def parse_range(excerpt: Excerpt) -> tuple[Range | None, tuple[Diagnostic, ...]]:
    """A benchmark's range such as `at least 15%`."""
    return _parse("range", excerpt)


def parse_claim(excerpt: Excerpt) -> tuple[Claim | None, tuple[Diagnostic, ...]]:
    """An identity such as `cac = spend / customers`."""
    return _parse("claim", excerpt)


def parse_path(excerpt: Excerpt) -> tuple[Name | None, tuple[Diagnostic, ...]]:
    """A dotted name such as `deals.lead.channel`."""
    return _parse("path", excerpt)


def parse_duration(excerpt: Excerpt) -> tuple[Quantity | None, tuple[Diagnostic, ...]]:
    """A length of time such as `90 days`."""
    return _parse("duration", excerpt)


def parse_periods(excerpt: Excerpt) -> tuple[Quantity | None, tuple[Diagnostic, ...]]:
    """A number of periods, such as `2 periods`; which word the number has is for the caller to look at."""
    found, findings = _parse("duration", excerpt)
    is_other = any(finding.code != "syntax-error" for finding in findings)
    return found, findings if found is not None or is_other else (messages.periods_expected(excerpt),)


def parse_budget(excerpt: Excerpt) -> tuple[Budget | None, tuple[Diagnostic, ...]]:
    """A share of smaller periods, such as `95% of weeks over 3 months`."""
    return _parse("budget", excerpt)


def _parse(start: str, excerpt: Excerpt) -> tuple[Any, tuple[Diagnostic, ...]]:
    if len(excerpt.text) > MOST_CHARACTERS:
        return None, (messages.too_many_characters(excerpt, MOST_CHARACTERS),)
    try:
        tree = _unit(excerpt.text) if start == "unit" else _read(excerpt.text, start)
    except (Slip, Stopped) as error:
        return None, (_explained(excerpt, start, error),)
    excess = _excess(excerpt, tree)
    return (None, (excess,)) if excess else (tree, ())


@lru_cache(maxsize=1_000)
def _unit(text: str) -> Node:
    """A unit's tree; spans count in the text alone, so the few units that a project has are read once each."""
    tree: Node = reader().read(text, "unit")
    return tree


def _read(text: str, start: str) -> Node:
    tree: Node = reader().read(text, start)
    if _NOTHING.search(text):
        _refuse_nothing(tree)
    return tree


def _refuse_nothing(tree: Node) -> None:
    """Slip at a word of other languages for a missing value, which stands as a value here; after a dot it is a name."""
    for name in names(tree):
        if len(name.parts) == 1 and _NOTHING.fullmatch(name.text):
            raise Slip("nothing", name.span)


def _explained(excerpt: Excerpt, start: str, error: Slip | Stopped) -> Diagnostic:
    """The wording is loaded when there is something to say."""
    from kpidsl.language import slips

    if isinstance(error, Slip):
        return slips.explain_slip(excerpt, start, error)
    return slips.explain(excerpt, start, error.position)


def _excess(excerpt: Excerpt, tree: Node) -> Diagnostic | None:
    if len(excerpt.text) <= MOST_DEPTH:  # a level and a node take a character at least
        return None
    nodes, depth = measure(tree)
    if depth > MOST_DEPTH:
        return messages.too_deep(excerpt, MOST_DEPTH)
    return messages.too_many_nodes(excerpt, MOST_NODES) if nodes > MOST_NODES else None
