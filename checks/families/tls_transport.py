"""TLS cannot be skipped: nothing is served in the clear, and HSTS says so."""

from collections.abc import Iterable
from typing import Final

from checks.model.check import Case, Check, Need
from checks.model.verdict import Population, Verdict
from checks.tls_profiles.judging import PROFILE, by_profile
from checks.tls_profiles.profile import TlsProfile
from scanner.model.facts.tls import HstsPolicy, PlaintextAnswer, PlaintextOutcome
from scanner.model.severity import Severity
from scanner.model.witness import Witness

_SERVING: Final = frozenset({PlaintextOutcome.SERVED, PlaintextOutcome.REDIRECTED})
_NOT_NOW: Final = frozenset({429, *range(500, 600)})  # says nothing of what is served at other times
_PORT: Final = Population(examined=1, unit="port")
_CONTROLS: Final = ("OCPI-TLS-01", "OCPI-VUL-17")


def _interface(case: Case[PlaintextAnswer]) -> Iterable[Verdict]:
    """A redirect that stays in the clear is a plaintext interface too: the next request goes out unprotected."""
    answer = case.driver.fact
    status = f" with HTTP {answer.http_status}" if answer.http_status else ""
    if answer.outcome is PlaintextOutcome.TURNED_AWAY and answer.http_status in _NOT_NOW:
        yield case.inconclusive(f"a request without TLS was answered{status}, which may be a platform that is down")
        return
    yield case.holds(
        answer.outcome not in _SERVING,
        f"a request without TLS: {answer.outcome}{status}",
        f"a request without TLS was {answer.outcome}{status}{f' ({answer.detail})' if answer.detail else ''}",
        population=_PORT,
    )


def _listener(case: Case[PlaintextAnswer]) -> Iterable[Verdict]:
    """A server that turns a request away has already been sent its token; only on the TLS port can it not help that."""
    answer = case.driver.fact
    if answer.outcome in _SERVING:
        yield case.not_applicable("looked for a listener that only turns requests away; this one serves them")
    elif answer.outcome is PlaintextOutcome.REDIRECTED_TO_TLS and not answer.tls_port:
        message = f"HTTP {answer.http_status} redirects to https, after the token was sent in the clear"
        yield case.fails(message, population=_PORT)
    elif answer.outcome is PlaintextOutcome.TURNED_AWAY and not answer.tls_port:
        message = f"answers HTTP {answer.http_status} without TLS, after the token was sent in the clear"
        yield case.fails(message, population=_PORT)
    else:
        where = " on the TLS port itself" if answer.tls_port else ""
        yield case.passes(f"nobody listens for requests without TLS{where}: {answer.outcome}", population=_PORT)


@by_profile
def _hsts(case: Case[HstsPolicy], profile: TlsProfile) -> Iterable[Verdict]:
    policy, smallest = case.driver.fact, profile.hsts_minimum_seconds
    if smallest is None:
        yield case.not_applicable(f"profile {profile.name} does not ask for Strict-Transport-Security")
    elif policy.header is None:
        yield case.fails(f"HTTP {policy.http_status} carries no Strict-Transport-Security")
    elif policy.max_age_s is None:
        yield case.fails(f"Strict-Transport-Security has no readable max-age: {policy.header}")
    else:
        yield case.holds(
            policy.max_age_s >= smallest,
            f"Strict-Transport-Security for {policy.max_age_s} s (profile {profile.name})",
            f"Strict-Transport-Security for {policy.max_age_s} s; profile {profile.name} asks for {smallest}",
        )


NO_PLAINTEXT_INTERFACE: Final = Check(
    id="tls-no-plaintext-interface",
    title="No OCPI interface answers without TLS",
    controls=_CONTROLS,
    severity=Severity.CRITICAL,
    source="RFC 9325, section 3.2; OCPI 2.2.1, transport_and_format",
    looks_at=Need(fact=PlaintextAnswer),
    judge=_interface,
    claim="no-plaintext-interface",
    remediation="Close the plaintext port; listen on TLS only, also behind the load balancer.",
    witness=Witness.TLS,
)
NO_PLAINTEXT_LISTENER: Final = Check(
    id="tls-no-plaintext-listener",
    title="No plaintext listener takes requests only to redirect or refuse them",
    controls=_CONTROLS,
    severity=Severity.MEDIUM,
    source="RFC 9325, section 3.2 (SSL stripping)",
    looks_at=Need(fact=PlaintextAnswer),
    judge=_listener,
    remediation="Close the port: OCPI clients are configured with https URLs, a redirect only hides a wrong one.",
    witness=Witness.TLS,
)
HSTS: Final = Check(
    id="tls-hsts",
    title="Strict-Transport-Security is sent, for long enough",
    controls=("OCPI-EXT-19",),
    severity=Severity.LOW,
    source="RFC 6797; RFC 9325, section 3.2",
    looks_at=Need(fact=HstsPolicy),
    joins=(PROFILE,),
    judge=_hsts,
    remediation="Send Strict-Transport-Security: max-age=31536000 with every answer.",
    witness=Witness.TLS,
)
CHECKS: Final = (NO_PLAINTEXT_INTERFACE, NO_PLAINTEXT_LISTENER, HSTS)
