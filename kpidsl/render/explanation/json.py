"""An explanation for programs: `explanation` of grammar/result.schema.json."""

from __future__ import annotations

from kpidsl.render.explanation.explanation import Explanation
from kpidsl.render.json_text import json_text


def show(explanation: Explanation, color: bool = False, width: int | None = None) -> str:
    """One JSON document; `uses` lists the lineage from the top, each step with its depth; proofs are there if asked for."""
    document: dict[str, object] = {
        "kind": "explanation",
        "version": 1,
        "name": explanation.name,
        "of": explanation.kind,
        "title": explanation.title,
        "description": explanation.description,
        "formula": explanation.formula,
        "unit": explanation.unit,
        "facts": dict(explanation.facts),
        "benchmarks": [{"name": each.name, "range": each.range, "source": each.source} for each in explanation.benchmarks],
        "uses": [
            {"name": use.name, "kind": use.kind, "unit": use.unit, "is": use.text, "depth": use.depth, "again": use.again}
            for use in explanation.uses
        ],
        "dimensions": list(explanation.dimensions),
        "examples": [{"given": dict(each.given), "expect": each.expect} for each in explanation.examples],
        "identities": [
            {"name": each.name, "claim": each.text, "answer": each.answer or None, "why": each.why}
            for each in explanation.identities
        ],
    }
    if explanation.latex:
        document["latex"] = explanation.latex
        document["proofs"] = [
            {
                "claim": each.claim,
                "answer": each.answer,
                "why": each.why,
                "assumptions": list(each.assumptions),
                "certificate": list(each.certificate),
            }
            for each in explanation.proofs
        ]
    return json_text(document)
