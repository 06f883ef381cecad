"""A surface tree to a core tree: each node typed and with its unit, a hole (None) where something was wrong and reported."""

from __future__ import annotations

from kpidsl.catalog import arithmetic, conditions
from kpidsl.catalog.core import Constant, Core, Type
from kpidsl.catalog.reading import Reading
from kpidsl.catalog.unit_text import read_unit
from kpidsl.language import tree
from kpidsl.units.unit import PERCENT


def read(node: tree.Tree, reading: Reading) -> Core | None:
    """The core tree of a surface tree; None where it has a mistake, which is then in the reading's findings."""
    match node:  # what there is most of comes first
        case tree.Name():
            return reading.name(node)
        case tree.Chain() | tree.Compare():
            return _operation(node, reading)
        case tree.Call() | tree.Neighbour():
            return reading.call(node)
        case tree.Number(value=value):
            return Constant(value, span=node.span)
        case tree.Share(value=value):
            return Constant(value, unit=PERCENT, span=node.span)
        case tree.Quantity():
            return _quantity(node, reading)
        case tree.Text(value=text):
            return Constant(text, type=Type.TEXT, span=node.span)
        case tree.Day(value=day):
            return Constant(day, type=Type.DATE, span=node.span)
        case tree.Truth(value=truth):
            return Constant(truth, type=Type.BOOLEAN, span=node.span)
        case _:
            return _operation(node, reading)


def _quantity(node: tree.Quantity, reading: Reading) -> Core | None:
    unit = read_unit(node.unit, reading.excerpt, reading.world)
    return None if unit is None else Constant(node.value, unit=unit, span=node.span)


def _operation(node: tree.Tree, reading: Reading) -> Core | None:
    operands = _operands(node)
    cores = [read(operand, reading) for operand in operands]
    ready = [core for core in cores if core is not None]
    if len(ready) < len(cores):
        return None
    match node:
        case tree.Chain(operators=("and" | "or" as word, *_)):
            return conditions.join(word, ready, node, reading)
        case tree.Chain(operators=operators):
            return arithmetic.chain(operators, ready, node, reading)
        case tree.Negate():
            return arithmetic.negate(ready[0], node, reading)
        case tree.Not():
            return conditions.negate(ready[0], node, reading)
        case tree.Power():
            return arithmetic.power(ready[0], ready[1], node, reading)
        case tree.Compare(operator=operator):
            return conditions.compare(operator, ready[0], ready[1], node, reading)
        case tree.Among(negated=negated):
            return conditions.among(ready[0], ready[1:], negated, node, reading)
        case tree.Between():
            return conditions.between(ready[0], ready[1], ready[2], node, reading)
        case tree.IsMissing(negated=negated):
            return conditions.is_missing(ready[0], negated, node)
        case tree.Choice():
            return conditions.choose(ready[0], ready[1], ready[2], node, reading)
        case _:
            raise AssertionError(node)


def _operands(node: tree.Tree) -> tuple[tree.Tree, ...]:
    match node:
        case tree.Chain(operands=operands):
            return operands
        case tree.Negate(operand=operand) | tree.Not(operand=operand):
            return (operand,)
        case tree.Power(base=base, exponent=exponent):
            return (base, exponent)
        case tree.Compare(left=left, right=right):
            return (left, right)
        case tree.Among(item=item, options=options):
            return (item, *options)
        case tree.Between(item=item, low=low, high=high):
            return (item, low, high)
        case tree.IsMissing(item=item):
            return (item,)
        case tree.Choice(condition=condition, yes=yes, no=no):
            return (condition, yes, no)
        case _:
            raise AssertionError(node)
