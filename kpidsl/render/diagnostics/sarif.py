"""Findings as SARIF 2.1.0, the form of code scanning: docs.oasis-open.org/sarif/sarif/v2.1.0.

Each code that was found is a rule with its page as help. Places are lines and columns in characters; paths are relative to the
root of the sources, which `%SRCROOT%` stands for. A message is plain text in which only a link and a placeholder have to be
escaped: readers show doubled braces as they are, so those are left alone where they could be no placeholder.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from urllib.parse import quote

from kpidsl.diagnostics import Diagnostic, Edit, Label
from kpidsl.render.diagnostics.fingerprints import fingerprints
from kpidsl.render.diagnostics.report import Report
from kpidsl.render.json_text import json_text
from kpidsl.render.pages import page, summary
from kpidsl.render.paint import Paint, plain
from kpidsl.text import File, Span
from kpidsl.visible import visible

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_PLACEHOLDER = re.compile(r"\{([0-9]+)\}")

Object = dict[str, object]


def show(report: Report, paint: Paint = plain) -> str:
    """One log with one run."""
    codes = sorted({finding.code for finding in report.findings})
    pairs = zip(report.findings, fingerprints(report.findings), strict=True)
    run = {
        "tool": {"driver": {"name": "kpidsl", **_version(), "rules": [_rule(code) for code in codes]}},
        "invocations": [{"executionSuccessful": True}],
        "columnKind": "unicodeCodePoints",
        "results": [_result(finding, fingerprint, codes, report) for finding, fingerprint in pairs],
    }
    return json_text({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]})


def _version() -> Object:
    try:
        return {"version": version("kpidsl")}
    except PackageNotFoundError:  # run from a folder of sources
        return {}


def _rule(code: str) -> Object:
    """A code that has no page, as none of ours, has only its name."""
    text = page(code)
    if text is None:
        return {"id": code}
    body = text.partition("\n")[2].strip()
    return {"id": code, "shortDescription": {"text": summary(text)}, "help": {"text": body, "markdown": body}}


def _result(finding: Diagnostic, fingerprint: str, codes: Sequence[str], report: Report) -> Object:
    lines = [report.standing_alone(finding), *finding.notes, *(f"help: {text}" for text in finding.help)]
    result: Object = {
        "ruleId": finding.code,
        "ruleIndex": codes.index(finding.code),
        "level": finding.severity.value,
        "message": {"text": _plain("\n".join(lines))},
        "locations": _locations(finding, report),
        "partialFingerprints": {"kpidsl/v1": fingerprint},
    }
    if len(finding.labels) > 1:
        result["relatedLocations"] = [{"id": number, **_location(label)} for number, label in enumerate(finding.labels[1:], 1)]
    if finding.edit is not None:
        result["fixes"] = [_fix(finding.edit)]
    return result


def _locations(finding: Diagnostic, report: Report) -> list[Object]:
    """Code scanning takes no result without a place; one that has none stands at the beginning of the project's first file."""
    if finding.labels:
        return [_location(finding.labels[0])]
    place = {"artifactLocation": _artifact(report.home), "region": {"startLine": 1}}
    return [{"physicalLocation": place}]


def _location(label: Label) -> Object:
    place = {"artifactLocation": _artifact(label.file.name), "region": _region(label.file, label.span)}
    return {"physicalLocation": place, **({"message": {"text": _plain(label.text)}} if label.text else {})}


def _artifact(name: str) -> Object:
    uri = quote(name.encode("utf-8", "backslashreplace"))
    return {"uri": f"file://{uri}"} if name.startswith("/") else {"uri": uri, "uriBaseId": "%SRCROOT%"}


def _region(file: File, span: Span) -> dict[str, int]:
    """From the first character to the place behind the last."""
    line, column = file.place(span.start)
    last, end = file.place(max(span.start, span.end))
    return {"startLine": line, "startColumn": column, "endLine": last, "endColumn": end}


def _fix(edit: Edit) -> Object:
    replacement = {"deletedRegion": _region(edit.file, edit.span), "insertedContent": {"text": edit.replacement}}
    return {"artifactChanges": [{"artifactLocation": _artifact(edit.file.name), "replacements": [replacement]}]}


def _plain(text: str) -> str:
    """A text without links and placeholders, whatever stands in it."""
    shown = "\n".join(visible(line) for line in text.splitlines())
    linkless = re.sub(r"([\\\[\]])", r"\\\1", shown) if "](" in shown else shown
    return _PLACEHOLDER.sub(r"{{\1}}", linkless)
