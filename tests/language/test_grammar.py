"""The grammar has no conflicts, its words are contextual, and its tables are kept safely between runs."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from lark import Lark
from reading import read, refused

from kpidsl import shipped
from kpidsl.language import tables
from kpidsl.language.foreign import KEYWORDS
from kpidsl.language.walk import names

RESERVED = {"if", "not", "true", "false"}
TEXT = (shipped.folder("grammar") / "expression.lark").read_text(encoding="utf-8")


def test_no_conflicts() -> None:
    Lark(TEXT, parser="lalr", strict=True, start=list(tables.STARTS), maybe_placeholders=False)


@pytest.mark.parametrize("word", sorted((KEYWORDS | {"least", "most", "above", "below"}) - RESERVED))
@pytest.mark.parametrize(
    ("text", "times"),
    [
        ("{}", 1),
        ("1 + {}", 1),
        ("sum(a.b where {} > {}.{})", 2),
        ("sum({}.b at {} where c)", 2),
        ("if {} then {} else {}", 3),
        ("a between {} and {}", 2),
        ("prior({}) per {}", 2),
        ("count(distinct {}.{})", 1),
    ],
)
def test_a_word_that_is_not_reserved_can_be_a_name(word: str, text: str, times: int) -> None:
    found = read("expression", text.format(word, word, word))
    assert [name.parts[0] for name in names(found)].count(word) == times


@pytest.mark.parametrize("word", sorted(RESERVED))
def test_reserved_words(word: str) -> None:
    assert refused("path", word).code == "syntax-error"
    assert read("path", f"a.{word}").parts == ("a", word)


def _run(code: str, **environment: str) -> str:
    """What a fresh process says; it must say nothing on standard error."""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env={**os.environ, **environment}, check=True
    )
    assert done.stderr == ""
    return done.stdout.strip()


PARSE = """
import sys
from kpidsl.language.parser import parse_expression
from kpidsl.text import Excerpt, File
print(parse_expression(Excerpt(File("f", "a"), "a"))[0].text, "lark" in sys.modules)
"""


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="the cache folder is moved by XDG_CACHE_HOME")
def test_tables_are_kept_and_a_damaged_file_is_built_again(tmp_path: Path) -> None:
    cache = {"XDG_CACHE_HOME": str(tmp_path)}
    assert _run(PARSE, **cache) == "a True"
    assert _run(PARSE, **cache) == "a False"
    (kept,) = (tmp_path / "kpidsl").iterdir()
    whole = kept.read_bytes()
    for damaged in (b"nonsense", whole[: len(whole) // 2], whole[:-1] + b"x"):
        kept.write_bytes(damaged)
        assert _run(PARSE, **cache) == "a True"
        assert [path.name for path in (tmp_path / "kpidsl").iterdir()] == [kept.name]
    assert _run(PARSE, **cache) == "a False"


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="the cache folder is moved by XDG_CACHE_HOME")
def test_a_folder_that_cannot_be_written_does_no_harm(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert _run(PARSE, XDG_CACHE_HOME=str(tmp_path / "file")) == "a True"


def test_threads_share_a_parser() -> None:
    texts = [f"sum(a.b where c = {number}) / {number} days" for number in range(1, 200)]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(lambda text: read("expression", text), texts)) == [read("expression", text) for text in texts]
