"""`--area`, `--role` and `--tag`: which KPIs a command is about."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from kpidsl.cli.exits import Misuse
from kpidsl.suggest import nearest

if TYPE_CHECKING:
    from kpidsl.catalog.catalog import Catalog

F = TypeVar("F", bound=Callable[..., Any] | click.Command)


def choosing(command: F) -> F:
    """The options that choose KPIs by what is said of them."""
    for option in (
        click.option("--tag", metavar="WORD", help="Only KPIs with this tag."),
        click.option("--role", type=click.Choice(["input", "output"]), help="Only KPIs that measure effort, or results."),
        click.option("--area", metavar="AREA", help="Only KPIs of this area."),
    ):
        command = option(command)
    return command


def choose(catalog: Catalog, area: str | None, role: str | None, tag: str | None) -> tuple[str, ...]:
    """The names of the KPIs that fit all that is said; none where nothing is said. Misuse where no KPI fits."""
    if area is None and role is None and tag is None:
        return ()
    found = tuple(value.name for value in catalog.kpis(area=area, role=role, tag=tag))
    if not found:
        raise Misuse(_nobody(catalog, area, role, tag))
    return found


def _nobody(catalog: Catalog, area: str | None, role: str | None, tag: str | None) -> str:
    """Which word fits no KPI, or that they fit none together."""
    written = catalog.definitions.kpis
    known = {"area": {each.area for each in written}, "tag": {word for each in written for word in each.tags}}
    for what, word in (("area", area), ("tag", tag)):
        if word is not None and word not in known[what]:
            near = nearest(word, known[what] - {""})
            return f"no KPI has the {what} `{word}`" + (f"; perhaps `{near}`?" if near else "")
    said = ", ".join(f"{what} `{word}`" for what, word in (("area", area), ("role", role), ("tag", tag)) if word)
    return f"no KPI has {said}"
