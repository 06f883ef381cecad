"""The engine for rows in databases: relations bound for a plan, surveyed and collected by statements in their dialect."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from datetime import datetime

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from kpidsl.catalog.core import Core, Type
from kpidsl.data.opened import Opened
from kpidsl.data.relations import Relation
from kpidsl.data.rows import Refused
from kpidsl.diagnostics import Diagnostic
from kpidsl.engines import messages as engine_messages
from kpidsl.engines.dialects.dialect import Unspeakable
from kpidsl.engines.dialects.listed import DIALECTS
from kpidsl.engines.keeping import Facts
from kpidsl.engines.period import Period
from kpidsl.engines.slots import Collected, Survey, Timeline
from kpidsl.engines.sql import messages
from kpidsl.engines.sql.adding import Infinite
from kpidsl.engines.sql.answers import Answer, read
from kpidsl.engines.sql.asking import Asked, asked
from kpidsl.engines.sql.checking import KINDS as CHECKED
from kpidsl.engines.sql.checking import Check, Found, checks_of, checks_text, number_checks, read_checks
from kpidsl.engines.sql.derived import Derived
from kpidsl.engines.sql.invented import invented
from kpidsl.engines.sql.jobs import Job, jobs_of
from kpidsl.engines.sql.noticing import KINDS as FLAGGED
from kpidsl.engines.sql.noticing import flags_of, flags_text, read_flags
from kpidsl.engines.sql.one_pass import OnePass, jobs_at_once, places_in
from kpidsl.engines.sql.sql import Lacking
from kpidsl.engines.sql.statement import Statement
from kpidsl.engines.sql.surveying import KINDS as SURVEYED
from kpidsl.engines.sql.surveying import Dated, covered, known_text, read_known, read_timelines, splits_a_day, survey_text
from kpidsl.engines.undefined import columns_in
from kpidsl.engines.uses import gathered_sources, links_used
from kpidsl.plan.nodes import Count, Distinct, Plan, Scan, Slot, cluster_of
from kpidsl.plan.schedule import Interval, Schedule, date_of, dates_to_survey

OUT_OF_MEMORY = "out-of-memory"
_DERIVE = Derived()


def lacks(plan: Plan, dialect: str) -> tuple[Diagnostic, ...]:
    """What of a plan a database cannot do, found by writing its statements."""
    return tuple(dict.fromkeys(finding for scan in plan.scans for finding in _lacking(plan, scan, dialect)))


def _lacking(plan: Plan, scan: Scan, dialect: str) -> Iterator[Diagnostic]:
    """All slots at once, and one by one only where something is lacking, to say all of it."""
    if list(_tried(plan, scan, scan.slots, dialect)):
        for name, slot in scan.slots.items():
            yield from _tried(plan, scan, {name: slot}, dialect)
        yield from _tried(plan, scan, {}, dialect)


def _tried(plan: Plan, scan: Scan, slots: Mapping[str, Slot], dialect: str) -> Iterator[Diagnostic]:
    """What is lacking for a statement with some slots of a scan."""
    interval = Interval(datetime(2000, 1, 1), datetime(2000, 2, 1), datetime(1999, 12, 1))
    period = Period(interval, plan.calendar, plan.question.every, None, plan.question.every)
    clusters = dict.fromkeys(map(cluster_of, slots.values())) or {None: None}
    parts = [{name: slot for name, slot in slots.items() if cluster_of(slot) == cluster} for cluster in clusters]
    jobs = [Job(scan, tuple(range(len(scan.dimensions))), part, (interval,), True, (period,)) for part in parts]
    try:
        asked(jobs, _statement(plan, invented(plan, dialect), dialect), _DERIVE)
    except Lacking as lacking:
        yield messages.lacking(DIALECTS[dialect].title, lacking.what, lacking.help)
    except Unspeakable as unspeakable:
        yield messages.unspeakable(DIALECTS[dialect].title, str(unspeakable))


def statements(plan: Plan, schedule: Schedule, dialect: str) -> str:
    """The statement that a database would be asked, for tables called like the sources; empty where nothing is asked."""
    at_once = jobs_at_once(plan, range(len(plan.scans)), DIALECTS[dialect])
    jobs: dict[Job, None] = {}
    for job, members in jobs_of(plan, schedule, range(len(schedule.collects))):
        scan = schedule.collects[members[0]].scan
        jobs[next((whole for number, whole in at_once if number == scan and places_in(whole, job) is not None), job)] = None
    sources = tuple(dict.fromkeys(job.scan.source for job in jobs if job.marks is not None))
    statement = _statement(plan, invented(plan, dialect), dialect)
    return asked(list(jobs), statement, _DERIVE, sources).text if jobs else ""


def _statement(plan: Plan, relations: Mapping[str, Relation], dialect: str) -> Statement:
    return Statement(plan.catalog, relations, DIALECTS[dialect], plan.as_of)


class _Written(Struct, eq=False):
    """What was asked last, to be asked again: jobs, and the one statement for them once it is written."""

    schedule: Schedule
    numbers: tuple[int, ...]
    jobs: list[tuple[Job, list[int]]]
    asked: Asked | None = None


class Stored:
    """Relations of one store, bound for a plan; what is wrong with their rows fails their sources.

    A database says what is wrong with rows, not which rows they are: where they can be looked at, `look` has all of it.
    """

    def __init__(
        self,
        plan: Plan,
        opened: Opened,
        look: Callable[[int], Sequence[Diagnostic] | None] = lambda rows: None,
        facts: Facts | None = None,
        close: Callable[[], None] = lambda: None,
    ) -> None:
        """`facts` are those that are known of the same relations; `close` is called when this is closed."""
        self.plan = plan
        self.close = close
        self._relations = opened.relations
        self._store = opened.store
        self._facts = facts or Facts(opened.store)
        self._look = look
        self._known: Mapping[str, bool] | None = None
        self._noticed = False
        self._undefined: dict[tuple[str, tuple[str, ...]], dict[str | None, int]] = {}
        self._looked = False
        self._written: _Written | None = None
        self._one_pass: OnePass | None = None
        self._too_large = False
        self.failed = opened.failed
        self.findings = opened.findings
        self._check()

    @property
    def notices(self) -> tuple[Diagnostic, ...]:
        """How many rows count as missing because something in them is undefined."""
        return tuple(
            engine_messages.undefined_rows(*key, [reason for reason in reasons if reason is not None], max(reasons.values()))
            for key, reasons in self._undefined.items()
        )

    def survey(self, plan: Plan, scans: Sequence[int]) -> Survey:
        """The dates of these scans, and of the sources that are watched; what can be is added up at once."""
        dated = dates_to_survey(plan, scans, self._relations.keys() - self.failed)
        timelines = self._add_up_at_once(plan, scans, dated)
        left = [each for each in dated if each not in timelines]
        timelines |= self._timelines(left, plan.as_of) if left else {}
        covers = {
            name: covered(relation, plan.as_of)
            for name, relation in self._relations.items()
            if relation.covers is not None and name not in self.failed
        }
        return Survey(timelines, covers)

    def _add_up_at_once(self, plan: Plan, scans: Sequence[int], dated: Sequence[Dated]) -> dict[Dated, Timeline]:
        """Ask for what is collected of some scans with their dates, unless the dates are known or there is no memory for it."""
        self._one_pass, self._too_large = None, False
        found = jobs_at_once(plan, scans, DIALECTS[self._store.dialect])
        jobs = [(number, job) for number, job in found if job.scan.source not in self.failed]
        if not jobs or tuple(dated) in self._facts.surveyed:
            return {}
        sources = tuple(dict.fromkeys(job.scan.source for _, job in jobs))
        question = asked([job for _, job in jobs], self._statement(), _DERIVE, sources)
        try:
            columns = self._store.run(question.text, question.kinds)
        except Refused as refused:
            if refused.diagnostic.code != OUT_OF_MEMORY:
                raise
            self._too_large = True
            return {}
        self._one_pass = one = OnePass(question, columns, [number for number, _ in jobs], sources)
        scanned = {number: (job.scan.source, date_of(job.scan.placement)) for number, job in jobs}
        return {(source, date): one.timeline(number) for number, (source, date) in scanned.items() if date is not None}

    def _timelines(self, dated: Sequence[Dated], as_of: datetime) -> dict[Dated, Timeline]:
        """Whatever the cut-off the same is asked, unless rows of its own day are on both sides of it."""
        self._facts.surveyed.add(tuple(dated))
        columns = self._facts.run(survey_text(dated, self._statement(), _DERIVE), SURVEYED)
        if splits_a_day(columns, as_of):
            columns = self._facts.run(survey_text(dated, self._statement(), _DERIVE, as_of), SURVEYED)
        return read_timelines(dated, columns, as_of)

    def collect(self, plan: Plan, schedule: Schedule, numbers: Sequence[int]) -> list[Collected]:
        """The answers to some Collects of the schedule, by one statement if the memory of the database allows."""
        written = self._written
        if written is None or written.schedule is not schedule or written.numbers != tuple(numbers):
            written = self._written = _Written(schedule, tuple(numbers), jobs_of(plan, schedule, numbers))
        answers: dict[int, Collected] = {}
        read_: set[tuple[str, str]] = set()
        infinite: set[tuple[str, str]] = set()
        for (job, members), answer in zip(written.jobs, self._all_answers(written), strict=True):
            for flag, count in answer.flags.items():
                if isinstance(flag, Infinite):
                    columns = {(job.scan.source, name) for name in flag.columns}
                    read_ |= columns
                    infinite |= columns if count else set()
                else:
                    self._note(job.scan.source, flag.core, flag.reason, count)
            for number in members:
                own = {name: answer.collected.slots[name] for name in schedule.collects[number].slots}
                answers[number] = replace(answer.collected, slots=own)
        self._note_others(plan, read_ - infinite)
        return [answers.get(number) or _nothing(schedule, number) for number in numbers]

    def _all_answers(self, written: _Written) -> list[Answer]:
        """What was added up with the dates is taken, all else is asked."""
        jobs = [job for job, _ in written.jobs]
        one, self._one_pass = self._one_pass, None
        if one is None:
            return self._answers(jobs, written)
        scans = [written.schedule.collects[members[0]].scan for _, members in written.jobs]
        ready = [one.answer(scan, job) for scan, job in zip(scans, jobs, strict=True)]
        anew = iter(self._answers([job for job, answer in zip(jobs, ready, strict=True) if answer is None]))
        return [next(anew) if answer is None else answer for answer in ready]

    def _rows(self) -> int:
        """How many rows the relations have together."""
        dialect = DIALECTS[self._store.dialect]
        counts = [f"(select count(*) from {dialect.table(relation.table)})" for relation in self._relations.values()]
        counted = self._facts.run(f"select {dialect.cast(' + '.join(counts) or '0', dialect.double)}", ("number",))
        return int(counted[0][0])

    def _answers(self, jobs: Sequence[Job], written: _Written | None = None) -> list[Answer]:
        """Where one statement needs too much memory, several do."""
        if not jobs:
            return []
        if self._too_large:
            self._too_large = False
            return self._in_parts(jobs)
        try:
            question = written.asked if written is not None and written.asked else asked(jobs, self._statement(), _DERIVE)
            if written is not None:
                written.asked = question
            columns = self._store.run(question.text, question.kinds)
            return read(question, columns)
        except Refused as refused:
            if refused.diagnostic.code != OUT_OF_MEMORY or (len(jobs) == 1 and jobs[0].halves() is None):
                raise
        return self._in_parts(jobs)

    def _in_parts(self, jobs: Sequence[Job]) -> list[Answer]:
        """One statement for each job; the pieces of a job need not be read together either."""
        halves = jobs[0].halves() if len(jobs) == 1 else None
        if halves is not None:
            low, high = (self._answers([half])[0] for half in halves)
            return [low.joined(high)]
        return [answer for job in jobs for answer in self._answers([job])]

    def _note(self, source: str, core: Core, reason: str | None, count: int) -> None:
        if count:
            reasons = self._undefined.setdefault((source, columns_in(core)), {})
            reasons[reason] = max(count, reasons.get(reason, 0))

    def _note_others(self, plan: Plan, clean: Set[tuple[str, str]]) -> None:
        """Count, once, what is undefined on rows that others gather, and infinite numbers but in columns known to be clean.

        The plan is that of the sources that can be used.
        """
        if self._noticed:
            return
        self._noticed = True
        statement = self._statement()
        suspected = [column for column in self._doubles() if column not in clean]
        self._tell(self._asked(number_checks(self.plan.catalog, suspected, statement, _DERIVE), statement))
        selects = flags_of(plan, statement, _DERIVE)
        if selects:
            columns = self._facts.run(flags_text(list(selects.values()), statement), FLAGGED)
            for flag, count in read_flags(list(selects), columns).items():
                self._note(flag.source, flag.core, flag.reason, count)

    def _statement(self) -> Statement:
        dialect = DIALECTS[self._store.dialect]
        return Statement(self.plan.catalog, self._relations, dialect, self.plan.as_of, self._observed)

    def _observed(self, source: str) -> bool:
        """Whether anything is known of a source whose rows are gathered."""
        relation = self._relations[source]
        if relation.covers is not None:
            return covered(relation, self.plan.as_of) is not None
        if self._known is None:
            self._known = self._find_known()
        return self._known.get(source, True)

    def _find_known(self) -> Mapping[str, bool]:
        catalog = self.plan.catalog
        wanted = [
            name
            for name in gathered_sources(self.plan)
            if name in self._relations and catalog.sources[name].time is not None and self._relations[name].covers is None
        ]
        if not wanted:
            return {}
        return read_known(wanted, self._facts.run(known_text(wanted, self._statement()), ("number", "number")))

    def _check(self) -> None:
        """What is wrong with keys, references and values, by one statement."""
        statement = self._statement()
        needs = [(name, columns & relation.columns.keys()) for name, relation, columns in self._needed()]
        catalog, here = self.plan.catalog, self._relations.keys()
        links = [use for use in links_used(self.plan) if {use[0], catalog.sources[use[0]].links[use[1]].target} <= here]
        checks = checks_of(catalog, needs, links, statement, _DERIVE)
        found = self._asked(checks, statement)
        self.failed |= {check.fails for check, _ in found if check.fails}
        self._tell([(check, answer) for check, answer in found if check.to not in self.failed])

    def _asked(self, checks: Sequence[Check], statement: Statement) -> list[tuple[Check, Found]]:
        if not checks:
            return []
        return list(read_checks(checks, self._facts.run(checks_text(checks, statement), CHECKED)))

    def _tell(self, found: Sequence[tuple[Check, Found]]) -> None:
        """Once the rows themselves were looked at all is told."""
        if not found or self._looked:
            return
        seen = self._look(self._rows())
        self._looked = seen is not None
        self.findings = (*self.findings, *(check.tell(answer) for check, answer in found)) if seen is None else tuple(seen)

    def _doubles(self) -> Iterator[tuple[str, str]]:
        """The columns that are needed and may hold infinite numbers."""
        for name, relation, columns in self._needed():
            for column in sorted(columns & relation.columns.keys()):
                number = self.plan.catalog.sources[name].columns[column].type is Type.NUMBER
                if number and relation.columns[column].may_be_infinite and name not in self.failed:
                    yield name, column

    def _needed(self) -> Iterator[tuple[str, Relation, frozenset[str]]]:
        for name, relation in self._relations.items():
            yield name, relation, self.plan.needs.get(name, frozenset())


def _nothing(schedule: Schedule, number: int) -> Collected:
    """The answer to a Collect of no time."""
    asked_ = schedule.collects[number]
    slots = {
        name: np.zeros(0, np.int64) if isinstance(slot, Count | Distinct) else np.zeros(0)
        for name, slot in asked_.slots.items()
    }
    return Collected(np.zeros(0, np.int64), tuple(np.empty(0, object) for _ in asked_.dimensions), slots, 0)
