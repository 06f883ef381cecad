"""Definitions that refer to each other, put in the order in which they can be resolved; circles as the shortest path round.

Strongly connected components by Tarjan's algorithm (SIAM J. Comput. 1, 1972), with a stack of its own instead of recursion.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence


def resolve_order(uses: Mapping[str, Sequence[str]]) -> tuple[list[str], list[list[str]]]:
    """The names, each after what it uses; and a concrete circle (first name again at its end) for each group that is one.

    Names in a circle are left out of the order. Uses of names that are not among the keys are ignored.
    """
    order: list[str] = []
    circles: list[list[str]] = []
    for group in _components(uses):
        if len(group) > 1 or group[0] in uses[group[0]]:
            circles.append(_circle(group, uses))
        else:
            order.append(group[0])
    return order, circles


def _components(uses: Mapping[str, Sequence[str]]) -> Iterator[list[str]]:
    number: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    on_stack: set[str] = set()
    for root in uses:
        if root in number:
            continue
        work = [(root, iter(uses[root]))]
        _enter(root, number, low, stack, on_stack)
        while work:
            name, rest = work[-1]
            step = next((used for used in rest if used in uses and (used not in number or used in on_stack)), None)
            if step is None:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[name])
                if low[name] == number[name]:
                    yield _leave(name, stack, on_stack)
            elif step in number:
                low[name] = min(low[name], number[step])
            else:
                _enter(step, number, low, stack, on_stack)
                work.append((step, iter(uses[step])))


def _enter(name: str, number: dict[str, int], low: dict[str, int], stack: list[str], on_stack: set[str]) -> None:
    number[name] = low[name] = len(number)
    stack.append(name)
    on_stack.add(name)


def _leave(name: str, stack: list[str], on_stack: set[str]) -> list[str]:
    group = stack[stack.index(name) :]
    del stack[stack.index(name) :]
    on_stack.difference_update(group)
    return group


def _circle(group: Sequence[str], uses: Mapping[str, Sequence[str]]) -> list[str]:
    """A shortest way from the first name of a component back to itself, breadth first."""
    start, members = min(group), set(group)
    came_from: dict[str, str] = {}
    queue = [start]
    for name in queue:
        for used in uses[name]:
            if used == start:
                path = [name]
                while path[-1] != start:
                    path.append(came_from[path[-1]])
                return [*reversed(path), start]
            if used in members and used not in came_from:
                came_from[used] = name
                queue.append(used)
    raise AssertionError(group)
