"""An explanation for people: what a value means, what it is made of, and what is known about it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from textwrap import wrap

from kpidsl.render.explanation.explanation import FOLDED, Claim, Explanation, Given, Proven, Use, folded
from kpidsl.render.paint import Paint, Role, colours, plain
from kpidsl.render.tables import text as tables
from kpidsl.render.tables.table import Entry, Head, Table
from kpidsl.visible import visible

_LABEL = 11
_ANSWERS = {"proved": Role.GOOD, "refuted": Role.BAD, "unknown": Role.OPEN}
_USES = (Head("uses"), Head("kind", spare=3), Head("unit", spare=2), Head("is", folds=True, spare=1))


def show(explanation: Explanation, color: bool = False, width: int | None = None) -> str:
    """The explanation, folded into the `width` of a terminal if there is one."""
    paint = colours() if color else plain
    parts = ["\n".join(_head(explanation, paint, width)), "\n".join(_facts(explanation, paint))]
    if len(explanation.uses) > 1:
        parts.append(_lineage(explanation.uses, color, width))
    for title, lines in (("examples", _examples(explanation.examples)), ("identities", _claims(explanation.identities, paint))):
        if listed := [f"  {line}" for line in lines]:
            parts.append("\n".join([paint(Role.QUIET, title), *listed]))
    if explanation.latex:
        parts.append(f"{paint(Role.QUIET, 'LaTeX')}\n  {visible(explanation.latex)}")
    if explanation.proofs:
        parts.append("\n".join([paint(Role.QUIET, "proofs"), *_proofs(explanation.proofs, paint)]))
    return "\n\n".join(parts) + "\n"


def _head(explanation: Explanation, paint: Paint, width: int | None) -> Iterator[str]:
    name = visible(explanation.name)
    title = f"{paint(Role.TITLE, visible(explanation.title))} ({name})" if explanation.title else paint(Role.TITLE, name)
    yield title + paint(Role.QUIET, f", {explanation.kind}")
    if text := visible(explanation.description):
        yield from [text] if width is None else wrap(text, width)


def _facts(explanation: Explanation, paint: Paint) -> Iterator[str]:
    yield _line("formula", visible(explanation.formula), paint)
    yield _line("unit", explanation.unit, paint)
    for benchmark in explanation.benchmarks:
        source = paint(Role.QUIET, f"   {visible(benchmark.source)}") if benchmark.source else ""
        yield _line(visible(benchmark.name), visible(benchmark.range) + source, paint)
    for label, text in explanation.facts:
        yield _line(label, visible(text), paint)
    if explanation.dimensions:
        yield _line("group by", ", ".join(explanation.dimensions), paint)


def _line(label: str, text: str, paint: Paint) -> str:
    return f"  {paint(Role.QUIET, f'{label:<{_LABEL}}')}{text}"


def _lineage(uses: Sequence[Use], color: bool, width: int | None) -> str:
    shown = folded(uses)
    note = "\n" + (colours() if color else plain)(Role.QUIET, f"({FOLDED})") if len(shown) < len(uses) else ""
    return tables.show(Table.of(_USES, (_use(use) for use in shown[1:])), color, width).rstrip("\n") + note


def _use(use: Use) -> Iterable[Entry]:
    """A line of the tree; what is explained stands above all of it and has none."""
    sign = "" if use.depth == 1 else "└─ " if use.last[-1] else "├─ "
    branches = "".join("   " if last else "│  " for last in use.last[1:-1])
    text = "as above" if use.again else use.text
    return Entry(branches + sign + use.name), Entry(use.kind, Role.QUIET), Entry(use.unit, Role.QUIET), Entry(text)


def _examples(examples: Iterable[Given]) -> Iterator[str]:
    for example in examples:
        given = ", ".join(f"{name} = {amount}" for name, amount in example.given)
        yield visible(f"{given} gives {example.expect}")


def _proofs(proofs: Iterable[Proven], paint: Paint) -> Iterator[str]:
    for proof in proofs:
        answer = paint(_ANSWERS[proof.answer], proof.answer)
        yield f"  {visible(proof.claim)}   {answer}" + paint(Role.QUIET, f" ({visible(proof.why)})")
        yield from (f"    {visible(line)}" for line in proof.certificate)


def _claims(claims: Iterable[Claim], paint: Paint) -> Iterator[str]:
    for claim in claims:
        answer = paint(_ANSWERS[claim.answer], claim.answer) if claim.answer else ""
        why = paint(Role.QUIET, f" ({visible(claim.why)})") if claim.why else ""
        yield f"{visible(claim.text)}" + (f"   {answer}{why}" if answer else "")
