"""Load balancers that ask for a login: whoever has none is turned away, and not let through."""

from collections.abc import Iterable, Iterator
from typing import Final

from checks.families.cloud.judge_each import judge_each
from checks.model.check import Case, Check, Need
from checks.model.verdict import Verdict
from checks.resource_graph import types as aws
from checks.resource_graph.judgement import Judgement, fails, passes, unknown
from checks.resource_graph.leaves import items
from checks.resource_graph.nested import at
from checks.resource_graph.stack import Stack
from scanner.model.facts.cloud import DeclaredResources
from scanner.model.resource import ABSENT, UNKNOWN, CloudValue, Resource
from scanner.model.severity import Severity
from scanner.model.witness import Witness

_ASKING: Final = ("authenticateOidc", "authenticateCognito")
_NEEDS: Final = Need(fact=DeclaredResources, witness=Witness.CLOUD_DECLARED)


def _closed(case: Case[DeclaredResources]) -> Iterable[Verdict]:
    stack = Stack(declared=case.driver.fact)
    asking = (one for one in stack.of(*aws.LISTENERS, *aws.LISTENER_RULES) if any(True for _ in _logins(one)))
    return judge_each(case, asking, "login listener", _turns_away)


def _logins(one: Resource) -> Iterator[CloudValue]:
    for name in ("defaultActions", "actions"):
        for action in items(one.get(name)):
            yield from (login for word in _ASKING if (login := at(action, word)) is not ABSENT)


def _turns_away(one: Resource) -> Judgement:
    """AWS redirects to the login unless told otherwise."""
    found = {at(login, "onUnauthenticatedRequest") for login in _logins(one)}
    if "allow" in found:
        return fails("lets requests without a login through (on_unauthenticated_request allow)")
    if UNKNOWN in found:
        return unknown("what becomes of requests without a login")
    return passes("turns requests without a login away")


LOGINS: Final = Check(
    id="cloud-authoriser-fails-closed-at-balancers",
    title="A load balancer that asks for a login lets nobody through without one",
    controls=("OCPI-VUL-09",),
    severity=Severity.HIGH,
    source="User Guide for Application Load Balancers, authenticate users: on unauthenticated request",
    looks_at=_NEEDS,
    judge=_closed,
    remediation="Set on_unauthenticated_request to deny.",
    witness=Witness.CLOUD_DECLARED,
)
CHECKS: Final = (LOGINS,)
