"""`kpidsl schema`: what editors need to complete and explain definitions."""

from __future__ import annotations

import os
from pathlib import Path

import click

from kpidsl.cli.exits import Exit, Misuse
from kpidsl.cli.options import color, project
from kpidsl.cli.output import give, say, say_diagnostics
from kpidsl.cli.project import NOTHING_TO_READ, own_project
from kpidsl.cli.writing import write_over
from kpidsl.documents.find import read_file, read_project
from kpidsl.documents.modeline import with_modeline
from kpidsl.documents.schema import data_schema, definition_schema, printed
from kpidsl.text import File
from kpidsl.visible import visible

_FOLDER = ".kpidsl"
_SCHEMAS = {"definition": definition_schema, "data": data_schema}


@click.command()
@click.argument("kind", required=False, type=click.Choice(list(_SCHEMAS)), metavar="[definition|data]")
@click.option("--write", is_flag=True, help="Put both schemas into the project, and a line that names them into its files.")
@project
@color
def schema(kind: str | None, write: bool, project: Path | None) -> Exit:
    """Print the JSON Schema of definition files, or of data.yaml.

    With --write the schemas go into the folder .kpidsl of the project, and each of its files gets a first line
    # yaml-language-server: $schema=… by which editors with the YAML language server find them.
    """
    if not write:
        give(printed(_SCHEMAS[kind or "definition"]()))
        return Exit.WELL
    if kind:
        raise Misuse("`--write` puts both schemas in place; leave out which one")
    return _write(own_project(project))


def _write(place: Path) -> Exit:
    found, problems = read_project(place)
    if nothing := [each for each in problems if each.code in NOTHING_TO_READ]:
        raise Misuse(nothing[0].headline)
    say_diagnostics(problems)
    texts = {_place(found.root, kind): printed(schema()) for kind, schema in _SCHEMAS.items()}
    kinds = [*((file, "definition") for file in found.files), *([(found.data, "data")] if found.data else [])]
    texts |= {Path(file.name): _named(found.root, file, kind) for file, kind in kinds}
    written = [path for path, text in texts.items() if _text(path) != text]
    for path in written:
        write_over(path, texts[path])
    give("".join(f"{visible(str(path))}\n" for path in written))
    if not written:
        say("everything is in place")
    return Exit.PROBLEMS if problems else Exit.WELL


def _place(root: Path, kind: str) -> Path:
    return root / _FOLDER / f"{kind}.schema.json"


def _named(root: Path, file: File, kind: str) -> str:
    """The text of a file, which names its schema as seen from where it is."""
    return with_modeline(file.text, Path(os.path.relpath(_place(root, kind), Path(file.name).parent)).as_posix())


def _text(path: Path) -> str | None:
    """What is written in a file now; None where there is none, or nothing that can be read."""
    file, _ = read_file(path)
    return file.text if file else None
