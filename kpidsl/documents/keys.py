"""The keys of a definition file: the one table from which the shape check, the JSON Schema and the reference page are made.

It holds exactly what works. Each key is listed with a sentence and one line that shows it.
"""

from __future__ import annotations

from kpidsl.documents.benchmark_keys import BENCHMARK_TABLE
from kpidsl.documents.claim_keys import IDENTITY, TEST
from kpidsl.documents.row_keys import DIMENSION, PROJECT, SOURCE, UNITS
from kpidsl.documents.shapes import NAME, Key, Shape, named
from kpidsl.documents.value_keys import KPI, MEASURE, PARAMETER, SCORECARD

DEFINITION = Shape(
    "a definition file",
    keys=(
        Key("project", "What holds for the whole project.", "project: {language: 1, name: Acme B2B}", PROJECT),
        Key("units", "Currencies and things that are counted.", "units: {currencies: [USD], entities: {lead: {}}}", UNITS),
        Key(
            "sources",
            "Where rows come from, by name.",
            "sources: {leads: {row: lead, key: lead_id, columns: {lead_id: text}}}",
            named("sources by name", SOURCE, NAME, empty=True),
        ),
        Key(
            "dimensions",
            "What results may be grouped by.",
            "dimensions: {channel: [leads.channel, deals.lead.channel]}",
            named("dimensions by name", DIMENSION, NAME, empty=True),
        ),
        Key(
            "parameters",
            "Named constants, which an evaluation may set.",
            "parameters: {discount_rate: 10%}",
            named("parameters by name", PARAMETER, NAME, empty=True),
        ),
        Key(
            "measures",
            "Named aggregates of rows: a formula, or more about it.",
            "measures: {leads: count(leads)}",
            named("measures by name", MEASURE, NAME, empty=True),
        ),
        Key(
            "kpis",
            "Key performance indicators, by name.",
            "kpis: {cac: {unit: USD / customer, better: lower, formula: spend / new_customers}}",
            named("KPIs by name", KPI, NAME, empty=True),
            snippet={"${1:name}": {"title": "${2:title}", "better": "${3:higher}", "formula": "${4:a / b}"}},
        ),
        Key(
            "scorecards",
            "Scores of several KPIs as one, by name.",
            "scorecards: {growth: {kpis: {cac: 40%, win_rate: 60%}}}",
            named("scorecards by name", SCORECARD, NAME, empty=True),
        ),
        Key(
            "benchmark_tables",
            "Published figures by segment, with their source.",
            "benchmark_tables: {email_figures: {cite: 'Mail report', rows: {all: {open_rate: 21.3%}}}}",
            named("tables of figures by name", BENCHMARK_TABLE, NAME, empty=True),
        ),
        Key(
            "identities",
            "Claims that are proved or refuted, by name.",
            "identities: {closed: {claim: closed_value = won * average_deal}}",
            named("identities by name", IDENTITY, empty=True),
        ),
        Key(
            "tests",
            "Rows in, values out, by name.",
            "tests: {two-leads: {given: {leads: [{lead_id: 1}, {lead_id: 2}]}, ask: {kpis: [leads]}, expect: [{leads: 2}]}}",
            named("tests by name", TEST, empty=True),
        ),
    ),
    empty=True,
)
