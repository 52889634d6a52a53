"""CSV (RFC 4180): one line a finding, for a spreadsheet.

A cell that a spreadsheet would take for a formula gets an apostrophe in front (OWASP, CSV Injection): findings quote
what a target said, and a target may say `=HYPERLINK(..)`. The same within a cell behind each semicolon, where half of
Europe's spreadsheets begin a new one.
"""

import csv
import io
import re
from collections.abc import Iterator
from typing import Final

from checks.model.finding import Finding
from reports.model.posture import Posture
from reports.text import one_line

COLUMNS: Final = (
    *("fingerprint", "environment", "outcome", "severity", "check", "title", "controls", "witness", "subject"),
    *("identity", "field_path", "message", "remediation", "source", "file", "line", "waived_until", "waiver_owner"),
    *("waiver_reason", "evidence_sha256", "waiver_kind"),
)
_FORMULA: Final = frozenset("=+-@\t\r\n|%＝＋－＠")  # noqa: RUF001 - some spreadsheets read wide forms as narrow ones
_BEHIND: Final = re.compile(rf"(;[\"'\s]*)(?=[{re.escape(''.join(sorted(_FORMULA)))}])")


def render_csv(posture: Posture) -> bytes:
    """The table: UTF-8 with a byte order mark, so that a spreadsheet does not guess; lines end in CRLF."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    writer.writerows([neutral(cell) for cell in _cells(finding)] for finding in posture.findings)
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def neutral(cell: str) -> str:
    """The cell in one visible line that no spreadsheet calculates."""
    shown = _BEHIND.sub(r"\1'", one_line(cell))
    return f"'{shown}" if shown[:1] in _FORMULA else shown


def _cells(finding: Finding) -> Iterator[str]:
    position, waiver = finding.position, finding.waiver
    yield from (finding.fingerprint, finding.environment, finding.outcome, finding.severity)
    yield from (finding.check, finding.title, " ".join(finding.controls), finding.witness, finding.subject.label())
    yield from (finding.identity or "", finding.field_path, finding.message, finding.remediation, finding.source)
    yield from (position.file, str(position.line)) if position else ("", "")
    yield from (waiver.until, waiver.owner, waiver.reason) if waiver else ("", "", "")
    yield " ".join(ref.sha256 for ref in finding.evidence)
    yield waiver.kind if waiver else ""
