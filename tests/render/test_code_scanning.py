"""Findings as SARIF, held against the schema of OASIS, and as GitLab's Code Quality; fingerprints outlive edits elsewhere.

GitLab publishes no schema of its reports and no reader outside of its server: they are held against the members that its
documentation asks for.
"""

from __future__ import annotations

import json
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft4Validator
from places import finding, label, report

import kpidsl
from kpidsl.diagnostics import Diagnostic, Edit, Label, Severity
from kpidsl.render.diagnostics import gitlab, sarif
from kpidsl.render.diagnostics.report import Report
from kpidsl.text import File, Span

# docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json, as it is.
SCHEMA = json.loads((Path(__file__).parent / "sarif-schema-2.1.0.json").read_text(encoding="utf-8"))
FILE = File("a.yaml", "kpis:\n  cac: {formula: x}\n")
COMPANY = (Path(__file__).parents[1] / "diagnostics" / "company.yaml").read_text(encoding="utf-8")


def read_sarif(text: str) -> dict[str, Any]:
    log: dict[str, Any] = json.loads(text)
    Draft4Validator(SCHEMA, format_checker=Draft4Validator.FORMAT_CHECKER).validate(log)
    (run,) = log["runs"]
    for result in run["results"]:
        assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["locations"], "GitHub takes no result without a place"
    return run  # type: ignore[no-any-return]


def read_gitlab(text: str) -> list[dict[str, Any]]:
    issues: list[dict[str, Any]] = json.loads(text)
    for issue in issues:
        assert issue.keys() == {"description", "check_name", "fingerprint", "severity", "location"}
        assert issue["severity"] in {"info", "minor", "major", "critical", "blocker"}
        assert issue["location"]["lines"]["begin"] >= 1
        assert not issue["location"]["path"].startswith("./")
    assert len({issue["fingerprint"] for issue in issues}) == len(issues)
    return issues


def test_sarif() -> None:
    x = label(FILE, "x", "not defined")
    found = finding(x, label(FILE, "cac", "in this"), code="unknown-name", help=("so",), edit=Edit(FILE, x.span, "y"))
    run = read_sarif(sarif.show(report(found)))
    (rule,) = run["tool"]["driver"]["rules"]
    assert rule["shortDescription"]["text"].startswith("A name that no definition has")
    assert "## When to ignore" in rule["help"]["markdown"]
    (result,) = run["results"]
    assert (result["level"], result["message"]["text"]) == ("error", "something is wrong\nhelp: so")
    (place,) = result["locations"]
    assert place["physicalLocation"] == {
        "artifactLocation": {"uri": "a.yaml", "uriBaseId": "%SRCROOT%"},
        "region": {"startLine": 2, "startColumn": 18, "endLine": 2, "endColumn": 19},
    }
    assert place["message"]["text"] == "not defined"
    assert [each["message"]["text"] for each in result["relatedLocations"]] == ["in this"]
    (change,) = result["fixes"][0]["artifactChanges"]
    assert change["replacements"][0]["insertedContent"]["text"] == "y"


def test_sarif_as_another_reader_reads_it() -> None:
    """sarif-pydantic has a class for each object of SARIF."""
    reader = pytest.importorskip("sarif_pydantic", reason="sarif-pydantic is not installed; the extra `test` has it")
    x = label(FILE, "x", "not defined")
    found = finding(x, label(FILE, "cac", "in this"), code="unknown-name", help=("so",), edit=Edit(FILE, x.span, "y"))
    warning = Diagnostic("same-meaning", Severity.WARNING, "odd", (label(FILE, "cac"),))
    (run,) = reader.Sarif.model_validate_json(sarif.show(report(found, warning))).runs
    assert [rule.id for rule in run.tool.driver.rules] == ["same-meaning", "unknown-name"]
    read = [(each.rule_id, each.level.value, each.message.text) for each in run.results]
    assert read == [("same-meaning", "warning", "odd"), ("unknown-name", "error", "something is wrong\nhelp: so")]
    place = run.results[1].locations[0].physical_location
    assert (place.artifact_location.uri, place.region.start_line, place.region.start_column) == ("a.yaml", 2, 18)
    assert run.results[1].fixes[0].artifact_changes[0].replacements[0].inserted_content.text == "y"


def test_severities() -> None:
    found = [Diagnostic("c", severity, severity.value, (label(FILE, "x"),)) for severity in Severity]
    levels = {each["message"]["text"]: each["level"] for each in read_sarif(sarif.show(report(*found)))["results"]}
    assert levels == {"error": "error", "warning": "warning", "note": "note"}
    severities = {each["description"]: each["severity"] for each in read_gitlab(gitlab.show(report(*found)))}
    assert severities == {"error": "major", "warning": "minor", "note": "info"}


def test_gitlab() -> None:
    (issue,) = read_gitlab(gitlab.show(report(finding(Label(FILE, Span(0, len(FILE.text)))))))
    assert issue["check_name"] == "some-code"
    assert issue["description"] == "something is wrong"
    assert issue["location"] == {"path": "a.yaml", "lines": {"begin": 1, "end": 2}}


def test_a_finding_without_a_place_stands_at_the_beginning_of_the_project() -> None:
    found = report(finding(about="source leads"), files=("kpidsl.yaml", "a.yaml"))
    (issue,) = read_gitlab(gitlab.show(found))
    assert (issue["location"]["path"], issue["description"]) == ("kpidsl.yaml", "source leads: something is wrong")
    (result,) = read_sarif(sarif.show(found))["results"]
    place = result["locations"][0]["physicalLocation"]
    assert (place["artifactLocation"]["uri"], place["region"]) == ("kpidsl.yaml", {"startLine": 1})
    assert result["message"]["text"] == "source leads: something is wrong"


def test_paths_are_uris() -> None:
    def uri(name: str) -> dict[str, str]:
        found = report(finding(Label(File(name, "x"), Span(0, 1))))
        artifact: dict[str, str] = read_sarif(sarif.show(found))["results"][0]["locations"][0]["physicalLocation"][
            "artifactLocation"
        ]
        return artifact

    assert uri("a b/ü#?.yaml")["uri"] == "a%20b/%C3%BC%23%3F.yaml"
    assert uri("/srv/a.yaml") == {"uri": "file:///srv/a.yaml"}


def test_messages_of_sarif_hold_neither_links_nor_placeholders() -> None:
    found = report(finding(label(FILE, "x"), headline="see [this](http://x) and {0} or {range: 1}"))
    text = read_sarif(sarif.show(found))["results"][0]["message"]["text"]
    assert text == r"see \[this\](http://x) and {{0}} or {range: 1}"


def test_columns_count_characters() -> None:
    file = File("a.yaml", "a: '\U0001f600' # x\n")
    run = read_sarif(sarif.show(report(finding(label(file, "x")))))
    assert run["columnKind"] == "unicodeCodePoints"
    assert run["results"][0]["locations"][0]["physicalLocation"]["region"]["startColumn"] == 10


@settings(max_examples=50)
@given(st.text(st.characters(exclude_categories=[]), max_size=60))
def test_any_text_in_every_place(text: str) -> None:
    file = File(f"f{text}", f"x{text}")
    found = report(
        finding(Label(file, Span(0, 1), text), Label(file, Span(0, len(file.text)), text), headline=f"h{text}", help=(text,))
    )
    assert len(read_sarif(sarif.show(found))["results"]) == 1
    assert len(read_gitlab(gitlab.show(found))) == 1


# Fingerprints


def prints(text: str) -> dict[str, list[str]]:
    """The fingerprints of what is found in a file, by the code; the same in both formats."""
    catalog = kpidsl.load(texts={"company.yaml": COMPANY, "a.yaml": text})
    found = Report(kpidsl.check(catalog, fast=True), ("company.yaml", "a.yaml"))
    by_code: dict[str, list[str]] = {}
    for issue in read_gitlab(gitlab.show(found)):
        by_code.setdefault(issue["check_name"], []).append(issue["fingerprint"])
    results = read_sarif(sarif.show(found))["results"]
    assert sorted(each["partialFingerprints"]["kpidsl/v1"] for each in results) == sorted(chain(*by_code.values()))
    return by_code


BEFORE = "kpis:\n  a: {formula: won / laeds}\n  b: {formula: 20}\n  c: {formula: revenue + deals}\n"


def test_fingerprints_outlive_lines_that_come_and_go() -> None:
    before = prints(BEFORE)
    assert before.keys() == {"unknown-name", "constant-formula", "unit-mismatch"}
    assert prints("# A comment.\n\n" + BEFORE.replace("  b:", "  # another\n  b:")) == before
    assert prints(BEFORE.replace("\n", "\r\n")) == before
    assert prints(BEFORE.replace("  b: {formula: 20}\n", "")) == {
        code: found for code, found in before.items() if code != "constant-formula"
    }


def test_a_fingerprint_changes_with_its_line() -> None:
    after = prints(BEFORE.replace("won / laeds", "lost / laeds"))
    assert after["unknown-name"] != prints(BEFORE)["unknown-name"]
    assert after["unit-mismatch"] == prints(BEFORE)["unit-mismatch"]


def test_findings_alike_are_told_apart() -> None:
    lines = "kpis:\n  a:\n    formula: won / laeds\n  b:\n    formula: won / laeds\n"
    first, second = prints(lines)["unknown-name"]
    assert first != second
    assert prints("# above\n" + lines)["unknown-name"] == [first, second]
