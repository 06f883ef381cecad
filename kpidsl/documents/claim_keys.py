"""The keys of identities and tests."""

from __future__ import annotations

from kpidsl.documents.shapes import NAME, Key, Leaf, Shape, leaf, many, named
from kpidsl.documents.vocabulary import GRAIN, REFERENCE, SETTINGS, TEXT, description

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
_ASK = Shape(
    "a question",
    keys=(
        Key("kpis", "What is asked for.", "kpis: [closed_value]", _NAMES, required=True),
        Key("by", "The dimensions to group by.", "by: [channel]", _NAMES),
        Key("every", "The length of a period.", "every: month", GRAIN),
        Key("from", "The first day.", "from: 2026-01-01", leaf("a date")),
        Key("to", "The day after the last one.", "to: 2026-04-01", leaf("a date")),
        Key("where", "A condition on dimensions.", 'where: channel = "web"', leaf("a condition")),
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
