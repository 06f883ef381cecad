"""What a file says of the project: its language, name and calendar."""

from __future__ import annotations

from zoneinfo import ZoneInfo, available_timezones

from kpidsl.diagnostics import Diagnostic
from kpidsl.documents import messages
from kpidsl.documents.decode_calendar import decode_calendar
from kpidsl.documents.entries import Entry
from kpidsl.documents.model import Project, Written
from kpidsl.suggest import nearest

LANGUAGE = 1


def decode_project(entry: Entry, found: list[Diagnostic]) -> Project:
    """The project; what cannot be, such as an unknown time zone, is put on the list and reads as if it were not there."""
    language = entry.written("language")
    if language is not None and language.value.isdigit() and int(language.value) != LANGUAGE:
        found.append(messages.unknown_language(language.label(), int(language.value), LANGUAGE))
    calendar = entry.entry("calendar")
    return Project(
        name=entry.text("name"),
        calendar=decode_calendar(calendar, known_timezone(calendar.written("timezone"), found) or "UTC", found),
    )


def known_timezone(written: Written[str] | None, found: list[Diagnostic]) -> str | None:
    """The name of a time zone if it is one; else that is put on the list."""
    if written is None:
        return None
    try:
        ZoneInfo(written.value)
    except (ValueError, OSError, KeyError):
        near = nearest(written.value.replace(" ", "_"), _by_lower_case())
        found.append(messages.unknown_timezone(written.label(), written.value, _by_lower_case().get(near or "")))
        return None
    return written.value


def _by_lower_case() -> dict[str, str]:
    return {name.lower(): name for name in available_timezones()}
