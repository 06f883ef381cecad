"""Core trees to text: a key, the same for all spellings of the same rows, and a content that tells any two formulas apart."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction

from kpidsl.catalog.catalog import Source
from kpidsl.catalog.core import Aggregate, Apply, Constant, Core, Gather, Nearby, Reference
from kpidsl.units.unit import Unit

_UNORDERED = frozenset({"add", "multiply", "equal", "and", "or", "greatest", "least"})
_ABSORBING = frozenset({"and", "or", "greatest", "least"})  # saying the same twice changes nothing
_TURNED = {"greater": "less", "at_least": "at_most"}


class Keys:
    """The keys of leaves. Units are left out of them: they say what a number means, not which number it is."""

    def __init__(self, sources: Mapping[str, Source]) -> None:
        self._sources = sources
        self._known: dict[int, tuple[Aggregate, str]] = {}

    def of(self, node: Aggregate) -> str:
        """The key of an aggregate: equal for two that collect the same from the same rows, however they are written."""
        known = self._known.get(id(node))  # nodes are many and their hashes deep; the node is kept, so its id stays its own
        if known is None:
            known = self._known[id(node)] = (node, self._aggregate(node))
        return known[1]

    def mean(self, node: Aggregate) -> tuple[str, str]:
        """The keys of the sum and the count whose quotient an `avg` is."""
        rest = self._rest(node)
        return f"sum{rest}", f"count{rest}"

    def text(self, core: Core) -> str:
        """The key of any tree."""
        match core:
            case Constant(value=value):
                return _constant(value)
            case Reference(path=path):
                return "@" + ".".join(path)
            case Apply(function=function, arguments=arguments):
                return self._apply(function, arguments)
            case Aggregate():
                return self.of(core)
            case Gather(home=home, aggregate=aggregate, key=key, prefix=prefix):
                return f"gather[{_path(prefix)};{home};{_path(key)};{self.of(aggregate)}]"
            case Nearby():
                return self._nearby(core)

    def _nearby(self, node: Nearby) -> str:
        keys = ",".join(f"{own.name}={there.name}" for own, there in node.keys)
        rows = f"{self.text(node.argument)};{'' if node.where is None else self.text(node.where)}"
        return f"{node.function}[{_path(node.prefix)};{node.home};{node.source};{keys};{rows}]"

    def _apply(self, function: str, arguments: tuple[Core, ...]) -> str:
        if function in _TURNED:
            function, arguments = _TURNED[function], arguments[::-1]
        parts = [self.text(argument) for argument in self._flat(function, arguments)]
        if function in _ABSORBING:
            parts = list(dict.fromkeys(parts))
        if function in _UNORDERED:
            parts.sort()
        if function == "in":
            parts[1:] = sorted(set(parts[1:]))
        return f"{function}({','.join(parts)})"

    def _flat(self, function: str, arguments: Iterable[Core]) -> Iterable[Core]:
        if function not in _UNORDERED or function == "equal":
            return arguments
        flat: list[Core] = []
        for argument in arguments:
            inner = isinstance(argument, Apply) and argument.function == function
            flat.extend(self._flat(function, argument.arguments) if inner and isinstance(argument, Apply) else (argument,))
        return flat

    def _aggregate(self, node: Aggregate) -> str:
        return f"{node.function}{self._rest(node)}"

    def _rest(self, node: Aggregate) -> str:
        """Everything but the function. A placing by the source's own `time` is the same as none."""
        own_time = node.at is not None and node.at.path == (self._sources[node.source].time,)
        parts = (node.argument, node.where, None if own_time else node.at, *(node.alive or ()))
        texts = ";".join("" if part is None else self.text(part) for part in parts)
        flags = f"{node.distinct:d}{node.closing:d}{'' if node.fraction is None else node.fraction}"
        return f"[{node.source};{texts};{flags}]"


def content(core: Core) -> str:
    """A text that differs for any two formulas that a check might tell apart: with units, in the written order, no places."""
    match core:
        case Constant(value=value):
            return f"{_constant(value)}{unit_content(core.unit)}"
        case Reference(path=path):
            return f"@{'.'.join(path)}{unit_content(core.unit)}"
        case Apply(function=function, arguments=arguments):
            return f"{function}({','.join(map(content, arguments))}){unit_content(core.unit)}"
        case Aggregate():
            parts = (core.argument, core.where, core.at, *(core.alive or ()))
            texts = ";".join("" if part is None else content(part) for part in parts)
            flags = f"{core.distinct:d}{core.closing:d}{core.fraction}"
            return f"{core.function}[{core.source};{texts};{flags}]{unit_content(core.unit)}"
        case Gather(home=home, aggregate=aggregate, key=key, prefix=prefix):
            return f"gather[{_path(prefix)};{home};{_path(key)};{content(aggregate)}]"
        case Nearby():
            keys = ",".join(f"{content(own)}={content(there)}" for own, there in core.keys)
            rows = f"{content(core.argument)};{'' if core.where is None else content(core.where)}"
            return f"{core.function}[{_path(core.prefix)};{core.home};{core.source};{keys};{rows}]{unit_content(core.unit)}"


def unit_content(unit: Unit) -> str:
    """A text for a unit and the way it is shown."""
    powers = "*".join(f"{symbol}^{exponent}" for symbol, exponent in unit.powers)
    return f"{{{powers}{'%' if unit.percent else ''}}}"


def _path(names: tuple[str, ...]) -> str:
    return ".".join(names)


def _constant(value: object) -> str:
    return str(value) if isinstance(value, Fraction) else repr(value)
