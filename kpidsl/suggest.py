"""Which known word a misspelt one was probably meant to be.

Likeness is the ratio of `difflib`: twice the characters in common blocks by all characters of both words. Its upper bound, the
letters that two words share in whatever order, is a count of common bits, so thousands of words are passed over at once and
only the likeliest are compared. It is `get_close_matches`, made fast enough for a file in which every name is wrong.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import islice

_ALIKE = 0.6
# Up to 250 known words all that may be alike are compared, among more the likeliest: so the time for a word is bounded.
_MOST_WORK = 250 * 250

_Letter = tuple[str, int]


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word most like `word`, or None if none is alike."""
    return _Words.of(tuple(known)).nearest(word.lower())


class _Words:
    """Known words by length, with their letters as bits: one for the first `a` of a word, one for the second, and so on."""

    def __init__(self, known: tuple[str, ...]) -> None:
        letters = {word: _letters(word) for word in known}
        self._bits = {
            letter: 1 << bit for bit, letter in enumerate(dict.fromkeys(one for each in letters.values() for one in each))
        }
        self._masks: dict[int, dict[str, int]] = {}
        for word in sorted(letters, reverse=True):
            self._masks.setdefault(len(word), {})[word] = self._mask(letters[word])
        self._most = max(1, _MOST_WORK // max(1, len(letters)))

    @staticmethod
    @lru_cache(maxsize=16)
    def of(known: tuple[str, ...]) -> _Words:
        return _Words(known)

    def nearest(self, word: str) -> str | None:
        matcher = SequenceMatcher(b=word)
        best = (0.0, "")
        for bound, known in islice(self._likeliest(word), self._most):
            if bound < best[0]:
                break
            if (bound, known) > best:
                matcher.set_seq1(known)
                best = max(best, (matcher.ratio(), known))
        return best[1] if best[0] >= _ALIKE else None

    def _likeliest(self, word: str) -> Iterator[tuple[float, str]]:
        """The words that may be alike, each with the most that it can be, from the likeliest."""
        lengths = [length for length in self._masks if _ratio(min(length, len(word)), length + len(word)) >= _ALIKE]
        mask = self._mask(_letters(word)) if lengths else 0
        counts = {length: list(map(int.bit_count, map(mask.__and__, self._masks[length].values()))) for length in lengths}
        levels = [(_ratio(count, length + len(word)), length, count) for length in lengths for count in set(counts[length])]
        for bound, length, count in sorted((level for level in levels if level[0] >= _ALIKE), reverse=True):
            for known, shared in zip(self._masks[length], counts[length], strict=True):
                if shared == count:
                    yield bound, known

    def _mask(self, letters: Iterable[_Letter]) -> int:
        return sum(self._bits.get(letter, 0) for letter in letters)


def _ratio(shared: int, length: int) -> float:
    return 2.0 * shared / length if length else 1.0


def _letters(word: str) -> list[_Letter]:
    """The letters of a word, each with how often it stood there before."""
    seen: Counter[str] = Counter()
    letters = []
    for letter in word:
        letters.append((letter, seen[letter]))
        seen[letter] += 1
    return letters
