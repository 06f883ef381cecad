"""The nearest known word is that of `difflib`, found faster."""

from __future__ import annotations

from difflib import get_close_matches

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kpidsl.suggest import nearest

WORDS = st.lists(st.sampled_from(["lead", "deal", "won", "rate", "cost", "per", "new", "churn"]), max_size=3).map("_".join)


@settings(max_examples=100)
@given(
    st.one_of(WORDS, st.text("abcde_LW", max_size=9)), st.lists(st.one_of(WORDS, st.text("abcde_", max_size=9)), max_size=30)
)
def test_like_difflib(word: str, known: list[str]) -> None:
    expected = get_close_matches(word.lower(), known, n=1, cutoff=0.6)
    assert nearest(word, known) == (expected[0] if expected else None)


@pytest.mark.parametrize("number", [0, 17, 2_999])
def test_among_many_words_that_are_alike(number: int) -> None:
    assert nearest(f"nname{number}", [f"name{each}" for each in range(3_000)]) == f"name{number}"
