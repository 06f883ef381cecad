"""The keys of identities and tests."""

from __future__ import annotations

from kpidsl.documents.shapes import NAME, Key, Leaf, Shape, leaf, many, named, words
from kpidsl.documents.vocabulary import FORMULA, GRAIN, REFERENCE, SETTINGS, TEXT, description

_CLAIM = leaf("a claim")

IDENTITY = Shape(
    "an identity",
    keys=(
        Key(
            "claim",
            "The equation that must hold.",
            "claim: conversation_win_rate = fit_rate * closing_rate",
            _CLAIM,
            required=True,
        ),
        Key("given", "Equations that are assumed.", "given: [proposals_sent = proposals]", many("a list of claims", _CLAIM)),
        description("What it says", "Every conversation that fits gets a proposal."),
    ),
)

_NAMES = many("a list of names", REFERENCE, single=True)
_CELL = leaf("a value", empty=True)
_ROW = named("a row", _CELL, NAME)
_ROWS = many("a list of rows", _ROW)
_EXPECTED = named("a row", _CELL)  # a column may be named by a formula
_ASKED = Shape(
    "a formula",
    leaf=Leaf("a name or a formula"),
    keys=(
        Key("formula", "A formula over KPIs and measures.", "formula: growth(cac, 1 year)", FORMULA, required=True),
        Key("as", "What its column is called.", "as: cac_growth", leaf("a name", pattern=NAME), required=True),
    ),
)
_ASK = Shape(
    "a question",
    keys=(
        Key(
            "kpis",
            "What is asked for: names, or formulas over them, which may end in `as` and a name.",
            "kpis: [cac, 'growth(cac, 1 year) as cac_growth']",
            many("a list of names and formulas", _ASKED, single=True),
            required=True,
        ),
        Key("scorecards", "Scorecards, whose KPIs are asked for too.", "scorecards: [growth]", _NAMES),
        Key("by", "The dimensions to group by.", "by: [channel]", _NAMES),
        Key("every", "The length of a period.", "every: month", GRAIN),
        Key("from", "The first day.", "from: 2026-01-01", leaf("a date")),
        Key("to", "The day after the last one.", "to: 2026-04-01", leaf("a date")),
        Key("where", "A condition on dimensions.", 'where: channel = "web"', leaf("a condition")),
        Key("having", "A condition on values, by which finished rows are kept.", "having: cac > 100", leaf("a condition")),
        Key(
            "cells",
            "Which combinations of dimension values there are, if not those that have rows.",
            "cells: all",
            words("a choice of cells", {"all": "Every combination in every period."}),
        ),
        Key("as_of", "The moment at which the question is asked.", "as_of: 2026-04-01", leaf("a date")),
        Key("set", "Other values for parameters.", "set: {discount_rate: 12%}", SETTINGS),
    ),
)

TEST = Shape(
    "a test",
    keys=(
        description("What it shows", "A lost deal adds nothing."),
        Key("cite", "The rule or the agreement that it holds to.", "cite: language.md#missing-in-rows", TEXT),
        Key(
            "given",
            "Rows of sources.",
            "given: {deals: [{deal_id: 1, closed_at: 2026-01-05, amount: 100}]}",
            named("rows by source", _ROWS, NAME),
            required=True,
        ),
        Key("ask", "The question.", "ask: {kpis: [closed_value], every: month}", _ASK, required=True),
        Key(
            "expect",
            "All rows of the answer, in any order, or `error` with the code of the error.",
            "expect: [{period: 2026-01, closed_value: 100}]",
            Shape(
                "a list of rows",
                leaf=Leaf("`error` and a code", pattern="^error [a-z]+(?:-[a-z]+)*$"),
                items=_EXPECTED,
            ),
            required=True,
        ),
    ),
)
