"""From replies to recorded facts: evidence, what every reply shows, and what could not be had."""

import re
from collections.abc import Iterable, Mapping
from typing import Final

from msgspec import structs

from scanner.gate.documents import exchange_document, failure_document
from scanner.model.evidence import EvidenceRef
from scanner.model.facts.ocpi.access import AccessWithToken
from scanner.model.facts.ocpi.headers import HeadersObserved, RequestIdsEchoed
from scanner.model.facts.ocpi.urls import RedirectsSeen
from scanner.model.json_value import JsonValue
from scanner.model.observation import Reason
from scanner.model.subject import EndpointSubject, InterfaceSubject, Subject
from scanner.model.target import Endpoint
from scanner.ocpi.repeat import repeat_line
from scanner.ocpi.reply import NoReply, Reply
from scanner.probe import ProbeContext

_SOFTWARE_HEADERS: Final = ("Server", "X-Powered-By", "X-AspNet-Version", "X-AspNetMvc-Version", "X-Generator", "Via")
_VERSION_NUMBER: Final = re.compile(r"\d+\.\d+")
_HOP: Final = re.compile(r"(?:^|,)\s*(?:[^\s,/()]+/)?[\d.]+\s+[^\s,/(]*")  # of Via: protocol and host, no software
_LONGEST_HEADER: Final = 200
_LONGEST_POLICY: Final = 4000

WITH_IDS: Final = frozenset({"2.2", "2.2.1", "2.3.0"})  # versions with X-Request-ID and X-Correlation-ID
EVERY_REPLY: Final[tuple[type, ...]] = (AccessWithToken, HeadersObserved, RedirectsSeen)


class Notebook:
    """Records what one probe sees at one endpoint as one identity."""

    def __init__(self, context: ProbeContext, endpoint: Endpoint, identity: str | None) -> None:
        self.context = context
        self.endpoint = endpoint
        self.identity = identity

    def platform(self) -> EndpointSubject:
        """The platform as a whole."""
        return EndpointSubject(environment=self.context.target.name, endpoint=self.endpoint.name)

    def keep(
        self,
        title: str,
        reply: Reply,
        *,
        body: bool,
        more: Mapping[str, JsonValue] | None = None,
        shown_url: str | None = None,
    ) -> EvidenceRef:
        """Store an exchange; without its body where that holds objects of drivers and partners.

        `shown_url`: a template of the URL, where an id in it may name a driver.
        """
        exchange = reply.exchange if shown_url is None else structs.replace(reply.exchange, url=shown_url)
        document = exchange_document(exchange, body=body)
        whole = {**document, **(more or {})} if isinstance(document, Mapping) else document
        return self.context.evidence.store_document(title, self.context.record.witness, whole)

    def seen(self, subject: Subject, fact: object, *evidence: EvidenceRef) -> None:
        """Record a fact as the identity of this notebook."""
        self.context.record.seen(subject, fact, *evidence, identity=self.identity)

    def missing(self, subject: Subject, kinds: Iterable[type], why: NoReply, *evidence: EvidenceRef) -> None:
        """Record for each fact type that there is none, and why."""
        if why.failure is not None and not evidence:
            document, witness = failure_document(why.failure), self.context.record.witness
            evidence = (self.context.evidence.store_document(f"no answer: {why.failure.url}", witness, document),)
        for kind in kinds:
            self.context.record.unavailable(subject, kind, why.reason, why.detail, *evidence, identity=self.identity)

    def every_reply(self, subject: InterfaceSubject, reply: Reply, evidence: EvidenceRef) -> None:
        """Record what any reply to a valid token shows: access, headers, redirects, and from 2.2 on the message ids."""
        self.seen(subject, AccessWithToken(answers=(reply.answer,)), evidence)
        self.seen(subject, headers_observed(reply, holds_credentials=subject.module == "credentials"), evidence)
        self.seen(subject, redirects_seen(reply), evidence)
        if subject.version in WITH_IDS:
            self.seen(subject, _ids_echoed(reply), evidence)


def headers_observed(reply: Reply, *, holds_credentials: bool) -> HeadersObserved:
    """The headers that protect an answer, or give something away."""
    exchange = reply.exchange
    software = ((name, value) for name in _SOFTWARE_HEADERS for value in exchange.header_values(name))
    return HeadersObserved(
        content_type=_cut(exchange.header("Content-Type")),
        cache_control=_cut(", ".join(exchange.header_values("Cache-Control")) or None),  # RFC 9110, 5.3: one list
        strict_transport_security=_cut(exchange.header("Strict-Transport-Security")),
        content_type_options=_cut(exchange.header("X-Content-Type-Options")),
        content_security_policies=tuple(p[:_LONGEST_POLICY] for p in exchange.header_values("Content-Security-Policy")),
        software=tuple(f"{name}: {value[:80]}" for name, value in software if _names_version(name, value)),
        holds_credentials=holds_credentials,
        curl=repeat_line(exchange),
        without_body=not exchange.body,
    )


def _names_version(name: str, value: str) -> bool:
    """In Via a version of HTTP stands before each hop, and has to (RFC 9110, 7.6.3)."""
    return bool(_VERSION_NUMBER.search(_HOP.sub("", value) if name == "Via" else value))


def redirects_seen(reply: Reply) -> RedirectsSeen:
    """The redirects that a reply was reached by, and the one that was refused, if any."""
    refused = (reply.refused_redirect,) if reply.refused_redirect else ()
    return RedirectsSeen(followed=reply.followed, refused=refused, curl=repeat_line(reply.exchange))


def not_configured(detail: str) -> NoReply:
    """A reason that was chosen: nobody asked for it."""
    return NoReply(reason=Reason.NOT_CONFIGURED, detail=detail)


def _cut(value: str | None) -> str | None:
    return None if value is None else value[:_LONGEST_HEADER]


def _ids_echoed(reply: Reply) -> RequestIdsEchoed:
    sent = {name.lower(): value for name, value in reply.exchange.request_headers}
    return RequestIdsEchoed(
        request_id=reply.exchange.header("X-Request-ID") == sent.get("x-request-id"),
        correlation_id=reply.exchange.header("X-Correlation-ID") == sent.get("x-correlation-id"),
        curl=repeat_line(reply.exchange),
    )
