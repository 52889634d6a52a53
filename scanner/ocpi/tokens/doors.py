"""Where tokens are tried: the versions URL, and every module interface, as the first identity that has it."""

from typing import Final

from scanner.model.facts.ocpi.urls import UrlPlace
from scanner.model.facts.ocpi.versions import AuthorizationForm
from scanner.model.intent import IdentityCredential
from scanner.model.late_dataclass import dataclass
from scanner.model.observation import Seen
from scanner.model.subject import InterfaceSubject, Side
from scanner.model.target import Endpoint
from scanner.model.token_encoding import TokenEncoding
from scanner.ocpi.interfaces import Interface, discovered, first_speaker, versions_subject
from scanner.probe import ProbeContext

_HOLDING_DATA: Final = ("locations", "tariffs", "sessions", "cdrs", "hubclientinfo", "tokens", "credentials")


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenDoor:
    """One URL, the valid token that opens it, and whether it speaks for its version.

    `elsewhere`: encodings that other versions of the same platform take from the same identity.
    """

    subject: InterfaceSubject
    url: str
    credential: IdentityCredential
    speaking: bool
    elsewhere: frozenset[TokenEncoding] = frozenset()

    @property
    def name(self) -> str:
        """For people."""
        return " ".join(filter(None, (self.subject.version, self.subject.module, self.subject.side)))


def versions_door(context: ProbeContext, endpoint: Endpoint) -> TokenDoor | None:
    """The versions URL as the first identity whose token was taken there; None where none was."""
    subject = versions_subject(context, endpoint)
    for observation in context.record.earlier(AuthorizationForm):
        identity = observation.key.identity
        if observation.key.subject == subject and isinstance(observation.result, Seen) and identity is not None:
            encoding = observation.result.fact.encoding
            others = {i.credential.encoding for i in discovered(context, endpoint) if i.credential.identity == identity}
            return TokenDoor(
                subject=subject,
                url=endpoint.versions_url,
                credential=IdentityCredential(identity=identity, encoding=encoding),
                speaking=True,
                elsewhere=frozenset(others - {encoding}),
            )
    return None


def module_doors(context: ProbeContext, endpoint: Endpoint) -> tuple[TokenDoor, ...]:
    """Every module interface in scope, each URL once; the likeliest of each version to hold data speaks for it."""
    found: dict[str, Interface] = {}
    for interface in first_speaker(discovered(context, endpoint)).values():
        if interface.place is UrlPlace.IN_SCOPE:
            found.setdefault(interface.url, interface)
    speaking: dict[str, Interface] = {}
    for interface in sorted(found.values(), key=_likely_empty):
        speaking.setdefault(interface.version, interface)
    return tuple(
        TokenDoor(
            subject=interface.subject,
            url=interface.url,
            credential=interface.credential,
            speaking=speaking[interface.version] is interface,
        )
        for interface in found.values()
    )


def _likely_empty(interface: Interface) -> tuple[bool, int]:
    """Lists of a sender first: a receiver answers by id only, and not every module can be read."""
    known = interface.module in _HOLDING_DATA
    return interface.side is Side.RECEIVER, _HOLDING_DATA.index(interface.module) if known else len(_HOLDING_DATA)


def doors(context: ProbeContext, endpoint: Endpoint) -> tuple[TokenDoor, ...]:
    """All of them, those that speak for others first."""
    first = versions_door(context, endpoint)
    every = (*((first,) if first else ()), *module_doors(context, endpoint))
    return tuple(sorted(every, key=lambda door: not door.speaking))
