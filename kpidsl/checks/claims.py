"""Claims of KPIs to proofs: shown by certificate with as few assumptions as will do, refuted by inputs, or open, and why."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from functools import partial

from msgspec.structs import replace

from kpidsl.algebra import certificates
from kpidsl.algebra.canonical import content, unit_content
from kpidsl.algebra.cases import Ground
from kpidsl.algebra.cells import Assumption, NotMore, NotNegative, OneEach
from kpidsl.algebra.certificates import Attempt, Certificate
from kpidsl.algebra.exact import Scalar, Sheet, defaults
from kpidsl.algebra.work import Limit
from kpidsl.catalog.catalog import Value
from kpidsl.catalog.core import Aggregate, Apply, Constant, Core, Reference, value_names, walk
from kpidsl.checks import proof_messages as messages
from kpidsl.checks.cache import content_hash
from kpidsl.checks.inspection import Inspection, formula_of
from kpidsl.checks.outcome import Answer
from kpidsl.checks.proof import Assumed, Claim, Proof, Seen, from_json, to_json
from kpidsl.checks.search import is_known, names_of, search
from kpidsl.documents import model

_ZERO, _ONE = Fraction(0), Fraction(1)
_STEPS = (Fraction(1), Fraction(10))
_MOST_ASSUMPTIONS = 4  # so many are tried to be left out
_GUARDING = frozenset({"coalesce", "is_missing"})

Ask = Callable[[Ground], tuple[Attempt, ...]]
See = Callable[[Sheet, Mapping[str, Scalar | None]], tuple[Fraction | None, ...] | None]


class Claims:
    """The claims of the KPIs of one inspection, each decided once."""

    def __init__(self, inspection: Inspection) -> None:
        self._inspection = inspection
        self._sources: str | None = None
        self._differences: dict[str, bool] = {}
        self._declared = defaults(inspection.catalog.values)

    def of(self, kpi: Value) -> Iterator[Proof]:
        """All claims of a KPI."""
        if self._inspection.prints.value(kpi.name) is None:  # it never has a value
            return
        if kpi.proportion is not None:
            yield self.share(kpi)
        yield from self.directions(kpi)
        yield self.defined(kpi)

    def share(self, kpi: Value) -> Proof:
        """That it lies within 0% to 100%."""

        def ask(known: Ground) -> tuple[Attempt, ...]:
            return certificates.at_least(kpi.core, _ZERO, known), certificates.at_most(kpi.core, _ONE, known)

        def see(sheet: Sheet, inputs: Mapping[str, Scalar | None]) -> tuple[Fraction | None, ...] | None:
            number = sheet.number(kpi.core)
            return (number,) if number is not None and not _ZERO <= number <= _ONE else None

        return self._decide(kpi, Claim.SHARE, "", ask, see)

    def is_by_several_dates(self, kpi: Value) -> bool:
        """Whether the rows that it counts are placed by more than one date."""
        nodes = [node for node in self._inspection.formulas.reachable([kpi.core]) if isinstance(node, Aggregate)]
        sources = self._inspection.catalog.sources
        return len({(node.source, node.at.name if node.at is not None else sources[node.source].time) for node in nodes}) > 1

    def never_above(self, kpi: Value, bound: Fraction) -> bool:
        """Whether it is proved that no value is above a bound."""
        return self._holds(kpi, "never above", bound, lambda known: certificates.at_most(kpi.core, bound, known))

    def never_below(self, kpi: Value, bound: Fraction) -> bool:
        """Whether it is proved that no value is below a bound."""
        return self._holds(kpi, "never below", bound, lambda known: certificates.at_least(kpi.core, bound, known))

    def _holds(self, kpi: Value, question: str, bound: Fraction, ask: Callable[[Ground], Attempt]) -> bool:
        key = content_hash(question, str(bound), self._hash(kpi))
        known = self._inspection.recalled(key)
        if not isinstance(known, bool):
            before = self._inspection.work.done
            known = ask(self._ground(kpi, None)).certificate is not None
            self._inspection.keep(key, known, before)
        return known

    def directions(self, kpi: Value) -> Iterator[Proof]:
        """That it does not rise with what is better lower, where higher is better."""
        if better_of(kpi) == "higher":
            for name in self._costs(kpi):
                yield self._direction(kpi, name)

    def _costs(self, kpi: Value) -> list[str]:
        values = self._inspection.catalog.values
        nodes = self._inspection.formulas.reachable([kpi.core])
        names = dict.fromkeys(node.name for node in nodes if isinstance(node, Reference))
        return [name for name in names if better_of(values[name]) == "lower"]

    def _direction(self, kpi: Value, name: str) -> Proof:
        cost = self._inspection.catalog.values[name]
        leaves = self._ground(kpi, None).leaves

        def ask(known: Ground) -> tuple[Attempt, ...]:
            positive = certificates.at_least(cost.core, _ZERO, known).certificate is not None
            return (certificates.never_falls(kpi.core, name, known, turned=True, positive=positive),)

        def see(sheet: Sheet, inputs: Mapping[str, Scalar | None]) -> tuple[Fraction | None, ...] | None:
            before, here = sheet.number(kpi.core), sheet.number(Reference((name,)))
            if before is None or here is None:
                return None
            for step in _STEPS:
                after = sheet.setting(name, here + step).number(kpi.core)
                if after is None or after <= before:
                    continue
                if is_known(_grown(inputs, cost.core, step, self._inspection), leaves):
                    return before, after, step
            return None

        return self._decide(kpi, Claim.DIRECTION, name, ask, see)

    def always_rises(self, kpi: Value, name: str) -> bool:
        """Whether it is proved that a KPI never falls with a value."""
        ask = partial(certificates.never_falls, kpi.core, name)
        return self._holds(kpi, f"never falls with {name}", _ZERO, ask)

    def defined(self, kpi: Value) -> Proof:
        """That it has a value for all inputs."""

        def ask(known: Ground) -> tuple[Attempt, ...]:
            return (certificates.always_defined(kpi.core, known),)

        def see(sheet: Sheet, inputs: Mapping[str, Scalar | None]) -> tuple[Fraction | None, ...] | None:
            return (None,) if sheet.number(kpi.core) is None else None

        return self._decide(kpi, Claim.DEFINED, "", ask, see)

    def cancelling(self, kpi: Value) -> tuple[Core, Seen] | None:
        """A divisor that is zero although none of the inputs is: a difference of things that are there."""
        divisors = [each for each in _divisors(kpi.core) if self._has_difference(each)]
        if not divisors:
            return None

        def see(sheet: Sheet, inputs: Mapping[str, Scalar | None]) -> int | None:
            if 0 in inputs.values() or sheet.number(kpi.core) is not None:
                return None
            return next((place for place, each in enumerate(divisors) if sheet.number(each) == 0), None)

        place = formula_of(kpi).excerpt
        found = search([(kpi.core, place)], self._inspection, see, self._ground(kpi, None).leaves, fixed=True)
        return None if found is None else (divisors[found.seen], Seen(found.inputs, (None,)))

    def _has_difference(self, core: Core) -> bool:
        """Whether it takes something from something else, itself or in a value that it names."""
        for reference in value_names(core):
            if reference.name not in self._differences:
                for name in self._inspection.formulas.unsettled(reference.name, self._differences):
                    self._differences[name] = self._differs(self._inspection.formulas.values[name].core)
        return self._differs(core)

    def _differs(self, core: Core) -> bool:
        if any(isinstance(node, Apply) and node.function == "negate" for node in walk(core)):
            return True
        return any(self._differences[reference.name] for reference in value_names(core))

    # Decisions

    def _decide(self, kpi: Value, claim: Claim, input: str, ask: Ask, see: See) -> Proof:
        key = content_hash("claim", claim.value, input, self._hash(kpi))
        known = None if self._inspection.fast else from_json(kpi.name, claim, input, self._inspection.recalled(key))
        if known is None:
            before = self._inspection.work.done
            known = self._decided(kpi, claim, input, ask, see)
            if self._inspection.work.is_used_up:  # whatever was found by then
                self._inspection.leave_open(formula_of(kpi).label())
                return Proof(kpi.name, claim, Answer.UNKNOWN, messages.why_unknown(Limit.PROJECT), input)
            if not self._inspection.fast:
                self._inspection.keep(key, to_json(known), before)
        return known

    def _decided(self, kpi: Value, claim: Claim, input: str, ask: Ask, see: See) -> Proof:
        known = self._ground(kpi, None)
        attempts = () if self._inspection.fast else ask(known)
        if attempts and all(each.certificate is not None for each in attempts):
            return self._proved(kpi, claim, input, ask)
        found = search([(kpi.core, formula_of(kpi).excerpt)], self._inspection, see, known.leaves, fixed=True)
        if found is not None:
            seen = Seen(found.inputs, found.seen)
            return Proof(kpi.name, claim, Answer.REFUTED, messages.why_refuted(claim, input, seen), input, seen=seen)
        limit = next((each.limit for each in attempts if each.limit is not None), Limit.SIGNS)
        return Proof(kpi.name, claim, Answer.UNKNOWN, messages.why_unknown(limit), input)

    def _proved(self, kpi: Value, claim: Claim, input: str, ask: Ask) -> Proof:
        """With as few assumptions as will do: each is left out if the proof stands without it."""
        leaves = self._ground(kpi, None).leaves.values()
        kept = frozenset(each for leaf in leaves for each in leaf.assumptions)
        for each in sorted(kept, key=repr) if len(kept) <= _MOST_ASSUMPTIONS else ():
            if _all_hold(ask(self._ground(kpi, kept - {each}))):
                kept = kept - {each}
        attempts = ask(self._ground(kpi, kept, {}))
        if not _all_hold(attempts):
            attempts = ask(self._ground(kpi, kept))
        parameters = sorted(frozenset().union(*(each.parameters for each in attempts)))
        assumed = (*(_assumed(each) for each in sorted(kept, key=repr)), *map(self._as_declared, parameters))
        shown = tuple(self._named(each.certificate, kpi) for each in attempts if each.certificate is not None)
        why = messages.why_proved(claim, input, [each.text for each in assumed])
        return Proof(kpi.name, claim, Answer.PROVED, why, input, assumed, shown)

    def _named(self, certificate: Certificate, kpi: Value) -> Certificate:
        """With the names that an analyst knows in the place of keys."""
        names = names_of([(kpi.core, formula_of(kpi).excerpt)], self._inspection)
        means = self._means(kpi.core)
        return replace(
            certificate, written=tuple((names.get(key, means.get(key, key)), text) for key, text in certificate.written)
        )

    def _means(self, core: Core) -> Mapping[str, str]:
        """What the sum and the count are called whose quotient a mean is."""
        keys = self._inspection.formulas.keys
        nodes = self._inspection.formulas.reachable([core])
        means = [keys.mean(node) for node in nodes if isinstance(node, Aggregate) and node.function == "avg"]
        return {key: messages.part_of_mean(key == above) for above, below in means for key in (above, below)}

    def _as_declared(self, name: str) -> Assumed:
        parameter = self._inspection.catalog.values[name]
        assert isinstance(parameter.core, Constant) and isinstance(parameter.core.value, Fraction)
        return Assumed(messages.as_declared(name, parameter.core.value, parameter.unit))

    def _ground(self, kpi: Value, assumed: frozenset[Assumption] | None, fixed: Mapping[str, Fraction] | None = None) -> Ground:
        """`fixed` are parameters with their values; None: all as they are declared."""
        catalog, formulas = self._inspection.catalog, self._inspection.formulas
        return certificates.ground([kpi.core], catalog, formulas, self._declared if fixed is None else fixed, assumed)

    def _hash(self, kpi: Value) -> str:
        """Of a KPI and of all that proofs read of sources and parameters."""
        if self._sources is None:
            self._sources = content_hash(*_read_by_proofs(self._inspection))
        return content_hash(self._inspection.hash_of_value(kpi.name), self._sources)


def better_of(value: Value) -> str:
    """Which way is good, as it is declared; empty if that is not said."""
    definition = value.definition
    if isinstance(definition, model.Parameter) or definition.better is None:
        return ""
    return definition.better.value


def _read_by_proofs(inspection: Inspection) -> Iterator[str]:
    catalog = inspection.catalog
    for source in catalog.sources.values():
        for column in source.columns.values():
            formula = "" if column.formula is None else content(column.formula)
            yield f"{source.name}.{column.name}:{unit_content(column.unit)}:{formula}"
        yield from (f"{source.name}>{link.name}>{link.target}:{link.match}:{link.valid}" for link in source.links.values())
    for dimension in catalog.dimensions.values():
        yield from (f"{dimension.name}:{source}:{path.name}" for source, path in dimension.paths.items())
    yield from (f"{value.name}:{better_of(value)}" for value in catalog.values.values() if better_of(value))


def _all_hold(attempts: tuple[Attempt, ...]) -> bool:
    return all(each.certificate is not None for each in attempts)


def _assumed(assumption: Assumption) -> Assumed:
    match assumption:
        case NotNegative(source, column):
            return Assumed(messages.not_negative(source, column), f"count({source} where {column} < 0)")
        case NotMore(source, column, than):
            return Assumed(messages.not_more(source, column, than), f"count({source} where {column} > {than})")
        case OneEach(source, reference):  # every reading of data looks at that
            return Assumed(messages.one_each(source, reference))


def _divisors(core: Core) -> Iterator[Core]:
    """What a formula divides by, but where it provides for a zero."""
    if isinstance(core, Apply) and core.function not in _GUARDING:
        if core.function == "divide":
            yield core.arguments[1]
        for argument in core.arguments:
            yield from _divisors(argument)


def _grown(
    inputs: Mapping[str, Scalar | None], core: Core, step: Fraction, inspection: Inspection
) -> Mapping[str, Scalar | None]:
    """The inputs after a value has grown, where it is one of them."""
    key = inspection.formulas.keys.of(core) if isinstance(core, Aggregate) else ""
    number = inputs.get(key)
    return {**inputs, key: number + step} if isinstance(number, Fraction) else inputs
