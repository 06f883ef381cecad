"""The pages about diagnostics that ship with kpidsl, one for each code."""

from __future__ import annotations

from kpidsl.shipped import folder


def codes() -> list[str]:
    """The codes that have a page."""
    return sorted(path.stem for path in folder("diagnostics").glob("*.md"))


def page(code: str) -> str | None:
    """The page about a code, in Markdown; None if there is none."""
    return (folder("diagnostics") / f"{code}.md").read_text(encoding="utf-8") if code in codes() else None


def summaries() -> dict[str, str]:
    """The first line of each page that is no heading, by its code."""
    pages = sorted(folder("diagnostics").glob("*.md"))
    return {path.stem: summary(path.read_text(encoding="utf-8")) for path in pages}


def summary(text: str) -> str:
    """The first line of a page that is no heading."""
    lines = (line.strip() for line in text.splitlines())
    return next((line for line in lines if line and not line.startswith("#")), "")
