"""A scorecard to the Markdown of its receipts: in every cell the scores, their weights, and the mean that comes of them."""

from __future__ import annotations

from collections.abc import Iterator
from math import isnan

from kpidsl.markdown import code, escape
from kpidsl.render.results.view import key_text, word
from kpidsl.results.scorecards import Line, Scored


def show(card: Scored) -> str:
    """A section with a heading of the second level, and one of the third for each cell."""
    return "\n".join(_lines(card))


def _lines(card: Scored) -> Iterator[str]:
    yield f"## Receipts of the scorecard {escape(card.title or card.name)}\n"
    if not len(card.axis):
        yield "No cells.\n"
    for cell in range(len(card.axis)):
        keys = (f"{name} {key_text(column[cell])}" for name, column in card.axis.dimensions.items())
        yield f"### {escape(', '.join(filter(None, (card.name, card.axis.labels[cell], *keys))))}\n"
        yield f"- score: {_mean(card, cell)}"
        yield f"- has a score: {_share(card.scored[cell])} of the weight"
        yield f"- coverage: {_share(card.coverage[cell])} of the weight has a firm verdict\n"
        yield from (_line(line, cell) for line in card.lines)
        yield ""


def _mean(card: Scored, cell: int) -> str:
    """The score with the scores and weights that it comes of."""
    if isnan(card.values[cell]):
        return "none, as no KPI has one"
    parts = (f"{_share(line.weight)} * {_number(line.scores[cell])}" for line in card.lines if not isnan(line.scores[cell]))
    return code(f"({' + '.join(parts)}) / {_share(card.scored[cell])} = {_number(card.values[cell])}")


def _line(line: Line, cell: int) -> str:
    verdict = word(line.verdicts[cell]) or "not judged"
    score = f"score {_number(line.scores[cell])}" if not isnan(line.scores[cell]) else "no score"
    benchmark = line.figure.benchmarks[cell] if len(line.figure) else None
    by = f" by the benchmark {code(str(benchmark))}" if benchmark and not isnan(line.scores[cell]) else ""
    return f"- {code(line.name)}: weight {_share(line.weight)}, {score}{by}, {escape(verdict)}"


def _number(score: float) -> str:
    return f"{score:.6g}"


def _share(share: float) -> str:
    return f"{100 * share:.6g}%"
