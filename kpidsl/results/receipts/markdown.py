"""A receipt as Markdown, for wikis and the files of an audit."""

from __future__ import annotations

from collections.abc import Iterator

from kpidsl.markdown import code, escape
from kpidsl.results.receipts.layout import Line, parts, title
from kpidsl.results.receipts.receipt import Receipt


def show(receipt: Receipt) -> str:
    """A section with a heading of the third level."""
    return "\n".join([f"### {escape(title(receipt))}", *_parts(receipt)])


def _parts(receipt: Receipt) -> Iterator[str]:
    for part in parts(receipt):
        yield f"\n**{escape(part.heading)}**\n" if part.heading else ""
        yield from (_line(line) for line in part.lines)
    yield ""


def _line(line: Line) -> str:
    indent = "  " * line.depth
    if line.formula:
        return f"{indent}- {' = '.join(code(part) for part in line.parts)}"
    label = f"{line.label}: " if line.label else ""
    return f"{indent}- {label}{escape(line.parts[0])}"
