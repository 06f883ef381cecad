"""Everything that binding data can complain about: one function for one complaint."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from kpidsl.catalog.core import Type
from kpidsl.data.rows import CellError
from kpidsl.diagnostics import Diagnostic, Edit, Severity
from kpidsl.documents.model import Written
from kpidsl.suggest import nearest

_LISTED = 12
_LONGEST_PATH = 300


def _error(code: str, source: str, headline: str, *help: str) -> Diagnostic:
    return Diagnostic(code, Severity.ERROR, headline, help=tuple(line for line in help if line), about=f"source {source}")


def _note(code: str, source: str, headline: str, *help: str) -> Diagnostic:
    return Diagnostic(code, Severity.NOTE, headline, help=tuple(line for line in help if line), about=f"source {source}")


def _shown(value: object) -> str:
    text = str(value)
    return f"`{text if len(text) <= 60 else text[:57] + '...'}`"


def _cut(path: str) -> str:
    """A path, without the middle of one that nobody would read whole."""
    return path if len(path) <= _LONGEST_PATH else f"{path[:40]}...{path[-40:]}"


def _many(count: int, one: str) -> str:
    return f"{count:,} {one}" if count == 1 else f"{count:,} {one}s"


def _have(count: int) -> str:
    return "has" if count == 1 else "have"


def _names(names: Iterable[str]) -> str:
    listed = list(names)
    more = f" and {len(listed) - _LISTED} more" if len(listed) > _LISTED else ""
    return ", ".join(f"`{name}`" for name in listed[:_LISTED]) + more


# Places


def source_not_bound(source: str, bound: Sequence[str]) -> Diagnostic:
    near = nearest(source, bound)
    return _error(
        "source-not-bound",
        source,
        f"no data are given for source `{source}`",
        f"there are data for `{near}`, which no source is called" if near else "",
        f"data are given for {_names(bound)}" if bound and not near else "",
    )


def unknown_source(written: Written[str], known: Sequence[str]) -> Diagnostic:
    headline = f"data are given for `{written.value}`, and no source is called so"
    help_, edit = _meant(written, known, "the sources")
    return Diagnostic("unknown-source", Severity.ERROR, headline, (written.label(),), help=help_, edit=edit)


def unknown_column(written: Written[str], source: str, known: Sequence[str]) -> Diagnostic:
    headline = f"data are given for column `{written.value}` of source `{source}`, which has no such column"
    help_, edit = _meant(written, known, "its columns")
    return Diagnostic("unknown-name", Severity.ERROR, headline, (written.label(),), help=help_, edit=edit)


def _meant(written: Written[str], known: Sequence[str], these: str) -> tuple[tuple[str, ...], Edit | None]:
    near, label = nearest(written.value, known), written.label()
    if near:
        return (f"perhaps `{near}`?",), Edit(label.file, label.span, near)
    return (f"{these} are {_names(known)}",) if known else (), None


def derived_column_bound(written: Written[str], source: str) -> Diagnostic:
    headline = f"data are given for column `{written.value}` of source `{source}`, which is worked out by a formula"
    help_ = ("a derived column has no place in the data",)
    return Diagnostic("unknown-name", Severity.ERROR, headline, (written.label(),), help=help_)


def not_data(kind: str) -> Diagnostic:
    headline = f"`data` is given as `{kind}`, which says nothing of where the rows of which source are"
    help_ = 'data are frames by source name, as in `{"leads": frame}`, a folder, or a `data.yaml`'
    return Diagnostic("not-a-frame", Severity.ERROR, headline, help=(help_,), about="data")


def not_memory(said: object) -> Diagnostic:
    headline = f"the memory limit is given as {_shown(said)}, and that is no amount of memory"
    return Diagnostic("not-an-amount", Severity.ERROR, headline, help=("as in `2 GB` or `512 MiB`",), about="the question")


def file_not_found(source: str, path: str) -> Diagnostic:
    return _error("file-not-found", source, f"there is no file `{_cut(path)}` for source `{source}`")


def address_not_read(source: str, address: str) -> Diagnostic:
    headline = f"`{_cut(address)}` for source `{source}` is an address, and addresses are not read"
    return _error("file-not-found", source, headline, "a file that was fetched from there can be read")


def folder_for_file(source: str, path: str) -> Diagnostic:
    headline = f"`{_cut(path)}` for source `{source}` is a folder, and a file is needed"
    return _error("unreadable-file", source, headline, "only `parquet` and `json` read all files of a folder")


def folder_without(source: str, path: str, endings: Sequence[str]) -> Diagnostic:
    which = " or ".join(f"`{ending}`" for ending in endings)
    return _error(
        "file-not-found", source, f"the folder `{_cut(path)}` for source `{source}` holds no file that ends in {which}"
    )


def table_not_found(source: str, table: str, place: str) -> Diagnostic:
    return _error("table-not-found", source, f"there is no table `{table}` for source `{source}` in {place}")


def header_missing(source: str, path: str, place: str) -> Diagnostic:
    headline = f"{place} of `{_cut(path)}` for source `{source}` is empty, where the names of the columns should be"
    return _error("unreadable-file", source, headline, "what stands above the names of the columns has to go")


def unreadable_file(source: str, path: str, reason: str) -> Diagnostic:
    return _error("unreadable-file", source, f"`{_cut(path)}` for source `{source}` cannot be read: {reason}")


def not_utf8(source: str, path: str) -> Diagnostic:
    headline = f"`{path}` for source `{source}` is not text in UTF-8"
    return _error("unreadable-file", source, headline, "saved again as UTF-8, it can be read; Excel calls it `CSV UTF-8`")


def ragged_row(source: str, path: str, line: int, cells: int, wanted: int) -> Diagnostic:
    headline = f"line {line} of `{path}` for source `{source}` has {_many(cells, 'cell')}, and the header has {wanted}"
    return _error(
        "unreadable-file", source, headline, "a text that holds the separator or a line break stands in double quotes"
    )


def sheet_missing(source: str, path: str, sheet: str, names: Sequence[str]) -> Diagnostic:
    headline = f"`{path}` for source `{source}` has no sheet `{sheet}`"
    return _error("unreadable-file", source, headline, f"its sheets are {_names(names)}")


def excel_missing(source: str) -> Diagnostic:
    headline = f"Excel files, as for source `{source}`, are read with openpyxl, which is not installed"
    return _error("package-missing", source, headline, '`pip install "kpidsl[excel]"` installs it')


def not_a_frame(source: str, kind: str) -> Diagnostic:
    headline = f"source `{source}` is given as `{kind}`, which holds no rows that can be read"
    help_ = "rows come from a pandas DataFrame, from anything that hands over an Arrow stream, or from a file"
    return _error("not-a-frame", source, headline, help_)


def class_for_frame(source: str, name: str) -> Diagnostic:
    headline = f"source `{source}` is given as the class `{name}` itself, which holds no rows"
    return _error("not-a-frame", source, headline, "rows are in a frame that was made of it")


def unknown_date_format(source: str, written: str) -> Diagnostic:
    headline = f"the `date_format` {_shown(written)}, given for source `{source}`, cannot be read as a date"
    help_ = "it says where day, month and year stand: `%d.%m.%Y` reads 31.01.2026, `%m/%d/%Y %H:%M` reads 01/31/2026 14:30"
    return _error("unknown-date-format", source, headline, help_)


def unknown_timezone(source: str, name: str) -> Diagnostic:
    headline = f"`{name}`, given for source `{source}`, is not a time zone"
    return _error("unknown-timezone", source, headline, "time zones are named like `Europe/Berlin` or `UTC`")


# The time that data cover


def covers_not_by_source(kind: str) -> Diagnostic:
    headline = f"`covers` is given as `{kind}`, which says nothing of which source is complete for which time"
    return Diagnostic("not-a-date", Severity.ERROR, headline, help=(_COVERS,), about="covers")


def covers_unknown_source(source: str, known: Sequence[str]) -> Diagnostic:
    headline = f"`covers` names `{source}`, and no source is called so"
    near = nearest(source, known)
    help_ = (f"perhaps `{near}`?",) if near else (f"the sources are {_names(known)}",) if known else ()
    return Diagnostic("unknown-source", Severity.ERROR, headline, help=help_, about="covers")


def cover_not_two(source: str, said: object) -> Diagnostic:
    headline = f"`covers` of source `{source}` is {_shown(said)}, which are no two dates"
    return _error("not-a-date", source, headline, _COVERS)


def cover_not_a_date(source: str, said: object) -> Diagnostic:
    headline = f"`covers` of source `{source}` names {_shown(said)}, and that is no date"
    return _error("not-a-date", source, headline, _COVERS)


def cover_empty(source: str, start: datetime, end: datetime) -> Diagnostic:
    headline = f"`covers` of source `{source}` holds no time: it goes from {_moment(start)} to {_moment(end)}"
    return _error("empty-range", source, headline, "it must begin before it ends; its end is not included")


def _moment(moment: datetime) -> str:
    return str(moment).removesuffix(" 00:00:00")


_COVERS = 'as in `{"leads": (date(2026, 1, 1), date(2026, 4, 1))}`, the second day not included'


# Columns


def column_missing(source: str, column: str, name: str, names: Sequence[str]) -> Diagnostic:
    called = f"`{column}`" if column == name else f"`{column}`, which is called `{name}` in the data"
    headline = f"the data of source `{source}` have no column for {called}"
    same = [each for each in names if each.lower() == name.lower()]
    if same:
        near = f"the data have {_names(same)}, spelled with other small and capital letters"
    else:
        guess = nearest(name, names)
        near = f"perhaps `{guess}`?" if guess else f"the data have {_names(names)}" if names else "the data have no columns"
    return _error("column-missing", source, headline, near, f"`columns: {{{column}: …}}` in the binding names it")


def column_not_everywhere(source: str, name: str, file: str) -> Diagnostic:
    headline = f"`{_cut(file)}` for source `{source}` has no column `{name}`, which other files of it have"
    return _error("column-missing", source, headline, "an empty column of that name says that it is missing there")


def column_repeated(source: str, name: str, count: int) -> Diagnostic:
    headline = f"the data of source `{source}` have {count} columns called `{name}`"
    return _error("column-repeated", source, headline, "one of them must be renamed or left out")


_WANTED = {
    Type.TEXT: "text",
    Type.NUMBER: "a number",
    Type.BOOLEAN: "true or false",
    Type.DATE: "a date",
    Type.DATETIME: "a date and time",
}
_HELP = {
    Type.TEXT: "text and whole numbers are accepted",
    Type.NUMBER: 'a number is written as 1234.5; `decimal: ","` in the binding reads 1234,5',
    Type.BOOLEAN: "true and false, yes and no, 1 and 0 are accepted",
    Type.DATE: 'a date is written as 2026-01-31; another form is read with `date_format: "%d.%m.%Y"` in the binding',
    Type.DATETIME: "a date and time is written as 2026-01-31T14:30; another form is read with `date_format` in the binding",
}


def wrong_type(
    source: str, column: str, kind: Type, value: object, place: str, count: int, date_format: str | None = None
) -> Diagnostic:
    headline = (
        f"`{column}` of source `{source}` is declared {kind.value}, but {_shown(value)} in {place} is not {_WANTED[kind]}"
    )
    more = f"{_many(count, 'row')} have such a value" if count > 1 else ""
    if kind is Type.NUMBER and isinstance(value, bool):
        return _error("wrong-type", source, headline, more, f"`{column}: boolean` declares truth values")
    if kind is Type.NUMBER and isinstance(value, str) and place.startswith("row"):
        return _error("wrong-type", source, headline, more, "text is no number, also where it looks like one")
    if isinstance(value, CellError):
        help_ = "it could not be computed; the cell of a missing value is empty"
        return _error("wrong-type", source, headline, more, help_)
    if date_format is not None and kind in (Type.DATE, Type.DATETIME) and isinstance(value, str):
        return _error("wrong-type", source, headline, more, f"every text must fit the binding's `date_format: {date_format}`")
    return _error("wrong-type", source, headline, more, _HELP[kind])


def infinite_number(source: str, column: str, place: str, count: int) -> Diagnostic:
    """A database has no place of a row."""
    rows = f"{_many(count, 'row')} of source `{source}`" + (f", first {place}," if place else "")
    headline = f"{rows} {_have(count)} an infinite `{column}`, which counts as missing"
    return _note("infinite-number", source, headline)


def unknown_value(
    source: str, column: str, rows: int, examples: Sequence[str], words: int, listed: Sequence[str]
) -> Diagnostic:
    which = _names(examples) + (f" and {words - len(examples)} more" if words > len(examples) else "")
    near = nearest(examples[0], listed)
    return _note(
        "unknown-value",
        source,
        f"{_many(rows, 'row')} of source `{source}` {_have(rows)} a `{column}` that is not among its declared values: {which}",
        f"perhaps `{near}` is meant by `{examples[0]}`" if near else "",
    )


# Keys


def key_repeated(source: str, key: Sequence[str], value: str, keys: int, first: str, again: str) -> Diagnostic:
    headline = f"the key {_names(key)} of source `{source}` is not unique: {_shown(value)} stands in {first} and in {again}"
    return _error(
        "key-repeated",
        source,
        headline,
        f"{_many(keys, 'key')} stand in more than one row" if keys > 1 else "",
        "a reference to it would count rows more than once",
    )


Times = tuple[str, str, str | None]  # the place of a row, the first and the last of its time


def validity_overlaps(source: str, key: Sequence[str], value: str, first: Times, second: Times) -> Diagnostic:
    times = " and ".join(f"{place} from {start} {f'to {end}' if end else 'on'}" for place, start, end in (first, second))
    headline = f"two rows of source `{source}` with {_shown(value)} as {_names(key)} are valid at the same time: {times}"
    return _error(
        "validity-overlaps",
        source,
        headline,
        "a row is valid from its first date up to its second, without it; at any moment a reference finds one row at most",
    )


def reference_unmatched(
    source: str, columns: Sequence[str], target: str, rows: int, present: int, value: str, place: str
) -> Diagnostic:
    one = len(columns) == 1
    what = f"a {_names(columns)} that is not in `{target}`" if one else f"{_names(columns)} that no row of `{target}` has"
    example = f"first {_shown(value)} in {place}" if place else f"such as {_shown(value)}"
    return _note(
        "reference-unmatched",
        source,
        f"{rows:,} of {_many(present, 'row')} of source `{source}` {_have(rows)} {what}, {example}",
        f"what is read from `{target}` is missing for them",
    )


def subset_repeated(source: str, target: str, rows: int, value: str, first: str, second: str) -> Diagnostic:
    several = "a row" if rows == 1 else f"{rows:,} rows"
    return _note(
        "subset-repeated",
        source,
        f"{several} of `{target}` {_have(rows)} more than one row of `{source}`, though its rows are declared a subset, first "
        f"{_shown(value)} in {first} and {second}",
        f"a proportion of `{source}` in `{target}` may exceed 100%; without `subset_of` it is a ratio",
    )
