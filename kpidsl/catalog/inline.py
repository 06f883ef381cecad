"""Row formulas seen from another source, and what a column stands for: itself, or a derived one its formula."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec.structs import replace

from kpidsl.catalog.catalog import Source
from kpidsl.catalog.core import (
    PERIOD_FUNCTIONS,
    Aggregate,
    Apply,
    Constant,
    Core,
    Gather,
    Nearby,
    Reference,
    Type,
    children,
    per_period,
    walk,
)


def prefixed(core: Core, prefix: tuple[str, ...]) -> Core:
    """A row formula of a referenced source, seen from the source that reaches it by `prefix`."""
    if not prefix:
        return core
    match core:
        case Reference(path=path):
            return replace(core, path=(*prefix, *path))
        case Apply(arguments=arguments):
            return replace(core, arguments=tuple(prefixed(argument, prefix) for argument in arguments))
        case Gather(prefix=own) | Nearby(prefix=own):
            return replace(core, prefix=(*prefix, *own))
        case Aggregate():
            raise AssertionError(core)
        case _:
            return core


def misses_with_row(core: Core) -> bool:
    """Whether a row formula is missing wherever there is no row, as all columns are then."""
    match core:
        case Constant() | Apply(function="is_missing"):
            return False
        case Apply(function=function) if function in PERIOD_FUNCTIONS:
            return False
        case Apply(function="and" | "or" | "coalesce", arguments=arguments):
            return all(map(misses_with_row, arguments))
        case Apply(function="if", arguments=(condition, yes, no)):
            return misses_with_row(condition) or (misses_with_row(yes) and misses_with_row(no))
        case Apply(function="in" | "previous", arguments=(first, *_)):
            return misses_with_row(first)
        case Apply():
            return any(map(misses_with_row, children(core)))
        case _:
            return True


def where_found(core: Core, key: Reference) -> Core:
    """A formula on a referenced row, missing where its `key` is; there is no word for missing, but no key equals it."""
    found = Apply("equal", (key, key), type=Type.BOOLEAN, span=core.span)
    return Apply("if", (found, core, core), unit=core.unit, type=core.type, span=core.span)


def inlined(reference: Reference, source: str, sources: Mapping[str, Source]) -> Core:
    """What a path from a source stands for: a derived column at its end is its formula, seen from that source.

    Formulas never name derived columns; the keys of a reference, of a dimension and of a Nearby may.
    """
    owner = source
    for part in reference.path[:-1]:
        owner = sources[owner].links[part].target
    formula = sources[owner].columns[reference.path[-1]].formula
    return reference if formula is None else prefixed(formula, reference.path[:-1])


def at_own_time(formula: Core, source: str, sources: Mapping[str, Source]) -> bool:
    """Whether a row formula reads something at the date of its own row: a reference that is valid for a time."""
    if per_period(formula):
        return False
    return any(isinstance(node, Reference) and _passes_validity(node, source, sources) for node in walk(formula))


def _passes_validity(reference: Reference, source: str, sources: Mapping[str, Source]) -> bool:
    for part in reference.path[:-1]:
        link = sources[source].links[part]
        if link.valid is not None:
            return True
        source = link.target
    column = sources[source].columns.get(reference.path[-1])
    return column is not None and column.formula is not None
