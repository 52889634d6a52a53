"""Known flaws of TLS implementations: each is one question with one answer of sslyze."""

from collections.abc import Iterable
from typing import Final

from checks.model.check import Case, Check, Need
from checks.model.verdict import Verdict
from scanner.model.facts.tls import (
    CcsInjection,
    Heartbleed,
    Robot,
    RobotResult,
)
from scanner.model.severity import Severity
from scanner.model.witness import Witness

_CLOSED: Final = frozenset({RobotResult.NO_RSA, RobotResult.NO_ORACLE})


def _heartbleed(case: Case[Heartbleed]) -> Iterable[Verdict]:
    yield case.holds(
        not case.driver.fact.vulnerable,
        "a heartbeat longer than its content is not answered",
        "memory of the server can be read (Heartbleed, CVE-2014-0160)",
    )


def _robot(case: Case[Robot]) -> Iterable[Verdict]:
    result = case.driver.fact.result
    if result is RobotResult.INCONSISTENT:
        yield case.inconclusive("the answers to malformed RSA key exchanges differ from one try to the next")
    else:
        yield case.holds(
            result in _CLOSED, f"ROBOT: {result}", f"ROBOT: {result}, so recorded sessions can be decrypted"
        )


def _ccs(case: Case[CcsInjection]) -> Iterable[Verdict]:
    yield case.holds(
        not case.driver.fact.vulnerable,
        "an early ChangeCipherSpec is refused",
        "an early ChangeCipherSpec is taken (CVE-2014-0224)",
    )


HEARTBLEED_CLOSED: Final = Check(
    id="tls-heartbleed-closed",
    title="The server is not open to Heartbleed",
    controls=("OCPI-EXT-17",),
    severity=Severity.CRITICAL,
    source="CVE-2014-0160; RFC 7457",
    looks_at=Need(fact=Heartbleed),
    judge=_heartbleed,
    remediation=(
        "Update the TLS library of the server. "
        "Replace the key, the certificate and every credentials token that passed through it."
    ),
    witness=Witness.TLS,
)
ROBOT_CLOSED: Final = Check(
    id="tls-robot-closed",
    title="The server is no Bleichenbacher oracle (ROBOT)",
    controls=("OCPI-EXT-17",),
    severity=Severity.HIGH,
    source="RFC 9325, section 4.1 (static RSA); RFC 7457",
    looks_at=Need(fact=Robot),
    judge=_robot,
    remediation="Update the TLS library of the server. Drop the suites with static RSA key exchange.",
    witness=Witness.TLS,
)
CCS_CLOSED: Final = Check(
    id="tls-ccs-injection-closed",
    title="The server is not open to CCS injection",
    controls=("OCPI-EXT-17",),
    severity=Severity.HIGH,
    source="CVE-2014-0224",
    looks_at=Need(fact=CcsInjection),
    judge=_ccs,
    remediation="Update the TLS library of the server.",
    witness=Witness.TLS,
)
CHECKS: Final = (HEARTBLEED_CLOSED, ROBOT_CLOSED, CCS_CLOSED)
