"""A small catalog of leads and customers, and bindings on it, for the tests of data."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from kpidsl.catalog.build import build_catalog
from kpidsl.catalog.catalog import Catalog
from kpidsl.data.bind import Bound, bind
from kpidsl.data.given import Frame, Given
from kpidsl.documents.find import read_texts
from kpidsl.documents.read import read

LEADS = """
project: {{language: 1, name: Test, calendar: {{timezone: {zone}}}}}
sources:
  leads:
    key: lead_id
    time: seen_at
    columns:
      lead_id: text
      seen_at: datetime
      day: date
      score: number
      won: boolean
      channel: {{type: text, values: [web, mail]}}
      customer: {{type: text, references: customers}}
      amount: {{type: number, column: Net Amount}}
      double: {{formula: score * 2}}
  customers:
    key: customer_id
    columns:
      customer_id: text
      segment: text
  visits:
    columns:
      page: {{type: number, references: pages}}
  pages:
    key: page_id
    columns:
      page_id: number
"""


def leads(zone: str = "UTC") -> Catalog:
    definitions, found = read(read_texts({"leads.yaml": LEADS.format(zone=zone)}))
    catalog = build_catalog(definitions, tuple(found))
    assert not catalog.diagnostics
    return catalog


def bound(columns: Mapping[str, str], given: Mapping[str, object], zone: str = "UTC") -> Bound:
    """Bind the columns named by source, in words separated by blanks; a plain frame stands for itself."""
    needs = {source: frozenset(names.split()) for source, names in columns.items()}
    return bind(
        leads(zone), needs, {name: place if isinstance(place, Given) else frame(place) for name, place in given.items()}
    )


def frame(columns: object) -> Given:
    return Given(Frame(pd.DataFrame(columns)))


def codes(found: Bound) -> list[str]:
    return [finding.code for finding in found.findings]


def write(path: Path, text: str, encoding: str = "utf-8") -> str:
    path.write_bytes(text.encode(encoding))
    return str(path)
