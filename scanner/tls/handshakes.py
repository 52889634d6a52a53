"""Resolve the servers, have sslyze shake hands with them, and record what each of its answers says."""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Final

from scanner.model.evidence import EvidenceRef
from scanner.model.facts.tls import (
    CcsInjection,
    CertificateDeployments,
    CipherSuites,
    EarlyData,
    EllipticGroups,
    FallbackScsv,
    Heartbleed,
    ProtocolVersions,
    Renegotiation,
    Robot,
    ServerAddresses,
    TlsCompression,
)
from scanner.model.observation import Reason
from scanner.model.subject import ServerSubject
from scanner.model.witness import Witness
from scanner.probe import ProbeContext
from scanner.tls import features, negotiation
from scanner.tls.certificates import certificate_deployments
from scanner.tls.servers import Place, Resolved, TlsServer, bare_subject, places, resolve
from scanner.tls.sslyze_document import NoAnswer, ServerScan
from scanner.tls.sslyze_process import Scanned, scan_servers
from scanner.tls.trust import NoTrustStore, trust_store

_Reader = Callable[[ServerScan], object]

_READERS: Final[Mapping[type, _Reader]] = {
    ProtocolVersions: negotiation.protocol_versions,
    CipherSuites: negotiation.cipher_suites,
    EllipticGroups: negotiation.elliptic_groups,
    TlsCompression: features.compression,
    Renegotiation: features.renegotiation,
    Heartbleed: features.heartbleed,
    Robot: features.robot,
    CcsInjection: features.ccs_injection,
    FallbackScsv: features.fallback_scsv,
    EarlyData: features.early_data,
}
_FROM_SSLYZE: Final = (*_READERS, CertificateDeployments)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answer:
    """What one server gave for one type of fact: the fact, or why there is none."""

    server: TlsServer
    outcome: object
    evidence: tuple[EvidenceRef, ...]


async def look_at_servers(context: ProbeContext) -> set[str]:
    """Resolve, scan, record; the hosts that completed a handshake."""
    target = context.target
    resolved = await asyncio.gather(*(resolve(context.gate, target, place) for place in places(target)))
    scanned = await scan_servers(context, [server for found in resolved for server in found.servers])
    for found in resolved:
        _record_place(context, found, scanned)
    return {server.place.origin.host for server, result in scanned.items() if _reached(result)}


def _reached(result: Scanned) -> bool:
    return result.scan is not None and result.scan.no_connection is None


def _record_place(context: ProbeContext, found: Resolved, scanned: Mapping[TlsServer, Scanned]) -> None:
    subject = bare_subject(context.target, found.place)
    if found.failure is not None:
        for kind in (ServerAddresses, *_FROM_SSLYZE):
            context.record.unavailable(subject, kind, found.failure.reason, found.failure.detail)
        return
    refusing = {s for s in found.servers if _refuses(scanned[s])}
    examined = [s for s in found.servers if s not in refusing] or list(found.servers)
    readings: dict[type, _Reader] = {
        **_READERS,
        CertificateDeployments: partial(_verified, place=found.place, now=context.now),
    }
    for kind, read in readings.items():
        _record_kind(context, subject, kind, [_attempt(server, scanned[server], read) for server in examined])
    _record_addresses(context, subject, found, examined)


def _refuses(result: Scanned) -> bool:
    return result.scan is not None and result.scan.refusing


def _record_addresses(
    context: ProbeContext, subject: ServerSubject, found: Resolved, examined: Iterable[TlsServer]
) -> None:
    looked_at = tuple(server.address for server in examined)
    addresses = ServerAddresses(
        examined=looked_at,
        refusing=tuple(s.address for s in found.servers if s.address not in looked_at),
        left_out=found.left_out,
    )
    document = {
        "server": subject.label(),
        "examined": list(addresses.examined),
        "refusing connections": list(addresses.refusing),
        "left out": list(addresses.left_out),
    }
    title = f"addresses of {subject.host}"
    context.record.seen(subject, addresses, context.evidence.store_document(title, Witness.TLS, {**document}))


def _record_kind(context: ProbeContext, name: ServerSubject, kind: type, answers: Sequence[_Answer]) -> None:
    """One observation on the name where its addresses agree, so that it outlives a change of them; else one each."""
    if all(_same(answer.outcome, answers[0].outcome) for answer in answers):
        evidence = tuple(ref for answer in answers for ref in answer.evidence)
        _record(context, name, kind, answers[0].outcome, evidence)
        return
    for answer in answers:
        _record(context, answer.server.subject, kind, answer.outcome, answer.evidence)


def _same(one: object, other: object) -> bool:
    if isinstance(one, NoAnswer) and isinstance(other, NoAnswer):
        return (one.reason, one.detail) == (other.reason, other.detail)
    return one == other


def _record(
    context: ProbeContext, subject: ServerSubject, kind: type, outcome: object, evidence: tuple[EvidenceRef, ...]
) -> None:
    if isinstance(outcome, NoAnswer):
        context.record.unavailable(subject, kind, outcome.reason, outcome.detail, *evidence)
    else:
        context.record.seen(subject, outcome, *evidence)


def _attempt(server: TlsServer, result: Scanned, read: _Reader) -> _Answer:
    try:
        if result.scan is None:
            raise result.failure or NoAnswer(Reason.NOT_EVALUATED, "sslyze was not run")
        outcome = read(result.scan)
    except NoAnswer as none:
        outcome = none
    return _Answer(server=server, outcome=outcome, evidence=result.evidence)


def _verified(scan: ServerScan, place: Place, now: datetime) -> CertificateDeployments:
    try:
        store = trust_store(place.ca_file)
    except NoTrustStore as missing:
        raise NoAnswer(Reason.MISSING_DEPENDENCY, str(missing)) from None
    return certificate_deployments(scan, store, now)
