"""The catalog: all definitions of a project, resolved and typed, immutable."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from enum import Enum
from fractions import Fraction

from msgspec import Struct, field

from kpidsl.catalog.core import Aggregate, Constant, Core, Reference, Type
from kpidsl.diagnostics import Diagnostics, Label
from kpidsl.documents import model
from kpidsl.periods.calendar import Calendar
from kpidsl.periods.grain import Grain
from kpidsl.units.system import UnitSystem
from kpidsl.units.unit import NUMBER, Unit
from kpidsl.values import ByContent


class Column(ByContent, frozen=True):
    """A column of a source. `data_name` is what the data call it; a derived column has a formula over its row.

    `unit_from` is the place from which the unit was inferred where none is declared; without one it is a plain number.
    """

    aside = ("definition", "unit_from")

    name: str
    type: Type
    unit: Unit = NUMBER
    references: str | None = None
    values: tuple[str, ...] | None = None
    data_name: str = ""
    formula: Core | None = None
    definition: model.Column | None = None
    unit_from: Label | None = None


class Link(Struct, frozen=True):
    """How a row finds at most one row of another source: by pairs of an own column and one of the `target`.

    The own one may be derived. With `valid` only a target row counts whose half-open time, from the one column to the other,
    holds the date that places the row asked for; where the end is missing it is open.
    """

    name: str
    target: str
    match: tuple[tuple[str, str], ...]
    valid: tuple[str, str] | None = None


class Source(ByContent, frozen=True):
    """`row` is the entity that a row counts as; without `time` the source has the same rows in every period.

    `links` are its references by name; that of a column has the column's name. With `every` a row stands for a whole period.
    The last row is at most `fresh_within` old where all is well, and rows come at most so much `late_by`.
    """

    aside = ("definition",)

    name: str
    row: str | None
    key: tuple[str, ...]
    time: str | None
    columns: Mapping[str, Column]
    links: Mapping[str, Link] = field(default_factory=dict)
    every: Grain | None = None
    fresh_within: tuple[int, Grain] | None = None
    late_by: tuple[int, Grain] | None = None
    definition: model.Source | None = None


class Dimension(ByContent, frozen=True):
    """`paths` leads each source that the dimension serves to the column that holds it."""

    aside = ("definition",)

    name: str
    type: Type
    paths: Mapping[str, Reference]
    definition: model.Dimension | None = None


class Clusters(Struct, frozen=True):
    """Which rows of each source belong together, for instance those of one customer.

    `keys` pairs each source with its column for that; None where every row stands for itself. `paths` are what was written:
    several where a value uses others that have different ones, with `clash` where those meet in one source.
    """

    paths: tuple[str, ...]
    keys: tuple[tuple[str, Reference | None], ...]
    clash: bool = False

    def key(self, source: str) -> Reference | None:
        """The column by which the rows of a source belong together, if there is one."""
        return dict(self.keys).get(source)


class Kind(Enum):
    MEASURE = "measure"
    PARAMETER = "parameter"
    KPI = "KPI"
    FORMULA = "formula"  # of a question, under the name that its column has there


class Value(ByContent, frozen=True):
    """A measure, parameter or KPI, or the formula of a question. The value of `core` is in `unit`, as declared or inferred.

    A row of cohorts counts as mature when so much time, `matures_after`, lies between the end of its period and `as_of`.
    With a `projection` those that are not are filled up. `unit_from` is the place from which the unit of a parameter was
    inferred where none is declared. `clusters` are those that the value declares, else those of all that it uses.
    """

    aside = ("definition", "unit_from")

    name: str
    kind: Kind
    core: Core
    unit: Unit
    definition: model.Measure | model.Parameter | model.Kpi
    benchmarks: tuple[Benchmark, ...] = ()
    proportion: tuple[str, str] | None = None
    matures_after: tuple[int, Grain] | None = None
    projection: Projection | None = None
    unit_from: Label | None = None
    clusters: Clusters | None = None

    @property
    def census(self) -> bool:
        """Whether the rows are said to be all there is, so that the value has no interval."""
        return isinstance(self.definition, model.Kpi) and self.definition.inference == "census"

    @property
    def levels(self) -> tuple[str, ...]:
        """What its values 1, 2, … are called; nothing where they are amounts."""
        return tuple(level.value for level in self.definition.levels) if isinstance(self.definition, model.Kpi) else ()


class Projection(Struct, frozen=True):
    """A share of `rows`, a count: of those whose date `event` comes within so many `days` after the date that places them."""

    event: Core
    rows: Aggregate
    days: int


def meaning(value: Value) -> Unit:
    """The unit that a value has in other formulas: that of its own formula where it is a share, else the declared one."""
    return value.core.unit if value.proportion and value.unit.is_number else value.unit


class BenchmarkKind(Enum):
    RANGE = "range"
    ZONES = "zones"
    AVERAGE = "average"
    PLAN = "plan"
    COMPARE = "compare"
    REACH = "reach"
    HISTORY = "history"
    PROCESS = "process"
    BUDGET = "within"
    TABLE = "table"
    PEERS = "peers"


_RANGES = frozenset({BenchmarkKind.RANGE, BenchmarkKind.ZONES})


class Zone(Struct, frozen=True):
    """A named range; `good` says that a value in it is within the benchmark."""

    name: str
    low: Core | None
    high: Core | None
    low_open: bool
    high_open: bool
    good: bool = False


class Tolerance(Struct, frozen=True):
    """How far from a reference still counts as level: a share of the reference, or an amount in the unit of the KPI."""

    amount: Fraction = Fraction(0)
    share: bool = True


class Segment(Struct, frozen=True):
    """The part of the business that something is for: the values of dimensions; the whole where none is named."""

    values: Mapping[str, tuple[str | bool | int | Fraction | date | datetime | None, ...]] = field(default_factory=dict)


class History(Struct, frozen=True):
    """The earlier values so far back, and which part of them, by two quantiles, counts as usual."""

    length: tuple[int, Grain]
    low: Fraction
    high: Fraction


class Process(Struct, frozen=True):
    """Limits of a KPI's own process: `xmr`, or `laney` for a ratio of counts. Each break starts a new process, for a reason."""

    method: str
    breaks: tuple[tuple[date, str], ...] = ()


class Hold(Struct, frozen=True):
    """How many periods in a row must be bad, or good again, before a verdict turns."""

    bad: int = 1
    good: int = 1


class Benchmark(ByContent, frozen=True):
    """What a value is held against, in the unit of its KPI.

    A range has bounds, a missing one is open; `low_open` and `high_open` leave the bound out. They are constants or formulas.
    Zones have those of the good ones. A table has `figures` for the values of the dimension `by`, and under `all` for what is
    not broken down by it. A target has a `path`: what is to be reached on which days; the last is the deadline. A budget
    has a lower bound for the share of smaller periods that met its range, which is `met`. A history and a process look at the
    periods before. Every other kind has a `reference` with its tolerance; peers are compared `by` a dimension. With `every` it
    is meant for values over periods of that length only, with `segment` for a part of the business, with `valid` for periods
    that begin from the one day to before the other. A `scale` has values by their scores, rising; where there is a reference,
    shares of it. `severity` is `error`, `warning` or `note`; a published proportion may be one of so many `trials`.
    """

    aside = ("definition",)

    name: str
    low: Core | None
    high: Core | None
    low_open: bool
    high_open: bool
    every: Grain | None
    definition: model.Benchmark
    kind: BenchmarkKind = BenchmarkKind.RANGE
    zones: tuple[Zone, ...] = ()
    reference: Core | None = None
    tolerance: Tolerance = Tolerance()
    segment: Segment | None = None
    valid: tuple[date | None, date | None] = (None, None)
    applies_to: Core | None = None
    by: str = ""
    figures: Mapping[str, Zone] = field(default_factory=dict)
    path: tuple[tuple[date, Fraction], ...] = ()
    scale: tuple[tuple[Fraction, Fraction], ...] = ()
    history: History | None = None
    process: Process | None = None
    met: Core | None = None
    hold: Hold | None = None
    severity: str = "error"
    trials: int | None = None

    @property
    def is_range(self) -> bool:
        """Whether it says between which bounds values are good."""
        return self.kind in _RANGES

    @property
    def plain(self) -> bool:
        """Whether it is a range whose bounds are numbers."""
        bounds = (self.low, self.high)
        return self.is_range and all(bound is None or isinstance(bound, Constant) for bound in bounds)

    @property
    def fixed(self) -> bool:
        """Whether it holds every value against the same number, whatever the period."""
        return isinstance(self.reference, Constant) if self.reference is not None else self.plain

    @property
    def has_reference(self) -> bool:
        """Whether it holds a value against one figure, rather than a range."""
        averages = any(not figure.good for figure in self.figures.values())
        return self.reference is not None or bool(self.path) or averages

    @property
    def decides(self) -> bool:
        """Whether the KPI's own verdict looks at it."""
        return self.process is None and self.severity != "note"


class Example(ByContent, frozen=True):
    """`given` and `expect` are in the units of what they set; `expect` is None for a verdict or `undefined` alone."""

    aside = ("definition",)

    kpi: str
    given: Mapping[str, Core]
    expect: Core | None
    definition: model.Example


class Scorecard(ByContent, frozen=True):
    """KPIs with their weights, which add up to 1."""

    aside = ("definition",)

    name: str
    weights: Mapping[str, Fraction]
    definition: model.Scorecard


class Identity(ByContent, frozen=True):
    """`left = right` must hold wherever each pair of `given` is equal."""

    aside = ("definition",)

    name: str
    left: Core
    right: Core
    given: tuple[tuple[Core, Core], ...]
    definition: model.Identity


class Catalog(Struct, frozen=True, eq=False):
    """What later stages read. Names that could not be resolved are in `broken`; `diagnostics` says why."""

    units: UnitSystem
    calendar: Calendar
    sources: Mapping[str, Source]
    dimensions: Mapping[str, Dimension]
    values: Mapping[str, Value]
    examples: tuple[Example, ...]
    identities: tuple[Identity, ...]
    tests: tuple[model.Test, ...]
    broken: frozenset[str]
    definitions: model.Definitions
    diagnostics: Diagnostics
    scorecards: Mapping[str, Scorecard] = field(default_factory=dict)

    def steps(self, source: str, path: Sequence[str]) -> Iterator[tuple[str, str]]:
        """Each name on a path from a source, with the source that has it: those of references, then a column."""
        for part in path:
            yield source, part
            link = self.sources[source].links.get(part)
            source = link.target if link is not None else source

    def kpis(self, *, area: str | None = None, role: str | None = None, tag: str | None = None) -> tuple[Value, ...]:
        """The KPIs in the order in which they are defined: all, or those of an area, of a role, with a tag."""

        def fits(definition: object) -> bool:
            assert isinstance(definition, model.Kpi)
            return (
                area in (None, definition.area) and role in (None, definition.role) and (tag is None or tag in definition.tags)
            )

        return tuple(value for value in self.values.values() if value.kind is Kind.KPI and fits(value.definition))
