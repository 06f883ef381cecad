"""Formatting changes no tree, nothing outside expressions, and nothing when it is done twice."""

from __future__ import annotations

import re
from dataclasses import dataclass
from random import Random

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from random_trees import trees

from kpidsl.documents.format import format_file
from kpidsl.documents.read import read
from kpidsl.language import tree
from kpidsl.language.parser import parse_expression
from kpidsl.language.pieces import Piece, split
from kpidsl.language.printer import print_tree
from kpidsl.text import Excerpt, File

BLOCK = (
    "# sums of (a+b)\nkpis:   # all of them\n\n  one:\n    title:   a+b  # not an expression\n    formula: ",
    "\n    # a+b\n    tags: [ a+b,c ]   # why\n  two: {formula: x,   title: 'a+b'}\n\n\n",
)
FLOW = ("kpis: {  # a+b\n  one: { title:   a+b, formula: ", "  , tags: [ a+b,c ] }}  # why\n")
COMMENT = re.compile(r"(?<=[ \t\n])#[^\n]*")


@dataclass(frozen=True)
class Case:
    """An expression in a scalar in a file: `before + scalar + after`."""

    written: tree.Tree
    before: str
    scalar: str
    after: str

    @property
    def text(self) -> str:
        return self.before + self.scalar + self.after


def spelled(printed: str, breaks: list[str], random: Random) -> str:
    """A printed expression with other blanks, line breaks, parentheses, digits and quotes."""
    blanks = ["", " ", "   ", *breaks]
    text, end = "", 0
    for piece in split(printed):
        needed = printed[end : piece.span.start]
        text += random.choice([needed, needed + random.choice(blanks)]) + random.choice(_ways(piece))
        end = piece.span.end
    outer = random.choice(["{}", "({})", "( {} )", *(f"({each}{{}}{each})" for each in breaks)])
    return outer.replace("{}", text)


def _ways(piece: Piece) -> list[str]:
    match piece.kind:
        case "number" if piece.text[-1] != "%":
            bare = piece.text.replace("_", "")
            return [piece.text, bare, f"{bare}0" if "." in bare else f"{bare}.0"]
        case "text" if not {'"', "'"} & set(piece.text[1:-1]):
            return [piece.text, f"'{piece.text[1:-1]}'"]
        case "word":
            return [piece.text, piece.text, f"({piece.text})", f"(( {piece.text}) )"]
    return [piece.text]


@st.composite
def cases(draw: st.DrawFn) -> Case:
    written, random = draw(trees), draw(st.randoms(use_true_random=False))
    style = random.choice(["", "'", '"', "|", "|-", ">", ">-", "|2"])
    comments = ["  # why\n      ", " # (a+b)\n\n      # c\n      "] if style.startswith("|") else []
    breaks = random.choice([[], ["\n      ", " \n\n       ", *comments]])
    printed = print_tree(written)
    ways = (spelled(printed, breaks, random) for _ in range(5))  # some, such as `(and)`, mean something else
    text = next((text for text in ways if parse_expression(Excerpt(File("", text), text))[0] == written), printed)
    flow = style in ("", "'", '"') and random.choice([True, False])
    return Case(written, *_placed(text, style, *(FLOW if flow else BLOCK)))


def _placed(text: str, style: str, before: str, after: str) -> tuple[str, str, str]:
    match style:
        case "":
            return before, text, after
        case "'":
            return f"{before}'", text.replace("'", "''"), f"'{after}"
        case '"':
            return f'{before}"', text.replace("\\", "\\\\").replace('"', '\\"'), f'"{after}'
        case _:
            return f"{before}{style}\n      ", text, after


@settings(max_examples=75, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(cases(), st.booleans())
def test_formatting(case: Case, windows: bool) -> None:
    end = "\r\n" if windows else "\n"
    before = File("f.yaml", case.text.replace("\n", end))
    definitions, found = read((before,))
    assume(not found and definitions.kpis[0].formula.tree == case.written)  # YAML reads it as it is meant
    made = format_file(before)
    text = made.text.replace(end, "\n")
    definitions, found = read((File("f.yaml", made.text),))
    assert found == ()
    assert definitions.kpis[0].formula.tree == case.written
    assert text.startswith(case.before)
    assert text.endswith(case.after)
    assert end == "\n" or "\n" not in made.text.replace(end, "")
    assert COMMENT.findall(text) == COMMENT.findall(case.text)
    again = format_file(File("f.yaml", made.text))
    assert (again.text, [each.code for each in again.findings]) == (made.text, [each.code for each in made.findings])
    if not made.findings and "\n" not in case.scalar and not case.before.endswith('"'):
        assert definitions.kpis[0].formula.text.strip() == print_tree(case.written)
