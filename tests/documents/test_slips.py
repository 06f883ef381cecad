"""Each slip that analysts make in YAML: its code, its place, what the help names, and the text that its edit makes."""

from __future__ import annotations

import pytest

from kpidsl.diagnostics import Diagnostic
from kpidsl.documents.compose import FASTEST, PURE, compose
from kpidsl.documents.read import read
from kpidsl.text import File

# text, code, line and column, a part of what is said, the text after the edit (None if there is no edit)
SLIPS = [
    ('e: "won" / total\n', "yaml-syntax", (1, 4), "begins with a quote", "e: '\"won\" / total'\n"),
    ("a: 'it's'\n", "yaml-syntax", (1, 4), "begins with a quote", "a: \"'it's'\"\n"),
    ("a: 'x' 'y'  # both\n", "yaml-syntax", (1, 4), "begins with a quote", "a: \"'x' 'y'\"  # both\n"),
    ('a: {b: "x" + 1}\n', "yaml-syntax", (1, 8), "begins with a quote", "a: {b: '\"x\" + 1'}\n"),
    ("e: *spend + 1\n", "yaml-syntax", (1, 4), "begins with `*`", "e: '*spend + 1'\n"),
    ("a: [a, *b + 1]\n", "yaml-syntax", (1, 8), "begins with `*`", "a: [a, '*b + 1']\n"),
    ("e: *spend\n", "yaml-alias", (1, 4), "no `&spend`", None),
    ("a: &a [*a]\n", "yaml-alias", (1, 8), "inside what it stands for", None),
    ("a: & b\n", "yaml-syntax", (1, 4), "begins with `&`", "a: '& b'\n"),
    ("e: !won\n", "yaml-tag", (1, 4), "`not` negates", None),
    ("e: ! won\n", "yaml-tag", (1, 4), "`not` negates", None),
    ("e: !a!b c\n", "yaml-syntax", (1, 4), "begins with `!`", "e: '!a!b c'\n"),
    ('a: !!python/object/apply:os.system ["id"]\n', "yaml-tag", (1, 4), "`!!python/object/apply:os.system`", None),
    ("e: [a] + b\n", "yaml-syntax", (1, 4), "begins with `[`", "e: '[a] + b'\n"),
    ("e: {a} + b\n", "yaml-syntax", (1, 4), "begins with `{`", "e: '{a} + b'\n"),
    ("e: {{ x }}\n", "yaml-key", (1, 5), "in quotes", None),
    ("? [a]\n: 1\n", "yaml-key", (1, 3), "a single word", None),
    ("e: - a + b\n", "yaml-syntax", (1, 4), "begins with `- `", "e: '- a + b'\n"),
    ("e: ? x\n", "yaml-syntax", (1, 4), "begins with `? `", "e: '? x'\n"),
    ("e: %a\n", "yaml-syntax", (1, 4), "begins with `%`", "e: '%a'\n"),
    ("e: @a\n", "yaml-syntax", (1, 4), "begins with `@`", "e: '@a'\n"),
    ("e: `a`\n", "yaml-syntax", (1, 4), "a backtick", "e: '`a`'\n"),
    ("range: > 15%\n", "yaml-syntax", (1, 8), "`above 15%`", "range: above 15%\n"),
    ("range: >= 15%\n", "yaml-syntax", (1, 8), "`at least 15%`", "range: at least 15%\n"),
    ("range: >15%\n", "yaml-syntax", (1, 8), "`above 15%`", "range: above 15%\n"),
    ("a: {range: >= 15%}\n", "yaml-syntax", (1, 12), "`at least 15%`", "a: {range: at least 15%}\n"),
    ("unit: %\n", "yaml-syntax", (1, 7), "`percent`", "unit: percent\n"),
    ("a: {unit: %}\n", "yaml-syntax", (1, 11), "`percent`", "a: {unit: percent}\n"),
    (f"{'k' * 1_100}: 1\n", "yaml-syntax", (1, 1), "a key of 1,100 characters", None),
    (f"a:\n  b: 1\n  {'k k' * 400}: 1\n", "yaml-syntax", (3, 3), "a key of 1,200 characters", None),
    (f"a: {{b: 1, {'k' * 1_100}: 1}}\n", "yaml-syntax", (1, 11), "a key of 1,100 characters", None),
    ("&a &a\n", "yaml-syntax", (1, 1), "begins with `&`", "'&a &a'\n"),
    ("a: |x\n", "yaml-syntax", (1, 4), "begins with `|`", "a: '|x'\n"),
    ("e: a ? b : c\n", "yaml-syntax", (1, 10), "if … then … else", None),
    ("title: Ratio: x / y  # why\n", "yaml-syntax", (1, 13), "a second `: `", "title: 'Ratio: x / y'  # why\n"),
    ("a: x\n  + y: z\n", "yaml-syntax", (2, 6), "a second `: `", None),
    ("a:1\nb: 2\n", "yaml-syntax", (1, 2), "a space is missing", "a: 1\nb: 2\n"),
    ("k:\n  a:1\n  b: 2\n", "yaml-syntax", (2, 4), "a space is missing", "k:\n  a: 1\n  b: 2\n"),
    ("a: 1\n b: 2\n", "yaml-syntax", (2, 1), "indented more", None),
    ("a:\n  b: 1\n c: 2\n", "yaml-syntax", (3, 1), "fits no line above", None),
    ("a: |\n  x\n y\nb: 1\n", "yaml-syntax", (3, 2), "the value ends before", None),
    ("a: 1\n- b\n", "yaml-syntax", (2, 1), "a list item where a key", None),
    ("- a\nb: 1\n", "yaml-syntax", (2, 1), "a key where a list item", None),
    ("a:\n  - x\n  y: 1\n", "yaml-syntax", (3, 1), "a key where a list item", None),
    (": 1\n", "yaml-syntax", (1, 1), "a key is missing", None),
    ("a: 1\nb\nc: 2\n", "yaml-syntax", (2, 1), "no `: `", None),
    ('a: "open\nb: 1\n', "yaml-syntax", (1, 4), "never closed", None),
    ("a: {x: 1\nb: 2\n", "yaml-syntax", (1, 4), "`{` is never closed", None),
    ("a: [1, 2\n", "yaml-syntax", (1, 4), "`[` is never closed", None),
    ("a: {b: 1,, c: 2}\n", "yaml-syntax", (1, 10), "before this `,`", None),
    ("a: }\n", "yaml-syntax", (1, 4), "before this `}`", None),
    ('a: "x\\d"\n', "yaml-syntax", (1, 6), "`\\d` means nothing", None),
    ('a: "\\ud800"\n', "yaml-syntax", (1, 5), "`\\u` means nothing", None),
    ('a: "\\U00110000"\n', "yaml-syntax", (1, 5), "`\\U` means nothing", None),
    ("e:\n\ta: 1\n", "yaml-syntax", (2, 1), "a tab stands here", "e:\n  a: 1\n"),
    ("e:\n  b: 1\n\tc: 2\n", "yaml-syntax", (3, 1), "a tab stands here", "e:\n  b: 1\n  c: 2\n"),
    ("e:\tb\n", "yaml-syntax", (1, 3), "a tab stands here", "e:  b\n"),
    ("a: [b,\n\tc]\n", "yaml-syntax", (2, 1), "a tab stands here", "a: [b,\n  c]\n"),
    ("a: b\tc\n", "yaml-syntax", (1, 5), "a tab stands here", "a: b  c\n"),
    ("a: \x07\n", "yaml-syntax", (1, 4), "U+0007", None),
    ("a: 1\nb: 2\na: 3\n", "duplicate-key", (3, 1), "stands twice", None),
    ('a: 1\n"a": 3\n', "duplicate-key", (2, 1), "stands twice", None),
    ("a: {b: 1, b: 2}\n", "duplicate-key", (1, 11), "stands twice", None),
    ("a: &x {b: 1}\nc:\n  <<: *x\n", "yaml-merge-key", (3, 3), "`*name`", None),
    ("a: b\n---\nc: d\n", "several-documents", (2, 1), "a file of its own", None),
    ("a: b\n...\nc: d\n", "several-documents", (3, 1), "a file of its own", None),
    ("%FOO\n---\na: 1\n", "yaml-syntax", (1, 1), "begins with `%`", None),
    ("m: {s: sum(a, b), won: count(id)}\n", "comma-in-braces", (1, 8), "in quotes", "m: {s: 'sum(a, b)', won: count(id)}\n"),
    ("m: {s: f(a, g(b, c), d)}\n", "comma-in-braces", (1, 8), "in quotes", "m: {s: 'f(a, g(b, c), d)'}\n"),
    ('m: {s: c in ("a", "b")}\n', "comma-in-braces", (1, 8), "in quotes", 'm: {s: \'c in ("a", "b")\'}\n'),
    ("m: [f(a, b), d]\n", "comma-in-braces", (1, 5), "in quotes", "m: ['f(a, b)', d]\n"),
    ("m: [greatest(a, b) = c, d]\n", "comma-in-braces", (1, 5), "in quotes", "m: ['greatest(a, b) = c', d]\n"),
    ("a: x # why\n  + z\n", "comment-cut", (1, 6), "on a line of its own", None),
]


# The pure-Python parser reads these.
SLIPS_OF_LIBYAML = [
    ("a: {b:[1]}\n", "yaml-syntax", (1, 6), "a space is missing", "a: {b: [1]}\n"),
    ("a: {b:}\n", "yaml-syntax", (1, 6), "a value is missing", None),
]


def edited(finding: Diagnostic) -> str | None:
    if finding.edit is None:
        return None
    text, span = finding.edit.file.text, finding.edit.span
    return text[: span.start] + finding.edit.replacement + text[span.end :]


@pytest.mark.parametrize("loader", [FASTEST, PURE], ids=["libyaml", "pure"])
@pytest.mark.parametrize(("text", "code", "place", "said", "repaired"), SLIPS, ids=[slip[0] for slip in SLIPS])
def test_slip(text: str, code: str, place: tuple[int, int], said: str, repaired: str | None, loader: object) -> None:
    file = File("slip.yaml", text)
    _, findings = compose(file, loader)  # type: ignore[arg-type]
    assert [finding.code for finding in findings] == [code]
    finding = findings[0]
    assert file.place(finding.labels[0].span.start) == place
    assert said in " ".join((finding.headline, *finding.help))
    assert edited(finding) == repaired


@pytest.mark.skipif(FASTEST is PURE, reason="libyaml is missing")
@pytest.mark.parametrize(("text", "code", "place", "said", "repaired"), SLIPS_OF_LIBYAML)
def test_slip_of_libyaml(text: str, code: str, place: tuple[int, int], said: str, repaired: str | None) -> None:
    test_slip(text, code, place, said, repaired, FASTEST)


@pytest.mark.parametrize("slip", [slip for slip in SLIPS if slip[4]], ids=lambda slip: slip[0])
def test_edit_repairs(slip: tuple[str, str, tuple[int, int], str, str]) -> None:
    assert compose(File("repaired.yaml", slip[4]))[1] == ()


LOOKS_BAD_BUT_IS_FINE = [
    "e: -a + b\n",
    'a: x y"z\n',
    "a: b\t\nc: d\t \n",
    "a: b # a\tcomment\n",
    'a: "b\tc"\n',
    "a: |\n  b\tc\n",
    "\ufeffa: 1\nb: 2\n",
    "---\na: 1\n...\n",
    "%YAML 1.2\n---\na: 1\n",
    "a: {b: count(x), c: 'f(a, b)'}\n",
    "a: &x [1, 2]\nb: *x\n",
    "",
    "# only a comment\n",
]


@pytest.mark.parametrize("loader", [FASTEST, PURE], ids=["libyaml", "pure"])
@pytest.mark.parametrize("text", LOOKS_BAD_BUT_IS_FINE)
def test_nothing_is_said(text: str, loader: object) -> None:
    assert compose(File("fine.yaml", text), loader)[1] == ()  # type: ignore[arg-type]


@pytest.mark.parametrize("formula", ['count(leads where tag = "a #1")', "sum(leads.x # all of it)", "b + # and c"])
def test_a_comment_that_cuts_a_formula_is_named_instead_of_the_syntax_error(formula: str) -> None:
    (finding,) = read([File("cut.yaml", f"measures:\n  a: {formula}\n")])[1]
    assert finding.code == "comment-cut"
    assert edited(finding) == f"measures:\n  a: '{formula}'\n"


def test_a_comment_after_a_whole_formula_is_left_alone() -> None:
    assert read([File("fine.yaml", "measures:\n  a: count(leads) # all (of them\n")])[1] == ()
    (finding,) = read([File("wrong.yaml", "measures:\n  a: count(leads) where x # all\n")])[1]
    assert finding.code != "comment-cut"
