"""What a host hands in as data (frames, a folder, a `data.yaml`) to one Given for each source."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from pathlib import Path

from kpidsl.data.given import Csv, Excel, Frame, Given, Parquet, Place
from kpidsl.documents.bindings import Binding, Bindings
from kpidsl.periods.shift import add_days

Span = tuple[date | datetime, date | datetime]
_ENDINGS: tuple[tuple[str, type[Csv] | type[Parquet] | type[Excel]], ...] = (
    (".parquet", Parquet),
    (".csv", Csv),
    (".xlsx", Excel),
)


def from_frames(frames: Mapping[str, object], covers: Mapping[str, Span]) -> dict[str, Given]:
    """Frames by source name; what already is a Given stays as it is."""
    return {
        name: frame if isinstance(frame, Given) else Given(Frame(frame), covers=covers.get(name))
        for name, frame in frames.items()
    }


def from_bindings(bindings: Bindings) -> dict[str, Given]:
    """The sources that a `data.yaml` binds; `covers` there names two days, both included."""
    return {binding.source.value: _bound(binding) for binding in bindings.sources}


def from_folder(folder: Path, sources: Iterable[str]) -> dict[str, Given]:
    """The files of a folder that are called like a source: Parquet before CSV before Excel."""
    given: dict[str, Given] = {}
    for source in sources:
        for ending, kind in _ENDINGS:
            path = folder / f"{source}{ending}"
            if path.exists():
                given[source] = Given(kind(str(path)))
                break
    return given


def _bound(binding: Binding) -> Given:
    covers = binding.covers.value if binding.covers else None
    return Given(
        _place(binding),
        {name: column.value for name, column in binding.columns.items()},
        binding.timezone,
        binding.decimal,
        binding.date_format,
        (covers[0], add_days(covers[1], 1)) if covers else None,
    )


def _place(binding: Binding) -> Place:
    path = str(binding.path.value)
    match binding.format:
        case "csv":
            return Csv(path)
        case "parquet":
            return Parquet(path)
        case _:
            return Excel(path, binding.sheet)
