"""The TLS probe: handshakes by sslyze, one answer over TLS, and requests without TLS, for every server in scope."""

import asyncio
from collections.abc import Iterable, Sequence

from scanner.model.effect import Effect
from scanner.model.exchange import Exchange
from scanner.model.facts.tls import DEFAULT_TLS_PROFILE, TLS_FACTS, TlsProfileChosen
from scanner.model.intent import PlannedRequest
from scanner.model.observation import Reason
from scanner.model.subject import EnvironmentSubject
from scanner.model.target import EnvironmentTarget
from scanner.model.witness import Witness
from scanner.probe import ProbeContext
from scanner.tls.client_certificates import CALLERS, call_with_own, calls_at_most
from scanner.tls.handshakes import look_at_servers
from scanner.tls.hsts import ask_for_hsts
from scanner.tls.mutual import record_mutual_tls
from scanner.tls.older_versions import MOST_HELLOS
from scanner.tls.plaintext import ask_in_plaintext, plaintext_ports, record_plaintext
from scanner.tls.recording import PROBE
from scanner.tls.servers import CONNECTIONS, address_bound, bare_subject, places


class TlsProbe:
    """Looks at every endpoint's origin and at the https origins in `allow_hosts`; sends no real token.

    `profile` is the name of the TLS profile that the servers are to be judged by; it is recorded for the checks.
    """

    def __init__(self, profile: str = DEFAULT_TLS_PROFILE) -> None:
        self._profile = profile

    @property
    def name(self) -> str:
        """`tls`."""
        return PROBE

    @property
    def witness(self) -> Witness:
        """The TLS witness."""
        return Witness.TLS

    @property
    def provides(self) -> frozenset[type]:
        """Every fact of `scanner.model.facts.tls`."""
        return frozenset(TLS_FACTS)

    @property
    def after(self) -> frozenset[str]:
        """Nothing: it needs no other probe."""
        return frozenset()

    def plan(self, target: EnvironmentTarget) -> Iterable[PlannedRequest]:
        """Handshakes, one GET a server, one plaintext GET a port, and three where client certificates are wanted."""
        for place in places(target):
            label, bound = bare_subject(target, place).label(), address_bound(target, place.origin.host)
            what = f"TLS handshakes with {label} by sslyze, at each of its addresses (at most {bound})"
            yield _planned(target, what, at_most=CONNECTIONS * bound)
            what = f"TLS hellos of our own to {label} in versions before 1.3, for groups and master secret"
            yield _planned(target, what, at_least=0, at_most=MOST_HELLOS * bound)
            if place.origin.scheme == "https":
                yield _planned(target, f"GET {place.url} without a token, for Strict-Transport-Security")
                what = f"GET {place.url} without a token, with and without client certificates"
                certain = CALLERS * bound if place.endpoint.client else 0
                yield _planned(target, what, at_least=certain, at_most=calls_at_most(target, place))
        for port in plaintext_ports(target):
            yield _planned(target, f"GET {port.intent(target.name).url} with a made-up token, without TLS")

    async def run(self, context: ProbeContext) -> None:
        """Look at the servers of one environment."""
        await self.run_all((context,))

    async def run_all(self, contexts: Sequence[ProbeContext]) -> None:
        """Look at the servers of all environments side by side, with one process of sslyze, then record."""
        asked = [context for context in contexts if _has_endpoints(context)]
        for context in asked:
            self._record_profile(context)
        called = await asyncio.gather(*(call_with_own(context) for context in asked))
        own = {context.target.name: calls for context, calls in zip(asked, called, strict=True)}
        async with asyncio.TaskGroup() as group:
            servers = group.create_task(look_at_servers(asked, own))
            policies = [group.create_task(ask_for_hsts(context)) for context in asked]
            plaintext = [group.create_task(ask_in_plaintext(context)) for context in asked]
        for context, policy, answers in zip(asked, policies, plaintext, strict=True):
            looked = servers.result()[context.target.name]
            answering = {place.origin.host for place, one in policy.result().items() if isinstance(one, Exchange)}
            record_plaintext(context, answers.result(), looked.hosts | answering)
            await record_mutual_tls(context, looked.asking, policy.result(), own[context.target.name])

    def _record_profile(self, context: ProbeContext) -> None:
        chosen = context.evidence.store_document("TLS profile chosen", Witness.TLS, {"profile": self._profile})
        subject = EnvironmentSubject(environment=context.target.name)
        context.record.seen(subject, TlsProfileChosen(name=self._profile), chosen)


def _has_endpoints(context: ProbeContext) -> bool:
    """False is on record as a choice of the configuration."""
    if not context.target.endpoints:
        nothing = EnvironmentSubject(environment=context.target.name)
        for kind in TLS_FACTS:
            context.record.unavailable(nothing, kind, Reason.NOT_CONFIGURED, "no endpoint is configured")
    return bool(context.target.endpoints)


def _planned(target: EnvironmentTarget, what: str, at_most: int = 1, at_least: int = 1) -> PlannedRequest:
    return PlannedRequest(
        probe=PROBE, effect=Effect.READ, environment=target.name, what=what, at_least=at_least, at_most=at_most
    )
