"""Formulas written to exhaust a prover, each with a proof required: findings, in bounded work, and never an exception.

The budgets are counted in work, so an answer is the same on every machine; the ceiling on time is far above what is needed.
"""

from __future__ import annotations

import json
from pathlib import Path
from time import process_time

import pytest

import kpidsl
from kpidsl.algebra import work
from kpidsl.catalog.catalog import Catalog
from kpidsl.checks.check import claim_proofs

CEILING = 10.0  # seconds of one processor; each takes well below one on an idle machine
PROJECT = """
units: {currencies: [USD], entities: {lead: {}, won_lead: {subset_of: lead}}}
sources:
  leads:
    row: lead
    time: t
    columns: {t: date, n: number, m: number, ok: boolean, name: text}
parameters: {p: 10%%}
measures:
  leads: count(leads)
  won: {formula: count(leads where ok), unit: won_lead}
  n: {formula: sum(leads.n), unit: number, better: lower}
  m: sum(leads.m)
kpis:
  x: {formula: %s, better: higher, require: proved}
"""


def nested(depth: int) -> str:
    return "n + 1 / (" * depth + "m" + ")" * depth


def choices(number: int) -> str:
    return " + ".join(f"(if n > {index} * m then {index} else m - n)" for index in range(1, number))


HOSTILE = {
    "powers of powers": "9^9^9^9",
    "a power of a power": "((n + m + 1)^64)^64",
    "a large power": "(n + m + won / 1 lead + p + 1)^40",
    "nested fractions": nested(12),
    "many nested fractions": nested(25),
    "twelve fractions": " + ".join(f"n / (m + {index} * n + {index})" for index in range(1, 13)),
    "sixty of which the least": "least(" + ", ".join(f"n * {index} + m / {index}" for index in range(1, 61)) + ")",
    "sixty of which the greatest": "greatest(" + ", ".join(f"n / (m + {index})" for index in range(1, 61)) + ")",
    "least of greatest": "least(greatest(n, m), greatest(n * 2, m), greatest(n, m * 3), abs(n - m), abs(n - 2 * m)) / n",
    "absolute values": " * ".join(f"abs(n - {index} * m)" for index in range(1, 60)),
    "choices": choices(30),
    "choices in choices": "if n > m then " * 18 + "n" + " else m" * 18,
    "roots": " + ".join(f"sqrt(n + {index})" for index in range(60)),
    "rounded": " + ".join(f"round(n / (m + {index}))" for index in range(60)),
    "what may be missing": "coalesce(" + ", ".join(f"n / (m - {index})" for index in range(60)) + ")",
    "windows": " + ".join(f"previous(n, {index} months) / m" for index in range(1, 40)),
    "a thousand parentheses": "(" * 10_000 + "n" + ")" * 10_000,
    "ten thousand signs": "-" * 10_000 + "n",
    "code": "count(leads where name = \"__import__('os').abort()\") / leads",
    "code as a name": "__import__('os').abort()",
    "five megabytes": "n + " * 1_250_000 + "n",
}


@pytest.mark.parametrize("formula", HOSTILE.values(), ids=HOSTILE)
def test_it_ends_with_a_finding_or_is_decided(formula: str) -> None:
    started = process_time()
    catalog = kpidsl.load(texts={"a.yaml": PROJECT % json.dumps(formula)})
    found = kpidsl.check(catalog, cache=False)
    assert process_time() - started < CEILING
    assert found or "unknown" not in "".join(claims(catalog))
    assert claims(catalog) == claims(kpidsl.load(texts={"a.yaml": PROJECT % json.dumps(formula)}))


def claims(catalog: Catalog) -> list[str]:
    """The answers, which are the same each time."""
    if "x" not in catalog.values:
        return []
    return [f"{proof.claim.value} {proof.answer.value} {proof.why}" for proof in claim_proofs("x", catalog, cache=False)]


def test_a_long_chain_of_kpis_is_left_open() -> None:
    kpis = "".join(f"  y{index}: {{formula: y{index - 1} / (y{index - 1} + n)}}\n" for index in range(1, 2_000))
    text = PROJECT % "y1999" + "  y0: {formula: m / n}\n" + kpis
    found = kpidsl.check(kpidsl.load(texts={"a.yaml": text}), cache=False)
    unproved = [finding.headline for finding in found if finding.code == "unproved"]
    assert unproved and all("nested too deeply" in headline or "more inputs" in headline for headline in unproved)


def test_many_hard_formulas_share_the_work_of_a_project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(work, "STEPS", 0)
    kpis = "".join(f"  y{index}: {{formula: n * {index + 2} + {nested(10)}, require: proved}}\n" for index in range(12))
    catalog = kpidsl.load(texts={"a.yaml": PROJECT % "n / (m + 1)" + kpis})
    found = kpidsl.check(catalog, cache=tmp_path)
    assert [finding.code for finding in found].count("work-used-up") == 1
    open_ = [finding.headline for finding in found if "work for proofs of this project" in finding.headline]
    assert 1 < len(open_) < 14
    assert [*kpidsl.check(catalog, cache=tmp_path)] == [*found]  # what is kept is paid for, too
    assert [*kpidsl.check(catalog, cache=False)] == [*found]
