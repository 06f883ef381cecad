"""Definitions as they were written: decoded and immutable, names not yet resolved."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from enum import Enum
from fractions import Fraction
from typing import Generic, TypeVar

from msgspec import Struct, field

from kpidsl.diagnostics import Label
from kpidsl.documents.rules import Rules
from kpidsl.language.tree import Budget, Claim, Name, Quantity, Range, Tree, UnitTree
from kpidsl.periods.calendar import Calendar
from kpidsl.text import Excerpt, File, Span
from kpidsl.values import ByContent

T = TypeVar("T")


class Absent(Enum):
    """What an expected row may say in place of a value, besides None for `missing`."""

    UNDEFINED = "undefined"


Scalar = str | bool | int | Fraction | date | datetime | Absent | None


class Written(ByContent, Generic[T], frozen=True, gc=False):
    """A value and the place where it was written."""

    aside = ("file", "span")

    value: T
    file: File
    span: Span

    def label(self, text: str = "") -> Label:
        return Label(self.file, self.span, text)


class Formula(ByContent, Generic[T], frozen=True):
    """An expression of the language: its text with its place, and its tree; None where it did not parse, which was reported."""

    aside = ("excerpt",)

    excerpt: Excerpt
    tree: T | None

    @property
    def text(self) -> str:
        return self.excerpt.text

    def label(self, span: Span | None = None, text: str = "") -> Label:
        """A label at a span of the formula's own text, or at the whole of it."""
        excerpt = self.excerpt
        return Label(excerpt.file, excerpt.span(Span(0, len(excerpt.text)) if span is None else span), text)


class Project(Struct, frozen=True):
    name: str = ""
    calendar: Calendar = field(default_factory=Calendar)
    rules: Rules = field(default_factory=Rules)


class Entity(Struct, frozen=True):
    """A thing that is counted; each is a unit."""

    name: Written[str]
    subset_of: Written[str] | None = None
    description: str = ""


class Column(Struct, frozen=True):
    """A column of a source: typed data, or derived by a formula; `column` is its name in the data where that differs."""

    name: Written[str]
    type: Written[str] | None = None
    unit: Formula[UnitTree] | None = None
    values: tuple[Written[str], ...] | None = None
    references: Written[str] | None = None
    formula: Formula[Tree] | None = None
    column: str | None = None
    description: str = ""


class SourceReference(Struct, frozen=True):
    """A way from each row of a source to at most one of another: `match` pairs own columns with columns there.

    With `valid`, two columns there, the row is that whose half-open time holds the date of the own row. Where something is
    missing, which was reported, `source` or `match` is empty.
    """

    name: Written[str]
    source: Written[str]
    match: tuple[tuple[Written[str], Written[str]], ...]
    valid: tuple[Written[str], Written[str]] | None = None
    description: str = ""


class Source(Struct, frozen=True):
    """Rows of one kind; with `every` each stands for such a period as a whole.

    Its last row is at most `fresh_within` old, and its rows come at most so much `late_by`.
    """

    name: Written[str]
    row: Written[str] | None = None
    key: tuple[Written[str], ...] = ()
    time: Written[str] | None = None
    columns: tuple[Column, ...] = ()
    description: str = ""
    references: tuple[SourceReference, ...] = ()
    every: Written[str] | None = None
    fresh_within: Formula[Quantity] | None = None
    late_by: Formula[Quantity] | None = None


class Dimension(Struct, frozen=True):
    """What results may be grouped by: one path for each source that it serves, `leads.channel` or `deals.lead.channel`."""

    name: Written[str]
    paths: tuple[Formula[Name], ...] = ()
    description: str = ""


class Parameter(Struct, frozen=True):
    name: Written[str]
    value: Formula[Tree]
    unit: Formula[UnitTree] | None = None
    description: str = ""


class Measure(Struct, frozen=True):
    name: Written[str]
    formula: Formula[Tree]
    unit: Formula[UnitTree] | None = None
    title: str = ""
    description: str = ""
    better: Written[str] | None = None


class Published(Struct, frozen=True):
    """A figure of a table: a range, or an average."""

    range: Formula[Range] | None = None
    average: Formula[Tree] | None = None

    @property
    def formula(self) -> Formula[Range] | Formula[Tree]:
        found = self.range or self.average
        assert found is not None
        return found


class BenchmarkTable(Struct, frozen=True):
    """Published figures by segment and column."""

    name: Written[str]
    rows: Mapping[str, tuple[Written[str], Mapping[str, tuple[Written[str], Published]]]] = field(default_factory=dict)
    description: str = ""
    cite: str = ""
    vintage: str = ""
    population: str = ""


class Segment(Struct, frozen=True):
    """The part of the business that something is for: values of dimensions; the whole where it names none."""

    place: Written[str]
    values: tuple[tuple[Written[str], tuple[Written[Scalar], ...]], ...] = ()


class Target(Struct, frozen=True):
    """What is to be reached by a day, and the path there: from `start` on the `first` day through the points of `path`."""

    reach: Formula[Tree]
    deadline: Written[Scalar] | None = None
    start: Formula[Tree] | None = None
    first: Written[Scalar] | None = None
    path: tuple[tuple[Written[Scalar], Formula[Tree]], ...] = ()

    @property
    def formulas(self) -> tuple[Formula[Tree], ...]:
        return (self.reach, *((self.start,) if self.start else ()), *(point for _, point in self.path))


class Benchmark(Struct, frozen=True):
    """What a value is held against, in one of several kinds (`range`, `zones`, `average` and so on); and for whom.

    With `every` it is only for values over such a period, with `segment` only for those of a part, with `valid` only for
    periods from the one day to before the other. `hold` and `release` are what `for` and `clear` say, `astray` is a key of the
    path to a target where there is no target.
    """

    name: Written[str]
    range: Formula[Range] | None = None
    every: Written[str] | None = None
    cite: str = ""
    vintage: str = ""
    population: str = ""
    zones: tuple[tuple[Written[str], Formula[Range]], ...] = ()
    good: tuple[Written[str], ...] = ()
    average: Formula[Tree] | None = None
    plan: Formula[Tree] | None = None
    compare: Written[str] | None = None
    tolerance: Formula[Tree] | None = None
    segment: Segment | None = None
    valid: tuple[Written[Scalar] | None, Written[Scalar] | None] = (None, None)
    applies_to: Formula[Tree] | None = None
    n: int | None = None
    severity: Written[str] | None = None
    history: Formula[Quantity] | None = None
    quantiles: Formula[Range] | None = None
    process: Written[str] | None = None
    breaks: tuple[tuple[Written[str], str], ...] = ()
    within: Formula[Budget] | None = None
    hold: Formula[Quantity] | None = None
    release: Formula[Quantity] | None = None
    table: Written[str] | None = None
    column: Written[str] | None = None
    row: Written[str] | None = None
    by: Written[str] | None = None
    peers: Written[str] | None = None
    target: Target | None = None
    astray: Written[str] | None = None
    score: tuple[tuple[Written[str], Formula[Tree]], ...] = ()

    @property
    def ranges(self) -> tuple[Formula[Range], ...]:
        """Every range that it says."""
        return (*((self.range,) if self.range else ()), *(zone for _, zone in self.zones))

    @property
    def formulas(self) -> tuple[Formula[Tree], ...]:
        """Every formula that is not a range."""
        said = tuple(each for each in (self.average, self.plan, self.tolerance, self.applies_to) if each is not None)
        return (*said, *(self.target.formulas if self.target else ()), *(anchor for _, anchor in self.score))

    def label(self, text: str = "") -> Label:
        """The place of what it holds a value against."""
        said = self.range or self.average or self.plan or self.compare or self.table or self.peers
        said = said or self.process or (self.target.reach if self.target else None)
        if said is None and self.history is not None:
            return self.history.label(text=text)
        return self.name.label(text) if said is None else said.label(text=text)


class Example(Struct, frozen=True):
    """Plain numbers in, the KPI's value out; an amount is in the unit of what it sets."""

    place: Written[str]
    given: Mapping[str, tuple[Written[str], Formula[Tree]]]
    expect: Formula[Tree] | None
    undefined: bool = False
    verdict: Written[str] | None = None
    cite: str = ""


class Kpi(Struct, frozen=True):
    name: Written[str]
    formula: Formula[Tree]
    title: str = ""
    description: str = ""
    area: str = ""
    role: str = ""
    unit: Formula[UnitTree] | None = None
    display: Written[str] | None = None
    better: Written[str] | None = None
    inference: str = ""
    min_n: int | None = None
    benchmarks: tuple[Benchmark, ...] = ()
    examples: tuple[Example, ...] = ()
    owner: str = ""
    tags: tuple[str, ...] = ()
    cite: tuple[str, ...] = ()
    matures_after: Formula[Quantity] | None = None
    project: Formula[Tree] | None = None
    require: Written[str] | None = None
    verdict: Written[str] | None = None
    cluster: Formula[Name] | None = None
    levels: tuple[Written[str], ...] = ()


class Scorecard(Struct, frozen=True):
    """KPIs with their weights."""

    name: Written[str]
    kpis: tuple[tuple[Written[str], Formula[Tree]], ...] = ()
    title: str = ""
    description: str = ""
    owner: str = ""


class Identity(Struct, frozen=True):
    """A claim that must hold, under assumptions."""

    name: Written[str]
    claim: Formula[Claim]
    given: tuple[Formula[Claim], ...] = ()
    description: str = ""


class Ask(Struct, frozen=True):
    """The question of a test, in the words of the command line.

    Each of `kpis` is a name, a formula, or either followed by ` as ` and what its column is called.
    """

    kpis: tuple[Written[str], ...] = ()
    by: tuple[Written[str], ...] = ()
    every: Written[str] | None = None
    start: Written[Scalar] | None = None
    end: Written[Scalar] | None = None
    where: Formula[Tree] | None = None
    as_of: Written[Scalar] | None = None
    set: Mapping[str, tuple[Written[str], Formula[Tree]]] = field(default_factory=dict)
    having: Formula[Tree] | None = None
    cells: Written[str] | None = None
    scorecards: tuple[Written[str], ...] = ()


class Test(Struct, frozen=True):
    """Rows in, values out. `columns` are those that are given of each source, where each stands first."""

    name: Written[str]
    given: Mapping[str, tuple[Written[str], tuple[Mapping[str, Written[Scalar]], ...]]]
    ask: Ask
    columns: Mapping[str, tuple[Written[str], ...]] = field(default_factory=dict)
    expect: tuple[Mapping[str, Written[Scalar]], ...] | None = None
    expect_place: Written[str] | None = None
    error: Written[str] | None = None
    description: str = ""
    cite: str = ""


class Ignore(Struct, frozen=True):
    """A comment that asks to leave advice unsaid: its `place`, the `codes` of rules, and the `lines` that it is about.

    Where it is about its `whole` file, those are all lines.
    """

    place: Written[str]
    codes: tuple[Written[str], ...]
    lines: Span
    whole: bool = False


class Definitions(Struct, frozen=True):
    """All definitions of a project, in the order of files and lines; a name that stands twice keeps its first meaning."""

    files: tuple[File, ...] = ()
    project: Project = Project()
    currencies: tuple[Written[str], ...] = ()
    entities: tuple[Entity, ...] = ()
    sources: tuple[Source, ...] = ()
    dimensions: tuple[Dimension, ...] = ()
    parameters: tuple[Parameter, ...] = ()
    measures: tuple[Measure, ...] = ()
    kpis: tuple[Kpi, ...] = ()
    identities: tuple[Identity, ...] = ()
    tests: tuple[Test, ...] = ()
    tables: tuple[BenchmarkTable, ...] = ()
    scorecards: tuple[Scorecard, ...] = ()
    ignores: tuple[Ignore, ...] = ()
