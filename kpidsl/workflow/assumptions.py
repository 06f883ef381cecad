"""What proofs assume, looked at on data: a catalog and its data in, a finding for each assumption that is false there out.

An assumption about rows is a count of those for which it is false; one of an identity is two formulas that must come to the
same value in each month.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import isclose, isnan

from msgspec import Struct

from kpidsl import pipeline
from kpidsl.catalog.catalog import Catalog, Identity
from kpidsl.checks.check import assumptions, identity_outcomes
from kpidsl.checks.outcome import Answer
from kpidsl.diagnostics import Diagnostic
from kpidsl.documents.model import Formula
from kpidsl.errors import KpidslError
from kpidsl.language.tree import Claim
from kpidsl.periods.grain import Grain
from kpidsl.workflow import messages

_CLOSE = 1e-9


class _Equation(Struct, frozen=True):
    """Two formulas, as they are written, that a proved identity takes to be equal."""

    identity: Identity
    given: Formula[Claim]
    left: str
    right: str


def false_assumptions(catalog: Catalog, data: pipeline.Data) -> tuple[Diagnostic, ...]:
    """`assumption-false`, for what can be computed from the data; nothing where a question fails for other reasons."""
    return (*_of_rows(catalog, data), *_of_values(catalog, data))


def _of_rows(catalog: Catalog, data: pipeline.Data) -> Iterator[Diagnostic]:
    assumed = {each: kpis for each, kpis in assumptions(catalog).items() if each.count}
    found = _ask([each.count for each in assumed], catalog, data, None)
    for each, kpis in assumed.items():
        for _, rows in found.get(each.count, ()):
            if rows > 0:
                yield messages.false_of_rows(each.text, int(rows), kpis)


def _of_values(catalog: Catalog, data: pipeline.Data) -> Iterator[Diagnostic]:
    equations = list(_equations(catalog))
    found = _ask([side for each in equations for side in (each.left, each.right)], catalog, data, Grain.MONTH)
    for each in equations:
        pairs = list(zip(found.get(each.left, ()), found.get(each.right, ()), strict=False))
        apart = [(month, left, right) for (month, left), (_, right) in pairs if not _is_close(left, right)]
        if apart:
            sides = each.left, each.right
            yield messages.false_of_values(each.given.label(), sides, apart[0], (len(apart), len(pairs)), each.identity.name)


def _is_close(left: float, right: float) -> bool:
    """Whether two values are equal, or one of them is not there."""
    return isnan(left) or isnan(right) or isclose(left, right, rel_tol=_CLOSE)


def _equations(catalog: Catalog) -> Iterator[_Equation]:
    for identity, outcome in zip(catalog.identities, identity_outcomes(catalog), strict=True):
        for given in identity.definition.given if outcome.kind is Answer.PROVED else ():
            if given.tree is not None and _words(given.text) in outcome.assumptions:
                sides = (given.text[side.span.start : side.span.end] for side in (given.tree.left, given.tree.right))
                yield _Equation(identity, given, *map(_words, sides))


def _words(text: str) -> str:
    return " ".join(text.split())


def _ask(
    texts: Iterable[str], catalog: Catalog, data: pipeline.Data, every: Grain | None
) -> Mapping[str, Sequence[tuple[str, float]]]:
    """The values of formulas with the labels of their periods; none for what cannot be asked."""
    names = {text: f"assumed_{place}" for place, text in enumerate(dict.fromkeys(texts))}
    try:
        asked = [f"{text} as {name}" for text, name in names.items()]
        frame = pipeline.evaluate(catalog, asked, data=data, every=every).frame if names else None
    except KpidslError:
        return {}
    if frame is None:
        return {}
    rows = {name: frame[frame["kpi"] == name] for name in names.values()}
    return {
        text: list(zip(rows[name]["period"], rows[name]["value"].astype(float), strict=True)) for text, name in names.items()
    }
