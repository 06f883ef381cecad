"""A page about a diagnostic: Markdown as it is written, or as rich shows it on a terminal, or in JSON."""

from __future__ import annotations

from kpidsl.render.json_text import json_text

_WIDEST = 100


def show(code: str, text: str, format_: str, color: bool = False, width: int | None = None) -> str:
    """The page in a format, `text`, `markdown` or `json`; only on a terminal with colours it is laid out."""
    if format_ == "json":
        return json_text({"kind": "page", "version": 1, "code": code, "text": text})
    return _laid_out(text, min(width, _WIDEST)) if format_ == "text" and color and width else text


def _laid_out(text: str, width: int) -> str:
    from rich.console import Console
    from rich.markdown import Markdown

    console = Console(width=width, force_terminal=True, color_system="standard", legacy_windows=False, _environ={})
    with console.capture() as capture:
        console.print(Markdown(text))
    return capture.get()
