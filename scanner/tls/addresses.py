"""What the addresses of one name have in common (RFC 9325, section 3.9: servers of one service need equal TLS)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict

from scanner.model.evidence import EvidenceRef
from scanner.model.facts.tls import (
    CertificateDeployments,
    CipherSuites,
    EllipticGroups,
    ExtendedMasterSecret,
    ProtocolVersions,
    ServerAddresses,
)
from scanner.model.late_dataclass import dataclass
from scanner.tls.servers import Resolved, TlsServer
from scanner.tls.sslyze_document import NoAnswer


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What one server gave for one type of fact: the fact, or why there is none."""

    server: TlsServer
    outcome: object
    evidence: tuple[EvidenceRef, ...]


def equal(answers: Sequence[Answer]) -> bool:
    """True where all addresses gave the very same fact, or lack it for the same reason."""
    first = answers[0].outcome
    return all(_equal(answer.outcome, first) for answer in answers)


def _equal(one: object, other: object) -> bool:
    if isinstance(one, NoAnswer) and isinstance(other, NoAnswer):
        return (one.reason, one.detail) == (other.reason, other.detail)
    return one == other


def server_addresses(
    found: Resolved, examined: Iterable[TlsServer], answers: Mapping[type, Sequence[Answer]]
) -> ServerAddresses:
    """The addresses of the name, and in which facts those that were examined differ."""
    looked_at = tuple(server.address for server in examined)
    return ServerAddresses(
        examined=looked_at,
        refusing=tuple(s.address for s in found.servers if s.address not in looked_at),
        left_out=found.left_out,
        differing=tuple(sorted(kind.__name__ for kind, given in answers.items() if not _alike(kind, given))),
    )


def addresses_document(addresses: ServerAddresses) -> dict[str, list[str]]:
    """The fact as evidence."""
    return {name: list(values) for name, values in asdict(addresses).items()}


def _alike(kind: type, answers: Sequence[Answer]) -> bool:
    facts = {_essence(answer.outcome) for answer in answers if not isinstance(answer.outcome, NoAnswer)}
    return kind is CertificateDeployments or len(facts) <= 1


def _essence(fact: object) -> object:
    """What makes two servers alike: what they accept, not which key share or time-out a single handshake met."""
    match fact:
        case ProtocolVersions(accepted=accepted):
            return frozenset(accepted)
        case EllipticGroups(by_version=groups):
            return frozenset((one.version, name) for one in groups for name in one.accepted)
        case ExtendedMasterSecret(used=used, missing=missing):
            return frozenset(used), frozenset(missing)
        case CipherSuites(accepted=suites):
            return frozenset((suite.version, suite.name) for suite in suites)
        case _:
            return fact
