"""JUnit XML: each finding a test case, for pipelines that show test results and nothing else.

A suite is one environment and one witness. A fail is a failure; a waived one, and what was not tested or does not
apply, is skipped with the reason; what could not be decided is an error, because nobody may take it for a pass.
"""

import re
from collections.abc import Iterable, Mapping
from itertools import groupby
from typing import Final
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from checks.model.finding import Finding
from checks.model.verdict import Outcome
from reports.model.posture import Posture
from reports.text import one_line, visible
from reports.view.place import place

# What XML 1.0 cannot carry at all (section 2.2), beside what `visible` has named already.
_NOT_XML: Final = re.compile("[\ufffe\uffff]")
_ELEMENTS: Final[Mapping[Outcome, str]] = {
    Outcome.FAIL: "failure",
    Outcome.INCONCLUSIVE: "error",
    Outcome.WAIVED: "skipped",
    Outcome.NOT_TESTED: "skipped",
    Outcome.NOT_APPLICABLE: "skipped",
}


def render_junit(posture: Posture) -> bytes:
    """The suites; the same posture gives the same bytes."""
    took = (posture.run.finished_at - posture.run.started_at).total_seconds()
    root = Element("testsuites", {"name": posture.tool.name, "time": f"{took:.3f}", **_counts(posture.findings)})
    ordered = sorted(posture.findings, key=lambda finding: (_suite(finding), finding.sort_key()))
    for name, findings in groupby(ordered, _suite):
        _add_suite(root, name, tuple(findings), posture)
    indent(root)
    return bytes(tostring(root, encoding="utf-8", xml_declaration=True)) + b"\n"


def _suite(finding: Finding) -> str:
    return _line(f"{finding.environment}.{finding.witness}")


def _counts(findings: Iterable[Finding]) -> dict[str, str]:
    elements = [_ELEMENTS.get(finding.outcome) for finding in findings]
    return {
        "tests": str(len(elements)),
        "failures": str(elements.count("failure")),
        "errors": str(elements.count("error")),
        "skipped": str(elements.count("skipped")),
    }


def _add_suite(root: Element, name: str, findings: tuple[Finding, ...], posture: Posture) -> None:
    began = posture.run.started_at.strftime("%Y-%m-%dT%H:%M:%S")
    suite = SubElement(root, "testsuite", {"name": name, "timestamp": began, "time": "0", **_counts(findings)})
    for finding in findings:
        title = _line(f"{finding.title}: {place(finding)} {finding.field_path}".strip())
        case = SubElement(suite, "testcase", {"classname": _line(finding.check), "name": title, "time": "0"})
        element = _ELEMENTS.get(finding.outcome)
        if element is not None:
            said = SubElement(case, element, {"message": _message(finding), "type": str(finding.severity)})
            said.text = _detail(finding)


def _message(finding: Finding) -> str:
    if finding.waiver is None:
        return _line(f"{finding.outcome}: {finding.message}")
    waiver = finding.waiver
    kind = waiver.kind.replace("_", " ")
    return _line(f"waived ({kind}) by {waiver.owner} until {waiver.until} ({waiver.reason}): {finding.message}")


def _detail(finding: Finding) -> str:
    lines = {
        "do": finding.remediation,
        "source": finding.source,
        "checklist": ", ".join(finding.controls),
        "line": f"{finding.position.file}:{finding.position.line}" if finding.position else "",
        "fingerprint": finding.fingerprint,
    }
    return _NOT_XML.sub("?", visible("\n".join(f"{name}: {text}" for name, text in lines.items() if text)))


def _line(text: str) -> str:
    return _NOT_XML.sub("?", one_line(text))
