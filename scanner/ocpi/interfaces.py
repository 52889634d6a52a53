"""The interfaces that discovery found, with the way into each: what later probes work through."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from http import HTTPStatus
from typing import Final, TypeVar

from scanner.model.facts.ocpi.answer import Access
from scanner.model.facts.ocpi.urls import UrlPlace
from scanner.model.facts.ocpi.versions import AuthorizationForm, EndpointsAdvertised, VersionsOffered
from scanner.model.intent import IdentityCredential
from scanner.model.late_dataclass import dataclass
from scanner.model.observation import Observation, Reason, Seen, Unavailable
from scanner.model.ocpi.specification import specification
from scanner.model.subject import InterfaceSubject, Side, Subject
from scanner.model.target import Endpoint
from scanner.model.token_encoding import TokenEncoding
from scanner.ocpi.reply import NoReply, Reply
from scanner.ocpi.version_lists import MOST_ENDPOINTS, version_with_data
from scanner.probe import ProbeContext

F = TypeVar("F")

VERSIONS: Final = "versions"
VERSION_DETAILS: Final = "version_details"
_NOT_HERE: Final = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED})
_SAYS_NOTHING: Final = frozenset({HTTPStatus.UNAUTHORIZED, *range(300, 400)})


@dataclass(frozen=True, slots=True, kw_only=True)
class Interface:
    """One advertised URL of one version, as one identity sees it. `module` may be one that OCPI does not know.

    `beyond` is true where it stands behind the interfaces of its version that are looked into.
    """

    version: str
    module: str
    side: Side | None
    url: str
    place: UrlPlace
    subject: InterfaceSubject
    credential: IdentityCredential
    beyond: bool = False

    @property
    def name(self) -> str:
        """For people: `2.2.1 locations sender`."""
        return " ".join(filter(None, (self.version, self.module, self.side)))

    def only_takes(self, reply: Reply) -> bool:
        """True where the reply says that objects are sent here and none is listed: OCPI gives a receiver no list.

        In 2.1.1 both sides of a module may have one URL, so there only what says that nothing is there tells.
        """
        status = reply.exchange.status
        if self.side is Side.RECEIVER:
            return reply.access is Access.REFUSED and status not in _SAYS_NOTHING
        return self.side is None and status in _NOT_HERE and not reply.gives_list

    def out_of_scope(self) -> NoReply:
        """Why a URL that is not in scope is left alone."""
        detail = f"{self.name} is advertised {self.place} and was left alone; name it in allow_hosts if it is yours"
        if self.place is UrlPlace.PLAINTEXT:
            detail = f"{self.name} is advertised over plaintext, where no token is sent"
        return NoReply(reason=Reason.NOT_PERMITTED, detail=detail)

    def not_looked_into(self) -> NoReply:
        """Why an interface behind the bound is left alone."""
        return beyond(f"{self.name} stands behind {MOST_ENDPOINTS} other interfaces of its version")


def beyond(what: str) -> NoReply:
    """Why nothing was asked where a platform names more than is looked into."""
    return NoReply(reason=Reason.BUDGET_EXHAUSTED, detail=f"{what} and was not looked into")


def url_number(subject: InterfaceSubject, number: int) -> InterfaceSubject:
    """The subject of a further URL of one interface; the first is the interface itself."""
    return subject if number == 1 else replace(subject, path=f"{{url {number}}}")


def versions_subject(context: ProbeContext, endpoint: Endpoint) -> InterfaceSubject:
    """The subject of the versions list."""
    return InterfaceSubject(environment=context.target.name, endpoint=endpoint.name, module=VERSIONS, method="GET")


def details_subject(context: ProbeContext, endpoint: Endpoint, version: str) -> InterfaceSubject:
    """The subject of the details of one version."""
    return InterfaceSubject(
        environment=context.target.name, endpoint=endpoint.name, version=version, module=VERSION_DETAILS, method="GET"
    )


def advertised(context: ProbeContext, endpoint: Endpoint) -> tuple[Interface, ...]:
    """Every URL of every module interface, for each identity that it was advertised to; modules of OCPI first.

    A CREDENTIALS_TOKEN_A opens none of them but credentials: see `advertised_for_registration`.
    """
    return tuple(i for i in _advertised(context, endpoint) if not _bootstraps(context, i))


def advertised_for_registration(context: ProbeContext, endpoint: Endpoint) -> tuple[Interface, ...]:
    """The same for the identities that hold a CREDENTIALS_TOKEN_A."""
    return tuple(i for i in _advertised(context, endpoint) if _bootstraps(context, i))


def _bootstraps(context: ProbeContext, interface: Interface) -> bool:
    return context.target.identity(interface.credential.identity).bootstrap


def _advertised(context: ProbeContext, endpoint: Endpoint) -> tuple[Interface, ...]:
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
    found.sort(key=lambda i: (i.version, i.module, i.side or "", i.credential.identity))  # stable: as listed
    looked_into = _first_of_each_version({i.subject: i for i in found}.values())
    return tuple(replace(i, beyond=i.subject not in looked_into) for i in found)


def discovered(context: ProbeContext, endpoint: Endpoint) -> tuple[Interface, ...]:
    """Every module interface that is looked into, once for each identity, at the URL that stands first; sorted."""
    first = {(i.subject, i.credential.identity): i for i in reversed(advertised(context, endpoint)) if not i.beyond}
    return tuple(reversed(first.values()))


def left_out(context: ProbeContext, endpoint: Endpoint) -> tuple[Interface, ...]:
    """Each interface that is not looked into, once."""
    return tuple(first_speaker(tuple(i for i in advertised(context, endpoint) if i.beyond)).values())


def first_speaker(interfaces: tuple[Interface, ...]) -> dict[InterfaceSubject, Interface]:
    """Each interface once, as the first identity that has it."""
    return {i.subject: i for i in reversed(interfaces)}


def version_urls(context: ProbeContext, endpoint: Endpoint) -> tuple[tuple[str, str], ...]:
    """Version and details URL, each pair once, of all that any identity was offered; by version, as listed."""
    found = {
        (offered.version, offered.url): None
        for o in _at(context.record.earlier(VersionsOffered), context, endpoint)
        if isinstance(o.result, Seen)
        for offered in o.result.fact.versions
    }
    return tuple(sorted(found, key=lambda one: one[0]))


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
    for line in result.fact.endpoints:
        yield Interface(
            version=details.version or "",
            module=line.module,
            side=line.side,
            url=line.url,
            place=line.place,
            subject=replace(details, module=line.module, side=line.side, path=None),
            credential=IdentityCredential(identity=identity, encoding=encoding),
        )


def _first_of_each_version(interfaces: Iterable[Interface]) -> set[InterfaceSubject]:
    """The interfaces that are looked into: a bounded number of each version, modules that OCPI knows first."""
    of_version: dict[str, list[Interface]] = {}
    for interface in sorted(interfaces, key=_is_custom):
        of_version.setdefault(interface.version, []).append(interface)
    return {i.subject for several in of_version.values() for i in several[:MOST_ENDPOINTS]}


def _is_custom(interface: Interface) -> bool:
    return interface.module not in specification(version_with_data(interface.version)).modules
