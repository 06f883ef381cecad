"""Everything that a question can be refused for: one function for one complaint."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from kpidsl.diagnostics import Diagnostic, Edit, Label, Severity
from kpidsl.periods.grain import Grain
from kpidsl.plan.nodes import Earlier, Elapsed, Fold, Seen, Shift, Time, ToDate, Window
from kpidsl.suggest import nearest


def _refusal(code: str, headline: str, *labels: Label, help: Sequence[str] = (), edit: Edit | None = None) -> Diagnostic:
    return Diagnostic(code, Severity.ERROR, headline, labels, help=tuple(help), edit=edit, about="the question")


def _perhaps(name: str, known: Iterable[str]) -> tuple[str, ...]:
    suggestion = nearest(name, known)
    return (f"perhaps `{suggestion}`?",) if suggestion else ()


def unknown_value(name: str, known: Iterable[str]) -> Diagnostic:
    return _refusal("unknown-name", f"no measure, parameter or KPI is called `{name}`", help=_perhaps(name, known))


def broken_value(name: str) -> Diagnostic:
    return _refusal("definition-has-errors", f"`{name}` cannot be evaluated: its definition, or one that it uses, has errors")


def name_taken(name: str) -> Diagnostic:
    help_ = ("`as` gives a formula a name of its own",)
    return _refusal("name-twice", f"two things in the question are called `{name}`", help=help_)


def not_cells(text: str) -> Diagnostic:
    return _refusal("wrong-arguments", f"`cells` is `{text}`, and it may only be `all`")


def nothing_asked() -> Diagnostic:
    return _refusal("nothing-asked", "the question names no KPI, and no KPI is defined")


def unknown_dimension(name: str, known: Sequence[str]) -> Diagnostic:
    help_ = _perhaps(name, known) or ((f"the dimensions are {', '.join(known)}",) if known else ())
    return _refusal("unknown-name", f"no dimension is called `{name}`", help=help_)


def unknown_dimension_in_where(label: Label, name: str, known: Sequence[str]) -> Diagnostic:
    help_ = _perhaps(name, known) or ((f"the dimensions are {', '.join(known)}",) if known else ())
    headline = f"the question's `where` names `{name}`, and no dimension is called so"
    return _refusal("unknown-name", headline, label, help=help_)


def dimension_out_of_reach(value: str, source: str, dimension: str, shared: Sequence[str]) -> Diagnostic:
    headline = f"`{value}` cannot be grouped or filtered by `{dimension}`: its source `{source}` does not lead there"
    share = f"everything asked for shares {', '.join(shared)}" if shared else "what is asked for shares no dimension"
    return _refusal("dimension-out-of-reach", headline, help=(share,))


def nothing_to_group(values: Sequence[str], by: Sequence[str]) -> Diagnostic:
    names, dimensions = (", ".join(f"`{name}`" for name in each) for each in (values, by))
    read = "reads" if len(values) == 1 else "read"
    return _refusal("dimension-out-of-reach", f"{names} {read} no source, so there is nothing to group by {dimensions}")


def not_a_condition(label: Label) -> Diagnostic:
    return _refusal("wrong-type", 'the question\'s `where` must be a condition, such as `channel = "web"`', label)


def rows_in_where(label: Label, name: str) -> Diagnostic:
    headline = f"the question's `where` is a condition on dimensions; `{name}` has no place in it"
    return _refusal("wrong-arguments", headline, label)


def not_a_date(word: str, text: str) -> Diagnostic:
    help_ = ("as in 2026-01-31, or a period such as 2026-01 or 2026-Q1, which means its first day",)
    return _refusal("not-a-date", f"`{word}` is `{text}`, and that is no date", help=help_)


def not_a_grain(text: str, grains: Sequence[str]) -> Diagnostic:
    help_ = _perhaps(text, grains) or (f"these are {', '.join(grains)}",)
    return _refusal("wrong-arguments", f"`{text}` is no length of period", help=help_)


def empty_range(start: str, end: str) -> Diagnostic:
    return _refusal("empty-range", f"the range from {start} to {end} is empty; it runs up to its end, without it")


def unknown_parameter(name: str, known: Sequence[str]) -> Diagnostic:
    help_ = _perhaps(name, known) or ((f"the parameters are {', '.join(known)}",) if known else ())
    return _refusal("unknown-name", f"no parameter is called `{name}`", help=help_)


def not_a_parameter(name: str, kind: str) -> Diagnostic:
    help_ = ("`calc` takes plain numbers for measures and KPIs",)
    return _refusal("wrong-arguments", f"`{name}` is a {kind}; only parameters can be set in a question over data", help=help_)


def not_an_amount(name: str, given: object) -> Diagnostic:
    headline = f"what is given for `{name}` is {given!r}, and that is no amount"
    return _refusal("not-an-amount", headline, help=("as in 0.12, or the text `12%` or `60 USD / hour`",))


# Windows and periods


_PROBLEMS = {
    "shorter": "is shorter than the periods that are asked for",
    "weeks-by-months": "does not move whole weeks: weeks move by weeks, or by years to the week with the same number",
    "months-by-days": "does not come to whole periods: months, quarters and years move by months, quarters and years",
    "does-not-fit": "does not divide the periods that are asked for",
}


def window_does_not_fit(value: str, step: Time, grain: Grain | None, problem: str) -> Diagnostic:
    asked = f"periods of one {grain.value}" if grain is not None else "one period"
    headline = f"{spelled(step)} in `{value}` {_PROBLEMS[problem]} ({asked})"
    return _refusal("window-does-not-fit", headline, help=("another `every`, or another length in the formula, would fit",))


def spelled(step: Time) -> str:
    """A frame as a formula spells it."""
    match step:
        case Shift(amount=int(amount), unit=Grain() as unit):
            return f"`previous(…, {_length(amount, unit)})`"
        case Shift():
            return "`previous(…)`"
        case Window(amount=amount, unit=unit):
            return f"`rolling(…, {_length(amount, unit)})`"
        case ToDate(unit=unit):
            return f"`to_date(…, {unit.value})`" if unit is not None else "`to_date(…)`"
        case Fold(unit=unit):
            return f"`average(…, {unit.value})`"
        case Elapsed() | Earlier() | Seen():
            raise AssertionError(step)  # only benchmarks look so, where the periods fit


def _length(amount: int, unit: Grain) -> str:
    return f"{amount} {unit.value}" if amount == 1 else f"{amount} {unit.value}s"


def too_many_windows(value: str) -> Diagnostic:
    headline = f"the windows under `{value}` are nested through so many names that they stand for too many different times"
    return _refusal("expression-too-large", headline)


def finer_than_source(value: str, source: str, every: Grain, asked: Grain) -> Diagnostic:
    headline = f"`{value}` cannot be asked by {asked.value}: a row of its source `{source}` stands for a whole {every.value}"
    return _refusal("finer-than-source", headline, help=(f"`every: {every.value}` or a longer period can be asked",))


def cuts_source(value: str, source: str, every: Grain, bound: datetime) -> Diagnostic:
    headline = (
        f"`{value}` cannot be asked from or to {bound.date()}: a row of its source `{source}` stands for a whole {every.value}"
    )
    return _refusal("finer-than-source", headline, help=(f"a range of whole {every.value}s can be asked",))


def range_moved(word: str, given: date | datetime, moved: date, grain: str) -> Diagnostic:
    side = "start" if word == "from" else "end"
    headline = f"`{word}` is moved from {given} to {moved}, the {side} of its {grain}: periods are never cut"
    return Diagnostic("range-moved", Severity.NOTE, headline, about="the question")


def too_many_periods(first: date, after: date, grain: str, most: int) -> Diagnostic:
    headline = f"from {first.isoformat()} to {after.isoformat()} there are more than {most:,} periods of one {grain}"
    help_ = ("`from` sets where the range begins; a wrong date far off, such as 0001-01-01, may be the reason",)
    return _refusal("too-many-periods", headline, help=help_)


def broken_scorecard(name: str) -> Diagnostic:
    return _refusal("definition-has-errors", f"the definition of the scorecard `{name}` has errors")


def unknown_scorecard(name: str, known: Iterable[str]) -> Diagnostic:
    return _refusal("unknown-name", f"no scorecard is called `{name}`", help=_perhaps(name, known))
