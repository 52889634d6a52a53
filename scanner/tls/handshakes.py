"""Resolve the servers, have sslyze shake hands with them, greet them ourselves, and record what the answers say."""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import field, replace
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
    ExtendedMasterSecret,
    FallbackScsv,
    Heartbleed,
    ProtocolVersions,
    Renegotiation,
    Robot,
    ServerAddresses,
    TlsCompression,
)
from scanner.model.json_value import JsonValue
from scanner.model.late_dataclass import dataclass
from scanner.model.observation import Reason
from scanner.model.subject import ServerSubject
from scanner.model.witness import Witness
from scanner.probe import ProbeContext
from scanner.tls import features, key_exchange, negotiation
from scanner.tls.addresses import Answer, addresses_document, equal, server_addresses
from scanner.tls.client_certificates import Called
from scanner.tls.mutual import Asking, asking_of
from scanner.tls.older_versions import OlderVersions, greet_in_older_versions
from scanner.tls.scanning import scan_servers
from scanner.tls.servers import Place, Resolved, TlsServer, bare_subject, places, resolve
from scanner.tls.sslyze_document import NoAnswer, ServerScan
from scanner.tls.sslyze_process import Job, Scanned

_Reading = Callable[[ServerScan, OlderVersions], object]

_READERS: Final[Mapping[type, Callable[[ServerScan], object]]] = {
    ProtocolVersions: negotiation.protocol_versions,
    CipherSuites: negotiation.cipher_suites,
    Heartbleed: features.heartbleed,
    Robot: features.robot,
    CcsInjection: features.ccs_injection,
    FallbackScsv: features.fallback_scsv,
    EarlyData: features.early_data,
}
_WITH_HELLOS: Final[Mapping[type, _Reading]] = {
    TlsCompression: features.compression,
    Renegotiation: features.renegotiation,
    EllipticGroups: key_exchange.elliptic_groups,
    ExtendedMasterSecret: key_exchange.extended_master_secret,
}
_FROM_HANDSHAKES: Final = (*_READERS, *_WITH_HELLOS, CertificateDeployments)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    """One server: what sslyze says, and what hellos of ours brought."""

    scanned: Scanned
    older: OlderVersions = field(default_factory=OlderVersions)


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """Of one environment: the hosts that completed a handshake, and where a client certificate is asked for."""

    hosts: frozenset[str]
    asking: Mapping[Place, Asking]


async def look_at_servers(
    contexts: Sequence[ProbeContext], own: Mapping[str, Mapping[Place, Called]]
) -> Mapping[str, Looked]:
    """Resolve, scan, record for every environment; what came of it, by environment.

    `own`: what calls with the configured client certificates brought. One that is not taken is not shown to sslyze's
    servers either: it sees more without one.
    """
    resolved = await asyncio.gather(*(_resolve_all(context, own[context.target.name]) for context in contexts))
    jobs = [
        Job(context=context, servers=tuple(server for found in places for server in found.servers))
        for context, places in zip(contexts, resolved, strict=True)
    ]
    scanned = await scan_servers(jobs)
    seen = await asyncio.gather(*(_greet_all(job, scanned) for job in jobs))
    for context, found_places, by_server in zip(contexts, resolved, seen, strict=True):
        for found in found_places:
            _record_place(context, found, by_server)
    return {
        job.context.target.name: Looked(
            hosts=frozenset(s.place.origin.host for s in job.servers if _reached(scanned[s])),
            asking={found.place: _asking(found, scanned) for found in found_places},
        )
        for job, found_places in zip(jobs, resolved, strict=True)
    }


def _asking(found: Resolved, scanned: Mapping[TlsServer, Scanned]) -> Asking:
    return Asking(failure=found.failure) if found.failure else asking_of(found.servers, scanned)


async def _resolve_all(context: ProbeContext, own: Mapping[Place, Called]) -> Sequence[Resolved]:
    found = await asyncio.gather(*(resolve(context.gate, context.target, place) for place in places(context.target)))
    return [_showing(one, own.get(one.place)) for one in found]


def _showing(found: Resolved, own: Called | None) -> Resolved:
    """The servers with the certificate that they take."""
    if own is None or own.platform_answer is None:
        return found
    client = found.place.endpoint.client
    return replace(found, servers=tuple(replace(server, client=client) for server in found.servers))


async def _greet_all(job: Job, scanned: Mapping[TlsServer, Scanned]) -> Mapping[TlsServer, _Seen]:
    seen = await asyncio.gather(*(_greet(job.context, server, scanned[server]) for server in job.servers))
    return dict(zip(job.servers, seen, strict=True))


async def _greet(context: ProbeContext, server: TlsServer, scanned: Scanned) -> _Seen:
    """Only versions that sslyze has negotiated, so that a server that does not answer it is not asked again."""
    if scanned.scan is None:
        return _Seen(scanned=scanned)
    try:
        versions = negotiation.protocol_versions(scanned.scan).accepted
    except NoAnswer:
        return _Seen(scanned=scanned)
    return _Seen(scanned=scanned, older=await greet_in_older_versions(context, server, versions))


def _reached(result: Scanned) -> bool:
    return result.scan is not None and result.scan.no_connection is None


def _record_place(context: ProbeContext, found: Resolved, seen: Mapping[TlsServer, _Seen]) -> None:
    subject = bare_subject(context.target, found.place)
    if found.failure is not None:
        for kind in (ServerAddresses, *_FROM_HANDSHAKES):
            context.record.unavailable(subject, kind, found.failure.reason, found.failure.detail)
        return
    refusing = {s for s in found.servers if _refuses(seen[s].scanned)}
    examined = [s for s in found.servers if s not in refusing] or list(found.servers)
    answers = {kind: [_attempt(s, seen[s], read) for s in examined] for kind, read in _readings(found, context)}
    for kind, given in answers.items():
        _record_kind(context, subject, kind, given)
    results = [seen[s].scanned for s in examined]
    _record_addresses(context, subject, server_addresses(found, examined, answers), results)


def _readings(found: Resolved, context: ProbeContext) -> Iterable[tuple[type, _Reading]]:
    for kind, read in _READERS.items():
        yield kind, partial(_of_scan, read)
    for kind, read_both in _WITH_HELLOS.items():
        yield kind, read_both
    yield CertificateDeployments, partial(_of_scan, partial(_verified, place=found.place, now=context.now))


def _of_scan(read: Callable[[ServerScan], object], scan: ServerScan, _older: OlderVersions) -> object:
    return read(scan)


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


def _attempt(server: TlsServer, seen: _Seen, read: _Reading) -> Answer:
    result, older = seen.scanned, seen.older
    try:
        if result.scan is None:
            raise result.failure or NoAnswer(Reason.NOT_EVALUATED, "sslyze was not run")
        outcome = read(result.scan, older)
    except NoAnswer as none:
        outcome = none
    greeted = older.evidence if read in _WITH_HELLOS.values() else ()
    return Answer(server=server, outcome=outcome, evidence=(*result.evidence, *greeted))


def _verified(scan: ServerScan, place: Place, now: datetime) -> CertificateDeployments:
    from scanner.tls.certificates import certificate_deployments  # noqa: PLC0415 - handshakes begin without X.509
    from scanner.tls.trust import NoTrustStore, trust_store  # noqa: PLC0415 - as above

    try:
        store = trust_store(place.ca_file)
    except NoTrustStore as missing:
        raise NoAnswer(Reason.MISSING_DEPENDENCY, str(missing)) from None
    return certificate_deployments(scan, store, now)
