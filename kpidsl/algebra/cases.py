"""Formulas case by case: one walk for each way in which its comparisons can turn out, with no choice left in the result.

A walk asks for the sign of a difference, or whether something is there; where that is open the walk breaks off and is made anew
for each answer, with the answer as a fact. Nothing is looked at that the formula would not look at, so a guard guards. Together
the cases cover all inputs for which the formula has a value; some of them may hold none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction

from msgspec import Struct, field
from msgspec.structs import replace

from kpidsl.algebra.cells import Leaf
from kpidsl.algebra.formulas import Formulas
from kpidsl.algebra.interpretation import parameter_key
from kpidsl.algebra.regions import ANY, NEGATIVE, NOT_NEGATIVE, NOT_POSITIVE, NOT_ZERO, POSITIVE, ZERO, Fact, Signs
from kpidsl.algebra.rings import Ratio, Ratios
from kpidsl.algebra.work import Limit, Undecided
from kpidsl.catalog.core import WINDOW_FUNCTIONS, Aggregate, Apply, Constant, Core, Reference, Type
from kpidsl.catalog.reading import constant_value

MOST_CASES = 64
_MOST_FACTS = 16  # in one case
_DEEPEST = 100
_MOST_STEPS = 20_000  # nodes looked at, over all cases
_STEPS_OF_NODE = 10  # as much as so many products of terms
_QUESTIONS: Mapping[str, tuple[Signs, bool]] = {
    "greater": (POSITIVE, True),
    "at_most": (POSITIVE, False),
    "less": (NEGATIVE, True),
    "at_least": (NEGATIVE, False),
    "equal": (ZERO, True),
}
_NEVER_NEGATIVE = frozenset({"exp", "sqrt"})
_KEEPING_SIGN = frozenset({"round", "floor", "ceil", "power"})
_PARTIAL: Mapping[str, Signs] = {"ln": POSITIVE, "sqrt": NOT_NEGATIVE}
_ADDING = frozenset({"count", "sum"})
_THERE = " is there"


class Ground(Struct, frozen=True):
    """What a proof stands on: what is known of the leaves, and the parameters that have a fixed value."""

    formulas: Formulas
    leaves: Mapping[str, Leaf]
    fixed: Mapping[str, Fraction]


class Answers(Struct):
    """The answers that one case gives."""

    signs: list[Fact] = field(default_factory=list)
    words: dict[str, bool] = field(default_factory=dict)


class _Open(Exception):
    """A question without an answer yet."""

    def __init__(self, *answers: Callable[[Answers], Answers]) -> None:
        self.answers = answers


class Walk(Struct):
    """One walk over a formula. `cut` are values that are not looked into but have an element of their own.

    `needs` are the signs that divisors, and arguments of `ln`, roots and powers, must have for there to be a value, but for
    those where none is asked for. `settled` are those of what this case says is there, which has a value.
    """

    ratios: Ratios
    ground: Ground
    answers: Answers
    cut: Mapping[str, Ratio] = field(default_factory=dict)
    needs: list[Fact] = field(default_factory=list)
    settled: list[Fact] = field(default_factory=list)
    used: set[str] = field(default_factory=set)
    steps: list[int] = field(default_factory=lambda: [_MOST_STEPS])
    _known: dict[str, Ratio | None] = field(default_factory=dict)
    _depth: int = 0
    _guarded: int = 0

    def value(self, core: Core) -> Ratio | None:
        """The element of a formula; None where it has no value in this case."""
        self.steps[0] -= 1
        self.ratios.all_work.pay(_STEPS_OF_NODE)
        if self._depth > _DEEPEST or self.steps[0] < 0:
            raise Undecided(Limit.CASES)
        self._depth += 1
        try:
            found = self._value(core)  # also where it is not there, for what it divides by
            return None if self._is_absent(core) else found
        finally:
            self._depth -= 1

    def _value(self, core: Core) -> Ratio | None:
        match core:
            case Constant(value=Fraction() as number):
                return self.ratios.constant(number)
            case Reference(path=(name,)):
                return self._named(name)
            case Aggregate():
                return self._aggregate(core)
            case Apply(function="if", arguments=(condition, yes, no)):
                truth = self.truth(condition)
                return None if truth is None else self.value(yes if truth else no)
            case Apply(function="coalesce", arguments=arguments):
                return self._first(arguments)
            case Apply(function=function) if function in WINDOW_FUNCTIONS:
                return self._window(core)
            case Apply(arguments=arguments) if all(each.type is Type.NUMBER for each in arguments):
                return self._strict(core)
            case _:
                return self._unknown(self._text(core))

    # Leaves

    def _named(self, name: str) -> Ratio | None:
        if name in self.cut:
            return self.cut[name]
        if name in self.ground.fixed:
            self.used.add(name)
            return self.ratios.constant(self.ground.fixed[name])
        if self.ground.formulas.is_parameter(name):
            return self._unknown(parameter_key(name))
        key = f"{name} {bool(self._guarded)}"  # what divides counts again where it is not guarded
        if key not in self._known:
            self._known[key] = self.value(self.ground.formulas.values[name].core)
        return self._known[key]

    def _aggregate(self, node: Aggregate) -> Ratio | None:
        keys = self.ground.formulas.keys
        if node.function != "avg":
            return self._leaf(keys.of(node))
        above, below = keys.mean(node)
        return self.ratios.divide(self._leaf(above), self._leaf(below))

    def _leaf(self, key: str) -> Ratio:
        cells = self.ground.leaves[key].cells
        return self.ratios.add([self.ratios.leaf(cell) for cell in cells]) if cells else self._unknown(key)

    def _unknown(self, key: str) -> Ratio:
        """Any number, as the difference of two that are not negative."""
        return self.ratios.add([self.ratios.leaf(f"{key} +"), self.ratios.negate(self.ratios.leaf(f"{key} -"))])

    def _window(self, core: Apply) -> Ratio | None:
        """Something of its own; but a total of what adds up is at least what it is the total of."""
        if not self.cut:
            core = self.ground.formulas.window(core)
        elif core.function != "previous" and self._cut_below(core):
            return self._window_on_cut(core)
        inner = core.arguments[0]
        key = self.ground.formulas.keys.text(core)
        node = self._aggregate_under(inner)
        cells = self.ground.leaves[self.ground.formulas.keys.of(node)].cells if node is not None else ()
        if not cells:
            return self._unknown(key)
        if core.function != "total":
            return self.ratios.leaf(key)
        rest = self.ratios.leaf(f"{key} rest")
        return self.ratios.add([self.ratios.leaf(cell) for cell in cells] + [rest])

    def _window_on_cut(self, core: Apply) -> Ratio | None:
        """A window that takes in the period or cell at hand moves with a value that is cut: a sum by as much as the value."""
        inner = core.arguments[0]
        is_sum = isinstance(inner, Reference) and _adds_up(self.ground.formulas.values[inner.name].core)
        if core.function == "average" or not isinstance(inner, Reference) or inner.name not in self.cut or not is_sum:
            return self._unknown(self._text(core))
        return self.ratios.add([self.cut[inner.name], self._unknown(f"{self.ground.formulas.keys.text(core)} rest")])

    def _cut_below(self, core: Core) -> list[str]:
        """The values below a formula that are cut."""
        nodes = self.ground.formulas.reachable([core])
        below = {node.name for node in nodes if isinstance(node, Reference)}
        return [name for name in self.cut if name in below]

    def _aggregate_under(self, core: Core) -> Aggregate | None:
        while isinstance(core, Reference) and core.name not in self.cut and not self.ground.formulas.is_parameter(core.name):
            core = self.ground.formulas.values[core.name].core
        return core if isinstance(core, Aggregate) and core.function in _ADDING else None

    # Functions

    def _strict(self, core: Apply) -> Ratio | None:
        parts: list[Ratio] = []
        for argument in core.arguments:
            element = self.value(argument)
            if element is None:
                return None
            parts.append(element)
        return self._apply(core, parts)

    def _apply(self, core: Apply, parts: list[Ratio]) -> Ratio | None:
        match core.function:
            case "add":
                return self.ratios.add(parts)
            case "negate":
                return self.ratios.negate(parts[0])
            case "multiply":
                return self.ratios.multiply(parts)
            case "divide":
                self._need(parts[1], NOT_ZERO)
                return self.ratios.divide(parts[0], parts[1])
            case "power":
                return self._power(core, parts)
            case "least" | "greatest" as word:
                return self._extreme(parts, word == "least")
            case "abs":
                return parts[0] if self._is(parts[0], NOT_NEGATIVE) else self.ratios.negate(parts[0])
            case _:
                return self._opaque(core, parts)

    def _need(self, element: Ratio, signs: Signs) -> None:
        if not self._guarded:
            self.needs.append(Fact(element, signs))

    def _power(self, core: Apply, parts: list[Ratio]) -> Ratio | None:
        exponent = constant_value(core.arguments[1])
        if exponent is None or exponent.denominator != 1:
            self._need(parts[0], NOT_NEGATIVE if exponent is not None and exponent > 0 else POSITIVE)
            return self._opaque(core, parts)
        if exponent < 0:
            self._need(parts[0], NOT_ZERO)
        return self.ratios.power(parts[0], exponent.numerator)

    def _extreme(self, parts: Sequence[Ratio], least: bool) -> Ratio:
        best = parts[0]
        for part in parts[1:]:
            difference = self.ratios.add([part, self.ratios.negate(best)])
            if not self._is(difference, NOT_NEGATIVE if least else NOT_POSITIVE):
                best = part
        return best

    def _opaque(self, core: Apply, parts: list[Ratio]) -> Ratio:
        """A function of which only the sign is known."""
        function = core.function
        if function in _PARTIAL:
            self._need(parts[0], _PARTIAL[function])
        keeps = function in _KEEPING_SIGN and self._is(parts[0], NOT_NEGATIVE)
        if function in _NEVER_NEGATIVE or keeps:
            return self.ratios.opaque(function, parts)
        above, below = (self.ratios.opaque(f"{function} {sign}", parts) for sign in "+-")
        return self.ratios.add([above, self.ratios.negate(below)])

    def _first(self, arguments: Sequence[Core]) -> Ratio | None:
        """`coalesce`: nothing is known of the inputs for which an argument has no value."""
        for argument in arguments[:-1]:
            self._guarded += 1
            try:
                element = self.value(argument)
            finally:
                self._guarded -= 1
            if element is not None and self._is_there(argument):
                return element
        return self.value(arguments[-1])

    # Conditions

    def truth(self, core: Core) -> bool | None:
        """Whether a condition holds; None where it has no value in this case."""
        match core:
            case Constant(value=bool() as truth):
                return truth
            case Apply(function="not", arguments=(inner,)):
                found = self.truth(inner)
                return None if found is None else not found
            case Apply(function="and" | "or" as word, arguments=arguments):
                return self._joined(arguments, word == "or")
            case Apply(function="is_missing", arguments=(item,)):
                return not self._is_there(item)
            case Apply(function=function, arguments=(left, right)) if function in _QUESTIONS and left.type is Type.NUMBER:
                signs, sought = _QUESTIONS[function]
                difference = self._difference(left, right)
                return None if difference is None else self._is(difference, signs) == sought
            case Apply(function="in", arguments=(item, *options)) if item.type is Type.NUMBER:
                differences = [self._difference(item, option) for option in options]
                return any(each is not None and self._is(each, ZERO) for each in differences)
            case _:
                return self._word(self._text(core))

    def _joined(self, arguments: Sequence[Core], deciding: bool) -> bool | None:
        whole = True
        for argument in arguments:
            found = self.truth(argument)
            if found is deciding:
                return deciding
            whole = whole and found is not None
        return not deciding if whole else None

    def _difference(self, left: Core, right: Core) -> Ratio | None:
        one, other = self.value(left), self.value(right)
        return None if one is None or other is None else self.ratios.add([one, self.ratios.negate(other)])

    def _is_there(self, core: Core) -> bool:
        """Whether a formula has a value; where it has, all is as it needs; a parameter always has one."""
        if isinstance(core, Constant) or (isinstance(core, Reference) and self.ground.formulas.is_parameter(core.name)):
            return True
        is_there = self._word(_there(self._text(core)))
        if is_there and core.type is Type.NUMBER:
            probe = replace(self, needs=[], _known={}, _guarded=0)
            probe.value(core)
            self.settled.extend(probe.needs)
        return is_there

    def _is_absent(self, core: Core) -> bool:
        """Whether this case says that a formula has no value."""
        absent = {key for key, answer in self.answers.words.items() if not answer and key.endswith(_THERE)}
        return bool(absent) and not isinstance(core, Constant) and _there(self._text(core)) in absent

    def has_settled(self, need: Fact) -> bool:
        """Whether something that is there needs the same; of a divisor also of a multiple of it."""
        return any(
            self.ratios.proportional(each.element, need.element)
            if need.signs == NOT_ZERO and 0 not in each.signs
            else each.signs <= need.signs and self.ratios.same(each.element, need.element)
            for each in self.settled
        )

    # Questions

    def _text(self, core: Core) -> str:
        """What a formula is known by; another text for each element that a value below it is cut to."""
        text = self.ground.formulas.keys.text(core)
        if not self.cut:
            return text
        return " ".join([text, *(str(self.cut[name].mark) for name in self._cut_below(core))])

    def _word(self, key: str) -> bool:
        if key not in self.answers.words:
            raise _Open(*(_with_word(key, truth) for truth in (True, False)))
        return self.answers.words[key]

    def _is(self, element: Ratio, signs: Signs) -> bool:
        """Whether an element has one of some signs."""
        if element.above.is_ground and element.below.is_ground:
            number = self.ratios.fraction(element.above.LC) / self.ratios.fraction(element.below.LC) if element.above else 0
            return (number > 0) - (number < 0) in signs
        place, known, turned = self._known_signs(element)
        wanted = frozenset(-sign for sign in signs) if turned else signs
        if known <= wanted:
            return True
        if not known & wanted:
            return False
        if place is None and len(self.answers.signs) == _MOST_FACTS:
            raise Undecided(Limit.CASES)
        base = self.answers.signs[place].element if place is not None else element
        raise _Open(*(_with_sign(place, Fact(base, each)) for each in (known & wanted, known - wanted)))

    def _known_signs(self, element: Ratio) -> tuple[int | None, Signs, bool]:
        """Where an element, or its negative, stands among the answers, with its signs there."""
        negative = self.ratios.negate(element)
        for place, fact in enumerate(self.answers.signs):
            for each, turned in ((element, False), (negative, True)):
                if self.ratios.same(fact.element, each):
                    return place, fact.signs, turned
        return None, ANY, False


def _adds_up(core: Core) -> bool:
    """Whether the value of a longer period, or of more cells, is the sum of those in it."""
    is_state = isinstance(core, Aggregate) and (core.alive is not None or core.closing)
    return isinstance(core, Aggregate) and core.function in _ADDING and not core.distinct and not is_state


def _there(text: str) -> str:
    return f"{text}{_THERE}"


def _with_word(key: str, truth: bool) -> Callable[[Answers], Answers]:
    return lambda answers: Answers(answers.signs, {**answers.words, key: truth})


def _with_sign(place: int | None, fact: Fact) -> Callable[[Answers], Answers]:
    def answered(answers: Answers) -> Answers:
        signs = [*answers.signs, fact] if place is None else [*answers.signs]
        if place is not None:
            signs[place] = fact
        return Answers(signs, answers.words)

    return answered


def cases(ratios: Ratios, ground: Ground, ask: Callable[[Walk], Ratio | None]) -> Iterator[tuple[Walk, Ratio | None]]:
    """The walks for all cases, each with what `ask` comes to in it; Undecided where there are too many."""
    pending, steps, found = [Answers()], [_MOST_STEPS], 0
    while pending:
        answers = pending.pop()
        walk = Walk(ratios, ground, answers, steps=steps)
        try:
            element = ask(walk)
        except _Open as question:
            pending.extend(answer(answers) for answer in reversed(question.answers))
            continue
        found += 1
        if found > MOST_CASES:
            raise Undecided(Limit.CASES)
        yield walk, element
