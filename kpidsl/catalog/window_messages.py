"""What there is to say about windows, the order of rows and lengths of time: one function for one complaint."""

from __future__ import annotations

from collections.abc import Sequence

from kpidsl.catalog.catalog import Source
from kpidsl.catalog.core import Core
from kpidsl.catalog.messages import error, meant
from kpidsl.catalog.reading import Reading
from kpidsl.diagnostics import Diagnostic, Edit
from kpidsl.language import tree

# duration-spelling


def not_a_length(reading: Reading, node: tree.Node, of: str) -> Diagnostic:
    label = reading.label(node.span)
    help_ = ["a number and `days`, `weeks`, `months`, `quarters` or `years`, as in `3 months`"]
    headline = f"`{of}` takes a length of time, and `{reading.words(node.span)}` is none"
    return error("duration-spelling", headline, label, help=help_)


def not_a_whole_length(reading: Reading, node: tree.Quantity, of: str, grain: str) -> Diagnostic:
    finer = {"year": "months", "quarter": "months", "month": "days", "week": "days"}.get(grain)
    help_ = [f"a part of a {grain} is written in {finer}"] if finer and node.value.denominator != 1 else []
    headline = f"`{of}` takes a whole number of {grain}s, at least 1, and {float(node.value):g} is none"
    return error("duration-spelling", headline, reading.label(node.span), help=help_)


def length_beyond_use(reading: Reading, node: tree.Node, years: int) -> Diagnostic:
    headline = f"`{reading.words(node.span)}` is more than {years:,} years, where no data are"
    return error("duration-spelling", headline, reading.label(node.span))


# wrong-level


def neighbour_between_values(reading: Reading, node: tree.Neighbour) -> Diagnostic:
    where = "before" if node.function == "prior" else "after"
    headline = f"`{node.function}` looks at the row {where}, and here stand values, not rows"
    help_ = ["it belongs into an aggregate or the formula of a column; the period before is `previous(…)`"]
    return error("wrong-level", headline, reading.label(node.span), help=help_)


def out_of_place(reading: Reading, node: tree.Call | tree.Neighbour, takes: str) -> Diagnostic:
    return error("wrong-level", f"`{node.function}` works on {takes}, and here are none", reading.label(node.span))


def via_on_values(reading: Reading, via: tree.Name) -> Diagnostic:
    headline = f"`via {via.text}` says which reference makes rows belong to a row, and here is no row"
    help_ = ["it stands in the formula of a column; leave it out here"]
    return error("misplaced-modifier", headline, reading.label(via.span), help=help_)


# expression-too-large


def nested_too_deep(reading: Reading, node: tree.Call, most: int) -> Diagnostic:
    headline = f"`change` and `growth` are nested more than {most} deep"
    return error("expression-too-large", headline, reading.label(node.name_span))


# unknown-name


def unknown_dimension(reading: Reading, node: tree.Name, known: Sequence[str]) -> Diagnostic:
    label = reading.label(node.span, "not a dimension")
    help_, edit = meant(label, node.text, known)
    return error("unknown-name", f"no dimension is called `{node.text}`", label, help=help_, edit=edit)


# wrong-arguments


def not_a_dimension(reading: Reading, node: tree.Node) -> Diagnostic:
    headline = f"`total` takes names of dimensions, and `{reading.words(node.span)}` is none"
    return error("wrong-arguments", headline, reading.label(node.span))


def needs_share_of_rows(reading: Reading, node: tree.Call) -> Diagnostic:
    place = node.arguments[1]
    label = reading.label(place.span)
    edit: Edit | None = None
    if isinstance(place, tree.Number) and 1 < place.value <= 100:
        edit = Edit(label.file, label.span, f"{reading.words(place.span)}%")
    first = reading.words(node.arguments[0].span)
    help_ = [f"for example `{node.function}({first}, {edit.replacement if edit else '90%'})`"]
    headline = f"`{node.function}` takes a share from 0% to 100%, and `{reading.words(place.span)}` is none"
    return error("wrong-arguments", headline, label, help=help_, edit=edit)


def share_takes_rows(reading: Reading, node: tree.Call, source: str) -> Diagnostic:
    words = reading.words(node.arguments[0].span)
    headline = f"`share` takes the rows of a source, and `{words}` is none"
    help_ = [f"what must be true of a row follows `where`: `share({source} where …)`"]
    return error("wrong-arguments", headline, reading.label(node.arguments[0].span), help=help_)


def share_without_condition(reading: Reading, node: tree.Call, source: str) -> Diagnostic:
    headline = f"`share({source})` is always 100%: it needs a `where` that says which rows are meant"
    return error("wrong-arguments", headline, reading.label(node.span), help=[f"as in `share({source} where …)`"])


def distinct_without_count(reading: Reading, node: tree.Call) -> Diagnostic:
    headline = f"`distinct` belongs to `count`; `{node.function}` takes the values of all rows"
    return error("wrong-arguments", headline, reading.label(node.span))


# order-unknown


def no_last_date(reading: Reading, node: tree.Call, source: Source) -> Diagnostic:
    headline = f"`closing` takes the rows of the last date in the period, but the rows of `{source.name}` have no `time`"
    help_ = [f"say which column of `{source.name}` places its rows: `time: …`"]
    return error("order-unknown", headline, reading.label(node.span), help=help_)


# wrong-type


def value_has_other_type(reading: Reading, node: tree.Call, core: Core) -> Diagnostic:
    headline = f"`{node.function}` gives {core.type.value} here, and values are numbers and dates"
    help_ = ["a derived column can hold it: the formula of a column of the source that the rows belong to"]
    return error("wrong-type", headline, reading.label(node.span, core.type.value), help=help_)


def depends_on_period(reading: Reading, word: str, name: tree.Name) -> Diagnostic:
    headline = f"`{word}` needs a date that a row has whatever period is asked for, and `{name.text}` depends on the period"
    return error("wrong-type", headline, reading.label(name.span))
