"""What has the wrong shape in a file, each with its place and what was probably meant.

A compiled check says first whether anything is wrong at all. Only then `jsonschema` looks for what it is, and its findings are
put into our own words with the table of keys.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal
from fractions import Fraction
from functools import cache
from typing import TYPE_CHECKING

from msgspec import Struct

from kpidsl.diagnostics import Diagnostic, Label
from kpidsl.documents import messages, shape_words
from kpidsl.documents.bindings_keys import BINDINGS
from kpidsl.documents.keys import DEFINITION
from kpidsl.documents.nodes import Hole, Mapping, Node, Scalar, Sequence, is_empty, span
from kpidsl.documents.quick import Check, compiled
from kpidsl.documents.scalars import core_value
from kpidsl.documents.schema import Schema, data_schema, definition_schema
from kpidsl.documents.shapes import CURRENCY, Leaf, Shape
from kpidsl.suggest import nearest
from kpidsl.text import File, Span

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError

Data = str | int | bool | Decimal | None | list["Data"] | dict[str, "Data"]

MOST_FINDINGS = 1_000


@cache
def _definition_check() -> Check:
    return compiled(DEFINITION)


@cache
def _bindings_check() -> Check:
    return compiled(BINDINGS)


def check_definition(file: File, root: Node) -> tuple[Diagnostic, ...]:
    """What has the wrong shape in a definition file."""
    return () if _definition_check()(root) else tuple(_findings(file, root, DEFINITION, definition_schema()))


def check_bindings(file: File, root: Node) -> tuple[Diagnostic, ...]:
    """What has the wrong shape in `data.yaml`."""
    return () if _bindings_check()(root) else tuple(_findings(file, root, BINDINGS, data_schema()))


def _findings(file: File, root: Node, shape: Shape, schema: Schema) -> Iterable[Diagnostic]:
    """The first findings in the file, and how many more there are."""
    from jsonschema import Draft202012Validator  # a start-up cost that files without mistakes do not pay

    found: dict[tuple[int, int, str], Diagnostic] = {}
    for error in Draft202012Validator(schema).iter_errors(data(root)):
        place = _place(root, shape, error)
        for finding in _explain(file, place, str(error.validator)):
            at = finding.labels[0].span
            found.setdefault((at.start, at.end, finding.headline), finding)
    first = [found[key] for key in sorted(found)] if len(found) > MOST_FINDINGS else list(found.values())
    yield from first[:MOST_FINDINGS]
    if left := first[MOST_FINDINGS:]:
        yield messages.more_findings(left[0].labels[0], len(left), MOST_FINDINGS)


def data(node: Node) -> Data:
    """A node as what JSON Schema looks at; decimals are kept exactly, so that 30.0 is no whole number."""
    match node:
        case Mapping(pairs=pairs):
            return {name: data(value) for name, (_, value) in pairs.items()}
        case Sequence(items=items):
            return [data(item) for item in items]
        case Scalar():
            value = core_value(node)
            return Decimal(value.numerator) / value.denominator if isinstance(value, Fraction) else value
        case _:
            return None


class _Place(Struct, frozen=True):
    """A node that has the wrong shape, the shape that it should have, and what it is called: `the KPI cac`."""

    node: Node
    shape: Shape
    key: Scalar | None
    thing: str

    def label(self, file: File) -> Label:
        """A scalar that holds something; of anything else its key, or its first line if it has none."""
        if self.key is not None and (not isinstance(self.node, Scalar) or self.node.start == self.node.end):
            return Label(file, span(self.key))
        return Label(file, _first_line(file, self.node))


def _first_line(file: File, node: Node) -> Span:
    """A node, or its first line if it has several."""
    end = file.text.find("\n", node.start, node.end)
    return Span(node.start, max(node.start, node.end if end < 0 else end))


def _place(root: Node, shape: Shape, error: ValidationError) -> _Place:
    node, key, thing, owner = root, None, shape.noun, ""
    for step in error.absolute_path:
        match node:
            case Mapping(pairs=pairs):
                key, node = pairs[str(step)]
                below = shape.key(key.text)
                if below is not None:
                    shape, thing = below.shape, f"`{key.text}`{owner}"
                elif shape.entries is not None:
                    shape = shape.entries
                    thing = f"the {shape.noun.split(' ', 1)[-1]} `{key.text}`{owner}"
                    owner = f" of {thing}"
            case Sequence(items=items) if shape.items is not None:
                key, node, shape = None, items[int(step)], shape.items
                thing = f"{shape.noun}{owner}"
            case _:
                break
    return _Place(node, shape, key, thing)


def _explain(file: File, place: _Place, rule: str) -> Iterator[Diagnostic]:
    if isinstance(place.node, Hole) or (place.key is not None and _is_tight(place.key, place.node)):
        return
    match rule:
        case "additionalProperties":
            yield from _unknown_keys(file, place)
        case "propertyNames" | "pattern" if isinstance(place.node, Mapping):
            yield from _names(file, place)
        case "required" | "anyOf" if isinstance(place.node, Mapping):
            yield from _missing_keys(file, place)
        case "dependentSchemas" | "not":
            yield messages.one_of(
                place.label(file), place.thing, [name for name in place.shape.one_of if name in _pairs(place)]
            )
        case _:
            yield _wrong(file, place)


def _pairs(place: _Place) -> dict[str, tuple[Scalar, Node]]:
    return place.node.pairs if isinstance(place.node, Mapping) else {}


def _is_tight(key: Scalar, value: Node) -> bool:
    """Whether a key holds its value, because the space after the colon is missing: `{formula:a}`."""
    return re.match(r"[A-Za-z_]\w*:\S", key.text) is not None and is_empty(value)


def _unknown_keys(file: File, place: _Place) -> Iterator[Diagnostic]:
    known = [key.name for key in place.shape.keys]
    for name, (key, value) in _pairs(place).items():
        if name in known:
            continue
        label = Label(file, span(key))
        if _is_tight(key, value):
            yield messages.tight_key(label, name)
        else:
            yield messages.unknown_key(label, name, place.shape.noun, nearest(name, known), known)


def _names(file: File, place: _Place) -> Iterator[Diagnostic]:
    pattern = place.shape.names
    for name, (key, value) in _pairs(place).items():
        if re.search(pattern, name):
            continue
        label = Label(file, span(key))
        if _is_tight(key, value):
            yield messages.tight_key(label, name)
        else:
            yield messages.name_spelling(label, name, *shape_words.spelled(name, pattern))


def _missing_keys(file: File, place: _Place) -> Iterator[Diagnostic]:
    if isinstance(place.node, Mapping) and place.node.cut:
        return
    shape = place.shape
    known = [key.name for key in shape.keys]
    given = {name if name in known else nearest(name.split(":")[0], known) for name in _pairs(place)}
    label = place.label(file)
    for key in shape.keys:
        if key.required and key.name not in given:
            yield messages.missing_key(label, place.thing, (key.name,), key.example)
    choice = shape.one_of or shape.some_of
    first = shape.key(choice[0]) if choice else None
    if first is not None and given.isdisjoint(choice):
        yield messages.missing_key(label, place.thing, choice, first.example)


def _word(file: File, place: _Place) -> Diagnostic:
    text = place.node.text if isinstance(place.node, Scalar) else ""
    leaf = place.shape.leaf or Leaf()
    return messages.unknown_word(place.label(file), leaf.what, text, leaf.words, nearest(text, leaf.words))


def _wrong(file: File, place: _Place) -> Diagnostic:
    node, leaf = place.node, place.shape.leaf
    if leaf is not None and leaf.pattern == CURRENCY and isinstance(node, Scalar) and not is_empty(node):
        return messages.name_spelling(place.label(file), node.text, *shape_words.spelled(node.text, CURRENCY))
    if leaf is not None and leaf.words and isinstance(node, Scalar) and not is_empty(node):
        return _word(file, place)
    help = [shape_words.hint(file, node, place.shape), shape_words.keys_listed(place.shape)]
    better = shape_words.in_brackets(node, place.shape)
    wanted, found = shape_words.wanted(place.shape), shape_words.found(node)
    return messages.wrong_shape(place.label(file), place.thing, wanted, found, help, better)
