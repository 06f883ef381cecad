"""A tree in, its nodes out, from the top and from the left, without recursion."""

from __future__ import annotations

from collections.abc import Iterator

from kpidsl.language.tree import (
    Alive,
    Among,
    Between,
    Budget,
    Call,
    Chain,
    Choice,
    Claim,
    Compare,
    Day,
    Factor,
    IsMissing,
    Modifiers,
    Name,
    Negate,
    Neighbour,
    Node,
    Not,
    Number,
    Power,
    Quantity,
    Range,
    Share,
    Text,
    Truth,
    UnitTree,
)


def children(node: Node) -> tuple[Node, ...]:
    """The nodes right below a node, in the order in which they were written."""
    match node:
        case Number() | Share() | Text() | Day() | Truth() | Name() | Factor():
            return ()
        case Chain(operands=operands):
            return operands
        case Call(arguments=arguments, modifiers=modifiers):
            return arguments if modifiers is None else (arguments[0], modifiers, *arguments[1:])
        case Compare(left=left, right=right) | Claim(left=left, right=right):
            return (left, right)
        case Quantity(unit=unit):
            return (unit,)
        case Budget(share=share, of=of, over=over):
            return (share, of, over)
        case UnitTree(factors=factors):
            return factors
        case Negate(operand=operand) | Not(operand=operand):
            return (operand,)
        case Power(base=base, exponent=exponent):
            return (base, exponent)
        case Among(item=item, options=options):
            return (item, *options)
        case Between(item=item, low=low, high=high):
            return (item, low, high)
        case IsMissing(item=item):
            return (item,)
        case Choice(condition=condition, yes=yes, no=no):
            return (condition, yes, no)
        case Modifiers(via=via, at=at, alive=alive, where=where):
            return _present(via, at, alive, where)
        case Alive(start=start, end=end):
            return _present(start, end)
        case Neighbour(argument=argument, where=where, key=key):
            return _present(argument, where, key)
        case Range(low=low, high=high):
            return _present(low, high)
    raise TypeError(f"no node of the language: {node!r}")


def _present(*nodes: Node | None) -> tuple[Node, ...]:
    return tuple(node for node in nodes if node is not None)


def walk(node: Node) -> Iterator[Node]:
    """The node and all nodes below it, each before what is below it."""
    waiting = [node]
    while waiting:
        node = waiting.pop()
        yield node
        waiting.extend(reversed(children(node)))


def names(node: Node) -> Iterator[Name]:
    """All names in a tree, those of modifiers and keys too; functions and units are no names."""
    return (found for found in walk(node) if isinstance(found, Name))


def measure(node: Node) -> tuple[int, int]:
    """How many nodes a tree has, and how many levels."""
    nodes, depth, level = 0, 0, [node]
    while level:
        nodes += len(level)
        depth += 1
        level = [child for parent in level for child in children(parent)]
    return nodes, depth
