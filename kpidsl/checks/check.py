"""A catalog to findings about what it claims: units derived twice, identities, meanings, benchmarks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from kpidsl.catalog.catalog import Catalog, Kind
from kpidsl.checks import identities
from kpidsl.checks.benchmarks import benchmark_ranges, never_asked
from kpidsl.checks.cache import folder_of
from kpidsl.checks.completeness import complete_definitions
from kpidsl.checks.constants import always_undefined, constant_formulas
from kpidsl.checks.growth import benchmark_periods
from kpidsl.checks.hundredths import shares_are_fractions
from kpidsl.checks.identities import identities_hold
from kpidsl.checks.inspection import Inspection
from kpidsl.checks.meanings import same_meanings
from kpidsl.checks.outcome import Outcome
from kpidsl.checks.percents import percents_are_fractions
from kpidsl.checks.proof import Assumed, Claim, Proof
from kpidsl.checks.proven import benchmarks_in_reach, claims_hold, proofs_of, work_suffices
from kpidsl.checks.shadows import shadowed_names
from kpidsl.checks.tests import tests_name_what_there_is
from kpidsl.checks.units import units_agree
from kpidsl.checks.unused import unused_names
from kpidsl.checks.zones import measured_for_this, zones_follow
from kpidsl.diagnostics import Diagnostic, Diagnostics

Rule = Callable[[Inspection], Iterable[Diagnostic]]

RULES: tuple[Rule, ...] = (
    units_agree,
    identities_hold,
    same_meanings,
    constant_formulas,
    always_undefined,
    benchmark_ranges,
    zones_follow,
    measured_for_this,
    never_asked,
    benchmark_periods,
    benchmarks_in_reach,
    claims_hold,
    percents_are_fractions,
    shares_are_fractions,
    tests_name_what_there_is,
    shadowed_names,
    unused_names,
    complete_definitions,
    work_suffices,
)


def check(catalog: Catalog, *, fast: bool = False, cache: Path | bool | None = True) -> tuple[Diagnostic, ...]:
    """What the rules find in a catalog, in the order of its files; the catalog's own findings are not repeated.

    `fast` leaves out sympy: units are not derived again and nothing is proved. `cache` is the folder that keeps what was found
    out before, or whether the user's own does.
    """
    return inspect(catalog, fast=fast, cache=cache)[0]


def inspect(
    catalog: Catalog, *, fast: bool = False, cache: Path | bool | None = True, part: bool = False
) -> tuple[tuple[Diagnostic, ...], Inspection]:
    """As `check`, with what was worked out on the way. Of a `part` of a project the cache forgets nothing."""
    inspection = Inspection(catalog, fast=fast, folder=folder_of(cache))
    found = Diagnostics(finding for rule in RULES for finding in rule(inspection))
    inspection.cache.save(keep_old=part)
    return tuple(found), inspection


def identity_outcomes(catalog: Catalog, *, cache: Path | bool | None = True) -> tuple[Outcome, ...]:
    """What is known about each identity of a catalog, in order: proved, refuted or open, and why."""
    inspection = Inspection(catalog, folder=folder_of(cache))
    found = identities.outcomes(inspection)
    inspection.cache.save(keep_old=True)
    return found


def claim_proofs(name: str, catalog: Catalog, *, cache: Path | bool | None = True) -> tuple[Proof, ...]:
    """What is known about each claim of a KPI: its range, its directions, where it has a value. Other values claim nothing."""
    value = catalog.values[name]
    if value.kind is not Kind.KPI:
        return ()
    inspection = Inspection(catalog, folder=folder_of(cache))
    found = proofs_of(inspection, value)
    inspection.cache.save(keep_old=True)
    return found


def assumptions(catalog: Catalog, *, cache: Path | bool | None = True) -> Mapping[Assumed, tuple[str, ...]]:
    """What the proofs of shares and directions assume, each with the KPIs for which it does."""
    inspection = Inspection(catalog, folder=folder_of(cache))
    found: dict[Assumed, tuple[str, ...]] = {}
    for kpi in catalog.kpis():
        proofs = (proof for proof in proofs_of(inspection, kpi) if proof.claim is not Claim.DEFINED)
        for assumed in dict.fromkeys(each for proof in proofs for each in proof.assumptions):
            found[assumed] = (*found.get(assumed, ()), kpi.name)
    inspection.cache.save(keep_old=True)
    return found
