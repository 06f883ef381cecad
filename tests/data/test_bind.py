"""Sources bound together: what is missing, wrong, repeated or unmatched, and that one failure stops no other source."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any, cast

import numpy as np
import pandas as pd
import pytest
from binding import bound, codes, frame, leads

from kpidsl.data.bind import check_all
from kpidsl.data.given import Frame, Given
from kpidsl.data.table import Numbers
from kpidsl.diagnostics import Severity

CUSTOMERS = {"customer_id": ["c1", "c2"], "segment": ["big", "small"]}
BOTH = {"leads": "lead_id customer", "customers": "customer_id segment"}


def test_a_missing_source_stops_no_other() -> None:
    found = bound(BOTH, {"customers": CUSTOMERS})
    assert codes(found) == ["source-not-bound"]
    assert (set(found.tables), found.failed) == ({"customers"}, {"leads"})


def test_a_misspelt_source_is_recognised() -> None:
    (finding,) = bound({"leads": "lead_id"}, {"lead": {"lead_id": ["a"]}}).findings
    assert "`lead`" in finding.help[0]


def test_missing_columns() -> None:
    found = bound({"leads": "lead_id score channel"}, {"leads": {"Lead_ID": ["a"], "scores": [1]}})
    assert codes(found) == ["column-missing"] * 3
    by_column = {finding.headline.split("`")[3]: finding.help for finding in found.findings}
    assert "capital letters" in by_column["lead_id"][0]
    assert "perhaps `scores`?" in by_column["score"]
    assert "`Lead_ID`, `scores`" in by_column["channel"][0]


def test_what_a_column_is_called_in_the_data() -> None:
    data = {"Net Amount": [1.5], "Betrag": [2.5]}
    found = bound({"leads": "amount"}, {"leads": data}).tables["leads"].columns["amount"]
    assert isinstance(found, Numbers) and found.values.tolist() == [1.5]
    renamed = Given(Frame(pd.DataFrame(data)), columns={"amount": "Betrag"})
    found = bound({"leads": "amount"}, {"leads": renamed}).tables["leads"].columns["amount"]
    assert isinstance(found, Numbers) and found.values.tolist() == [2.5]


def test_every_wrong_column_is_told() -> None:
    found = bound({"leads": "score won day"}, {"leads": {"score": ["x"], "won": ["perhaps"], "day": ["soon"]}})
    assert codes(found) == ["wrong-type"] * 3
    assert all(finding.about == "source leads" for finding in found.findings)


def test_references_are_linked() -> None:
    found = bound(BOTH, {"leads": {"lead_id": [1, 2, 3, 4], "customer": ["c2", None, "c9", "c1"]}, "customers": CUSTOMERS})
    assert found.tables["leads"].links["customer"].tolist() == [1, -1, -1, 0]
    (finding,) = found.findings
    assert (finding.code, finding.severity) == ("reference-unmatched", Severity.NOTE)
    assert "1 of 3 rows" in finding.headline and "`c9` in row 3" in finding.headline


def test_a_reference_that_is_not_used_is_not_checked() -> None:
    found = bound({"leads": "customer"}, {"leads": {"customer": ["c9"]}, "customers": CUSTOMERS})
    assert not found.findings
    assert not found.tables["leads"].links


def test_number_keys() -> None:
    found = bound({"visits": "page", "pages": "page_id"}, {"visits": {"page": [2.0, np.nan]}, "pages": {"page_id": [1, 2]}})
    assert found.tables["visits"].links["page"].tolist() == [1, -1]


def test_ids_that_pandas_made_floats_still_match() -> None:
    found = bound(BOTH, {"leads": {"lead_id": [1], "customer": [7.0]}, "customers": {"customer_id": [7], "segment": ["big"]}})
    assert found.tables["leads"].links["customer"].tolist() == [0]


def test_a_repeated_key_fails_the_source_it_would_multiply_from() -> None:
    twice = {"customer_id": ["c1", "c2", "c1"], "segment": ["a", "b", "c"]}
    found = bound(BOTH, {"leads": {"lead_id": ["a", "a"], "customer": ["c1", "c2"]}, "customers": twice})
    assert codes(found) == ["key-repeated"]
    assert "`c1` stands in row 1 and in row 3" in found.findings[0].headline
    assert found.failed == {"customers"}
    assert not found.tables["leads"].links


def test_a_repeated_key_that_nothing_refers_to_is_no_matter() -> None:
    found = bound({"leads": "lead_id"}, {"leads": {"lead_id": ["a", "a"]}})
    assert not found.findings
    assert found.tables["leads"].rows == 2


def test_values_that_are_not_declared() -> None:
    found = bound({"leads": "channel"}, {"leads": {"channel": ["web", "wbe", None, "wbe", "tv"]}})
    (finding,) = found.findings
    assert (finding.code, finding.severity) == ("unknown-value", Severity.NOTE)
    assert "3 rows" in finding.headline and "`wbe`, `tv`" in finding.headline
    assert "`web` is meant" in finding.help[0]
    unused = pd.Series(["web"], dtype="category").cat.add_categories(["tv"])
    assert not bound({"leads": "channel"}, {"leads": {"channel": unused}}).findings


def test_covers_are_half_open_moments() -> None:
    given = Given(Frame(pd.DataFrame({"lead_id": []})), covers=(date(2026, 1, 1), datetime(2026, 2, 1, 12)))
    covers = bound({"leads": "lead_id"}, {"leads": given}).tables["leads"].covers
    assert covers == (np.datetime64("2026-01-01", "us"), np.datetime64("2026-02-01T12:00", "us"))


def test_covers_of_a_source_are_two_moments_on_the_project_s_clock() -> None:
    rows = Frame(pd.DataFrame({"lead_id": []}))
    said = (datetime(2025, 12, 31, 23, tzinfo=UTC), date(2026, 2, 1))
    covers = bound({"leads": "lead_id"}, {"leads": Given(rows, covers=said)}, "Europe/Berlin").tables["leads"].covers
    assert covers == (np.datetime64("2026-01-01", "us"), np.datetime64("2026-02-01", "us"))
    for wrong, code in (((date(2026, 2, 1), date(2026, 1, 1)), "empty-range"), ((5, 6), "not-a-date"), (5, "not-a-date")):
        assert codes(bound({"leads": "lead_id"}, {"leads": Given(rows, covers=cast("Any", wrong))})) == [code]


def test_a_date_format_that_cannot_be_read_with() -> None:
    given = Given(Frame(pd.DataFrame({"day": ["01.02."]})), date_format="%d.%m.")
    (finding,) = bound({"leads": "day"}, {"leads": given}).findings
    assert finding.code == "unknown-date-format" and "`date_format` `%d.%m.`" in finding.headline


def test_every_text_fits_the_date_format() -> None:
    given = Given(Frame(pd.DataFrame({"day": ["01.02.2026", "2026-02-01"]})), date_format="%d.%m.%Y")
    (finding,) = bound({"leads": "day"}, {"leads": given}).findings
    assert finding.code == "wrong-type" and "`2026-02-01` in row 2" in finding.headline and "%d.%m.%Y" in finding.help[0]


def test_an_unknown_time_zone() -> None:
    for name in ("Europe/Nowhere", "../../etc/passwd", ""):
        given = Given(Frame(pd.DataFrame({"lead_id": ["a"]})), timezone=name)
        assert codes(bound({"leads": "lead_id"}, {"leads": given})) == (["unknown-timezone"] if name else [])


GOOD = {
    "lead_id": ["a", "b"],
    "seen_at": ["2026-01-01T10:00", None],
    "day": ["2026-01-01", None],
    "score": [1, None],
    "won": [True, None],
    "channel": ["web", None],
    "customer": ["c1", None],
    "Net Amount": [1.0, None],
}


@pytest.mark.parametrize(
    ("leads_change", "customers_change", "expected"),
    [
        ({}, {}, set()),
        ({"score": ["x", 1]}, {}, {"wrong-type"}),
        ({"lead_id": ["a", "a"]}, {}, {"key-repeated"}),
        ({"customer": ["c1", "c9"]}, {}, {"reference-unmatched"}),
        ({"channel": ["web", "tv"]}, {}, {"unknown-value"}),
        ({}, {"segment": None}, {"column-missing"}),
    ],
)
def test_everything_that_is_given_is_checked(
    leads_change: dict[str, object], customers_change: dict[str, object], expected: set[str]
) -> None:
    rows = {**GOOD, **leads_change}
    customers = {name: held for name, held in {**CUSTOMERS, **customers_change}.items() if held is not None}
    found = check_all(leads(), {"leads": frame(rows), "customers": frame(customers)})
    assert {finding.code for finding in found} == expected
