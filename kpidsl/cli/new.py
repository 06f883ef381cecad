"""`kpidsl new`: a project that runs at once, or a KPI in one."""

from __future__ import annotations

import json
from importlib.resources.abc import Traversable
from pathlib import Path

import click

from kpidsl.cli.exits import Exit, Misuse
from kpidsl.cli.folders import current_folder, resolved
from kpidsl.cli.options import color, project
from kpidsl.cli.output import give
from kpidsl.cli.writing import templates, write_files
from kpidsl.visible import visible

_TEMPLATES = ("ratio", "sum", "average")


@click.command()
@click.argument("name", required=False)
@click.argument("kpi", required=False)
@click.option("--from", "template", type=click.Choice(_TEMPLATES), help="What the new KPI is like.")
@project
@color
def new(name: str | None, kpi: str | None, template: str | None, project: Path | None) -> Exit:
    """Make a project in the folder NAME, or in this one; or a KPI in a project.

    \b
    kpidsl new acme
    kpidsl new kpi closing_rate --from ratio

    Nothing that is there already is overwritten.
    """
    if name == "kpi":
        if not kpi:
            raise Misuse("a new KPI needs a name: `kpidsl new kpi closing_rate --from ratio`")
        from kpidsl.cli.new_kpi import write_kpi

        return write_kpi(kpi, template or "ratio", project)
    if kpi or template or project:
        raise Misuse("a new project takes nothing but its name; a new KPI is `kpidsl new kpi NAME`")
    return _write_project(Path(name or "."))


def _write_project(folder: Path) -> Exit:
    current = current_folder()
    # JSON text is YAML text, whatever the folder is called.
    name = json.dumps(visible(resolved(folder).name), ensure_ascii=False)
    texts = {folder / place: text.replace("{name}", name) for place, text in _texts(templates() / "project").items()}
    write_files(texts)
    give("".join(f"{visible(str(path))}\n" for path in texts))
    steps = ["" if resolved(folder) == current else f"cd {visible(str(folder))}", "kpidsl check", "kpidsl test", "kpidsl run"]
    give("\nNow:\n" + "".join(f"  {step}\n" for step in steps if step))
    return Exit.WELL


def _texts(folder: Traversable) -> dict[str, str]:
    """The texts of a folder and those below it, by their path in it."""
    found: dict[str, str] = {}
    for each in sorted(folder.iterdir(), key=lambda entry: (entry.is_dir(), entry.name)):
        if each.is_dir():
            found.update({f"{each.name}/{place}": text for place, text in _texts(each).items()})
        else:
            found[each.name] = each.read_text(encoding="utf-8")
    return found
