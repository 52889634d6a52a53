"""Resolve the servers, have sslyze shake hands with them, and record what each of its answers says."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
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
from scanner.model.json_value import JsonValue
from scanner.model.observation import Reason
from scanner.model.subject import ServerSubject
from scanner.model.witness import Witness
from scanner.probe import ProbeContext
from scanner.tls import features, negotiation
from scanner.tls.addresses import Answer, addresses_document, equal, server_addresses
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
    verified = partial(_verified, place=found.place, now=context.now)
    readings: dict[type, _Reader] = {**_READERS, CertificateDeployments: verified}
    answers = {kind: [_attempt(s, scanned[s], read) for s in examined] for kind, read in readings.items()}
    for kind, given in answers.items():
        _record_kind(context, subject, kind, given)
    _record_addresses(context, subject, server_addresses(found, examined, answers), [scanned[s] for s in examined])


def _refuses(result: Scanned) -> bool:
    return result.scan is not None and result.scan.refusing


def _record_addresses(
    context: ProbeContext, subject: ServerSubject, addresses: ServerAddresses, results: Sequence[Scanned]
) -> None:
    """Nothing is known of the addresses of a name where none of them came up."""
    if not any(_reached(result) for result in results):
        failure = results[0].failure or (results[0].scan.no_connection if results[0].scan else None)
        none = failure or NoAnswer(Reason.NOT_EVALUATED, "sslyze was not run")
        evidence = tuple(ref for result in results for ref in result.evidence)
        context.record.unavailable(subject, ServerAddresses, none.reason, none.detail, *evidence)
        return
    document: dict[str, JsonValue] = {"server": subject.label(), **addresses_document(addresses)}
    title = f"addresses of {subject.host}"
    context.record.seen(subject, addresses, context.evidence.store_document(title, Witness.TLS, document))


def _record_kind(context: ProbeContext, name: ServerSubject, kind: type, answers: Sequence[Answer]) -> None:
    """One observation on the name where its addresses agree, so that it outlives a change of them; else one each."""
    if equal(answers):
        evidence = tuple(ref for answer in answers for ref in answer.evidence)
        _record(context, name, kind, answers[0].outcome, evidence)
        return
    for answer in answers:
        _record(context, answer.server.subject, kind, answer.outcome, answer.evidence)


def _record(
    context: ProbeContext, subject: ServerSubject, kind: type, outcome: object, evidence: tuple[EvidenceRef, ...]
) -> None:
    if isinstance(outcome, NoAnswer):
        context.record.unavailable(subject, kind, outcome.reason, outcome.detail, *evidence)
    else:
        context.record.seen(subject, outcome, *evidence)


def _attempt(server: TlsServer, result: Scanned, read: _Reader) -> Answer:
    try:
        if result.scan is None:
            raise result.failure or NoAnswer(Reason.NOT_EVALUATED, "sslyze was not run")
        outcome = read(result.scan)
    except NoAnswer as none:
        outcome = none
    return Answer(server=server, outcome=outcome, evidence=result.evidence)


def _verified(scan: ServerScan, place: Place, now: datetime) -> CertificateDeployments:
    try:
        store = trust_store(place.ca_file)
    except NoTrustStore as missing:
        raise NoAnswer(Reason.MISSING_DEPENDENCY, str(missing)) from None
    return certificate_deployments(scan, store, now)
