"""The reader and Lark, which makes its tables, take the same texts and find the same shapes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lark import Lark, Token, Tree, UnexpectedInput
from reading import rows

from kpidsl import shipped
from kpidsl.language import tables
from kpidsl.language.reader import Reader, Stopped

TEXT = (shipped.folder("grammar") / "expression.lark").read_text(encoding="utf-8")


class WordsAreWhole:
    """Makes Lark cut words where they end: it would take `andb` for `and b` where no name can stand."""

    always_accept = (tables.WORD,)

    def process(self, stream: Iterator[Token]) -> Iterator[Token]:
        return stream


class Shapes:
    """Builds a rule's name with its parts."""

    def __getattr__(self, name: str) -> Callable[[list[Any]], Any]:
        if name.isupper() or name.startswith("_"):
            raise AttributeError(name)
        return lambda parts: (name, *parts)


LARK = Lark(TEXT, parser="lalr", start=list(tables.STARTS), maybe_placeholders=False, postlex=WordsAreWhole())  # type: ignore[arg-type]
READER = Reader(tables.make(TEXT), Shapes())


def _by_lark(start: str, text: str) -> Any:
    try:
        return _shape(LARK.parse(text, start=start))
    except UnexpectedInput:
        return None


def _by_reader(start: str, text: str) -> Any:
    try:
        return _shape(READER.read(text, start))
    except Stopped:
        return None


def _shape(part: Any) -> Any:
    match part:
        case Tree(data=rule, children=parts):
            return (str(rule), *map(_shape, parts))
        case str(rule), *parts if not hasattr(part, "type"):
            return (rule, *map(_shape, parts))
    return part.type, part.value


@pytest.mark.parametrize(
    ("start", "text"), [(start, row[0] if isinstance(row, list) else row) for start, row in rows("accepted")]
)
def test_same_shape(start: str, text: str) -> None:
    assert _by_reader(start, text) == _by_lark(start, text) is not None


WORDS = "a b sum count distinct if then else and or not in is between missing where at via alive from to closing per least most"
PIECES = [
    *WORDS.split(),
    *"()+-*/^=<.,",
    "!=",
    ">=",
    "above",
    "1",
    "2.5",
    "25%",
    "2026-01-31",
    '"won"',
    "andb",
    "a.b",
    "# c\n",
    "!",
]


@pytest.mark.parametrize("start", tables.STARTS)
@settings(max_examples=100)
@given(st.lists(st.sampled_from(PIECES), max_size=12), st.sampled_from(["", " ", "\n"]))
def test_same_verdict(start: str, pieces: list[str], between: str) -> None:
    text = between.join(pieces)
    assert _by_reader(start, text) == _by_lark(start, text)


def test_what_can_follow() -> None:
    assert READER.goes_on("x is", "expression") == {"MISSING", "NOT"}
    assert READER.goes_on("x in", "expression") == {"LPAR"}
    assert READER.goes_on("a.", "path") == {"NAME"}
    assert "$END" in READER.goes_on("a + b", "expression")
    assert "$END" not in READER.goes_on("(a + b", "expression")
