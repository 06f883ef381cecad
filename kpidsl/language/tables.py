"""The grammar file in, the tables of its parser out: made once on a machine by Lark, then read from the user's cache folder.

Making them takes the import of Lark and many times as long as reading them. They are kept under a name that holds everything
they depend on. Where that folder cannot be written, or what is in it is damaged, they are made again.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import Struct
from msgspec.structs import asdict

from kpidsl import shipped

if TYPE_CHECKING:
    from lark import Lark
    from lark.grammar import Rule
    from lark.lexer import TerminalDef

STARTS = ("expression", "unit", "range", "duration", "budget", "claim", "path")
WORD = "NAME"
SIGN = "SIGN"
_BLANK = r"(?: (?=[^ \t\r\n#]))?"  # before what is no comment, so that the most usual blank is no token of its own


class Tables(Struct, frozen=True):
    """What a parser of the LALR kind runs on.

    `pattern` has one group for each terminal, but words that are a terminal of their own are in `words`, by their text, and so
    are those that are one sign in `signs`.
    `actions` has a row for each state: a terminal's action is the state to go to, or, below zero, the rule to reduce by,
    counted -1, -2, … `gotos` says where a finished rule leads. `rules` are origin, length, builder's method (empty: its parts
    are handed on), whether a single part stands for itself, and which parts are kept: index, and whether it is a list of parts.
    """

    pattern: str
    ignored: list[str]
    words: dict[str, str]
    signs: dict[str, str]
    starts: dict[str, list[int]]
    actions: list[dict[str, int]]
    gotos: list[dict[str, int]]
    rules: list[tuple[str, int, str, bool, list[tuple[int, bool]]]]


def tables() -> Tables:
    """The tables of the shipped grammar."""
    grammar = (shipped.folder("grammar") / "expression.lark").read_text(encoding="utf-8")
    place = _place(grammar)
    kept = _kept(place)
    if kept is None:
        kept = make(grammar)
        _keep(place, kept)
    return kept


def make(grammar: str) -> Tables:
    """The tables of a grammar, which must have no conflicts."""
    from lark import Lark
    from lark.parsers.lalr_analysis import Shift

    lark = Lark(grammar, parser="lalr", start=list(STARTS), maybe_placeholders=False)
    table = lark.parser.parser._parse_table
    numbers = {rule: -number for number, rule in enumerate(lark.rules, 1)}
    actions: list[dict[str, int]] = [{} for _ in table.states]
    gotos: list[dict[str, int]] = [{} for _ in table.states]
    for state, row in table.states.items():
        for symbol, (action, target) in row.items():
            if symbol.isupper():
                actions[state][symbol] = target if action is Shift else numbers[target]
            else:
                gotos[state][symbol] = target
    pattern, words, signs = _lexer(lark)
    starts = {start: [table.start_states[start], table.end_states[start]] for start in STARTS}
    rules = [_rule(rule) for rule in lark.rules]
    return Tables(pattern, list(lark.ignore_tokens), words, signs, starts, actions, gotos, rules)


def _lexer(lark: Lark) -> tuple[str, dict[str, str], dict[str, str]]:
    """One pattern for all terminals, and the words and signs in it that are told apart by their text.

    It is in Lark's order of precedence, but for what is met most, names first and signs last, with which nothing else begins.
    """
    import re

    word = re.compile(lark.get_terminal(WORD).pattern.to_regexp())
    words = {terminal.pattern.value: terminal.name for terminal in lark.terminals if _is_text(terminal, word)}
    strings = {terminal.pattern.value: terminal.name for terminal in lark.terminals if terminal.pattern.type == "str"}
    signs = {text: name for text, name in strings.items() if len(text) == 1 and text not in words}
    told_apart = {*words.values(), *signs.values()}
    others = [terminal for terminal in lark.terminals if terminal.name not in told_apart]
    others.sort(key=lambda one: (one.name != WORD, -one.priority, -one.pattern.max_width, -len(one.pattern.value), one.name))
    groups = [f"(?P<{terminal.name}>{terminal.pattern.to_regexp()})" for terminal in others]
    groups += [f"(?P<{SIGN}>[{re.escape(''.join(signs))}])", "(?P<UNKNOWN>(?s:.))"]
    return f"{_BLANK}(?:{'|'.join(groups)})", words, signs


def _is_text(terminal: TerminalDef, word: Any) -> bool:
    return terminal.pattern.type == "str" and word.fullmatch(terminal.pattern.value) is not None


def _rule(rule: Rule) -> tuple[str, int, str, bool, list[tuple[int, bool]]]:
    """As Lark builds trees: rules that begin with `_` hand on their parts, punctuation is left out."""
    from lark.grammar import Terminal

    origin: str = rule.origin.name
    kept = [
        (index, not symbol.is_term and symbol.name.startswith("_"))
        for index, symbol in enumerate(rule.expansion)
        if not (isinstance(symbol, Terminal) and symbol.filter_out)
    ]
    method = "" if origin.startswith("_") else rule.alias or origin
    return origin, len(rule.expansion), method, bool(rule.options.expand1 and not rule.alias), kept


def _place(grammar: str) -> Path:
    from hashlib import sha256

    from platformdirs import user_cache_path

    made_of = grammar.encode() + Path(__file__).read_bytes()
    return user_cache_path("kpidsl", appauthor=False) / f"expression-{sha256(made_of).hexdigest()[:24]}.json"


def _kept(place: Path) -> Tables | None:
    """The tables that are kept at a place; None where there are none, or not all of them."""
    try:
        return Tables(**json.loads(place.read_bytes()))
    except (OSError, ValueError, TypeError):
        return None


def _keep(place: Path, made: Tables) -> None:
    """Written beside its place and moved there, so that another process never sees half of it."""
    import tempfile

    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=place.parent) as folder:
            written = Path(folder) / place.name
            written.write_text(json.dumps(asdict(made)), encoding="utf-8")
            os.replace(written, place)
    except OSError:
        pass  # the next process makes them again
