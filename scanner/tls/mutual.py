"""Record of every place whether it keeps out who has no client certificate of its trust store."""

import asyncio
from collections.abc import Mapping, Sequence

from scanner.model.credential import ShownCertificate
from scanner.model.evidence import EvidenceRef
from scanner.model.exchange import HttpOutcome
from scanner.model.facts.tls import MutualTls
from scanner.model.late_dataclass import dataclass
from scanner.model.observation import Reason
from scanner.model.target import EnvironmentTarget
from scanner.probe import ProbeContext
from scanner.tls.client_certificates import Called, call, caller, demanded, evidence_of, own_caller
from scanner.tls.servers import Place, TlsServer, bare_subject, places
from scanner.tls.sslyze_document import NoAnswer
from scanner.tls.sslyze_process import Scanned


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """What handshakes without a certificate say of a place's demand; `asked` None: there were none, or none came up."""

    asked: bool | None = None
    required: bool = False
    failure: NoAnswer | None = None
    evidence: tuple[EvidenceRef, ...] = ()


def asking_of(servers: Sequence[TlsServer], scanned: Mapping[TlsServer, Scanned]) -> Asking:
    """What sslyze saw at the addresses of one place; nothing where it showed a certificate itself."""
    if any(server.client is not None for server in servers):
        return Asking()
    results = [scanned[server] for server in servers]
    evidence = tuple(ref for result in results for ref in result.evidence)
    said = {result.scan.client_certificate for result in results if result.scan and not result.scan.no_connection}
    said.discard(None)
    if not said:
        failures = (r.failure or (r.scan.no_connection if r.scan else None) for r in results)
        return Asking(failure=next((one for one in failures if one), None), evidence=evidence)
    return Asking(asked=said != {"DISABLED"}, required="REQUIRED" in said, evidence=evidence)


async def record_mutual_tls(
    context: ProbeContext,
    asking: Mapping[Place, Asking],
    answers: Mapping[Place, HttpOutcome],
    own: Mapping[Place, Called],
) -> None:
    """One fact a place. `answers` are those without a token; `own` what calls with our certificate brought."""
    found = [place for place in places(context.target) if _is_https(context, place)]
    heard = {place: _heard(asking.get(place, Asking()), answers.get(place)) for place in found}
    await asyncio.gather(*(_look(context, place, heard[place], own.get(place)) for place in found))


def _is_https(context: ProbeContext, place: Place) -> bool:
    """False is on record."""
    if place.origin.scheme == "https":
        return True
    subject = bare_subject(context.target, place)
    context.record.unavailable(subject, MutualTls, Reason.UNREACHABLE, "the configured URL is plain http")
    return False


def _heard(asking: Asking, answer: HttpOutcome | None) -> Asking:
    """An answer that names the missing certificate tells as much as a whole scan."""
    if answer is not None and demanded(answer):
        return Asking(asked=True, required=True, evidence=asking.evidence)
    return asking


async def _look(context: ProbeContext, place: Place, asking: Asking, own: Called | None) -> None:
    """Nothing is sent where neither configuration nor server says anything of certificates."""
    subject, named = bare_subject(context.target, place), named_in(context.target, place)
    if not named and asking.asked is not True:
        _record_untold(context, place, asking)
        return
    without = await call(context, place, ShownCertificate.NONE)
    stranger = await call(context, place, ShownCertificate.STRANGER)
    control = await _control(context, place, own)
    evidence = (*asking.evidence, *evidence_of((own, without, stranger, None if control is own else control)))
    asked = True if without.demanded else asking.asked
    demanded_of_all = asking.required or without.demanded
    fact = MutualTls(
        named=named,
        asked=asked,
        required=asking.required,
        without=caller(without, control, demanded_of_all=demanded_of_all),
        stranger=caller(stranger, control, demanded_of_all=demanded_of_all),
        own=own_caller(control) if control else None,
    )
    if evidence:
        context.record.seen(subject, fact, *evidence)
    else:
        detail = fact.without.detail if fact.without else "nothing was sent"
        context.record.unavailable(subject, MutualTls, Reason.NOT_PERMITTED, detail)


async def _control(context: ProbeContext, place: Place, own: Called | None) -> Called | None:
    """Ours once more, behind the others: after so many handshakes a firewall may have shut everybody out."""
    if own is None or own.platform_answer is None:
        return own
    return await call(context, place, ShownCertificate.OWN)


def _record_untold(context: ProbeContext, place: Place, asking: Asking) -> None:
    subject = bare_subject(context.target, place)
    if asking.asked is False and asking.evidence:
        context.record.seen(subject, MutualTls(named=(), asked=False), *asking.evidence)
        return
    none = asking.failure or NoAnswer(Reason.NOT_EVALUATED, "sslyze did not say whether a certificate is asked for")
    context.record.unavailable(subject, MutualTls, none.reason, none.detail, *asking.evidence)


def named_in(target: EnvironmentTarget, place: Place) -> tuple[str, ...]:
    """The words of the configuration that say that callers of this place show a client certificate."""
    of_endpoint = (f"client_certificate_file of endpoint {place.endpoint.name}",) if place.endpoint.client else ()
    partners = (f"certificate of partner {one.partner}" for one in target.contracts if one.shows_certificate)
    return (*of_endpoint, *partners)
