"""Tables and a text in, what a builder makes of it out: a parser of the LALR kind.

A table says for each state and terminal whether to go on to a state (shift) or to finish a rule (reduce), after which its
parts on the stack become one. These steps hang on the kinds of the tokens alone, so they are found once for all texts of a form
such as `name / name`, without the many rules that only pass a single part on (a sum of one product of one factor …). Lark makes
the tables and could run them as well; this takes half the time and spares a start-up the import of Lark. A word is a keyword
where the state can use it, and a name elsewhere; right before a dot it is always a name, else `distinct where.to` would end at
the source `where`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache, lru_cache
from typing import Any, NamedTuple

from kpidsl.language.build import Builder, Token
from kpidsl.language.tables import SIGN, WORD, Tables, tables

END = "$END"
_SHORT = 60  # tokens

_Cut = tuple[str, int, int]


class Stopped(Exception):
    """The text is not of the language from a character on; None stands for its end."""

    def __init__(self, position: int | None) -> None:
        super().__init__(position)
        self.position = position


class _Rule(NamedTuple):
    """Of `parts` the indexes are kept, and whether each is a list of parts; None: all as they are."""

    origin: str
    length: int
    parts: list[tuple[int, bool]] | None
    takes_single: bool
    passes_on: bool
    build: Callable[[list[Any]], Any] | None


class _Step(NamedTuple):
    """A token that is shifted, as a `terminal` and by way of its `leaf`; or, where it has a length, a rule that is finished."""

    length: int
    parts: list[tuple[int, bool]] | None
    takes_single: bool
    build: Callable[[Any], Any] | None
    terminal: str = ""


class Reader:
    """Keeps nothing of a text but the steps for texts of its form, so threads can share it."""

    def __init__(self, tables: Tables, builder: object) -> None:
        self._cut = re.compile(tables.pattern).finditer
        self._ignored = frozenset(tables.ignored)
        self._words = tables.words
        self._signs = tables.signs
        self._starts = tables.starts
        self._actions = tables.actions
        self._gotos = tables.gotos
        self._rules = [_rule(builder, *rule) for rule in reversed(tables.rules)]  # so that -1, -2, … are their places
        self._finished = [_Step(rule.length, rule.parts, rule.takes_single, rule.build) for rule in self._rules]
        self._dotted = {
            word for row in tables.actions for word, action in row.items() if action >= 0 and "DOT" in tables.actions[action]
        }
        terminals = {terminal for row in tables.actions for terminal in row}
        self._shifted = {name: _Step(0, None, False, getattr(builder, name, None), name) for name in terminals}
        self._known = lru_cache(maxsize=1_000)(self._steps)

    def read(self, text: str, start: str) -> Any:
        """What the builder makes of a text; Stopped where it is not of the language, and what the builder raises."""
        kinds, tokens = self._tokens(text)
        steps, stopped = (self._known if len(kinds) <= _SHORT else self._steps)(start, kinds)
        values = _built(steps, tokens)
        if stopped is not None:
            raise Stopped(tokens[stopped][1] if stopped < len(tokens) else None)
        return values[-1]

    def goes_on(self, text: str, start: str) -> frozenset[str]:
        """The terminals that can follow a text that is the beginning of one of the language."""
        kinds, tokens = self._tokens(text)
        states = [self._starts[start][0]]
        stopped = self._run(kinds, states, [])
        if stopped is not None:
            raise Stopped(tokens[stopped][1])
        return frozenset(terminal for terminal in self._actions[states[-1]] if self._accepts(states, terminal))

    def _tokens(self, text: str) -> tuple[tuple[str, ...], list[_Cut]]:
        """The kinds of the tokens in a text, a word that may be a keyword being of its own kind, and what stands where."""
        kinds: list[str] = []
        tokens: list[_Cut] = []
        for match in self._cut(text):
            kind = match.lastgroup or ""
            if kind in self._ignored:
                continue
            value = match[kind]
            start, end = match.span(kind)
            if kind == SIGN:
                kind = self._signs[value]
            elif kind == WORD and (word := self._words.get(value)) is not None and not self._is_named(word, text, end):
                kind = word
            kinds.append(kind)
            tokens.append((value, start, end))
        return tuple(kinds), tokens

    def _is_named(self, word: str, text: str, end: int) -> bool:
        """Whether a keyword that no dot can follow is a name, because it stands right before one."""
        return text.startswith(".", end) and word not in self._dotted

    def _steps(self, start: str, kinds: tuple[str, ...]) -> tuple[list[_Step], int | None]:
        """The steps for tokens of some kinds, and at which of them they stop, if they do before the end."""
        begin, end = self._starts[start]
        states, steps = [begin], list[_Step]()
        stopped = self._run(kinds, states, steps)
        while stopped is None and states[-1] != end:
            rule = self._actions[states[-1]].get(END)
            if rule is None:
                stopped = len(kinds)
            else:
                self._reduce(rule, states, steps)
        return steps, stopped

    def _run(self, kinds: tuple[str, ...], states: list[int], steps: list[_Step]) -> int | None:
        """Both stacks after the last token, or the token that cannot come next."""
        for index, terminal in enumerate(kinds):
            row = self._actions[states[-1]]
            if terminal not in row and terminal in self._words.values():
                terminal = WORD
            while (action := row.get(terminal)) is not None and action < 0:
                self._reduce(action, states, steps)
                row = self._actions[states[-1]]
            if action is None:
                return index
            states.append(action)
            steps.append(self._shifted[terminal])
        return None

    def _reduce(self, action: int, states: list[int], steps: list[_Step]) -> None:
        """The states after a rule is finished; one that only passes its part on is no step."""
        rule = self._rules[action]
        del states[-rule.length :]
        states.append(self._gotos[states[-1]][rule.origin])
        if not rule.passes_on:
            steps.append(self._finished[action])

    def _accepts(self, states: list[int], terminal: str) -> bool:
        """Whether a terminal can come next; it may finish some rules first."""
        states = states.copy()
        while (action := self._actions[states[-1]].get(terminal)) is not None and action < 0:
            rule = self._rules[action]
            del states[-rule.length :]
            states.append(self._gotos[states[-1]][rule.origin])
            if terminal == END and states[-1] in (end for _, end in self._starts.values()):
                return True
        return action is not None


def _built(steps: list[_Step], tokens: list[_Cut]) -> list[Any]:
    """What the builder makes of the tokens step by step; a rule that only hands on its parts leaves them as a list."""
    values: list[Any] = []
    following = iter(tokens)
    for length, kept, takes_single, build, terminal in steps:
        if not length:
            token = Token(terminal, *next(following))
            values.append(token if build is None else build(token))
            continue
        parts = values[-length:] if kept is None else _parts(kept, length, values)
        del values[-length:]
        if takes_single and len(parts) == 1:
            values.append(parts[0])
        else:
            values.append(parts if build is None else build(parts))
    return values


def _parts(kept: list[tuple[int, bool]], length: int, values: list[Any]) -> list[Any]:
    parts: list[Any] = []
    for index, is_list in kept:
        part = values[index - length]
        if is_list:
            parts = parts + part if parts else part
        else:
            parts.append(part)
    return parts


def _rule(builder: object, origin: str, length: int, method: str, takes_single: bool, kept: list[tuple[int, bool]]) -> _Rule:
    keeps_all = len(kept) == length and not any(is_list for _, is_list in kept)
    build = getattr(builder, method) if method and hasattr(builder, method) else None
    return _Rule(origin, length, None if keeps_all else kept, takes_single, takes_single and keeps_all and length == 1, build)


@cache
def reader() -> Reader:
    """The reader of the shipped grammar; two threads that ask at once may make it twice, which does no harm."""
    return Reader(tables(), Builder())
