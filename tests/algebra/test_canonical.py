"""Keys see through spellings; contents do not."""

from __future__ import annotations

import pytest
from numbers_project import formulas

from kpidsl.algebra.canonical import content

AGGREGATES = [
    'count(rows where flag and kind = "x" and size > 1)',
    'count(rows at day where 1 < size and (kind = "x" and flag))',
    'count(rows where "x" = kind and flag and flag and size > 1)',
]


def test_spellings_of_the_same_rows_have_one_key() -> None:
    known = formulas(*AGGREGATES)
    cores = [known.values[f"k{index}"].core for index in range(len(AGGREGATES))]
    assert len({known.keys.text(core) for core in cores}) == 1
    assert len({content(core) for core in cores}) == len(AGGREGATES)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("count(rows)", "count(rows at other_day)"),
        ("count(rows.key)", "count(distinct rows.key)"),
        ("count(rows.key)", "count(rows)"),
        ("sum(rows.size)", "sum(rows.size where flag)"),
        ("sum(rows.size - 1)", "sum(1 - rows.size)"),
        ('count(rows where kind = "1")', 'count(rows where kind = "01")'),
        ("count(rows where size < 1)", "count(rows where size <= 1)"),
        ("count(rows where size < 1)", "count(rows where 1 < size)"),
    ],
)
def test_other_rows_have_other_keys(one: str, other: str) -> None:
    known = formulas(one, other)
    left, right = known.values["k0"].core, known.values["k1"].core
    assert known.keys.text(left) != known.keys.text(right)
