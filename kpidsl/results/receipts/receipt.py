"""A receipt: how one value of one cell came about, so that somebody else can follow it without the program.

Every field is plain data. `to_dict` has the same names; what is the same for all cells of a value stands in `About`.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

Plain = str | float | int | bool | None


class Taken(Struct, frozen=True):
    """A value in one time, half-open; `shown` is it as people read it, `rows` what stands behind an aggregate."""

    start: str | None
    end: str | None
    value: Plain
    shown: str
    status: str
    reason: str = ""
    rows: int | None = None


class Input(Struct, frozen=True):
    """An aggregate: as a formula says it, in words, and what it is in each time for which it is taken."""

    formula: str
    words: str
    source: str
    filter: str
    dated_by: str
    unit: str
    taken: tuple[Taken, ...]


class Step(Struct, frozen=True):
    """A name, or a window, of the formula: what it says, with values for its names, and what comes out.

    `frames` are the windows within which it is taken, the outermost first; `given` says that the question set it. `expanded`
    is what a formula is short for. `inside` is what a window looks at. `substituted` is empty where it is taken several times.
    """

    name: str
    kind: str
    unit: str
    given: bool
    frames: tuple[str, ...]
    formula: str
    expanded: str
    substituted: str
    taken: tuple[Taken, ...]
    inside: tuple[Taken, ...]
    inputs: tuple[Input, ...]


class Judged(Struct, frozen=True):
    """A benchmark in the cell; without a verdict where it is for other periods than those asked for, and if it is of a process.

    `low` and `high` are the bounds that held here, `held` says them in words where `range` does not: those of a plan or an
    earlier value, the limits of a process. `chances` are the probabilities of lying below, within and above them, `needed` is
    how many rows a firm verdict takes, `zone` the zone that holds the whole interval; `why` says why it is not applicable, and
    of a process its state.
    """

    name: str
    range: str
    held: str
    low: float | None
    high: float | None
    verdict: str | None
    decided: bool
    chances: tuple[float, float, float] | None
    needed: int | None
    zone: str
    why: str
    severity: str
    every: str
    cite: str
    vintage: str
    population: str
    observations: int | None


class Expected(Struct, frozen=True):
    """What a value will come to, with its 90% interval: a cohort when it is mature, a period when it is over.

    `verdict` is that of the pace, `shown` says all of it in words.
    """

    value: float | None
    low: float | None
    high: float | None
    verdict: str
    shown: str


class SourceRead(Struct, frozen=True):
    """The rows of a source by a date, as they were surveyed: the first and the last before `as_of`, how many have no date.

    `covers` is the half-open time for which the data are said to be complete.
    """

    source: str
    dated_by: str
    first: str | None
    last: str | None
    rows: int | None
    undated: int | None
    covers: tuple[str, str] | None


class Parameter(Struct, frozen=True):
    """A parameter below the value; `default` is what the definition says where the question set another."""

    name: str
    value: Plain
    shown: str
    unit: str
    overridden: bool
    default: str


class Asked(Struct, frozen=True):
    """The question in the words of the language; `given` are the plain numbers of one without data."""

    by: tuple[str, ...]
    every: str | None
    start: str | None
    end: str | None
    where: str
    having: str
    cells: str
    given: Mapping[str, Plain]


class About(Struct, frozen=True):
    """What the receipts of all cells of one value share; `failure` says why it could not be evaluated, and is empty else."""

    kpi: str
    of: str
    title: str
    unit: str
    percent: bool
    better: str
    formula: str
    definition_hash: str
    ask: Asked
    as_of: str | None
    calendar: Mapping[str, str]
    parameters: tuple[Parameter, ...]
    sources: tuple[SourceRead, ...]
    engine: str
    kpidsl: str
    failure: str


class Receipt(Struct, frozen=True):
    """How a value in a cell came about. `row` is what the result's table says of the cell, KPI, unit and dimensions aside."""

    about: About
    dimensions: Mapping[str, Plain]
    end: str | None
    shown: str
    interval: str
    row: Mapping[str, Plain]
    benchmarks: tuple[Judged, ...]
    steps: tuple[Step, ...]
    projection: Expected | None = None
    landing: Expected | None = None

    @property
    def kpi(self) -> str:
        return self.about.kpi

    @property
    def period(self) -> str:
        return str(self.row["period"])

    @property
    def value(self) -> Plain:
        """The value in its unit, a percent as a fraction; None where there is none."""
        return self.row["value"]

    @property
    def status(self) -> str:
        return str(self.row["status"])

    @property
    def verdict(self) -> str | None:
        verdict = self.row["verdict"]
        return None if verdict is None else str(verdict)

    @property
    def reason(self) -> str:
        """Why the verdict, or the lack of a value, is what it is."""
        return str(self.row["reason"])

    @property
    def definition_hash(self) -> str:
        return self.about.definition_hash

    @property
    def text(self) -> str:
        """The receipt for a person, with a line break at its end."""
        from kpidsl.results.receipts.text import show

        return show(self)

    @property
    def markdown(self) -> str:
        """The receipt as Markdown, with a heading of the third level."""
        from kpidsl.results.receipts.markdown import show

        return show(self)

    def cell(self) -> dict[str, object]:
        """What is about this cell only, as data for JSON."""
        period, start, *rest = self.row.items()
        own = {"dimensions": dict(self.dimensions), **dict((period, start)), "end": self.end, **dict(rest)}
        shown = {"shown": self.shown, "interval": self.interval}
        expected = {"projection": plain(self.projection), "landing": plain(self.landing)}
        return {**own, **shown, **expected, "benchmarks": plain(self.benchmarks), "steps": plain(self.steps)}

    def to_dict(self) -> dict[str, object]:
        """The receipt as data for JSON."""
        return {**about(self), **self.cell()}


def about(receipt: Receipt) -> dict[str, object]:
    """What a receipt shares with those of the other cells, as data for JSON."""
    return {each: plain(getattr(receipt.about, each)) for each in receipt.about.__struct_fields__}


def plain(item: object) -> object:
    """Parts of a receipt as data for JSON."""
    if isinstance(item, Struct):
        return {each: plain(getattr(item, each)) for each in item.__struct_fields__}
    if isinstance(item, Mapping):
        return {name: plain(each) for name, each in item.items()}
    return [plain(each) for each in item] if isinstance(item, tuple) else item
