"""Everything that resolving and typing can complain about: one function for one complaint."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction

from kpidsl.catalog.catalog import Source
from kpidsl.catalog.core import Core, Reference, Type
from kpidsl.catalog.reading import DATE_TYPES, Reading
from kpidsl.diagnostics import Diagnostic, Edit, Label, Severity
from kpidsl.documents import model
from kpidsl.language import tree
from kpidsl.suggest import nearest
from kpidsl.text import Span


def error(code: str, headline: str, *labels: Label, help: Sequence[str] = (), edit: Edit | None = None) -> Diagnostic:
    return Diagnostic(code, Severity.ERROR, headline, labels, help=tuple(help), edit=edit)


def warning(code: str, headline: str, *labels: Label, help: Sequence[str] = (), edit: Edit | None = None) -> Diagnostic:
    return Diagnostic(code, Severity.WARNING, headline, labels, help=tuple(help), edit=edit)


def meant(label: Label, name: str, known: Iterable[str]) -> tuple[tuple[str, ...], Edit | None]:
    """The help and the edit for a misspelt name."""
    suggestion = nearest(name, known)
    if suggestion is None:
        return (), None
    return (f"perhaps `{suggestion}`?",), Edit(label.file, label.span, suggestion)


# Names


def unknown_name(reading: Reading, node: tree.Name, name: str, values: Iterable[str]) -> Diagnostic:
    label = reading.label(node.span, "not defined")
    if name in reading.world.sources:
        count = f"count({name})"
        help_: tuple[str, ...] = (f"`{name}` is a source; the number of its rows is `{count}`",)
        edit: Edit | None = Edit(label.file, label.span, count)
    elif name in reading.world.dimensions:
        help_, edit = (f"`{name}` is a dimension: a question groups by it and filters by it with `where`",), None
    else:
        help_, edit = meant(label, name, values)
    return error("unknown-name", f"no measure, parameter or KPI is called `{name}`", label, help=help_, edit=edit)


def unknown_function(reading: Reading, node: tree.Call, known: Sequence[str]) -> Diagnostic:
    label = reading.label(node.name_span)
    help_, edit = meant(label, node.function, known)
    return error("unknown-name", f"no function is called `{node.function}`", label, help=help_, edit=edit)


def unknown_column(
    reading: Reading, part: str, span: Span, source: str, known: Sequence[str], node: tree.Name, home: str
) -> Diagnostic:
    label = reading.label(span, "not a column")
    if part == home and len(node.parts) > 1 and span == node.spans[0]:
        rest = ".".join(node.parts[1:])
        whole = reading.label(node.span)
        help_: tuple[str, ...] = (f"inside an aggregate over `{home}` its columns stand without the source: `{rest}`",)
        edit: Edit | None = Edit(whole.file, whole.span, rest)
    else:
        help_, edit = meant(label, part, known)
    return error("unknown-name", f"source `{source}` has no column `{part}`", label, help=help_, edit=edit)


def unknown_source(reading: Reading, first: tree.Name, node: tree.Call, known: Sequence[str]) -> Diagnostic:
    name = first.parts[0]
    label = reading.label(first.spans[0], "not a source")
    help_, edit = meant(label, name, known)
    if edit is None:
        help_ = (f"the first name in `{node.function}(…)` is a source, as in `{node.function}(orders.amount)`",)
    return error("unknown-name", f"no source is called `{name}`", label, help=help_, edit=edit)


def unknown_source_of_path(label: Label, name: str, known: Sequence[str]) -> Diagnostic:
    help_, edit = meant(label, name, known)
    return error("unknown-name", f"no source is called `{name}`", label, help=help_, edit=edit)


def unknown_referenced_source(label: Label, name: str, suggestion: str | None) -> Diagnostic:
    help_ = (f"perhaps `{suggestion}`?",) if suggestion else ()
    edit = Edit(label.file, label.span, suggestion) if suggestion else None
    return error("unknown-name", f"no source is called `{name}`, so nothing can reference it", label, help=help_, edit=edit)


def unknown_key_column(label: Label, name: str, source: str, known: Sequence[str]) -> Diagnostic:
    help_, edit = meant(label, name, known)
    return error("unknown-name", f"source `{source}` has no column `{name}`", label, help=help_, edit=edit)


def unknown_given(label: Label, name: str, suggestion: str | None) -> Diagnostic:
    help_ = (f"perhaps `{suggestion}`?",) if suggestion else ()
    edit = Edit(label.file, label.span, suggestion) if suggestion else None
    headline = f"the example sets `{name}`, but no measure, parameter or KPI is called so"
    return error("unknown-name", headline, label, help=help_, edit=edit)


def unknown_parent(label: Label, name: str, suggestion: str | None) -> Diagnostic:
    help_ = (f"perhaps `{suggestion}`?",) if suggestion else (f"declare `{name}: {{}}` under `units: entities:`",)
    edit = Edit(label.file, label.span, suggestion) if suggestion else None
    return error("unknown-unit", f"no entity is called `{name}`", label, help=help_, edit=edit)


def unknown_unit(label: Label, name: str, known: Sequence[str]) -> Diagnostic:
    help_, edit = meant(label, name, known)
    if edit is None:
        help_ = ("a unit is made of declared currencies and entities, and of day, week, month, quarter, year",)
    return error("unknown-unit", f"`{name}` is not a unit", label, help=help_, edit=edit)


def row_is_no_entity(label: Label, name: str, known: Sequence[str]) -> Diagnostic:
    help_, edit = meant(label, name, known)
    if edit is None:
        help_ = (f"declare `{name}: {{}}` under `units: entities:`",)
    return error(
        "unknown-unit", f"`row` names the entity that a row counts as, and `{name}` is none", label, help=help_, edit=edit
    )


def unit_name_taken(label: Label, name: str) -> Diagnostic:
    return error("unit-spelling", f"`{name}` already means a unit and cannot be an entity too", label)


def circle(names: Sequence[str], labels: Sequence[Label]) -> Diagnostic:
    path = " → ".join(names)
    return error("circular-definition", f"definitions go round in a circle: {path}", *labels)


def column_circle(label: Label, columns: Sequence[tuple[str, str]]) -> Diagnostic:
    path = " → ".join(f"{source}.{name}" for source, name in columns)
    return error("circular-definition", f"columns go round in a circle: {path}", label)


def subset_circle(label: Label, names: Sequence[str]) -> Diagnostic:
    return error("circular-definition", f"entities are subsets of each other in a circle: {' → '.join(names)}", label)


# Sources, references, dimensions


def not_a_reference(reading: Reading, part: str, span: Span, source: str, node: tree.Name) -> Diagnostic:
    label = reading.label(span, "references no source")
    help_ = (f"`{node.text}` would need `references:` on the column `{part}` of `{source}`",)
    return error("unknown-name", f"column `{part}` of `{source}` leads to no other source", label, help=help_)


def referenced_source_needs_key(label: Label, source: model.Source) -> Diagnostic:
    name = source.name.value
    has = "a key of several columns" if source.key else "no key"
    help_ = (f"give `{name}` a `key:` of one column",)
    return error("reference-without-key", f"`{name}` has {has}, so one column cannot reference it", label, help=help_)


def derived_key(label: Label, name: str) -> Diagnostic:
    headline = f"`{name}` is a derived column; the columns that tell rows apart must be in the data"
    return error("reference-without-key", headline, label)


def derived_time(label: Label, name: str) -> Diagnostic:
    headline = f"`{name}` is a derived column; the column that places rows in time must be in the data"
    return error("time-not-a-date", headline, label)


def time_is_no_date(label: Label, name: str, kind: str) -> Diagnostic:
    return error("time-not-a-date", f"`{name}` places rows in time, but its type is {kind}, not date or datetime", label)


def path_needs_column(label: Label, source: str) -> Diagnostic:
    return error("dimension-path", f"`{source}` is a source; a dimension needs one of its columns", label)


def dimension_types(label: Label, name: str, kinds: Iterable[Type]) -> Diagnostic:
    words = " and ".join(sorted(kind.value for kind in kinds))
    headline = f"the columns of dimension `{name}` are {words}; they must be of one type: text, boolean or date"
    return error("dimension-path", headline, label)


def column_outside_aggregate(reading: Reading, node: tree.Name, is_source: bool) -> Diagnostic:
    label = reading.label(node.span)
    help_ = (f"turn its rows into one value, as in `sum({node.text})`",) if is_source else ()
    return error(
        "column-outside-aggregate", f"`{node.text}` is a column and stands outside of any aggregate", label, help=help_
    )


# Calls


def nested_aggregate(reading: Reading, node: tree.Call | tree.Neighbour) -> Diagnostic:
    headline = f"`{node.function}` stands inside another aggregate; aggregates don't nest"
    return error("nested-aggregate", headline, reading.label(node.span))


def modifier_without_aggregate(reading: Reading, node: tree.Call) -> Diagnostic:
    headline = f"`{node.function}` takes values, not rows, so `where`, `at` and `distinct` mean nothing in it"
    return error("wrong-arguments", headline, reading.label(node.span))


def wrong_number_of_arguments(reading: Reading, node: tree.Call, least: int, most: int | None) -> Diagnostic:
    wanted = f"at least {least}" if most is None else str(least) if least == most else f"{least} to {most}"
    plural = "" if wanted == "1" else "s"
    headline = f"`{node.function}` takes {wanted} argument{plural}, here are {len(node.arguments)}"
    return error("wrong-arguments", headline, reading.label(node.span))


def no_source_in_aggregate(reading: Reading, node: tree.Call) -> Diagnostic:
    help_ = (f"the argument begins with a source, as in `{node.function}(orders.amount)`",)
    return error("wrong-arguments", f"`{node.function}` names no source", reading.label(node.span), help=help_)


def aggregate_needs_column(reading: Reading, node: tree.Call, source: Source) -> Diagnostic:
    label = reading.label(node.arguments[0].span)
    numbers = [name for name, column in source.columns.items() if column.type is Type.NUMBER] or list(source.columns)
    word = f"{node.function}(distinct …)" if node.distinct else node.function
    example = f"{node.function}({'distinct ' if node.distinct else ''}{source.name}.{numbers[0]})" if numbers else ""
    help_ = (f"for example `{example}`",) if example else ()
    return error("wrong-arguments", f"`{word}` needs a column of `{source.name}`", label, help=help_)


def not_a_grain(reading: Reading, node: tree.Node, grains: Sequence[str]) -> Diagnostic:
    headline = f"`{reading.words(node.span)}` is no length of period; these are {', '.join(grains)}"
    return error("wrong-arguments", headline, reading.label(node.span))


# Types


def needs_number(reading: Reading, operator: str, core: Core) -> Diagnostic:
    label = reading.label(core.span, core.type.value)
    return error("wrong-type", f"`{operator}` needs numbers, but `{reading.words(core.span)}` is {core.type.value}", label)


def needs_text(reading: Reading, name: str, core: Core) -> Diagnostic:
    label = reading.label(core.span, core.type.value)
    return error("wrong-type", f"`{name}` needs text, but `{reading.words(core.span)}` is {core.type.value}", label)


def needs_date(reading: Reading, name: str, core: Core) -> Diagnostic:
    label = reading.label(core.span, core.type.value)
    return error("wrong-type", f"`{name}` needs a date, but `{reading.words(core.span)}` is {core.type.value}", label)


def needs_condition(reading: Reading, word: str, core: Core) -> Diagnostic:
    label = reading.label(core.span, core.type.value)
    headline = f"`{word}` needs a condition, but `{reading.words(core.span)}` is {core.type.value}"
    return error("wrong-type", headline, label)


def types_differ(reading: Reading, left: Core, right: Core) -> Diagnostic:
    labels = (reading.label(left.span, left.type.value), reading.label(right.span, right.type.value))
    help_: tuple[str, ...] = ()
    if {left.type, right.type} <= {Type.TEXT, Type.DATE, Type.DATETIME}:
        help_ = ("a date is written without quotes: 2026-01-31",)
    headline = f"{left.type.value} and {right.type.value} cannot stand for each other or be compared"
    return error("wrong-type", headline, *labels, help=help_)


def text_has_no_order(reading: Reading, operator: str, left: Core, right: Core) -> Diagnostic:
    labels = (reading.label(left.span, left.type.value), reading.label(right.span, right.type.value))
    return error("wrong-type", f"`{operator}` compares numbers and dates; text has no order", *labels)


_GIVES = {Type.BOOLEAN: "true or false", Type.DATE: "a date", Type.DATETIME: "a moment"}


def value_is_no_number(label: Label, name: str, kind: Type) -> Diagnostic:
    help_ = ("a date less a date is a number of days, as in `period_end - (…)`",) if kind in DATE_TYPES else ()
    headline = f"the formula of `{name}` gives {_GIVES.get(kind, kind.value)}; a measure or KPI is a number"
    return error("wrong-type", headline, label, help=help_)


def text_between_values(label: Label) -> Diagnostic:
    help_ = ("a condition on rows belongs into an aggregate's `where`",)
    return error("wrong-type", "a text stands between values, which are numbers and dates", label, help=help_)


def aggregate_needs_number(reading: Reading, node: tree.Call, core: Core) -> Diagnostic:
    label = reading.label(core.span, core.type.value)
    help_ = ("dates and text can be counted: `count(…)`, `count(distinct …)`",)
    headline = f"`{node.function}` needs a number, but `{reading.words(core.span)}` is {core.type.value}"
    return error("wrong-type", headline, label, help=help_)


def not_a_duration(reading: Reading, operator: str, left: Core, right: Core) -> Diagnostic:
    labels = (reading.label(left.span, left.type.value), reading.label(right.span))
    help_ = ("as in `created_at + 30 days`, `created_at + 1 month`, or a date minus a date",)
    return error("wrong-type", f"only a duration can follow a date and `{operator}`", *labels, help=help_)


def not_whole_months(reading: Reading, core: Core) -> Diagnostic:
    return error("wrong-type", "months, quarters and years are added to a date in whole numbers", reading.label(core.span))


def value_not_listed(reading: Reading, column: Reference, text: str, span: Span, values: Sequence[str]) -> Diagnostic:
    label = reading.label(span)
    suggestion = nearest(text, values)
    listed = ", ".join(f'"{value}"' for value in values[:8]) + (", …" if len(values) > 8 else "")
    help_ = (f'perhaps "{suggestion}"?',) if suggestion else (f"listed are {listed}",)
    edit = Edit(label.file, label.span, f'"{suggestion}"') if suggestion else None
    headline = f'"{text}" is not among the values listed for `{column.name}`, so nothing can equal it'
    return warning("value-not-listed", headline, label, help=help_, edit=edit)


def not_an_amount(label: Label, words: str) -> Diagnostic:
    return error("not-an-amount", f"a plain amount is needed here, and `{words}` is none", label)


def amount_beyond_use(label: Label) -> Diagnostic:
    return error("not-an-amount", "this amount is larger or smaller than any number that can be computed with", label)


# Percent


def bare_percent(label: Label, value: Fraction, parameter: model.Parameter | None = None) -> Diagnostic:
    """About the amount itself, or about a parameter that stands for it."""
    number = f"{float(value):g}"
    headline = f"{number} stands where a percent is expected and means {float(value) * 100:,.0f}%"
    if parameter is None:
        return warning("bare-percent", headline, label, help=(f"perhaps `{number}%`?",), edit=_percent(label, number))
    place = parameter.value.label(text="a plain number")
    headline = f"`{parameter.name.value}` stands where a percent is expected, and its {number} means {float(value) * 100:,.0f}%"
    return warning("bare-percent", headline, label, place, help=(f"perhaps `{number}%`?",), edit=_percent(place, number))


def _percent(place: Label, number: str) -> Edit:
    return Edit(place.file, place.span, f"{number}%")
