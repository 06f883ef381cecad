"""What a file says of the project: its language, name, calendar and rules."""

from __future__ import annotations

from zoneinfo import ZoneInfo, available_timezones

from kpidsl.diagnostics import Diagnostic
from kpidsl.documents import messages
from kpidsl.documents.decode_calendar import decode_calendar
from kpidsl.documents.entries import Entry
from kpidsl.documents.model import Project, Written
from kpidsl.documents.rules import DEFAULT_SET, RULES, SETS, Rules
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
        rules=_rules(entry, found),
    )


def _rules(entry: Entry, found: list[Diagnostic]) -> Rules:
    """The choice of rules; words that mean nothing, which were reported, choose nothing."""
    written = entry.entry("rules")
    on = {code.value: code for code in written.many("on") if code.value in RULES}
    off = {code.value: code for code, _ in written.entries("off") if code.value in RULES}
    found.extend(messages.on_and_off(code.label("off"), on[name].label("on"), name) for name, code in off.items() if name in on)
    chosen = entry.text("rules") or written.text("set")
    return Rules(chosen if chosen in SETS else DEFAULT_SET, frozenset(on), frozenset(off))


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
