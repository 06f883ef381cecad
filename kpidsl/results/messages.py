"""Everything that plain numbers can be complained about: one function for one complaint."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction

from kpidsl.diagnostics import Diagnostic, Severity
from kpidsl.suggest import nearest


def _error(code: str, kpi: str, headline: str, help: Sequence[str] = ()) -> Diagnostic:
    return Diagnostic(code, Severity.ERROR, headline, help=tuple(help), about=f"KPI {kpi}")


def _perhaps(name: str, known: Iterable[str]) -> tuple[str, ...]:
    suggestion = nearest(name, known)
    return (f"perhaps `{suggestion}`?",) if suggestion else ()


def _listed(names: Sequence[str]) -> str:
    quoted = [f"`{name}`" for name in names]
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} and {quoted[-1]}"


def unknown_kpi(name: str, known: Iterable[str]) -> Diagnostic:
    return _error("unknown-name", name, f"no measure, parameter or KPI is called `{name}`", _perhaps(name, known))


def unknown_given(kpi: str, name: str, known: Iterable[str]) -> Diagnostic:
    headline = f"a number is given for `{name}`, and no measure, parameter or KPI is called so"
    return _error("unknown-name", kpi, headline, _perhaps(name, known))


def broken_value(kpi: str, name: str) -> Diagnostic:
    headline = f"`{name}` cannot be evaluated: its definition, or one that it uses, has errors"
    return _error("definition-has-errors", kpi, headline)


def not_a_number(kpi: str, name: str, given: float) -> Diagnostic:
    return _error("not-an-amount", kpi, f"what is given for `{name}` is `{given}`, and that is no number")


def missing_inputs(kpi: str, names: Sequence[str], inline: Sequence[str]) -> Diagnostic:
    """`inline` is what a KPI's own formula takes from rows or from other periods, where no name can give it."""
    parts = [_listed(names)] if names else []
    parts += [f"{', '.join(f'`{text}`' for text in inline)}, which has no name"] if inline else []
    help = ("a measure for it gives it a name that a number can be given for",) if inline else ()
    number = "a number for it" if len(names) + len(inline) == 1 else "numbers for them"
    return _error("missing-input", kpi, f"`{kpi}` needs {' and '.join(parts)}: {number} must be given", help)


def unused_input(kpi: str, names: Sequence[str], needed: Iterable[str]) -> Diagnostic:
    are, them = ("is", "it") if len(names) == 1 else ("are", "them")
    headline = f"{_listed(names)} {are} given, but `{kpi}` does not use {them}"
    uses = tuple(needed)
    help = (f"it uses {_listed(uses)}",) if uses else ()
    return Diagnostic("unused-input", Severity.WARNING, headline, help=help, about=f"KPI {kpi}")


def answer_given(kpi: str) -> Diagnostic:
    return _error("not-an-amount", kpi, f"`{kpi}` is what is asked for, so no number can be given for it")


def negative_count(kpi: str, name: str, given: Fraction | float) -> Diagnostic:
    return _error("not-an-amount", kpi, f"`{name}` counts rows, and {float(given):g} is less than none")


def part_beyond_whole(kpi: str) -> Diagnostic:
    headline = f"`{kpi}` is a proportion, and the numbers given make its part larger than its whole"
    return _error("not-an-amount", kpi, headline)


def heavy_tail(name: str, cells: int, all_cells: int) -> Diagnostic:
    where = "" if all_cells == 1 else f" in {cells:,} of {all_cells:,} cells"
    what = "the top 1% may carry more than a third of a sum, so that its interval is optimistic"
    help_ = ("a median is not moved by few rows; `min_n` lets verdicts wait for more of them",)
    return Diagnostic(
        "heavy-tail", Severity.NOTE, f"`{name}` rests on few rows{where}: {what}", help=help_, about=f"KPI {name}"
    )
