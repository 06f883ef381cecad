"""Formatting changes no tree, nothing outside expressions, and nothing when it is done twice."""

from __future__ import annotations

import re
from dataclasses import dataclass

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from random_trees import trees

from kpidsl.documents.format import Formatted, format_file
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


@st.composite
def spellings(draw: st.DrawFn, written: tree.Tree, breaks: list[str]) -> str:
    """A tree with other blanks, line breaks, parentheses, digits and quotes than it is printed with."""
    printed = print_tree(written)
    blanks = st.sampled_from(["", " ", "   ", *breaks])
    text, end = "", 0
    for piece in split(printed):
        needed = printed[end : piece.span.start]
        text += draw(st.just(needed) | blanks) + draw(_spelled(piece))
        end = piece.span.end
    outer = draw(st.sampled_from(["{}", "({})", "( {} )", *(f"({each}{{}}{each})" for each in breaks)]))
    return outer.replace("{}", text)


def _spelled(piece: Piece) -> st.SearchStrategy[str]:
    ways = [piece.text]
    match piece.kind:
        case "number":
            ways += [piece.text.replace("_", "")] if "." in piece.text else [f"{piece.text.replace('_', '').rstrip('%')}.0"]
        case "text" if not {'"', "'"} & set(piece.text[1:-1]):
            ways += [f"'{piece.text[1:-1]}'"]
        case "word":
            ways += [f"({piece.text})", f"(( {piece.text}) )"]
    return st.sampled_from(ways)


@st.composite
def cases(draw: st.DrawFn) -> Case:
    written = draw(trees)
    style = draw(st.sampled_from(["", "'", '"', "|", "|-", ">", ">-", "|2"]))
    breaks = ["\n      ", " \n\n       "] + (["  # why\n      ", " # (a+b)\n\n      # c\n      "] if style.startswith("|") else [])
    text = draw(spellings(written, breaks if draw(st.booleans()) else []))
    assume(parse_expression(Excerpt(File("", text), text))[0] == written)
    flow = style in ("", "'", '"') and draw(st.booleans())
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


def formatted(text: str) -> Formatted:
    made = format_file(File("f.yaml", text))
    assume(not made.failed)
    return made


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(cases(), st.booleans())
def test_formatting(case: Case, windows: bool) -> None:
    end = "\r\n" if windows else "\n"
    made = formatted(case.text.replace("\n", end))
    text = made.text.replace(end, "\n")
    definitions, found = read((File("f.yaml", made.text),))
    assert found == ()
    assume(case.written == read((File("f.yaml", case.text),))[0].kpis[0].formula.tree)  # YAML read the text as it was meant
    assert definitions.kpis[0].formula.tree == case.written
    assert text.startswith(case.before)
    assert text.endswith(case.after)
    assert "\n" not in made.text.replace(end, "")
    assert COMMENT.findall(text) == COMMENT.findall(case.text)
    again = format_file(File("f.yaml", made.text))
    assert (again.text, again.findings) == (made.text, made.findings)
    if not made.findings and "\n" not in case.scalar and not case.before.endswith('"'):
        assert definitions.kpis[0].formula.text.strip() == print_tree(case.written)
