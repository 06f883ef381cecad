"""The credentials in a `data.yaml` to findings that do not show them, and the file with stars in their place.

Findings quote what is wrong and the line that it stands in, and end up in logs. So what looks like credentials is taken out
before anything else is looked at.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct

from kpidsl.diagnostics import Diagnostic, Label
from kpidsl.documents import messages
from kpidsl.documents.bindings_keys import BINDING, BINDINGS, WAREHOUSES
from kpidsl.documents.entries import pairs_of
from kpidsl.documents.nodes import Hole, Mapping, Node, Scalar, span
from kpidsl.text import File, Span

_KEY = re.compile(r"passw|pwd|secret|token|api_?key|^(?:url|uri|dsn)$", re.IGNORECASE)
_ADDRESS = re.compile(r"[:@=]")
_CONNECTION = re.compile(r"[:@=]|password")
_ANYWHERE = re.compile(r"://[^/\s]*@|(?:password|pwd)\s*=", re.IGNORECASE)
_PLAIN = re.compile(r"(?<=://)[^\s/@'\"]+(?=@)|(?<=password=)[^\s'\",{}]+", re.IGNORECASE)
_TABLES = {"table", *WAREHOUSES}
_KNOWN = {key.name for key in (*BINDINGS.keys, *BINDING.keys)}


class _Secret(Struct, frozen=True):
    """A value that is hidden, where it stands, and whether its key may stand there."""

    mapping: Mapping
    key: str
    value: Node
    known: bool


def without_passwords(file: File) -> File:
    """The file without what is a password in any text, for what may be said of it before it is read."""
    text = _PLAIN.sub(lambda found: "*" * len(found.group()), file.text)
    return file if text == file.text else File(file.name, text)


def without_credentials(file: File, root: Node) -> tuple[File, tuple[Diagnostic, ...]]:
    """The file as it may be shown, and a finding for each place; in the nodes there is a hole instead, or nothing at all."""
    secrets = list(_secrets(root))
    text = file.text
    for secret in secrets:
        text = _starred(text, span(secret.value))
    shown = File(file.name, text) if secrets else file
    return shown, tuple(_taken_out(shown, secret) for secret in secrets)


def _secrets(root: Node) -> Iterator[_Secret]:
    sources = pairs_of(root).get("sources", (None, None))[1]
    for node in (root, *(binding for _, binding in pairs_of(sources).values())):
        if isinstance(node, Mapping):
            yield from (
                _Secret(node, key, value, key in _KNOWN)
                for key, (_, value) in node.pairs.items()
                if _KEY.search(key) or _is_secret(key, value)
            )
    if isinstance(sources, Mapping):
        yield from (_Secret(sources, name, value, True) for name, (_, value) in sources.pairs.items() if _is_secret("", value))


def _is_secret(key: str, node: Node) -> bool:
    if not isinstance(node, Scalar):
        return key == "connect" and not isinstance(node, Hole)
    signs = _CONNECTION if key == "connect" else _ADDRESS if key in _TABLES else _ANYWHERE
    return signs.search(node.text) is not None


def _taken_out(shown: File, secret: _Secret) -> Diagnostic:
    place, value = secret.mapping.pairs[secret.key]
    if secret.known:
        secret.mapping.pairs[secret.key] = place, Hole(value.start, value.end)
    else:  # else it would be an unknown key, too
        del secret.mapping.pairs[secret.key]
    return messages.credentials_in_file(Label(shown, span(place)), secret.key, secret.key in _TABLES)


def _starred(text: str, place: Span) -> str:
    """The text with stars for all but the white space at a place."""
    return text[: place.start] + re.sub(r"\S", "*", text[place.start : place.end]) + text[place.end :]
