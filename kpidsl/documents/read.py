"""The texts of definition files to definitions, with all that is wrong with them."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from kpidsl.diagnostics import Diagnostic
from kpidsl.documents.compose import compose
from kpidsl.documents.decode import decode
from kpidsl.documents.ignores import read_ignores
from kpidsl.documents.model import Definitions, Ignore
from kpidsl.documents.nodes import Node
from kpidsl.documents.shape import check_definition
from kpidsl.text import File


def read(files: Sequence[File]) -> tuple[Definitions, tuple[Diagnostic, ...]]:
    """The definitions of all files, in their order; a mistake hides neither other mistakes nor what else is defined."""
    found: list[Diagnostic] = []
    documents: list[tuple[File, Node]] = []
    ignores: list[Ignore] = []
    for file in files:
        root, problems = compose(file)
        found.extend(problems)
        if root is not None:
            found.extend(check_definition(file, root))
            documents.append((file, root))
            own, problems = read_ignores(file, root)
            ignores.extend(own)
            found.extend(problems)
    definitions, problems = decode(documents)
    return replace(definitions, files=tuple(files), ignores=tuple(ignores)), (*found, *problems)
