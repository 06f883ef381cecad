"""What a host hands in as data, to what is given for each source."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from binding import leads

from kpidsl.data.given import Csv, Frame, Given, Unusable
from kpidsl.data.inputs import Inputs, read_inputs


def read(folder: Path, text: str) -> Inputs:
    (folder / "data.yaml").write_text(text)
    return read_inputs(leads(), folder / "data.yaml", {})


def codes(inputs: Inputs) -> list[str]:
    return [finding.code for finding in inputs.findings]


def test_frames_a_folder_and_nothing(tmp_path: Path) -> None:
    (tmp_path / "leads.csv").write_text("lead_id\n")
    assert read_inputs(leads(), None, {}) == Inputs({}, None, ())
    (given, _, found, *_) = read_inputs(leads(), {"leads": pd.DataFrame()}, {})
    assert given is not None and isinstance(given["leads"].place, Frame) and not found
    (given, _, found, *_) = read_inputs(leads(), tmp_path, {})
    assert given is not None and given["leads"].place == Csv(str(tmp_path / "leads.csv")) and not found


@pytest.mark.parametrize("data", [3, True, [], pd.DataFrame({"a": [1]}), object()], ids=lambda data: type(data).__name__)
def test_what_cannot_be_data_is_a_finding(data: object) -> None:
    inputs = read_inputs(leads(), data, {})
    assert inputs.given is None and codes(inputs) == ["not-a-frame"]


def test_a_mistake_in_one_source_fails_that_source_only(tmp_path: Path) -> None:
    inputs = read(
        tmp_path,
        "as_of: 2026-03-01\nsources:\n  leads: {csv: a.csv, timezone: Mars}\n  pages: {}\n  customers: {csv: b.csv}\n",
    )
    assert inputs.given is not None and inputs.as_of is not None
    assert {name: type(given.place) for name, given in inputs.given.items()} == {
        "leads": Unusable,
        "pages": Unusable,
        "customers": Csv,
    }
    assert sorted(codes(inputs)) == ["missing-key", "unknown-timezone"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("sources: {leads: {csv: [}}\n", "yaml-syntax"),
        ("as_of: someday\nsources: {leads: {csv: a.csv}}\n", "wrong-shape"),
        ("source: {leads: {csv: a.csv}}\n", "unknown-key"),
    ],
)
def test_a_mistake_that_belongs_to_no_source_stops_everything(tmp_path: Path, text: str, code: str) -> None:
    inputs = read(tmp_path, text)
    assert inputs.given is None and codes(inputs) == [code]


def test_an_empty_file_binds_nothing(tmp_path: Path) -> None:
    assert read(tmp_path, "# nothing\n") == Inputs({}, None, ())


def test_names_that_no_definition_has(tmp_path: Path) -> None:
    inputs = read(
        tmp_path,
        "sources:\n  customer: {csv: a.csv}\n  leads: {csv: b.csv, columns: {scor: S, double: D, day: Day}}\n",
    )
    assert inputs.given is not None and set(inputs.given) == {"customer", "leads"}
    assert codes(inputs) == ["unknown-source", "unknown-name", "unknown-name"]
    assert [finding.edit.replacement for finding in inputs.findings if finding.edit] == ["customers", "score"]


FIRST, LAST = date(2026, 1, 1), date(2026, 4, 1)


@pytest.mark.parametrize(
    ("covers", "code", "usable"),
    [
        ({"leads": (FIRST, LAST)}, "", True),
        ({"leads": ("2026-Q1", "2026-04-01")}, "", True),
        ({"customers": (FIRST, LAST)}, "", True),
        ({"leads": (LAST, FIRST)}, "empty-range", False),
        ({"leads": (FIRST, FIRST)}, "empty-range", False),
        ({"leads": (date(2026, 1, 1), "soon")}, "not-a-date", False),
        ({"leads": (pd.NaT, LAST)}, "not-a-date", False),
        ({"leads": (1, 2)}, "not-a-date", False),
        ({"leads": (None, LAST)}, "not-a-date", False),
        ({"leads": (datetime.min.replace(tzinfo=UTC), LAST)}, "", True),
        ({"leads": 5}, "not-a-date", False),
        ({"leads": "2026"}, "not-a-date", False),
        ({"leads": (FIRST,)}, "not-a-date", False),
        ({"leads": None}, "not-a-date", False),
        ({"lead": (FIRST, LAST)}, "unknown-source", True),
        ({5: (FIRST, LAST)}, "unknown-source", True),
    ],
    ids=str,
)
def test_times_that_data_cover(covers: Any, code: str, usable: bool) -> None:
    inputs = read_inputs(leads(), {"leads": pd.DataFrame()}, covers)
    assert inputs.given is not None and codes(inputs) == [code] * bool(code)
    assert isinstance(inputs.given["leads"].place, Frame if usable else Unusable)


def test_covers_that_name_no_sources() -> None:
    inputs = read_inputs(leads(), {"leads": pd.DataFrame()}, (FIRST, LAST))
    assert inputs.given is None and codes(inputs) == ["not-a-date"]


def test_covers_with_a_zone_are_on_the_project_s_clock() -> None:
    said = (datetime(2025, 12, 31, 23, tzinfo=UTC), LAST)
    inputs = read_inputs(leads("Europe/Berlin"), {"leads": pd.DataFrame()}, {"leads": said})
    assert inputs.given is not None and inputs.given["leads"].covers == (datetime(2026, 1, 1), datetime(2026, 4, 1))


def test_covers_come_before_what_a_binding_says(tmp_path: Path) -> None:
    (tmp_path / "leads.csv").write_text("lead_id\n")
    (tmp_path / "data.yaml").write_text("sources: {leads: {csv: leads.csv, covers: 2025-01-01 to 2025-12-31}}")
    said = {"leads": (FIRST, LAST)}
    frame = Given(Frame(pd.DataFrame()), covers=(date(2025, 1, 1), date(2026, 1, 1)))
    for data in (tmp_path, tmp_path / "data.yaml", {"leads": frame}):
        given = read_inputs(leads(), data, said).given
        assert given is not None and given["leads"].covers == (datetime(2026, 1, 1), datetime(2026, 4, 1))


def test_a_folder_that_cannot_be_named() -> None:
    inputs = read_inputs(leads(), "x" * 5_000, {})
    assert inputs.given is None and inputs.findings
