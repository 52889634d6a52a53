"""The doors of a platform for one identity: its versions URL and its modules, and what a token is answered there."""

from collections.abc import Iterable, Iterator

from scanner.model.credential import Credential, IdentityCredential
from scanner.model.evidence import EvidenceRef
from scanner.model.facts.ocpi.answer import Access, Answer
from scanner.model.facts.ocpi.urls import UrlPlace
from scanner.model.facts.ocpi.versions import AuthorizationForm
from scanner.model.late_dataclass import dataclass
from scanner.model.observation import Seen
from scanner.model.subject import InterfaceSubject
from scanner.model.target import Endpoint
from scanner.model.token_encoding import TokenEncoding
from scanner.ocpi.client import ANY_WAY, OcpiClient, Way
from scanner.ocpi.interfaces import Interface, advertised_for_registration, discovered, versions_subject
from scanner.ocpi.notes import Notebook
from scanner.ocpi.reply import NoReply
from scanner.probe import ProbeContext

CREDENTIALS = "credentials"
OPEN = frozenset({Access.DATA, Access.ACCEPTED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """One URL, with the form in which a token is shown there."""

    name: str
    url: str
    subject: InterfaceSubject
    encoding: TokenEncoding


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What one token was answered at one door."""

    answer: Answer
    evidence: EvidenceRef

    @property
    def is_open(self) -> bool:
        """True where the token opened the door."""
        return self.answer.access in OPEN


def interfaces_of(context: ProbeContext, endpoint: Endpoint, identity: str) -> tuple[Interface, ...]:
    """What is advertised to one identity and in scope, each interface once, whether or not it is registered."""
    both = (*discovered(context, endpoint), *first_of(advertised_for_registration(context, endpoint)))
    return tuple(i for i in both if i.credential.identity == identity and i.place is UrlPlace.IN_SCOPE)


def first_of(interfaces: Iterable[Interface]) -> tuple[Interface, ...]:
    """Each interface of each identity once, at the URL that stands first."""
    first: dict[tuple[InterfaceSubject, str], Interface] = {}
    for interface in interfaces:
        if not interface.beyond:
            first.setdefault((interface.subject, interface.credential.identity), interface)
    return tuple(first.values())


def module_doors(context: ProbeContext, endpoint: Endpoint, identity: str) -> tuple[Door, ...]:
    """Functional modules: those advertised to the identity, then those that others know; each URL once."""
    own = interfaces_of(context, endpoint, identity)
    others = (i for i in discovered(context, endpoint) if i.place is UrlPlace.IN_SCOPE)
    found: dict[str, Door] = {}
    for i in (*own, *others):
        if i.module != CREDENTIALS:
            door = Door(name=i.name, url=i.url, subject=i.subject, encoding=i.credential.encoding)
            found.setdefault(i.url, door)
    return tuple(_telling_first(found.values()))


def versions_door(context: ProbeContext, endpoint: Endpoint, identity: str) -> Door:
    """The versions URL, in the form that it took from the identity."""
    subject = versions_subject(context, endpoint)
    seen = (
        o.result.fact.encoding
        for o in context.record.earlier(AuthorizationForm)
        if isinstance(o.result, Seen) and o.key.subject == subject and o.key.identity == identity
    )
    return Door(name="versions", url=endpoint.versions_url, subject=subject, encoding=next(seen, TokenEncoding.BASE64))


async def ask(
    client: OcpiClient, book: Notebook, door: Door, credential: Credential, what: str, way: Way = ANY_WAY
) -> Asked | NoReply:
    """GET at a door; the body of a module stays out of the evidence."""
    wanted = f"{door.name} with {what}{f' at {way.address}' if way.address else ''}"
    reply = await client.get(door.url, wanted, credential, way=way)
    if isinstance(reply, NoReply):
        return reply
    return Asked(answer=reply.answer, evidence=book.keep(f"{wanted} of {book.identity}", reply, body=False))


def present(door: Door, identity: str) -> IdentityCredential:
    """The present token of an identity, as the door takes it."""
    return IdentityCredential(identity=identity, encoding=door.encoding)


def _telling_first(doors: Iterable[Door]) -> Iterator[Door]:
    """One of each version first, so that a budget cuts off what tells least."""
    rest, seen = [], set()
    for door in doors:
        if door.subject.version in seen:
            rest.append(door)
        else:
            seen.add(door.subject.version)
            yield door
    yield from rest
