"""Connection strings from environment variables, and what may be said of connections: nothing that is secret."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from urllib.parse import parse_qsl, unquote, urlsplit

from msgspec import Struct, field

from kpidsl.data import store_messages as messages
from kpidsl.data.rows import Refused
from kpidsl.values import shown

_SECRET = re.compile(r"(?<=://)[^/\s]*(?=@)|(?<=password=)\S+|(?<=token=)\S+", re.IGNORECASE)


class Address(Struct, frozen=True):
    """The parts of `kind://user:password@host:port/path?option=value`."""

    host: str = ""
    port: int | None = None
    user: str | None = None
    password: str | None = None
    path: tuple[str, ...] = ()
    options: Mapping[str, str] = field(default_factory=dict)

    def __repr__(self) -> str:
        return shown(self, ("password", "options"))


def from_environment(variable: str | None) -> str | None:
    """What an environment variable holds; None where none is named. Raises Refused where it is not set."""
    if variable is None:
        return None
    value = os.environ.get(variable, "").strip()
    if not value:
        raise Refused(messages.not_in_environment(variable))
    return value


def address_of(text: str, variable: str, example: str) -> Address:
    """Raises Refused for what is no address."""
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise Refused(messages.not_an_address(variable, example)) from None
    if not parts.scheme or not parts.hostname:
        raise Refused(messages.not_an_address(variable, example))
    return Address(
        parts.hostname,
        port,
        None if parts.username is None else unquote(parts.username),
        None if parts.password is None else unquote(parts.password),
        tuple(unquote(part) for part in parts.path.split("/") if part),
        dict(parse_qsl(parts.query)),
    )


def without_secrets(text: str, secrets: Iterable[str | None]) -> str:
    """The first line that says something, with stars for what nobody may read."""
    line = next((each.strip() for each in text.splitlines() if each.strip()), "no reason is given")
    for secret in secrets:
        if secret:
            line = line.replace(secret, "***")
    return _SECRET.sub("***", line)
