"""A value of a catalog to all that there is to say of its definition."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from msgspec import Struct
from msgspec.structs import replace

from kpidsl.algebra.certificates import Certificate
from kpidsl.algebra.printing import latex
from kpidsl.catalog.catalog import Benchmark, Catalog, Column, Example, Identity, Source, Value
from kpidsl.catalog.core import Aggregate, Core, Gather, Nearby, Reference, aggregates, children, value_names, walk
from kpidsl.catalog.inline import inlined
from kpidsl.checks.inspection import formula_of
from kpidsl.checks.outcome import Outcome
from kpidsl.checks.proof import Claim as KpiClaim
from kpidsl.checks.proof import Proof
from kpidsl.checks.proof_messages import claim
from kpidsl.documents import model
from kpidsl.documents.benchmark_words import benchmark_words, source_words
from kpidsl.language.printer import print_tree
from kpidsl.plan.build import values_under
from kpidsl.render.listing import formula
from kpidsl.units.unit import show

_MANY = 12
FOLDED = "what is used repeatedly is shown where it stands first"
Prove = Callable[[Catalog], Sequence[Outcome]]
Examine = Callable[[str, Catalog], Sequence[Proof]]
_SIGNS = {"lower": "lower is better", "higher": "higher is better", "inside": "inside its range is best", "none": "for context"}


class Use(Struct, frozen=True):
    """A step of the lineage: a value with its formula, or a source, `depth` steps below what is explained.

    `last` says for each step down to here whether it is the last one of its branch; `again` that its own steps stand above.
    """

    name: str
    kind: str
    unit: str
    text: str
    last: tuple[bool, ...]
    again: bool = False

    @property
    def depth(self) -> int:
        return len(self.last)


class Claim(Struct, frozen=True):
    """An identity that speaks of the value, with the checker's answer; empty where it was not asked."""

    name: str
    text: str
    answer: str
    why: str


class Proven(Struct, frozen=True):
    """A claim of a KPI, with the checker's answer, what it assumes of the data, and the lines of its certificates."""

    claim: str
    answer: str
    why: str
    assumptions: tuple[str, ...]
    certificate: tuple[str, ...]


class Range(Struct, frozen=True):
    name: str
    range: str
    source: str


class Given(Struct, frozen=True):
    """An example: plain numbers in, the value or the verdict out."""

    given: tuple[tuple[str, str], ...]
    expect: str


class Explanation(Struct, frozen=True):
    """`facts` are short ones by their label, in the order in which they are shown; empty ones are left out."""

    name: str
    kind: str
    title: str
    description: str
    formula: str
    unit: str
    facts: tuple[tuple[str, str], ...]
    benchmarks: tuple[Range, ...]
    uses: tuple[Use, ...]
    dimensions: tuple[str, ...]
    examples: tuple[Given, ...]
    identities: tuple[Claim, ...]
    latex: str = ""
    proofs: tuple[Proven, ...] = ()


def explain(name: str, catalog: Catalog, prove: Prove | None = None, examine: Examine | None = None) -> Explanation:
    """What is known of a measure, parameter or KPI; identities are only decided where there is something to `prove` them.

    With something to `examine` claims the formula is there as LaTeX, too, and each claim with its proof.
    """
    value = catalog.values[name]
    definition = value.definition
    kpi = definition if isinstance(definition, model.Kpi) else None
    return Explanation(
        name,
        value.kind.value,
        "" if isinstance(definition, model.Parameter) else definition.title,
        " ".join(definition.description.split()),
        formula(value),
        show(value.unit),
        tuple(
            (label, text)
            for label, text in (*(_facts(kpi, catalog) if kpi else ()), ("inferred", _inferred(name, catalog)))
            if text
        ),
        tuple(_range(benchmark) for benchmark in value.benchmarks),
        tuple(_uses(value, catalog)),
        _dimensions(name, catalog),
        tuple(_given(example) for example in catalog.examples if example.kpi == name),
        tuple(_claims(name, catalog, prove)),
        _latex(value) if examine else "",
        tuple(_proven(proof) for proof in examine(name, catalog)) if examine else (),
    )


def folded(uses: Sequence[Use]) -> tuple[Use, ...]:
    """The lineage as people are shown it: where it ends in many leaves, each of them only where it stands first."""
    leaves = [_is_leaf(use, after) for use, after in zip(uses, [*uses[1:], None], strict=True)]
    if leaves.count(True) <= _MANY:
        return tuple(uses)
    first: dict[tuple[str, str], int] = {}
    for place, use in enumerate(uses):
        first.setdefault((use.kind, use.name), place)
    kept = [use for place, use in enumerate(uses) if not leaves[place] or first[use.kind, use.name] == place]
    return tuple(replace(use, last=_lasts(use.depth, kept[place + 1 :])) for place, use in enumerate(kept))


def _is_leaf(use: Use, after: Use | None) -> bool:
    return not use.again and (after is None or after.depth <= use.depth)


def _lasts(depth: int, below: Sequence[Use]) -> tuple[bool, ...]:
    """For each step down to a depth whether its branch ends before the lines below come back to it."""
    backs = (next((use.depth for use in below if use.depth <= step), 0) for step in range(1, depth + 1))
    return tuple(back < step for step, back in enumerate(backs, start=1))


def _facts(kpi: model.Kpi, catalog: Catalog) -> Iterator[tuple[str, str]]:
    yield "better", _SIGNS.get(kpi.better.value, "") if kpi.better else ""
    yield "levels", ", ".join(f"{number} {level.value}" for number, level in enumerate(kpi.levels, start=1))
    weights = {card.name: card.weights.get(kpi.name.value) for card in catalog.scorecards.values()}
    yield (
        "scorecards",
        ", ".join(f"{name} {float(100 * weight):.4g}%" for name, weight in weights.items() if weight is not None),
    )
    yield "area", ", ".join(filter(None, (kpi.area, kpi.role)))
    yield "owner", kpi.owner
    yield "tags", ", ".join(kpi.tags)
    yield "cite", "; ".join(kpi.cite)


def _inferred(name: str, catalog: Catalog) -> str:
    """The columns and parameters below a value whose units nobody declared, with what their uses say."""
    values = [catalog.values[each] for each in values_under(name, catalog.values)]
    found = {each.name: each.unit for each in values if each.unit_from is not None}
    for source, column in _columns([node for value in values for node in aggregates(value.core)], catalog):
        if column.unit_from is not None:
            found[f"{source}.{column.name}"] = column.unit
    return "; ".join(f"{each} is in {show(unit)}" for each, unit in found.items())


def _columns(nodes: Sequence[Aggregate], catalog: Catalog) -> Iterator[tuple[str, Column]]:
    """The columns that aggregates read, with their sources, and those that derived ones among them are made of, each once."""
    seen: set[tuple[str, str]] = set()
    stack: list[tuple[str, Core]] = [(node.source, node) for node in reversed(nodes)]
    while stack:
        source, node = stack.pop()
        match node:
            case Reference(path=path):
                *_, (owner, name) = catalog.steps(source, path)
                column = catalog.sources[owner].columns[name]
                if (owner, name) not in seen:
                    seen.add((owner, name))
                    yield owner, column
                    stack.extend([(owner, column.formula)] if column.formula is not None else [])
            case Gather(aggregate=aggregate):
                stack.append((aggregate.source, aggregate))
            case Nearby(source=other, argument=argument, where=where):
                stack.extend((other, part) for part in (where, argument) if part is not None)
            case _:
                stack.extend((source, child) for child in reversed(children(node)))


def _range(benchmark: Benchmark) -> Range:
    return Range(benchmark.name, benchmark_words(benchmark.definition), source_words(benchmark.definition))


def _uses(top: Value, catalog: Catalog) -> Iterator[Use]:
    """The value, then everything that it uses, each value's own steps only where it stands first."""
    seen: set[str] = set()
    stack: list[tuple[Value | Source, tuple[bool, ...]]] = [(top, ())]
    while stack:
        each, last = stack.pop()
        if isinstance(each, Source):
            yield Use(each.name, "source", each.row or "", each.definition.description if each.definition else "", last)
            continue
        below = _below(each, catalog)
        again = each.name in seen and bool(below)
        yield Use(each.name, each.kind.value, show(each.unit), formula(each), last, again)
        seen.add(each.name)
        if not again:
            stack.extend((part, (*last, number == 0)) for number, part in enumerate(reversed(below)))


def _below(value: Value, catalog: Catalog) -> list[Value | Source]:
    """What the formula of a value names: values, then sources, each once."""
    names = dict.fromkeys(part.name for part in value_names(value.core))
    sources = dict.fromkeys(source for node in aggregates(value.core) for source in _read_by(node, catalog))
    return [*(catalog.values[name] for name in names if name in catalog.values), *(catalog.sources[name] for name in sources)]


def _read_by(node: Aggregate, catalog: Catalog) -> Iterator[str]:
    """The source of an aggregate, then those from whose rows its derived columns are made."""
    yield node.source
    for part in _nodes(node, catalog):
        match part:
            case Gather(aggregate=aggregate):
                yield from _read_by(aggregate, catalog)
            case Nearby(source=source):
                yield source
            case _:
                pass


def _nodes(node: Aggregate, catalog: Catalog) -> Iterator[Core]:
    """The nodes in an aggregate; of a derived column that stands there by its name those of its formula too."""
    for part in walk(node):
        yield part
        written = inlined(part, node.source, catalog.sources) if isinstance(part, Reference) else part
        yield from walk(written) if written is not part else ()


def _dimensions(name: str, catalog: Catalog) -> tuple[str, ...]:
    """The dimensions that every source of the value leads to."""
    used = (catalog.values[each] for each in values_under(name, catalog.values))
    sources = {node.source for value in used for node in aggregates(value.core)}
    return tuple(each for each, dimension in catalog.dimensions.items() if sources and sources <= set(dimension.paths))


def _given(example: Example) -> Given:
    written = example.definition
    given = ((name, formula.text) for name, (_, formula) in written.given.items())
    verdict = written.verdict.value if written.verdict else ""
    expect = "undefined" if written.undefined else written.expect.text if written.expect else ""
    return Given(tuple(given), ", ".join(filter(None, (expect, verdict))))


def _claims(name: str, catalog: Catalog, prove: Prove | None) -> Iterator[Claim]:
    about = [identity for identity in catalog.identities if _mentions(identity, name)]
    outcomes = {outcome.identity: outcome for outcome in prove(catalog)} if prove and about else {}
    for identity in about:
        outcome, tree = outcomes.get(identity.name), identity.definition.claim.tree
        answer, why = (outcome.kind.value, outcome.why) if outcome else ("", "")
        yield Claim(identity.name, "" if tree is None else print_tree(tree), answer, why)


def _latex(value: Value) -> str:
    excerpt = formula_of(value).excerpt

    def words(core: Core) -> str:
        """What is no arithmetic as it is written."""
        return core.name if isinstance(core, Reference) else " ".join(excerpt.text[core.span.start : core.span.end].split())

    return latex(value.core, words)


def _proven(proof: Proof) -> Proven:
    lines = tuple(line for place, each in enumerate(proof.certificates) for line in _certificate(proof, place, each))
    assumptions = tuple(each.text for each in proof.assumptions)
    return Proven(claim(proof.claim, proof.input), proof.answer.value, proof.why, assumptions, lines)


_SUBJECTS = {
    KpiClaim.SHARE: ("the value", "1 − the value"),
    KpiClaim.DIRECTION: ("the value before − the value after the step",),
    KpiClaim.DEFINED: ("what is divided by",),
}


def _certificate(proof: Proof, place: int, certificate: Certificate) -> Iterator[str]:
    """How the inputs are written, once; then what is shown in each case."""
    if place == 0 and certificate.written:
        yield ", ".join(f"{name} = {letters}" for name, letters in certificate.written) + "; no letter is below 0"
    subject = _SUBJECTS[proof.claim][place]
    for case in certificate.cases:
        where = f"where {', '.join(case.where)}: " if case.where else ""
        put = f"with {', '.join(case.put)} " if case.put else ""
        shown = ", ".join(case.shown) or "nothing"
        yield f"{where}{put}{subject} is {shown}"


def _mentions(identity: Identity, name: str) -> bool:
    return any(part.name == name for side in (identity.left, identity.right) for part in value_names(side))
