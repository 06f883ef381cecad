"""Everything that looking at assumptions can find: one function for one complaint."""

from __future__ import annotations

from collections.abc import Sequence

from kpidsl.diagnostics import Diagnostic, Label, Severity

_MOST_NAMES = 3


def _warning(code: str, headline: str, *labels: Label, help: Sequence[str] = (), about: str = "") -> Diagnostic:
    return Diagnostic(code, Severity.WARNING, headline, labels, help=tuple(help), about=about)


def false_of_rows(assumption: str, rows: int, kpis: Sequence[str]) -> Diagnostic:
    number = "a row of the data says" if rows == 1 else f"{rows:,} rows of the data say"
    headline = f"the proofs of {_names(kpis)} assume that {assumption}, but {number} otherwise"
    return _warning("assumption-false", headline, help=("what was proved under it need not hold for these data",))


def false_of_values(
    label: Label, sides: Sequence[str], first: tuple[str, float, float], months: tuple[int, int], identity: str
) -> Diagnostic:
    """`months` are those in which the sides differ, and all."""
    month, *values = first
    left, right = (f"`{side}` is {value:,.6g}" for side, value in zip(sides, values, strict=True))
    differ, all_ = months
    headline = f"the proof of `{identity}` assumes what does not hold in {differ:,} of {all_:,} months of the data: "
    headline += f"in {month} {left} and {right}"
    return _warning("assumption-false", headline, label, help=("what was proved under it need not hold for these data",))


def _names(kpis: Sequence[str]) -> str:
    names = [f"`{name}`" for name in kpis[:_MOST_NAMES]]
    more = len(kpis) - len(names)
    return " and ".join([*names, *([f"{more} more"] if more else [])])
