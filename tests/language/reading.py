"""What the tests of this folder share: tables of texts, parse functions by start rule, trees as short texts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import yaml

from kpidsl.diagnostics import Diagnostic
from kpidsl.language import parser, tree
from kpidsl.text import Excerpt, File

PARSE: dict[str, Callable[[Excerpt], tuple[Any, tuple[Diagnostic, ...]]]] = {
    "expression": parser.parse_expression,
    "unit": parser.parse_unit,
    "range": parser.parse_range,
    "claim": parser.parse_claim,
    "path": parser.parse_path,
    "duration": parser.parse_duration,
    "budget": parser.parse_budget,
}


def table(name: str) -> Any:
    return yaml.load((Path(__file__).parent / f"{name}.yaml").read_text(encoding="utf-8"), yaml.BaseLoader)


def rows(name: str) -> Iterator[tuple[str, Any]]:
    """The rows of a table that is sorted by start rule."""
    return ((start, row) for start, group in table(name).items() for row in group)


def excerpt(text: str) -> Excerpt:
    return Excerpt(File("test", text), text)


def read(start: str, text: str) -> Any:
    """The tree of a text that must be of the language."""
    found, diagnostics = PARSE[start](excerpt(text))
    assert found is not None, diagnostics
    assert diagnostics == ()
    return found


def refused(start: str, text: str) -> Diagnostic:
    """The one finding about a text that must not be of the language."""
    found, diagnostics = PARSE[start](excerpt(text))
    assert found is None
    (finding,) = diagnostics
    return finding


def short(node: Any) -> str:
    """A tree as `(operator part part)`."""
    match node:
        case tree.Number(value=value):
            return str(value)
        case tree.Share(value=value, mark=mark):
            return f"{value}{mark}"
        case tree.Quantity(value=value, unit=unit):
            factors = (f.name if f.exponent == 1 else f"{f.name}^{f.exponent}" for f in unit.factors)
            return f"{value}|{','.join(factors)}"
        case tree.Text(value=value) | tree.Day(value=value) | tree.Truth(value=value):
            return repr(value)
        case tree.Name(text=text):
            return text
        case tree.Negate(operand=operand):
            return f"(negative {short(operand)})"
        case tree.Not(operand=operand):
            return f"(not {short(operand)})"
        case tree.Chain(operators=operators, operands=operands):
            return f"({' '.join([*operators, *map(short, operands)])})"
        case tree.Power(base=base, exponent=exponent):
            return f"(^ {short(base)} {short(exponent)})"
        case tree.Compare(operator=operator, left=left, right=right):
            return f"({operator} {short(left)} {short(right)})"
        case tree.Among(item=item, options=options, negated=negated):
            return f"({'not-in' if negated else 'in'} {' '.join(map(short, (item, *options)))})"
        case tree.Between(item=item, low=low, high=high):
            return f"(between {short(item)} {short(low)} {short(high)})"
        case tree.IsMissing(item=item, negated=negated):
            return f"({'not-missing' if negated else 'missing'} {short(item)})"
        case tree.Choice(condition=condition, yes=yes, no=no):
            return f"(if {short(condition)} {short(yes)} {short(no)})"
        case tree.Neighbour(function=function, argument=argument, where=where, key=key):
            condition = "" if where is None else f" where {short(where)}"
            return f"({function} {short(argument)}{condition} per {short(key)})"
        case tree.Call():
            return _call(node)
    raise TypeError(node)


def _call(node: tree.Call) -> str:
    parts = [node.function, *(["distinct"] if node.distinct else []), *map(short, node.arguments)]
    modifiers = node.modifiers
    if modifiers is not None:
        parts += [f"via {modifiers.via.text}"] if modifiers.via else []
        parts += [f"at {modifiers.at.text}"] if modifiers.at else []
        if modifiers.alive:
            parts += ["alive", modifiers.alive.start.text, *([modifiers.alive.end.text] if modifiers.alive.end else [])]
        parts += ["closing"] if modifiers.closing else []
        parts += [f"where {short(modifiers.where)}"] if modifiers.where else []
    return f"({' '.join(parts)})"
