"""Which engine answers a question, and why: what is in a database is added up there, what is here by pandas or DuckDB.

Rows in memory are added up by pandas while they are few, for which it needs the least time. DuckDB takes large frames, and
files, of which it reads only what is needed; frames with texts as objects of Python later, because reading those takes it
longer than pandas needs for everything. What it lacks pandas does.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct, field

from kpidsl.data.given import Given, Place, Unusable
from kpidsl.data.limits import Limits
from kpidsl.data.messages import source_not_bound
from kpidsl.data.places import HERE, TITLES, Site, described, has_python_texts, rows_in_memory, site_of
from kpidsl.diagnostics import Diagnostic
from kpidsl.engines import choice_messages as messages
from kpidsl.engines.engine import Engine
from kpidsl.engines.keeping import Keep
from kpidsl.engines.pandas import Pandas
from kpidsl.engines.several import Part, Several
from kpidsl.plan.build import names_in, sources_together
from kpidsl.plan.nodes import Plan

ENGINES = ("auto", "pandas", *TITLES)
FEW, FEW_WITH_TEXTS = 50_000, 200_000


class Choice(Struct, frozen=True, eq=False):
    """The engine of a question and the reason for it in words; None, for what `findings` say, where there is none.

    `failed` are sources that are nowhere; `failures` says of values why they cannot be computed where their sources are.
    """

    engine: Engine | None
    reason: str = ""
    failed: frozenset[str] = frozenset()
    failures: Mapping[str, str] = field(default_factory=dict)
    findings: tuple[Diagnostic, ...] = ()


def choose(name: str, plan: Plan, given: Mapping[str, Given], limits: Limits, keep: Keep) -> Choice:
    """The engine that is asked for by `name`, or the one that fits (`auto`); it leaves what it opens in `keep`."""
    if name not in ENGINES:
        return Choice(None, findings=(messages.unknown_engine(str(name), ENGINES),))
    places = {
        source: given[source].place
        for source in plan.needs
        if source in given and not isinstance(given[source].place, Unusable)
    }
    wrong = _out_of_reach(name, places)
    if wrong:
        return Choice(None, findings=wrong)
    failures, apart = _apart(plan, places)
    if not failures.keys().isdisjoint(names_in(plan.question.having)):
        return Choice(None, findings=apart)
    parts, reasons, lacks = _parts(name, plan, {source: given[source] for source in places}, limits, keep)
    if lacks:
        return Choice(None, findings=lacks)
    engine = parts[0].engine if len(parts) == 1 else Several(parts)
    return Choice(
        engine, "; ".join(reasons), frozenset(plan.needs) - frozenset(places), failures, (*_absent(plan, given), *apart)
    )


def _absent(plan: Plan, given: Mapping[str, Given]) -> tuple[Diagnostic, ...]:
    """That nothing is given for sources; what is called otherwise may have been meant."""
    spare = [each for each in given if each not in plan.catalog.sources]
    return tuple(source_not_bound(source, spare or tuple(given)) for source in plan.needs if source not in given)


def _out_of_reach(name: str, places: Mapping[str, Place]) -> tuple[Diagnostic, ...]:
    """Sources that an engine asked for by name cannot read."""
    if name == "auto":
        return ()
    return tuple(
        messages.engine_out_of_reach(name, source, described(place), TITLES.get(site_of(place).kind, "DuckDB"))
        for source, place in places.items()
        if name not in _able(site_of(place))
    )


def _able(site: Site) -> tuple[str, ...]:
    """The engines that can read what is on a site."""
    return ("pandas", "duckdb") if site == HERE else (site.kind,)


def _apart(plan: Plan, places: Mapping[str, Place]) -> tuple[dict[str, str], tuple[Diagnostic, ...]]:
    """Values with an aggregate whose rows lie in several places, and what there is to say about it."""
    sites = {source: site_of(place) for source, place in places.items()}
    failures: dict[str, str] = {}
    found: list[Diagnostic] = []
    for value in (*plan.question.values, *names_in(plan.question.having)) if len(set(sites.values())) > 1 else ():
        for together in sources_together(value, plan):
            present = sorted(together & sites.keys())
            if value not in failures and len({sites[source] for source in present}) > 1:
                failures[value] = messages.apart(present)
                found.append(messages.sources_apart(value, {source: described(places[source]) for source in present}))
    return failures, tuple(found)


def _parts(
    name: str, plan: Plan, given: Mapping[str, Given], limits: Limits, keep: Keep
) -> tuple[list[Part], list[str], tuple[Diagnostic, ...]]:
    """An engine for each site, why it is that one, and what those lack that cannot be done without."""
    parts: list[Part] = []
    reasons: list[str] = []
    lacks: list[Diagnostic] = []
    sites = {source: site_of(each.place) for source, each in given.items()}
    for site in dict.fromkeys(sites.values()) or [HERE]:
        own = {source: each for source, each in given.items() if sites[source] == site}
        engine, reason, lacking = _here(name, plan, own, limits, keep) if site == HERE else _there(site, plan, limits)
        lacks.extend(lacking)
        parts.append(Part(engine, frozenset(own)))
        reasons.append("asked for" if name != "auto" else reason)
    return parts, list(dict.fromkeys(reasons)), tuple(dict.fromkeys(lacks))


def _here(
    name: str, plan: Plan, given: Mapping[str, Given], limits: Limits, keep: Keep
) -> tuple[Engine, str, tuple[Diagnostic, ...]]:
    known = [keep.rows(source, each) for source, each in given.items()] if name == "auto" else []
    texts = any(has_python_texts(each.place) for each in given.values())
    most = max(keep.worth, FEW_WITH_TEXTS if texts else FEW)
    inside = None not in known
    few = inside and sum(count or 0 for count in known) <= most
    if name == "pandas" or (name == "auto" and few):
        files = any(rows_in_memory(each.place) is None for each in given.values())
        return Pandas(keep.shelf), _few(most, files=files, texts=texts), ()
    from kpidsl.engines.stored import Local

    engine = Local(limits, keep.openings)
    lacks = engine.lacks(plan)
    if name == "auto" and lacks:
        return Pandas(keep.shelf), f"DuckDB lacks something: {lacks[0].headline}", ()
    return engine, "more rows than are few" if inside else "the rows are in files", lacks


def _few(most: int, *, files: bool, texts: bool) -> str:
    if most > FEW_WITH_TEXTS:
        return f"up to {most:,} rows, kept in memory"
    if files:
        return "small files, kept in memory"
    return f"up to {most:,} rows in memory{' with texts as objects of Python' if texts else ''}"


def _there(site: Site, plan: Plan, limits: Limits) -> tuple[Engine, str, tuple[Diagnostic, ...]]:
    from kpidsl.engines.stored import Database

    engine = Database(site.kind, limits)
    return engine, f"the rows are in {TITLES[site.kind]}", engine.lacks(plan)
