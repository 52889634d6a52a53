"""A decided intent as it goes out: with its credential, over a connection that is verified as its endpoint asks."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final, NamedTuple

from scanner.gate.budget import HostBudget
from scanner.gate.budgets import HostBudgets
from scanner.gate.policy import endpoint_for
from scanner.gate.presented import Presented
from scanner.gate.tls_context import looking_context, strangers_context, verifying_context
from scanner.gate.wire import USER_AGENT, Wire
from scanner.model.credential import DerivedCredential, IdentityCredential, ShownCertificate
from scanner.model.effect import Effect
from scanner.model.intent import HttpIntent
from scanner.model.target import Endpoint, EnvironmentTarget, Limits, Origin

if TYPE_CHECKING:
    import ssl

_BASE_HEADERS: Final = {"User-Agent": USER_AGENT, "Accept": "application/json", "Accept-Encoding": "gzip"}
_Way = tuple[str, Origin, ShownCertificate, bool]


class _Means(NamedTuple):
    """What is the same for every request that goes one way."""

    tls: "ssl.SSLContext | None"
    private_ca: bool
    limits: Limits
    budget: HostBudget


class Wiring:
    """Of one run; what a way needs is looked up when it is first gone."""

    def __init__(self, targets: Mapping[str, EnvironmentTarget], budgets: HostBudgets) -> None:
        self._targets = targets
        self._budgets = budgets
        self._means: dict[_Way, _Means] = {}

    def wire(self, intent: HttpIntent, presented: Presented, origin: Origin, addresses: tuple[str, ...]) -> Wire:
        """The request with real headers in order, to these addresses, and every limit."""
        way = (intent.environment, origin, intent.certificate, intent.verify_tls)
        means = self._means.get(way) or self._means.setdefault(way, self._looked_up(intent, origin))
        headers = tuple({**_BASE_HEADERS, **intent.headers}.items())
        credential = intent.credential
        real = credential if isinstance(credential, IdentityCredential) else None
        derived = credential if isinstance(credential, DerivedCredential) else None
        spoken = real or derived
        return Wire(
            method=intent.method,
            url=presented.url,
            shown_url=presented.shown_url,
            headers=headers + presented.headers,
            shown_headers=headers + presented.shown_headers,
            body=presented.body,
            shown_body=presented.shown_body,
            origin=origin,
            addresses=addresses,
            tls=means.tls,
            timeout_s=intent.timeout_s or means.limits.timeout_s,
            max_body_bytes=_most_body_bytes(intent) or means.limits.max_body_bytes,
            max_header_bytes=means.limits.max_header_bytes,
            received=means.budget.received,
            connection=intent.connection,
            delivery=intent.delivery,
            spoken_as=real.identity if real else None,
            encoding=spoken.encoding if spoken else None,
            derived_from=derived.identity if derived else None,
            token_form=derived.form if derived else None,
            private_ca=means.private_ca,
        )

    def _looked_up(self, intent: HttpIntent, origin: Origin) -> _Means:
        target = self._targets[intent.environment]
        endpoint = endpoint_for(origin.host, target, origin.port)
        return _Means(
            tls=_context(intent, endpoint) if origin.scheme == "https" else None,
            private_ca=endpoint is not None and endpoint.ca_file is not None,
            limits=target.limits,
            budget=self._budgets.of(origin.host, intent.environment),
        )


def _context(intent: HttpIntent, endpoint: Endpoint | None) -> "ssl.SSLContext":
    client = endpoint.client if endpoint else None
    match intent.certificate:
        case ShownCertificate.STRANGER:
            return strangers_context(client)
        case ShownCertificate.NONE:
            client = None
    if not intent.verify_tls:
        return looking_context(client)
    return verifying_context(endpoint.ca_file if endpoint else None, client)


def _most_body_bytes(intent: HttpIntent) -> int | None:
    """An answer that may bring a token is not cut short by a probe."""
    return None if intent.effect is Effect.REGISTRATION else intent.max_body_bytes
