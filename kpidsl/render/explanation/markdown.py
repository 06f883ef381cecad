"""An explanation as Markdown, for catalogues and wikis."""

from __future__ import annotations

from collections.abc import Iterator

from kpidsl.markdown import code, escape
from kpidsl.render.explanation.explanation import FOLDED, Explanation, Use, folded


def show(explanation: Explanation, color: bool = False, width: int | None = None) -> str:
    """A section with a heading of the second level."""
    parts = [f"## {escape(explanation.title or explanation.name)}", escape(explanation.description)]
    parts.append("\n".join(_facts(explanation)))
    if len(explanation.uses) > 1:
        uses = folded(explanation.uses)
        parts.append("\n".join(["Made of", "", *(_use(use) for use in uses)]))
        parts.append(f"({FOLDED})" if len(uses) < len(explanation.uses) else "")
    if explanation.examples:
        lines = (f"- {_given(each.given)} gives {code(each.expect)}" for each in explanation.examples)
        parts.append("\n".join(["Examples", "", *lines]))
    if explanation.identities:
        lines = (f"- {code(each.text)}{f': {each.answer}' if each.answer else ''}" for each in explanation.identities)
        parts.append("\n".join(["Identities", "", *lines]))
    if explanation.latex:
        parts.append(f"$$\n{explanation.latex}\n$$")
    if explanation.proofs:
        parts.append("\n".join(["Proofs", "", *_proofs(explanation)]))
    return "\n\n".join(part for part in parts if part) + "\n"


def _proofs(explanation: Explanation) -> Iterator[str]:
    for proof in explanation.proofs:
        yield f"- {escape(proof.claim)}: {proof.answer} ({escape(proof.why)})"
        yield from (f"  - {code(line)}" for line in proof.certificate)


def _facts(explanation: Explanation) -> Iterator[str]:
    yield f"- {explanation.kind} {code(explanation.name)} in {escape(explanation.unit)}"
    yield f"- formula: {code(explanation.formula)}"
    for benchmark in explanation.benchmarks:
        source = f" ({escape(benchmark.source)})" if benchmark.source else ""
        yield f"- {escape(benchmark.name)}: {escape(benchmark.range)}{source}"
    for label, text in explanation.facts:
        yield f"- {label}: {escape(text)}"
    if explanation.dimensions:
        yield f"- group by: {', '.join(code(name) for name in explanation.dimensions)}"


def _use(use: Use) -> str:
    text = "as above" if use.again else escape(use.text) if use.kind == "source" else code(use.text)
    return f"{'  ' * use.depth}- {code(use.name)}, {escape(use.kind)}: {text}"


def _given(given: tuple[tuple[str, str], ...]) -> str:
    return ", ".join(code(f"{name} = {amount}") for name, amount in given)
