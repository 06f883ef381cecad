"""Aggregates and formulas of two versions to what an analyst calls them."""

from __future__ import annotations

from collections.abc import Iterable

from kpidsl.catalog.catalog import Value
from kpidsl.catalog.core import Aggregate, Core, Reference, aggregates
from kpidsl.checks.versions.joint import Joint
from kpidsl.documents.model import Formula, Parameter
from kpidsl.language.printer import print_tree
from kpidsl.language.tree import Tree


def written(value: Value) -> Formula[Tree]:
    """What is written as a value's formula."""
    definition = value.definition
    return definition.value if isinstance(definition, Parameter) else definition.formula


def formula_text(value: Value) -> str:
    """The formula of a value in its canonical spelling."""
    tree = written(value).tree
    return "" if tree is None else print_tree(tree)


def input_names(cores: Iterable[Core], joint: Joint) -> dict[str, str]:
    """The names of the aggregates below formulas, by their keys: a measure that is nothing else, or the aggregate's own text.

    Where two of them would be called the same, the old one says that it is; the others are counted.
    """
    formulas = joint.view.formulas
    used = [node for node in formulas.reachable(cores) if isinstance(node, Reference)]
    candidates: dict[str, tuple[str, bool]] = {}
    for whole in (True, False):
        for reference in used:
            value, is_old = joint.value(reference)
            core = formulas.values[reference.name].core
            if whole and isinstance(core, Aggregate):
                candidates.setdefault(formulas.keys.of(core), (value.name, is_old))
            elif not whole:
                for node in aggregates(core):
                    candidates.setdefault(formulas.keys.of(node), (_text(node, value), is_old))
    return _distinct(candidates)


def _text(node: Aggregate, value: Value) -> str:
    text = written(value).excerpt.text[node.span.start : node.span.end]
    return " ".join(text.split())


def _distinct(candidates: dict[str, tuple[str, bool]]) -> dict[str, str]:
    names = [name for name, _ in candidates.values()]
    found: dict[str, str] = {}
    for key, (name, is_old) in candidates.items():
        called = name if names.count(name) == 1 else f"{name} ({'old' if is_old else 'new'})"
        while called in found.values():
            called += "'"
        found[key] = called
    return found
