"""What the engines have to say: what they cannot do, and what about the data changes how a result is to be read."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from kpidsl.diagnostics import Diagnostic, Severity


def _note(code: str, about: str, headline: str, *help: str) -> Diagnostic:
    return Diagnostic(code, Severity.NOTE, headline, help=help, about=about)


def dates_missing(source: str, column: str, missing: int, rows: int) -> Diagnostic:
    have, are = ("has", "is") if missing == 1 else ("have", "are")
    headline = f"{missing:,} of {rows:,} rows of source `{source}` {have} no `{column}`, {are} in no period and left out"
    return _note("dates-missing", f"source {source}", headline)


def undefined_rows(source: str, columns: Iterable[str], reasons: Iterable[str], count: int) -> Diagnostic:
    rows = f"{count:,} row of source `{source}` counts" if count == 1 else f"{count:,} rows of source `{source}` count"
    names = " and ".join(f"`{name}`" for name in columns) or "constants"
    headline = f"{rows} as missing: {', '.join(sorted(reasons))} in what is computed from {names}"
    return _note("undefined-rows", f"source {source}", headline)


def gap_in_data(source: str, column: str, first: date, last: date, days: int) -> Diagnostic:
    headline = (
        f"source `{source}` has no row with a `{column}` from {first} to {last}, {days:,} days, "
        "more than twice as long as any gap before; its counts and sums are 0 there"
    )
    return _note(
        "gap-in-data", f"source {source}", headline, "`covers` in the binding says for which time the data are complete"
    )
