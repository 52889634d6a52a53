"""What a line of the access log says, and what it must not: ids yes, tokens and raw paths no.

OCPI puts the uid of a driver's token into the path of the tokens module (OCPI 2.2.1, tokens, receiver interface).
"""

import re
from collections.abc import Iterable, Mapping
from typing import Final

from checks.families.cloud.judge_each import judge_each
from checks.model.check import Case, Check, Need
from checks.model.verdict import Verdict
from checks.resource_graph.judgement import Judgement, fails, passes, unknown
from checks.resource_graph.leaves import is_set
from checks.resource_graph.stack import Stack
from scanner.model.facts.cloud import DeclaredResources
from scanner.model.resource import UNKNOWN, CloudValue, Resource
from scanner.model.severity import Severity
from scanner.model.witness import Witness

_STAGES: Final = ("aws:apigateway/stage:Stage", "aws:apigatewayv2/stage:Stage")
# One of each is enough: which request, when, what came of it, who asked.
_WANTED: Final[Mapping[str, re.Pattern[str]]] = {
    "a request id": re.compile(r"\$context\.(requestId|extendedRequestId)\b"),
    "the time": re.compile(r"\$context\.requestTime(Epoch)?\b"),
    "the status": re.compile(r"\$context\.status\b"),
    "the caller": re.compile(r"\$context\.(authorizer\.|identity\.(apiKeyId|caller|userArn|clientCert))"),
}
_UNWANTED: Final[Mapping[str, re.Pattern[str]]] = {
    "the raw path ($context.path), which holds token uids": re.compile(r"\$context\.(path|requestOverride\.path)\b"),
    "the API key ($context.identity.apiKey)": re.compile(r"\$context\.identity\.apiKey\b"),
    "a request header": re.compile(
        r"\$context\.requestOverride\.header\.|authorization\b(?=[^\n]*\$input)", re.IGNORECASE
    ),
}
_NEEDS: Final = Need(fact=DeclaredResources, witness=Witness.CLOUD_DECLARED)


def _with_log(stack: Stack) -> tuple[Resource, ...]:
    """Stages that write an access log; that others write none is a question of its own."""
    return tuple(one for one in stack.of(*_STAGES) if is_set(one.get("accessLogSettings")))


def _traceable(case: Case[DeclaredResources]) -> Iterable[Verdict]:
    stack = Stack(declared=case.driver.fact)
    return judge_each(case, _with_log(stack), "access log", lambda one: _says(one.get("accessLogSettings.format")))


def _says(form: CloudValue) -> Judgement:
    if not isinstance(form, str):
        return unknown("its format") if form is UNKNOWN else fails("has no format")
    missing = [what for what, pattern in _WANTED.items() if not pattern.search(form)]
    return (
        fails(f"does not say {', '.join(missing)}")
        if missing
        else passes("says which request, when, whose, what came of it")
    )


def _silent(case: Case[DeclaredResources]) -> Iterable[Verdict]:
    stack = Stack(declared=case.driver.fact)
    return judge_each(case, _with_log(stack), "access log", lambda one: _tells(one.get("accessLogSettings.format")))


def _tells(form: CloudValue) -> Judgement:
    if not isinstance(form, str):
        return unknown("its format") if form is UNKNOWN else passes("has no format, so it writes nothing")
    told = [what for what, pattern in _UNWANTED.items() if pattern.search(form)]
    return fails(f"writes {told[0]}") if told else passes("writes templates of paths, no header and no key")


TRACEABLE: Final = Check(
    id="cloud-logs-say-who-and-which",
    title="A line of the access log says which request, when, whose, and what came of it",
    controls=("OCPI-LOG-01",),
    severity=Severity.MEDIUM,
    source="API Gateway Developer Guide, variables for access logging",
    looks_at=_NEEDS,
    judge=_traceable,
    remediation="Add $context.requestId, $context.requestTime, $context.status and $context.authorizer.principalId.",
    witness=Witness.CLOUD_DECLARED,
)
SILENT: Final = Check(
    id="cloud-logs-without-token-uids",
    title="The access log holds no raw paths, keys or headers",
    controls=("OCPI-PRV-02",),
    severity=Severity.HIGH,
    source="OCPI 2.2.1, tokens: the uid is part of the URL; API Gateway Developer Guide, variables for access logging",
    looks_at=_NEEDS,
    judge=_silent,
    remediation="Write $context.resourcePath (the template) or $context.routeKey in place of $context.path.",
    witness=Witness.CLOUD_DECLARED,
)
CHECKS: Final = (TRACEABLE, SILENT)
