"""The results of a report to what was read for it: of each source by each date the first and the last row, and how many."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time

from msgspec import Struct

from kpidsl.engines.slots import Timeline
from kpidsl.results.receipts.words import iso
from kpidsl.results.result import Result


class Read(Struct, frozen=True):
    """All rows of a source by a date, of which `undated` have none; the first and the last one before the cut-off."""

    source: str
    dated_by: str
    first: str
    last: str
    rows: int
    undated: int

    @property
    def words(self) -> str:
        """All of it on one line."""
        span = f"{self.first} to {self.last}, " if self.first else ""
        undated = f", {self.undated:,} without a date" if self.undated else ""
        return f"{span}{self.rows:,} {'row' if self.rows == 1 else 'rows'}{undated}"


def sources_read(results: Iterable[Result]) -> tuple[Read, ...]:
    """What was seen of the sources, by name."""
    found: dict[tuple[str, str], Read] = {}
    for result in results:
        survey = None if result.evidence is None else result.evidence.survey
        for (source, dated), line in () if survey is None else survey.timelines.items():
            found.setdefault((source, dated.name), _read(source, dated.name, line))
    return tuple(found[key] for key in sorted(found))


def _read(source: str, dated_by: str, line: Timeline) -> Read:
    first, last = ("", "") if line.span is None else (_moment(each) for each in (line.span.first, line.span.last))
    return Read(source, dated_by, first, last, line.rows, line.missing)


def _moment(at: date) -> str:
    return at.isoformat(" ", "minutes") if isinstance(at, datetime) and at.time() != time() else (iso(at) or "")
