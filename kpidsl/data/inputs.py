"""What a host hands in as data (frames, a folder, a `data.yaml`) to one Given for each source, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import NamedTuple

from msgspec.structs import replace

from kpidsl.catalog.catalog import Catalog
from kpidsl.data import messages
from kpidsl.data.covers import read_cover
from kpidsl.data.given import Csv, DuckDbTable, Excel, Frame, Given, Json, Parquet, Place, Remote, Table, Unusable
from kpidsl.data.paths import is_there
from kpidsl.data.rows import Refused
from kpidsl.data.tables import of_spark, remote
from kpidsl.diagnostics import Diagnostic
from kpidsl.documents.bindings import Binding, Bindings, read_bindings
from kpidsl.documents.find import read_file
from kpidsl.documents.model import Written
from kpidsl.periods.shift import add_days

_ENDINGS: tuple[tuple[str, type[Csv] | type[Parquet] | type[Json] | type[Excel]], ...] = (
    (".parquet", Parquet),
    (".csv", Csv),
    (".json", Json),
    (".jsonl", Json),
    (".xlsx", Excel),
)


class Inputs(NamedTuple):
    """What is given for each source, None where nothing can be read, and what a `data.yaml` says of moment, engine, memory."""

    given: dict[str, Given] | None
    as_of: date | datetime | None
    findings: tuple[Diagnostic, ...]
    engine: str | None = None
    memory_limit: int | None = None


def read_inputs(catalog: Catalog, data: object, covers: object) -> Inputs:
    """What `data` gives: frames by source name, a folder with files called like the sources, a `data.yaml`, or bindings.

    `covers`, by source name too, says for which half-open time its rows are complete, and comes before what a binding says.
    Never raises: what cannot be data is a finding, and what cannot be a time fails its source.
    """
    inputs = _given(catalog, data)
    if inputs.given is None:
        return inputs
    if not isinstance(covers, Mapping):
        return Inputs(None, None, (*inputs.findings, messages.covers_not_by_source(type(covers).__name__)))
    found = list(inputs.findings)
    given = _covered(catalog, inputs.given, covers, found)
    return inputs._replace(given=given, findings=tuple(found))


def _given(catalog: Catalog, data: object) -> Inputs:
    match data:
        case None:
            return Inputs({}, None, ())
        case Bindings():
            return _from_bindings(catalog, data, ())
        case str() | Path():
            path = Path(data)
            folder = is_there(path) and path.is_dir()
            return Inputs(from_folder(path, catalog.sources), None, ()) if folder else _from_file(catalog, path)
        case Mapping():
            return from_frames(data)
        case _:
            return Inputs(None, None, (messages.not_data(type(data).__name__),))


def _from_file(catalog: Catalog, path: Path) -> Inputs:
    file, found = read_file(path)
    if file is None:
        return Inputs(None, None, found)
    bindings, problems = read_bindings(file, path.parent)
    if bindings is None:
        return Inputs(None if problems else {}, None, (*found, *problems))
    return _from_bindings(catalog, bindings, (*found, *problems))


def _from_bindings(catalog: Catalog, bindings: Bindings, found: tuple[Diagnostic, ...]) -> Inputs:
    as_of = bindings.as_of.value if bindings.as_of else None
    engine = bindings.engine.value if bindings.engine else None
    memory = bindings.memory_limit.value if bindings.memory_limit else None
    return Inputs(from_bindings(bindings), as_of, (*found, *_unknown_names(catalog, bindings)), engine, memory)


def _unknown_names(catalog: Catalog, bindings: Bindings) -> Iterator[Diagnostic]:
    """Sources and columns that are bound and that no definition has; one with a mistake in its definition was reported."""
    known = dict.fromkeys([*catalog.sources, *(source.name.value for source in catalog.definitions.sources)])
    for name in (*(binding.source for binding in bindings.sources), *bindings.failed):
        if name.value not in known:
            yield messages.unknown_source(name, tuple(known))
    for binding in bindings.sources:
        if binding.source.value in catalog.sources:
            yield from _unknown_columns(catalog, binding.source.value, [name for name, _ in binding.columns.values()])


def _unknown_columns(catalog: Catalog, source: str, bound: Iterable[Written[str]]) -> Iterator[Diagnostic]:
    columns, definition = catalog.sources[source].columns, catalog.sources[source].definition
    known = {column.name.value for column in definition.columns} if definition else set()
    for name in bound:
        if name.value in columns and columns[name.value].formula is not None:
            yield messages.derived_column_bound(name, source)
        elif name.value not in {*columns, *known}:
            yield messages.unknown_column(name, source, tuple(columns))


def _covered(
    catalog: Catalog, given: Mapping[str, Given], covers: Mapping[object, object], found: list[Diagnostic]
) -> dict[str, Given]:
    """The sources with the times for which they are complete; one of which that is said wrongly cannot be used."""
    known = dict.fromkeys([*catalog.sources, *(source.name.value for source in catalog.definitions.sources)])
    result = dict(given)
    for name, said in covers.items():
        if name not in known:
            found.append(messages.covers_unknown_source(str(name), tuple(known)))
        elif isinstance(name, str) and name in given:
            try:
                result[name] = replace(given[name], covers=read_cover(name, said, catalog.calendar))
            except Refused as refused:
                found.append(refused.diagnostic)
                result[name] = Given(Unusable())
    return result


def from_frames(frames: Mapping[str, object]) -> Inputs:
    """Frames and tables by source name; what already is a Given stays as it is."""
    given: dict[str, Given] = {}
    found: list[Diagnostic] = []
    for name, rows in frames.items():
        given[str(name)], problems = _one(str(name), rows)
        found.extend(problems)
    return Inputs(given, None, tuple(found))


def _one(source: str, rows: object) -> tuple[Given, tuple[Diagnostic, ...]]:
    if isinstance(rows, Given):
        return rows, ()
    if not isinstance(rows, Table):
        return Given(of_spark(rows) or Frame(rows)), ()
    try:
        return Given(remote(source, rows)), ()
    except Refused as refused:
        return Given(Unusable()), (refused.diagnostic,)


def from_bindings(bindings: Bindings) -> dict[str, Given]:
    """The sources that a `data.yaml` binds; `covers` there names two days, both included."""
    unusable = {name.value: Given(Unusable()) for name in bindings.failed}
    return unusable | {binding.source.value: _bound(binding) for binding in bindings.sources}


def from_folder(folder: Path, sources: Iterable[str]) -> dict[str, Given]:
    """The files of a folder that are called like a source: Parquet before CSV before JSON before Excel."""
    given: dict[str, Given] = {}
    for source in sources:
        for ending, kind in _ENDINGS:
            path = folder / f"{source}{ending}"
            if is_there(path):
                given[source] = Given(kind(str(path)))
                break
    return given


def _bound(binding: Binding) -> Given:
    covers = binding.covers.value if binding.covers else None
    return Given(
        _place(binding),
        {name: column.value for name, (_, column) in binding.columns.items()},
        binding.timezone,
        binding.decimal,
        binding.date_format,
        (covers[0], add_days(covers[1], 1)) if covers else None,
    )


def _place(binding: Binding) -> Place:
    path = str(binding.path.value) if binding.path else ""
    table = tuple(binding.table.value.split(".")) if binding.table else ()
    match binding.format:
        case "csv":
            return Csv(path)
        case "parquet":
            return Parquet(path)
        case "json":
            return Json(path)
        case "xlsx":
            return Excel(path, binding.sheet)
        case "duckdb":
            return DuckDbTable(path, table)
        case kind:
            return Remote(kind, table, binding.connect.value if binding.connect else None)
