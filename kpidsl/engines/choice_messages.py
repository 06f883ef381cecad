"""Everything that can be said of the choice of an engine: one function for one complaint or reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kpidsl.diagnostics import Diagnostic, Severity
from kpidsl.suggest import nearest


def _refusal(code: str, headline: str, *help: str) -> Diagnostic:
    return Diagnostic(code, Severity.ERROR, headline, help=help, about="the question")


def unknown_engine(name: str, known: Sequence[str]) -> Diagnostic:
    near = nearest(name, known)
    help_ = f"perhaps `{near}`?" if near else f"the engines are {', '.join(known)}"
    return _refusal("unknown-engine", f"there is no engine `{name}`", help_)


def unknown_dialect(name: str, known: Sequence[str]) -> Diagnostic:
    near = nearest(name, known)
    help_ = f"perhaps `{near}`?" if near else f"the dialects are {', '.join(known)}"
    return _refusal("unknown-engine", f"there is no dialect `{name}`", help_)


def engine_out_of_reach(engine: str, source: str, place: str, owner: str) -> Diagnostic:
    headline = f"the engine `{engine}` cannot read source `{source}`, which is {place}"
    return _refusal("engine-out-of-reach", headline, f"`engine: auto` lets {owner} add it up")


def sources_apart(value: str, places: Mapping[str, str]) -> Diagnostic:
    where = ", ".join(f"`{source}` is {place}" for source, place in places.items())
    return _refusal(
        "sources-apart",
        f"`{value}` needs rows of sources that are in different places: {where}",
        "rows are brought together in one place only: a copy of the smaller source beside the larger one helps",
    )


def apart(sources: Sequence[str]) -> str:
    return f"sources {' and '.join(sources)} are in different places"
