"""Every character of a scalar's value is traced to the character of the file that it came from."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kpidsl.documents import trace
from kpidsl.documents.compose import FASTEST, PURE, compose
from kpidsl.documents.nodes import Mapping, Node, Scalar, Sequence
from kpidsl.text import File


def scalars(node: Node | None) -> Iterator[Scalar]:
    match node:
        case Scalar():
            yield node
        case Mapping():
            for key, value in node.pairs.values():
                yield key
                yield from scalars(value)
        case Sequence():
            for item in node.items:
                yield from scalars(item)


def only(text: str) -> Scalar:
    root, found = compose(File("f.yaml", text))
    assert found == ()
    return list(scalars(root))[-1]


@pytest.mark.parametrize(
    "text",
    [
        "a: x + §y\n",
        "a:\n  x\n  + §y\n",
        "a: 'it''s §y'\n",
        'a: "\\x41\\u00e9\\t💥 §y"\n',
        'a: "x \\\n   §y"\n',
        "a: 'x\n\n  §y'\n",
        "a: |\n  x\n    + §y\n",
        "a: >\n  x\n\n  + z\n  §y\n",
        "a: >-\n  x\n    deeper\n  §y\n",
        "a: |2+\n    x\n   §y\n\n",
        "a:\n- |2 # indented by two\n   §y\n",
        "a:\n  - b: &c !!str |1\n       §y\n",
        "a: &c '§y'\n",
        "a: !!str §y\n",
        "a: |\r\n  x\r\n  §y\r\n",
    ],
)
def test_a_character_is_found_in_each_style(text: str) -> None:
    node = only(text)
    offsets = trace.offsets(text, node)
    assert len(offsets) == len(node.text)
    assert offsets[node.text.index("§")] == text.index("§")


def test_an_empty_text_has_a_place() -> None:
    text = "a: ''\n"
    assert list(trace.offsets(text, only(text))) == [3]


def test_what_cannot_be_traced_comes_from_the_start() -> None:
    assert trace.offsets("a: bcd", Scalar("xyz", "", 3, 6)) == [3, 3, 3]


WORDS = st.sampled_from(["a", "/ won", "+ b", "(x", "y)", '"q"', "it's", "ü💥", "100%", "c#d", "é", "==", "x:y"])
LINES = st.lists(WORDS, min_size=1, max_size=4).map(" ".join)


@st.composite
def blocks(draw: st.DrawFn) -> str:
    """A literal or folded scalar with any header, with empty, deeper and blank lines."""
    own = draw(st.sampled_from([2, 3, 4]))
    header = draw(st.sampled_from("|>")) + draw(st.sampled_from(["", str(own)])) + draw(st.sampled_from(["", "+", "-"]))
    lines = [" " * own + draw(LINES)]
    for _ in range(draw(st.integers(0, 4))):
        lines.append(
            draw(st.sampled_from(["", " ", " " * own, " " * (own + 2) + "deep", " " * own + "\ttab", " " * own + "text "]))
        )
        lines.append(" " * own + draw(LINES))
    return (
        header
        + draw(st.sampled_from(["", "  # comment"]))
        + "\n"
        + "\n".join(lines)
        + draw(st.sampled_from(["", "\n", "\n\n"]))
    )


@st.composite
def flows(draw: st.DrawFn) -> str:
    """A plain or quoted scalar over several lines."""
    quote = draw(st.sampled_from(["", "'", '"']))
    text = draw(LINES)
    for _ in range(draw(st.integers(0, 3))):
        text += draw(st.sampled_from([" ", "\n  ", "\n\n  ", " \n   \n  "])) + draw(LINES)
    match quote:
        case "'":
            return f"'{text.replace(chr(39), chr(39) * 2)}'"
        case '"':
            escape = draw(st.sampled_from(["", "\\n", "\\x41", "\\U0001F4A5", "\\\n  ", "\\\\"]))
            return '"' + text.replace('"', '\\"') + escape + '"'
        case _:
            return "w" + text.replace('"', "").replace("'", "").replace(":", "")


@settings(max_examples=100)
@given(
    st.lists(
        st.tuples(st.sampled_from(["e{}: ", "e{}:\n- ", "e{}:\n  f: "]), st.one_of(blocks(), flows())), min_size=1, max_size=3
    ),
    st.booleans(),
)
def test_values_are_reproduced(entries: list[tuple[str, str]], windows: bool) -> None:
    text = "\n".join(key.format(number) + value for number, (key, value) in enumerate(entries)) + "\n"
    text = text.replace("\n", "\r\n") if windows else text
    for loader in (FASTEST, PURE):
        root, found = compose(File("f.yaml", text), loader)
        for node in scalars(root) if not found else ():
            offsets = list(trace.offsets(text, node))
            assert offsets == sorted(offsets)
            assert all(
                text[at] in (character, "\\")
                for character, at in zip(node.text, offsets, strict=False)
                if character not in " \n\t"
            )
