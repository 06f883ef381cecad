"""A receipt as Markdown, for wikis and the files of an audit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kpidsl.markdown import code, escape
from kpidsl.results.receipts.layout import Line, Part, cell_parts, shared_parts, title
from kpidsl.results.receipts.receipt import About, Receipt


def show(receipt: Receipt) -> str:
    """A section with a heading of the third level."""
    return f"{cell(receipt)}\n{shared(receipt.about)}"


def cell(receipt: Receipt) -> str:
    """What a receipt says of its cell, under a heading of the third level."""
    return "\n".join([f"### {escape(title(receipt))}", *_parts(cell_parts(receipt))])


def shared(about: About) -> str:
    """What the receipts of all cells say alike."""
    return "\n".join(_parts(shared_parts(about))).removeprefix("\n")


def _parts(parts: Iterable[Part]) -> Iterator[str]:
    for part in parts:
        yield f"\n**{escape(part.heading)}**\n" if part.heading else ""
        yield from (_line(line) for line in part.lines)
    yield ""


def _line(line: Line) -> str:
    indent = "  " * line.depth
    if line.formula:
        return f"{indent}- {' = '.join(code(part) for part in line.parts)}"
    label = f"{line.label}: " if line.label else ""
    return f"{indent}- {label}{escape(line.parts[0])}"
