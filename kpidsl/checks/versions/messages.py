"""How it is known that two versions mean the same, or why it is not known, in sentences without a full stop."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from kpidsl.catalog.core import Constant, Core
from kpidsl.checks.messages import number


def proved() -> str:
    return "proved: both are the same once all names are written out"


def proved_by_cases() -> str:
    return "proved: both are the same in each case that can occur"


def beyond_doubt(excess: str) -> str:
    return f"the same at two random points of a finite field, which leaves no reasonable doubt; written out in full it {excess}"


def too_much_work(budget: int) -> str:
    return f"takes more than {budget:,} products of terms"


def too_many_inputs(most: int) -> str:
    return f"has more than {most} inputs"


def never_defined() -> str:
    return "both divide by zero for all inputs"


def while_parameters(found: str, parameters: Mapping[str, Core]) -> str:
    """The proof holds for the declared values of parameters that one version uses and the other does not."""
    values = [f"`{name}` is {_number(core)}" for name, core in parameters.items()]
    return f"{found}, while {' and '.join(values)}"


def _number(core: Core) -> str:
    if not (isinstance(core, Constant) and isinstance(core.value, Fraction)):
        return "as declared"
    return f"{amount(core.value * 100)}%" if core.unit.percent else amount(core.value)


def times(factor: Fraction) -> str:
    """The new value is a multiple of the old one; of 1 it is the same, and nothing is said."""
    if factor < 0:
        return "the sign is the other one" if factor == -1 else f"the new value is always {number(factor)} times the old one"
    return "" if factor in (0, 1) else f"the new value is always {number(factor)} times the old one"


def reciprocal() -> str:
    return "the new value is always 1 divided by the old one"


def undecided(tried: int) -> str:
    if tried:
        return f"neither proved to be the same nor seen to differ for {tried} sets of inputs"
    return "not proved to be the same, and no exact inputs can be made up for what it uses"


def broken(old: bool, new: bool) -> str:
    """A definition with errors means nothing that could be compared."""
    where = "both versions" if old and new else "the old version" if old else "the new version"
    return f"it, or something that it uses, has errors in {where}"


def unread(files: Sequence[str], version: str) -> str:
    """What stands in a file that could not be read is not known."""
    return f"there is none in the {version} version as far as that can be read: `{files[0]}` has errors" + (
        "" if len(files) == 1 else ", and so have others"
    )


def amount(value: Fraction | None) -> str:
    """An exact number as people read it."""
    return "no value" if value is None else number(value)
