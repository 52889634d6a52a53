"""What watches the accounts: detectors that are declared are on, and cover what they can."""

from collections.abc import Iterable
from typing import Final

from checks.families.cloud.judge_each import judge_each
from checks.model.check import Case, Check, Need
from checks.model.verdict import Verdict
from checks.resource_graph.judgement import Judgement, fails, passes, unknown
from checks.resource_graph.stack import Stack
from scanner.model.facts.cloud import DeclaredResources
from scanner.model.resource import ABSENT, UNKNOWN, Resource
from scanner.model.severity import Severity
from scanner.model.witness import Witness

_GUARD_DUTY: Final = "aws:guardduty/detector:Detector"
_SECURITY_HUB: Final = "aws:securityhub/account:Account"
_STANDARD: Final = "aws:securityhub/standardsSubscription:StandardsSubscription"
_ANALYZER: Final = "aws:accessanalyzer/analyzer:Analyzer"
_RECORDER: Final = "aws:cfg/recorder:Recorder"
_RECORDER_STATUS: Final = "aws:cfg/recorderStatus:RecorderStatus"
_CHANNEL: Final = "aws:cfg/deliveryChannel:DeliveryChannel"
_NEEDS: Final = Need(fact=DeclaredResources, witness=Witness.CLOUD_DECLARED)


def _watching(case: Case[DeclaredResources]) -> Iterable[Verdict]:
    stack = Stack(declared=case.driver.fact)
    watchers = stack.of(_GUARD_DUTY, _SECURITY_HUB, _ANALYZER)
    return judge_each(
        case, watchers, "detector (GuardDuty, Security Hub, Access Analyzer)", lambda one: _is_on(stack, one)
    )


def _is_on(stack: Stack, one: Resource) -> Judgement:
    if one.token == _GUARD_DUTY:
        enabled = one.get("enable")
        if enabled is UNKNOWN:
            return unknown("whether it is on")
        return fails("is switched off") if enabled is False else passes("is on")
    if one.token == _SECURITY_HUB:
        judged = one.get("enableDefaultStandards") is not False or bool(stack.of(_STANDARD))
        return (
            passes("checks against a standard")
            if judged
            else fails("is on and checks against no standard", by_absence=True)
        )
    kind = one.get("type")
    if kind is UNKNOWN:
        return unknown("what it analyses")
    external = kind in (ABSENT, "ACCOUNT", "ORGANIZATION")
    return passes("finds access from outside") if external else passes(f"analyses {kind}")


def _recorded(case: Case[DeclaredResources]) -> Iterable[Verdict]:
    stack = Stack(declared=case.driver.fact)
    return judge_each(case, stack.of(_RECORDER), "recorder of AWS Config", lambda one: _records(stack, one))


def _records(stack: Stack, one: Resource) -> Judgement:
    states = [status.get("isEnabled") for status in stack.referring(one, "name", _RECORDER_STATUS)]
    if not states:
        return fails("nothing switches it on (RecorderStatus)", by_absence=True)
    if UNKNOWN in states:
        return unknown("whether it is on")
    if True not in states:
        return fails("is switched off")
    if not stack.of(_CHANNEL):
        return fails("delivers to nobody (DeliveryChannel)", by_absence=True)
    everything = one.get("recordingGroup.allSupported")
    if everything is UNKNOWN:
        return unknown("what it records")
    return fails("leaves out kinds of resources") if everything is False else passes("records all kinds of resources")


WATCHING: Final = Check(
    id="cloud-detectors-on",
    title="Declared detectors are switched on",
    controls=("OCPI-LOG-02",),
    severity=Severity.HIGH,
    source="Amazon GuardDuty, AWS Security Hub and IAM Access Analyzer user guides",
    looks_at=_NEEDS,
    judge=_watching,
    remediation="Leave enable on, and subscribe Security Hub to a standard.",
    witness=Witness.CLOUD_DECLARED,
)
RECORDED: Final = Check(
    id="cloud-detectors-changes-recorded",
    title="A declared recorder of AWS Config records every kind of resource",
    controls=("OCPI-LOG-04",),
    severity=Severity.MEDIUM,
    source="AWS Config Developer Guide, configuration recorder; Security Hub control Config.1",
    looks_at=_NEEDS,
    judge=_recorded,
    remediation="Declare recorder, delivery channel and recorder status (is_enabled), with all_supported.",
    witness=Witness.CLOUD_DECLARED,
)
CHECKS: Final = (WATCHING, RECORDED)
