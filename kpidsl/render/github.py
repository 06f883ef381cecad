"""Workflow commands of GitHub Actions, whatever the texts in them.

A line that begins with two colons is a command to the runner; a text that could begin a line of its own, or close the list of
properties, would be one too. Rules: github.com/actions/toolkit, packages/core/src/command.ts.
"""

from __future__ import annotations

from collections.abc import Mapping

from kpidsl.visible import visible


def command(name: str, properties: Mapping[str, str | int], message: str) -> str:
    """One command, with the line break at its end."""
    listed = ",".join(f"{key}={_property(str(value))}" for key, value in properties.items())
    return f"::{name} {listed}::{_message(message)}\n"


def _message(text: str) -> str:
    escaped = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return visible(escaped)


def _property(text: str) -> str:
    return _message(text).replace(":", "%3A").replace(",", "%2C")
