"""What is said about names that nothing uses, and about names that hide what might be meant by them."""

from __future__ import annotations

from kpidsl.diagnostics import Diagnostic, Label, Severity
from kpidsl.documents.model import Written

Name = Written[str]


def _warning(code: str, headline: str, *labels: Label, help: tuple[str, ...] = ()) -> Diagnostic:
    return Diagnostic(code, Severity.WARNING, headline, labels, help=help)


# Unused names


def unused_measure(name: Name) -> Diagnostic:
    headline = f"no formula, identity or test uses the measure `{name.value}`"
    help_ = ("a measure that is there for others can say so: `# kpidsl: ignore[unused-measure]` and the reason",)
    return _warning("unused-measure", headline, name.label(), help=help_)


def unused_parameter(name: Name) -> Diagnostic:
    headline = f"no formula, identity or test uses the parameter `{name.value}`, so setting it changes nothing"
    return _warning("unused-parameter", headline, name.label())


def unused_dimension(place: Name, name: str) -> Diagnostic:
    headline = f"nothing can be grouped by `{name}`: no measure or KPI is made of rows that it serves"
    return _warning("unused-dimension", headline, place.label())


def unused_source(name: Name) -> Diagnostic:
    headline = f"no formula, reference or dimension uses the source `{name.value}`"
    return _warning("unused-source", headline, name.label())


def unused_column(name: Name, source: str) -> Diagnostic:
    headline = f"no formula, reference or dimension uses `{name.value}` of the source `{source}`"
    return _warning("unused-column", headline, name.label(), help=("data may have columns that no definition names",))


def unused_entity(name: Name) -> Diagnostic:
    headline = f"the entity `{name.value}` is no row of a source, and no unit has it"
    help_ = (f"`row: {name.value}` says that a source has one row for each",)
    return _warning("unused-entity", headline, name.label(), help=help_)


# Shadowed names


def shadowed_value(label: Label, source: str, kind: str, value: Name) -> Diagnostic:
    headline = f"in this formula over rows `{value.value}` is the column of `{source}`, not the {kind} of that name"
    help_ = ("another name for one of the two would say which is meant",)
    return _warning("shadowed-value", headline, label, value.label(f"the {kind}"), help=help_)


def shadowed_source(place: Name, source: str, target: str) -> Diagnostic:
    headline = f"`{place.value}` of `{source}` leads to `{target}`, although there is a source `{place.value}`"
    help_ = (f"a path such as `{place.value}.…` over rows of `{source}` reads columns of `{target}`",)
    return _warning("shadowed-source", headline, place.label(f"refers to `{target}`"), help=help_)


def shadowed_period(place: Name, where: str) -> Diagnostic:
    headline = f"{where} `{place.value}` is this definition, so the name of the period is out of reach there"
    return _warning("shadowed-period", headline, place.label(), help=("any other name leaves the period its own",))


def shadowed_column(place: Name, there: Name, source: str, path: str) -> Diagnostic:
    headline = f"the dimension `{place.value}` reads `{path}` of `{source}`, not its column `{place.value}`"
    help_ = (f"a question `where {place.value} = …` and a formula `where {place.value} = …` ask for different things",)
    return _warning("shadowed-column", headline, place.label(), there.label(f"the column of `{source}`"), help=help_)
