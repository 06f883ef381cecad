"""Tables and a text in, what a builder makes of it out: a parser of the LALR kind.

A table says for each state and terminal whether to go on to a state (shift) or to finish a rule (reduce), after which its
parts on the stack become one. Lark makes the tables and could run them as well; this loop takes half the time, because one
pattern cuts up all texts and rules that only pass a single part on (a sum of one product of one factor …) are no calls, and
it spares a start-up the import of Lark. A word is a keyword where the state can use it, and a name elsewhere; right before a
dot it is always a name, else `distinct where.to` would end at the source `where`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple

from kpidsl.language.build import Builder, Token
from kpidsl.language.tables import WORD, Tables, tables

END = "$END"


class Stopped(Exception):
    """The text is not of the language from a character on; None stands for its end."""

    def __init__(self, position: int | None) -> None:
        super().__init__(position)
        self.position = position


class _Rule(NamedTuple):
    origin: str
    length: int
    kept: list[tuple[int, bool]]
    keeps_all: bool
    takes_single: bool
    passes_on: bool
    build: Callable[[list[Any]], Any] | None


class Reader:
    """Has no state of its own while it reads, so threads can share it."""

    def __init__(self, tables: Tables, builder: object) -> None:
        self._cut = re.compile(tables.pattern).finditer
        self._ignored = frozenset(tables.ignored)
        self._words = tables.words
        self._starts = tables.starts
        self._actions = tables.actions
        self._gotos = tables.gotos
        self._rules = [_rule(builder, *rule) for rule in reversed(tables.rules)]  # so that -1, -2, … are their places
        self._passing = [rule.origin if rule.passes_on else None for rule in self._rules]
        self._dotted = {
            word for row in tables.actions for word, action in row.items() if action >= 0 and "DOT" in tables.actions[action]
        }
        terminals = {terminal for row in tables.actions for terminal in row}
        self._leaves = {name: getattr(builder, name) for name in terminals if hasattr(builder, name)}

    def read(self, text: str, start: str) -> Any:
        """What the builder makes of a text; Stopped where it is not of the language, and what the builder raises."""
        begin, end = self._starts[start]
        states: list[int] = [begin]
        values: list[Any] = []
        self._take(text, states, values)
        while states[-1] != end:
            rule = self._actions[states[-1]].get(END)
            if rule is None:
                raise Stopped(None)
            self._reduce(self._rules[rule], states, values)
        return values[-1]

    def goes_on(self, text: str, start: str) -> frozenset[str]:
        """The terminals that can follow a text that is the beginning of one of the language."""
        states = [self._starts[start][0]]
        self._take(text, states, [])
        return frozenset(terminal for terminal in self._actions[states[-1]] if self._accepts(states, terminal))

    def _take(self, text: str, states: list[int], values: list[Any]) -> None:
        """Both stacks after the last token."""
        actions, gotos, rules, words = self._actions, self._gotos, self._rules, self._words
        ignored, leaves, passing = self._ignored, self._leaves, self._passing
        for match in self._cut(text):
            terminal = match.lastgroup or ""
            if terminal in ignored:
                continue
            row = actions[states[-1]]
            value = match[0]
            start, end = match.span()
            if terminal == WORD and (word := words.get(value, "")) in row and not self._is_named(word, text, end):
                terminal = word
            while (action := row.get(terminal)) is not None and action < 0:
                origin = passing[action]
                if origin is not None:
                    states[-1] = gotos[states[-2]][origin]
                else:
                    self._reduce(rules[action], states, values)
                row = actions[states[-1]]
            if action is None:
                raise Stopped(start)
            token = Token(terminal, value, start, end)
            states.append(action)
            values.append(leaves[terminal](token) if terminal in leaves else token)

    def _is_named(self, word: str, text: str, end: int) -> bool:
        """Whether a keyword that no dot can follow is a name, because it stands right before one."""
        return text.startswith(".", end) and word not in self._dotted

    def _reduce(self, rule: _Rule, states: list[int], values: list[Any]) -> None:
        """The parts of a rule on the stack become one value; a rule that only hands on its parts leaves them as a list."""
        origin, length, kept, keeps_all, takes_single, _, build = rule
        parts = values[-length:] if keeps_all else _parts(kept, length, values)
        del states[-length:], values[-length:]
        if takes_single and len(parts) == 1:
            values.append(parts[0])
        else:
            values.append(parts if build is None else build(parts))
        states.append(self._gotos[states[-1]][origin])

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
    return _Rule(origin, length, kept, keeps_all, takes_single, takes_single and keeps_all and length == 1, build)


@cache
def reader() -> Reader:
    """The reader of the shipped grammar; two threads that ask at once may make it twice, which does no harm."""
    return Reader(tables(), Builder())
