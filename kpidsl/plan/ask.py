"""The words of an ask (names, dates, a condition, settings) to a Question whose every part is known and typed."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from fractions import Fraction
from zoneinfo import ZoneInfo

from kpidsl.catalog import functions
from kpidsl.catalog.amounts import read_amount
from kpidsl.catalog.asked import read_condition, read_value
from kpidsl.catalog.catalog import Catalog, Kind, Value
from kpidsl.catalog.core import Aggregate, Constant, Core, Reference, Type, walk
from kpidsl.catalog.expressions import read
from kpidsl.catalog.reading import Reading
from kpidsl.catalog.world import World
from kpidsl.diagnostics import Diagnostic, Severity
from kpidsl.language import tree
from kpidsl.language.parser import parse_expression
from kpidsl.periods.calendar import Calendar
from kpidsl.periods.grain import Grain
from kpidsl.periods.labels import parse_label
from kpidsl.plan import messages
from kpidsl.plan.frames import is_window
from kpidsl.plan.nodes import Question
from kpidsl.text import Excerpt, File

Moment = date | datetime | str | None
_NAME = re.compile(r"\w+")
Setting = str | int | float | Fraction


class Asker:
    """Reads the parts of one ask against a catalog and gathers what is wrong with them."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog
        self.found: list[Diagnostic] = []
        self.formulas: dict[str, Value] = {}
        self.world = World(catalog.units, values=dict(catalog.values), found=self.found)

    def values(self, words: Sequence[str]) -> tuple[str, ...]:
        """The values asked for, by name, formulas kept in `formulas`; none named means every KPI."""
        if not words:
            words = [value.name for value in self.catalog.kpis()]
            if not words:
                self.found.append(messages.nothing_asked())
        return tuple(dict.fromkeys(self._value(str(word)) for word in words))

    def scorecards(self, names: Sequence[str], *, all_: bool) -> tuple[str, ...]:
        """The scorecards asked for, by name; `all_` of them where nothing at all is named."""
        known, written = self.catalog.scorecards, {each.name.value for each in self.catalog.definitions.scorecards}
        for name in names:
            if name not in known:
                broken = name in written
                self.found.append(messages.broken_scorecard(name) if broken else messages.unknown_scorecard(name, known))
        return tuple(known) if all_ else tuple(name for name in dict.fromkeys(names) if name in known)

    def _value(self, word: str) -> str:
        if word in self.catalog.broken:
            self.found.append(messages.broken_value(word))
        elif word not in self.catalog.values:
            if _NAME.fullmatch(word):
                self.found.append(messages.unknown_value(word, [*self.catalog.values, *self.catalog.broken]))
                return word
            value, found = read_value(word, self.catalog)
            self.found.extend(found)
            if value is not None:
                return self._formula(value)
        return word

    def _formula(self, value: Value) -> str:
        taken = self.catalog.values.get(value.name) or self.formulas.get(value.name)
        if taken is not None and taken.core != value.core:
            self.found.append(messages.name_taken(value.name))
        self.formulas[value.name] = value
        return value.name

    def having(self, text: str | None) -> Core | None:
        """A condition on values: those of the catalog, and formulas asked for by their names."""
        if text is None:
            return None
        value, found = read_condition(str(text), self.catalog, self.formulas)
        self.found.extend(found)
        if value is None:
            return None
        if not any(isinstance(node, Aggregate) or is_window(node) for node in walk(value.core)):
            return value.core
        # Aggregates and windows are planned by the formulas that hold them, so a condition with some is one of them.
        self.formulas[value.name] = value
        return Reference((value.name,), type=Type.BOOLEAN)

    def all_cells(self, word: str | None) -> bool:
        if word not in (None, "all"):
            self.found.append(messages.not_cells(str(word)))
        return word == "all"

    def by(self, names: Sequence[str]) -> tuple[str, ...]:
        for name in map(str, names):
            if name not in self.catalog.dimensions:
                self.found.append(messages.unknown_dimension(name, tuple(self.catalog.dimensions)))
        return tuple(dict.fromkeys(names))

    def grain(self, word: str | Grain | None) -> Grain | None:
        if word is None or isinstance(word, Grain):
            return word
        known = [grain.value for grain in Grain]
        if word not in known:
            self.found.append(messages.not_a_grain(str(word), known))
            return None
        return Grain(word)

    def moment(self, word: str, given: Moment) -> date | datetime | None:
        """A date, a date and time, ISO text of either, or the label of a period, which means its first day."""
        moment = read_moment(given, self.catalog.calendar)
        if moment is None and given is not None:
            self.found.append(messages.not_a_date(word, str(given)))
        return moment

    def where(self, text: str | None) -> Core | None:
        """A condition in which a Reference names a dimension."""
        if text is None:
            return None
        text = str(text)
        excerpt = Excerpt(File("where", text), text)
        node, found = parse_expression(excerpt)
        self.found.extend(found)
        return None if node is None else self.condition(node, excerpt)

    def condition(self, node: tree.Tree, excerpt: Excerpt) -> Core | None:
        def name(part: tree.Name) -> Core | None:
            dimension = self.catalog.dimensions.get(part.text)
            if dimension is None:
                known = tuple(self.catalog.dimensions)
                self.found.append(messages.unknown_dimension_in_where(reading.label(part.span), part.text, known))
                return None
            return Reference((dimension.name,), type=dimension.type, span=part.span)

        def call(part: tree.Call | tree.Neighbour) -> Core | None:
            if functions.is_aggregate(part):
                self.found.append(messages.rows_in_where(reading.label(part.span), part.function))
                return None
            return functions.read_call(part, reading)

        reading = Reading(excerpt, self.world, name, call)
        core = read(node, reading)
        if core is not None and core.type is not Type.BOOLEAN:
            self.found.append(messages.not_a_condition(reading.label(core.span)))
            return None
        return core

    def settings(self, given: Mapping[str, Setting]) -> dict[str, Fraction]:
        """Parameters to values in their own units; text is an amount of the language, such as `12%` or `60 USD / hour`."""
        settings: dict[str, Fraction] = {}
        for name, setting in given.items():
            value = self.catalog.values.get(name)
            if value is None:
                known = [each.name for each in self.catalog.values.values() if each.kind is Kind.PARAMETER]
                self.found.append(messages.unknown_parameter(name, known))
            elif value.kind is not Kind.PARAMETER:
                self.found.append(messages.not_a_parameter(name, value.kind.value))
            else:
                amount = read_setting(setting, name, self.world)
                if amount is not None:
                    settings[name] = amount
        return settings


def ask(
    catalog: Catalog,
    values: Sequence[str] = (),
    *,
    by: Sequence[str] = (),
    every: str | Grain | None = None,
    start: Moment = None,
    end: Moment = None,
    where: str | None = None,
    having: str | None = None,
    cells: str | None = None,
    as_of: Moment = None,
    parameters: Mapping[str, Setting] | None = None,
    scorecards: Sequence[str] = (),
) -> tuple[Question | None, tuple[Diagnostic, ...]]:
    """The question that these words ask of the catalog; None, with the reasons, where a part of it means nothing.

    A value may be a formula, `growth(cac, 1 year)` or `growth(cac, 1 year) as yearly`; `cells` may be `all`. Where nothing is
    named, all KPIs and scorecards are asked for.
    """
    asker = Asker(catalog)
    start_at, end_at = asker.moment("from", start), asker.moment("to", end)
    if start_at is not None and end_at is not None and midnight(start_at) >= midnight(end_at):
        asker.found.append(messages.empty_range(str(start_at), str(end_at)))
    moment = asker.moment("as_of", as_of)
    cards = asker.scorecards(scorecards, all_=not values and not scorecards)
    scored = [name for card in cards for name in catalog.scorecards[card].weights] if values or scorecards else []
    names = asker.values([*values, *scored]) if values or scored or not scorecards else ()
    question = Question(
        values=names,
        by=asker.by(by),
        every=asker.grain(every),
        start=start_at,
        end=end_at,
        where=asker.where(where),
        as_of=midnight(moment)
        if moment is not None
        else datetime.now(ZoneInfo(catalog.calendar.timezone)).replace(tzinfo=None),
        parameters=asker.settings(parameters or {}),
        formulas=asker.formulas,
        having=asker.having(having),
        all_cells=asker.all_cells(cells),
        scorecards=cards,
    )
    refused = any(found.severity is Severity.ERROR for found in asker.found)
    return (None if refused else question), tuple(asker.found)


def midnight(moment: date | datetime) -> datetime:
    """A date as its midnight; a date and time as it is."""
    return moment if isinstance(moment, datetime) else datetime(moment.year, moment.month, moment.day)


def read_moment(given: Moment, calendar: Calendar) -> date | datetime | None:
    """What a date in any accepted form means in the project's time zone, without a zone; None for anything else."""
    if isinstance(given, str):
        label = parse_label(calendar, given)
        if label is not None:
            return label[1]
        try:
            given = datetime.fromisoformat(given)
        except ValueError:
            return None
    if not isinstance(given, date) or given != given:  # pandas' NaT is a datetime that differs from itself
        return None
    if isinstance(given, datetime) and given.tzinfo is not None:
        return given.astimezone(ZoneInfo(calendar.timezone)).replace(tzinfo=None)
    return given


def read_setting(given: Setting, name: str, world: World) -> Fraction | None:
    """An amount for `name` in its unit; None, reported in the world's findings, for what is no amount."""
    if isinstance(given, bool) or not isinstance(given, str | int | float | Fraction):
        world.found.append(messages.not_an_amount(name, given))
        return None
    text = given if isinstance(given, str) else _spelled(given)
    excerpt = Excerpt(File(f"value of {name}", text), text)
    node, found = parse_expression(excerpt)
    world.found.extend(found)
    if node is None:
        return None
    core = read_amount(node, excerpt, world, world.values[name].unit, name)
    return core.value if isinstance(core, Constant) and isinstance(core.value, Fraction) else None


def _spelled(number: float | Fraction) -> str:
    """A number as the language writes it."""
    if isinstance(number, float) and not math.isfinite(number):
        return str(number)
    exact = Fraction(str(number)) if isinstance(number, float) else Fraction(number)
    if exact.denominator == 1:
        return str(exact.numerator)
    return f"{exact.numerator} / {exact.denominator}"


def read_settings(
    catalog: Catalog, asked: str, given: Mapping[str, Setting]
) -> tuple[dict[str, Fraction], tuple[Diagnostic, ...]]:
    """Plain numbers for measures, parameters and KPIs in their own units, and what is wrong with them or with what is asked."""
    asker = Asker(catalog)
    asker.values([asked])
    amounts: dict[str, Fraction] = {}
    for name, setting in given.items():
        if name not in catalog.values:
            asker.found.append(messages.unknown_value(name, tuple(catalog.values)))
            continue
        amount = read_setting(setting, name, asker.world)
        if amount is not None:
            amounts[name] = amount
    return amounts, tuple(found for found in asker.found if found.severity is Severity.ERROR)
