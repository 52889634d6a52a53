"""The interfaces that discovery found, with the way into each: what later probes work through."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final, TypeVar

from scanner.model.facts.ocpi import AuthorizationForm, EndpointsAdvertised, UrlPlace, VersionsOffered
from scanner.model.intent import IdentityCredential
from scanner.model.observation import Observation, Reason, Seen, Unavailable
from scanner.model.subject import InterfaceSubject, Side, Subject
from scanner.model.target import Endpoint
from scanner.model.token_encoding import TokenEncoding
from scanner.ocpi.reply import NoReply
from scanner.probe import ProbeContext

F = TypeVar("F")

VERSIONS: Final = "versions"
VERSION_DETAILS: Final = "version_details"


@dataclass(frozen=True, slots=True, kw_only=True)
class Interface:
    """One advertised URL of one version, as one identity sees it. `module` may be one that OCPI does not know."""

    version: str
    module: str
    side: Side | None
    url: str
    place: UrlPlace
    subject: InterfaceSubject
    credential: IdentityCredential

    @property
    def name(self) -> str:
        """For people: `2.2.1 locations sender`."""
        return " ".join(filter(None, (self.version, self.module, self.side)))

    def out_of_scope(self) -> NoReply:
        """Why a URL that is not in scope is left alone."""
        detail = f"{self.name} is advertised {self.place} and was left alone; name it in allow_hosts if it is yours"
        if self.place is UrlPlace.PLAINTEXT:
            detail = f"{self.name} is advertised over plaintext, where no token is sent"
        return NoReply(reason=Reason.NOT_PERMITTED, detail=detail)


def versions_subject(context: ProbeContext, endpoint: Endpoint) -> InterfaceSubject:
    """The subject of the versions list."""
    return InterfaceSubject(environment=context.target.name, endpoint=endpoint.name, module=VERSIONS, method="GET")


def details_subject(context: ProbeContext, endpoint: Endpoint, version: str) -> InterfaceSubject:
    """The subject of the details of one version."""
    return InterfaceSubject(
        environment=context.target.name, endpoint=endpoint.name, version=version, module=VERSION_DETAILS, method="GET"
    )


def discovered(context: ProbeContext, endpoint: Endpoint) -> tuple[Interface, ...]:
    """Every module interface of an endpoint, once for each identity that it was advertised to; sorted."""
    encodings = {
        (o.key.subject, o.key.identity): o.result.fact.encoding
        for o in _at(context.record.earlier(AuthorizationForm), context, endpoint)
        if isinstance(o.result, Seen)
    }
    found = [
        interface
        for o in _at(context.record.earlier(EndpointsAdvertised), context, endpoint)
        for interface in _of(o, encodings)
    ]
    return tuple(sorted(found, key=lambda i: (i.version, i.module, i.side or "", i.credential.identity, i.url)))


def first_speaker(interfaces: tuple[Interface, ...]) -> dict[InterfaceSubject, Interface]:
    """Each interface once, as the first identity that has it."""
    return {i.subject: i for i in reversed(interfaces)}


def version_urls(context: ProbeContext, endpoint: Endpoint) -> dict[str, str]:
    """Version details URL of each version that an identity was offered."""
    return {
        offered.version: offered.url
        for o in _at(context.record.earlier(VersionsOffered), context, endpoint)
        if isinstance(o.result, Seen)
        for offered in o.result.fact.versions
    }


def why_nothing(context: ProbeContext, endpoint: Endpoint) -> NoReply:
    """Why `discovered` is empty, in the words of what failed before."""
    offered = [o.result for o in _at(context.record.earlier(VersionsOffered), context, endpoint)]
    advertised = [o.result for o in _at(context.record.earlier(EndpointsAdvertised), context, endpoint)]
    for result in (*offered, *advertised):
        if isinstance(result, Unavailable):
            return NoReply(reason=result.reason, detail=f"no module was found: {result.detail}")
    return NoReply(reason=Reason.UNPARSABLE, detail="the version details advertise no module")


def _at(
    observations: tuple[Observation[F], ...], context: ProbeContext, endpoint: Endpoint
) -> Iterator[Observation[F]]:
    for observation in observations:
        at = observation.key.subject.coordinates()
        if at["environment"] == context.target.name and at.get("endpoint") == endpoint.name:
            yield observation


def _of(
    observation: Observation[EndpointsAdvertised], encodings: Mapping[tuple[Subject, str | None], TokenEncoding]
) -> Iterator[Interface]:
    details, identity, result = observation.key.subject, observation.key.identity, observation.result
    if not isinstance(result, Seen) or not isinstance(details, InterfaceSubject) or identity is None:
        return
    encoding = encodings.get((details, identity), TokenEncoding.BASE64)
    seen: set[InterfaceSubject] = set()
    for advertised in result.fact.endpoints:
        subject = replace(details, module=advertised.module, side=advertised.side)
        if subject in seen:
            continue
        seen.add(subject)
        yield Interface(
            version=details.version or "",
            module=advertised.module,
            side=advertised.side,
            url=advertised.url,
            place=advertised.place,
            subject=subject,
            credential=IdentityCredential(identity=identity, encoding=encoding),
        )
