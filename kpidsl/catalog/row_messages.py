"""What there is to say about references, gathered rows and neighbours: one function for one complaint."""

from __future__ import annotations

from collections.abc import Sequence

from kpidsl.catalog.catalog import Column, Source
from kpidsl.catalog.core import Core
from kpidsl.catalog.messages import error, meant
from kpidsl.catalog.reading import Reading
from kpidsl.diagnostics import Diagnostic, Edit, Label
from kpidsl.documents import model
from kpidsl.language import tree
from kpidsl.suggest import nearest
from kpidsl.text import Span
from kpidsl.units.unit import Unit, show


def _listed(names: Sequence[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


# reference-match


def may_match_several(reference: model.SourceReference, target: model.Source) -> Diagnostic:
    name, there = target.name.value, _listed([each.value for _, each in reference.match])
    label = reference.name.label("a row may find several there")
    key = [each.value for each in target.key]
    if key:
        headline = f"`{reference.name.value}` looks for rows of `{name}` by {there}, but its key is {_listed(key)}"
        help_ = [f"match the whole key, {_listed(key)}, or add `valid:` with the columns between which a row holds"]
    else:
        headline = f"`{reference.name.value}` looks for rows of `{name}` by {there}, but `{name}` has no key"
        help_ = [f"give `{name}` a `key:` of {there}, or add `valid:` with the columns between which a row holds"]
    return error("reference-match", headline, label, help=help_)


def derived_there(label: Label, name: str, source: str) -> Diagnostic:
    headline = f"`{name}` is a derived column of `{source}`; rows are looked for by columns that are in the data"
    return error("reference-match", headline, label)


def match_depends_on_period(label: Label, name: str) -> Diagnostic:
    headline = f"`{name}` depends on the period that is asked for, so it cannot say which row is meant"
    return error("reference-match", headline, label)


def match_types(label: Label, own: Column, there: Column, target: str) -> Diagnostic:
    headline = (
        f"`{own.name}` is {own.type.value} and `{there.name}` of `{target}` is {there.type.value}, so they are never equal"
    )
    help_ = ["declare both with the same type"]
    return error("reference-match", headline, label, help=help_)


def valid_is_no_date(label: Label, column: Column) -> Diagnostic:
    headline = f"`valid` needs the dates between which a row holds, but `{column.name}` is {column.type.value}"
    return error("reference-match", headline, label)


# reference-path


def no_way(reading: Reading, node: tree.Call, start: str, home: Source, back: Sequence[str]) -> Diagnostic:
    headline = f"no reference leads from `{start}` to `{home.name}`, so a row of `{home.name}` has no rows of `{start}`"
    first = node.arguments[0]
    if back and isinstance(first, tree.Name):
        path = ".".join((*back, *(first.parts[1:] or ("…",))))
        help_ = [f"a row of `{home.name}` references one of `{start}`, in which it reads `{path}`"]
    else:
        help_ = [f"a column of `{start}` with `references: {home.name}` would be one"]
    return error("reference-path", headline, reading.label(node.span), help=help_)


def several_ways(
    reading: Reading, node: tree.Call, start: str, home: str, found: Sequence[str], via: tree.Name | None
) -> Diagnostic:
    more = f" by way of `{via.text}`" if via is not None else ""
    headline = f"several references lead from `{start}` to `{home}`{more}: {_listed(found)}"
    first = node.arguments[0]
    label = reading.label(node.span if via is None else via.span)
    help_ = [f"say which, as in `{node.function}({reading.words(first.span)} via {found[0]})`"]
    return error("reference-path", headline, label, help=help_)


def via_is_no_reference(reading: Reading, part: str, span: Span, source: str, links: Sequence[str]) -> Diagnostic:
    label = reading.label(span)
    help_, edit = meant(label, part, links)
    if not help_ and links:
        help_ = (f"the references of `{source}` are {_listed(links)}",)
    return error("reference-path", f"`{part}` is no reference of `{source}`", label, help=help_, edit=edit)


def via_leads_elsewhere(reading: Reading, via: tree.Name, end: str, home: str) -> Diagnostic:
    headline = f"`{via.text}` leads to `{end}`, and from there no reference leads to `{home}`"
    return error("reference-path", headline, reading.label(via.span))


def reference_is_no_value(reading: Reading, node: tree.Name, target: Source) -> Diagnostic:
    column = next(iter(target.columns), "")
    help_ = [f"name one of its columns, as in `{node.text}.{column}`"] if column else []
    headline = f"`{node.text}` leads to a row of `{target.name}`, which is not one value"
    return error("reference-path", headline, reading.label(node.span), help=help_)


# misplaced-modifier


def modifier_in_derived_column(reading: Reading, node: tree.Call, word: str) -> Diagnostic:
    headline = f"`{word}` says in which period a row counts, but a derived column runs over all rows that refer to it"
    help_ = ["dates are compared in `where`, and a stock is `alive from … to …`"]
    return error("misplaced-modifier", headline, reading.label(node.span), help=help_)


# wrong-arguments


def source_is_no_value(reading: Reading, node: tree.Name) -> Diagnostic:
    headline = f"`{node.text}` is a source; a row has a value in one of its columns"
    return error("wrong-arguments", headline, reading.label(node.span))


def same_in_every_period(reading: Reading, node: tree.Call) -> Diagnostic:
    argument = node.arguments[0]
    headline = f"`{reading.words(argument.span)}` is the same in every period, so `previous` of it is too"
    help_ = ["it means something for a column that uses `alive`, `period_start` or `period_end`"]
    return error("wrong-arguments", headline, reading.label(argument.span), help=help_)


def no_common_key(reading: Reading, node: tree.Neighbour, home: str, other: str, found: Sequence[str]) -> Diagnostic:
    key = node.key.text
    if found:
        headline = f"`{other}` has no column `{key}`, and several references that could stand for it: {_listed(found)}"
    else:
        headline = f"`{other}` has no column `{key}`, so its rows cannot be told apart by the `{key}` of `{home}`"
    return error("wrong-arguments", headline, reading.label(node.key.span))


def key_depends_on_period(reading: Reading, node: tree.Neighbour) -> Diagnostic:
    headline = f"`{node.key.text}` depends on the period that is asked for, so rows cannot be told apart by it"
    return error("wrong-arguments", headline, reading.label(node.key.span))


def key_types(reading: Reading, node: tree.Neighbour, own: Core, other: str, there: Core) -> Diagnostic:
    headline = f"`{node.key.text}` is {own.type.value} here and {there.type.value} in `{other}`, so they are never equal"
    return error("wrong-type", headline, reading.label(node.key.span))


# wrong-level


def window_on_rows(reading: Reading, node: tree.Call) -> Diagnostic:
    headline = f"`{node.function}` works on measures and KPIs, and here stands a row"
    help_ = ["in a column only `previous` looks at another period"]
    return error("wrong-level", headline, reading.label(node.name_span), help=help_)


# unit-mismatch


def column_unit_differs(place: Label, column: model.Column, declared: Unit, found: Unit) -> Diagnostic:
    headline = f"`{column.name.value}` is declared {show(declared)}, but its formula is in {show(found)}"
    labels = (place,) if column.formula is None else (column.formula.label(text=show(found)), place)
    return error("unit-mismatch", headline, *labels)


# expression-too-large


def columns_too_deep(label: Label, source: str, name: str) -> Diagnostic:
    headline = f"too many columns build on each other on the way to `{source}.{name}`, most likely in a circle"
    return error("expression-too-large", headline, label)


def column_too_large(label: Label, source: str, name: str) -> Diagnostic:
    headline = f"the formula of `{source}.{name}`, with those of the columns that it uses, is too large"
    return error("expression-too-large", headline, label)


# dimension-path


def dimension_depends_on_period(label: Label, path: str) -> Diagnostic:
    headline = f"`{path}` depends on the period that is asked for, so rows cannot be grouped by it"
    return error("dimension-path", headline, label)


# missing-key


def every_without_time(place: model.Written[str], source: model.Source) -> Diagnostic:
    headline = f"the rows of `{source.name.value}` each stand for a {place.value}, but no `time` says for which"
    dates = (each.name.value for each in source.columns if each.type and each.type.value in ("date", "datetime"))
    return error("missing-key", headline, place.label(), help=[f"add for example `time: {next(dates, 'day')}`"])


def age_without_time(key: str, length: model.Formula[tree.Quantity], source: model.Source) -> Diagnostic:
    headline = f"`{key}` of `{source.name.value}` is about the dates of its rows, but no `time` says which these are"
    dates = (each.name.value for each in source.columns if each.type and each.type.value in ("date", "datetime"))
    return error("missing-key", headline, length.label(), help=[f"add for example `time: {next(dates, 'day')}`"])


# order-unknown


def order_unknown(reading: Reading, span: Span, word: str, source: Source) -> Diagnostic:
    lacking = [name for name, given in (("time", source.time), ("key", source.key)) if not given]
    headline = (
        f"`{word}` needs the rows of `{source.name}` in order, but it has no {' and no '.join(f'`{name}`' for name in lacking)}"
    )
    help_ = ["rows stand in the order of their `time`, and those of the same moment in that of their `key`"]
    return error("order-unknown", headline, reading.label(span), help=help_)


# cluster-out-of-reach


def cluster_out_of_reach(
    written: model.Formula[tree.Name], kpi: str, lacking: Sequence[str], columns: Sequence[Sequence[str]], shared: Sequence[str]
) -> Diagnostic:
    """`lacking` are the sources without such a column, `columns` what each of them has, `shared` what all sources have."""
    label, path = written.label(), written.text
    sources = " and ".join(f"`{source}`" for source in lacking)
    which = f"source {sources} does" if len(lacking) == 1 else f"sources {sources} do"
    headline = f"`{kpi}` is clustered by `{path}`, to which {which} not lead"
    has = [f"`{source}` has {_listed(names)}" for source, names in zip(lacking, columns, strict=True)]
    suggestion = nearest(path, shared)
    perhaps = [f"perhaps `{suggestion}`, which every source of the formula has?"] if suggestion else []
    other = "a column, derived column or reference of the same name in every source of the formula makes it one cluster"
    edit = Edit(label.file, label.span, suggestion) if suggestion else None
    return error("cluster-out-of-reach", headline, label, help=[*has, *(perhaps or [other])], edit=edit)


def cluster_depends_on_period(written: model.Formula[tree.Name], source: str) -> Diagnostic:
    headline = f"`{written.text}` of `{source}` depends on the period that is asked for, so rows cannot belong together by it"
    return error("cluster-out-of-reach", headline, written.label())
