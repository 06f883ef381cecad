"""Test suites in the JUnit form that build servers read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from xml.etree import ElementTree

from msgspec import Struct

from kpidsl.visible import visible


class Case(Struct, frozen=True):
    """One line of a build server's list; a case with a failure (its headline) has failed, `text` says more of either."""

    group: str
    name: str
    failure: str | None = None
    text: str = ""


def suite(name: str, cases: Sequence[Case]) -> str:
    """A document with one suite."""
    failures = sum(case.failure is not None for case in cases)
    counts = {"tests": str(len(cases)), "failures": str(failures), "errors": "0"}
    root = ElementTree.Element("testsuites", counts)
    top = ElementTree.SubElement(root, "testsuite", {"name": name, **counts, "skipped": "0"})
    top.extend(_case(case) for case in cases)
    ElementTree.indent(root)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{ElementTree.tostring(root, encoding="unicode")}\n'


def _case(case: Case) -> ElementTree.Element:
    element = ElementTree.Element("testcase", {"classname": visible(case.group), "name": visible(case.name)})
    if case.failure is not None:
        failure = ElementTree.SubElement(element, "failure", {"message": visible(case.failure)})
        failure.text = _lines(case.text.splitlines())
    elif case.text:
        ElementTree.SubElement(element, "system-out").text = _lines(case.text.splitlines())
    return element


def _lines(lines: Iterable[str]) -> str:
    """XML 1.0 has no place for control characters, not even as references."""
    return "\n".join(visible(line) for line in lines)
