"""Formulas to what they use: every part of a formula with the frames in which it is taken."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Mapping

from msgspec import Struct

from kpidsl.catalog.catalog import Value
from kpidsl.catalog.core import Aggregate, Apply, Core, Reference
from kpidsl.plan.frames import frame_of, is_window
from kpidsl.results.frames import Path

Named = tuple[str, Path]
Known = Callable[[Named], bool]


class Uses(Struct, frozen=True):
    """What is under a value: names, aggregates with their frames, averages over smaller periods."""

    names: tuple[str, ...]
    aggregates: tuple[tuple[Aggregate, Path], ...]
    averages: tuple[Apply, ...]


def parts(core: Core, path: Path = ()) -> Iterator[tuple[Core, Path]]:
    """The nodes of a formula, rows aside, each with the frames in which it is taken; from left to right."""
    stack: list[tuple[Core, Path]] = [(core, path)]
    while stack:
        node, at = stack.pop()
        yield node, at
        match node:
            case Apply(arguments=arguments) if is_window(node):
                stack.append((arguments[0], (*at, frame_of(node))))
            case Apply(arguments=arguments):
                stack.extend((argument, at) for argument in reversed(arguments))
            case _:
                pass


def uses(name: str, values: Mapping[str, Value]) -> Uses:
    """Everything that a value uses, directly or through other names."""
    seen: dict[Named, None] = {(name, ()): None}
    found: dict[tuple[Aggregate, Path], None] = {}
    averages: dict[Apply, None] = {}
    pending: list[Named] = [(name, ())]
    while pending:
        top, path = pending.pop()
        for node, at in parts(values[top].core, path):
            match node:
                case Aggregate():
                    found[node, at] = None
                case Apply(function="average"):
                    averages[node] = None
                case Reference() if (node.name, at) not in seen:
                    seen[node.name, at] = None
                    pending.append((node.name, at))
                case _:
                    pass
    return Uses(tuple(dict.fromkeys(each for each, _ in seen)), tuple(found), tuple(averages))


def names_under(core: Core, path: Path, values: Mapping[str, Value], known: Known) -> list[Named]:
    """The values that a formula needs, directly or through others, each after those that it needs itself; not those known."""
    ordered: dict[Named, None] = {}
    pending = _needs(core, path, known, ordered)
    while pending:
        top = pending[-1]
        deeper = [] if top in ordered else _needs(values[top[0]].core, top[1], known, ordered)
        if deeper:
            pending.extend(deeper)
        else:
            ordered[top] = None
            pending.pop()
    return list(ordered)


def _needs(core: Core, path: Path, known: Known, found: Container[Named]) -> list[Named]:
    named = [(node.name, at) for node, at in parts(core, path) if isinstance(node, Reference)]
    return [each for each in named if each not in found and not known(each)]
