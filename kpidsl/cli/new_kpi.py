"""A KPI's file from a template, in the words of the project that it goes into."""

from __future__ import annotations

import re
from pathlib import Path

from kpidsl.catalog.catalog import Catalog, Source
from kpidsl.catalog.core import Type
from kpidsl.cli.exits import Exit, Misuse
from kpidsl.cli.output import give
from kpidsl.cli.project import nearest_project, open_catalog, own_project
from kpidsl.cli.writing import templates, write_files
from kpidsl.visible import visible

_NAME = re.compile(r"[a-z][a-z0-9_]*\Z")


def write_kpi(name: str, template: str, project: Path | None) -> Exit:
    """Write `NAME.yaml` among the definitions of a project."""
    place = own_project(project)
    catalog = open_catalog(place)
    if not _NAME.match(name):
        raise Misuse(f"`{name}` is no name for a KPI: names are like `closing_rate`")
    if name in catalog.values or name in catalog.broken:
        raise Misuse(f"`{name}` is defined already")
    text = (templates() / "kpi" / f"{template}.yaml").read_text(encoding="utf-8")
    for word, replacement in {"name": name, "title": _title(name), **_formulas(catalog)}.items():
        text = text.replace(f"{{{word}}}", replacement)
    path = _folder(place) / f"{name}.yaml"
    write_files({path: text})
    give(f"{visible(str(path))}\n\nNow: put in the formula that is meant, and `kpidsl check`\n")
    return Exit.WELL


def _folder(place: Path) -> Path:
    """Where the definitions of a project are."""
    folder = place if place.is_dir() else place.parent
    root = nearest_project(folder) or folder
    below = root / "definitions"
    return below if below.is_dir() else root


def _title(name: str) -> str:
    return name.replace("_", " ").capitalize()


def _formulas(catalog: Catalog) -> dict[str, str]:
    """A formula for each template that means something in this project."""
    source = next(iter(catalog.sources.values()), None)
    rows = source.name if source else "leads"
    number = next((found for each in catalog.sources.values() if (found := _number(each))), "orders.amount")
    return {
        "ratio": f"'count({rows} where {_condition(source)}) / count({rows})'",
        "sum": f"sum({number})",
        "average": f"avg({number})",
    }


def _condition(source: Source | None) -> str:
    """A condition that some rows keep to: the last listed value of a column, else that a column is there."""
    columns = list(source.columns.values()) if source else []
    listed = next((column for column in reversed(columns) if column.values), None)
    if listed is not None and listed.values:
        return f'{listed.name} = "{listed.values[-1]}"'.replace("'", "''")
    return f"{columns[-1].name} is not missing" if columns else 'outcome = "won"'


def _number(source: Source) -> str | None:
    columns = (column for column in source.columns.values() if column.type is Type.NUMBER and column.formula is None)
    return next((f"{source.name}.{column.name}" for column in columns), None)
