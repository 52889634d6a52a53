"""Read Strict-Transport-Security from an answer over TLS; asked without a token, so any certificate will do."""

import asyncio
from collections.abc import Mapping
from functools import partial
from typing import Final

from scanner.model.effect import Effect
from scanner.model.exchange import Exchange, Failed, FailureKind, HttpOutcome, Refused
from scanner.model.facts.tls import HstsPolicy
from scanner.model.intent import HttpIntent
from scanner.model.observation import Reason
from scanner.probe import ProbeContext
from scanner.tls.recording import PROBE, outcome_evidence, record_reading
from scanner.tls.refusal import reason_of
from scanner.tls.servers import Place, bare_subject, places
from scanner.tls.sslyze_document import NoAnswer

_MAX_BODY_BYTES: Final = 65_536
_LONGEST_NUMBER: Final = 18  # digits; more is no max-age that anybody means
_SHOWN_CHARACTERS: Final = 300
_TIMEOUTS: Final = frozenset({FailureKind.TIMEOUT, FailureKind.CONNECT_TIMEOUT})


def hsts_intent(place: Place, environment: str) -> HttpIntent:
    """A GET without credentials."""
    return HttpIntent(
        effect=Effect.READ,
        environment=environment,
        probe=PROBE,
        purpose="read Strict-Transport-Security, without a token",
        method="GET",
        url=place.url,
        verify_tls=False,
        max_body_bytes=_MAX_BODY_BYTES,
    )


async def ask_for_hsts(context: ProbeContext) -> Mapping[Place, HttpOutcome]:
    """One GET for each place with https, recorded; what came of it."""
    asked = places(context.target)
    outcomes = await asyncio.gather(*(_ask(context, place) for place in asked))
    return {place: outcome for place, outcome in zip(asked, outcomes, strict=True) if outcome is not None}


async def _ask(context: ProbeContext, place: Place) -> HttpOutcome | None:
    subject = bare_subject(context.target, place)
    if place.origin.scheme != "https":
        context.record.unavailable(subject, HstsPolicy, Reason.UNREACHABLE, "the configured URL is plain http")
        return None
    outcome = await context.gate.http(hsts_intent(place, context.target.name))
    evidence = outcome_evidence(context, "GET without a token", outcome)
    record_reading(context, subject, HstsPolicy, partial(hsts_policy, outcome), evidence)
    return outcome


def hsts_policy(outcome: Exchange | Failed | Refused) -> HstsPolicy:
    """The policy in the answer, whatever its status.

    Raises: NoAnswer if there was no answer.
    """
    match outcome:
        case Refused():
            raise NoAnswer(reason_of(outcome), outcome.detail)
        case Failed(kind=kind) as failed:
            reason = Reason.TIMED_OUT if kind in _TIMEOUTS else Reason.UNREACHABLE
            raise NoAnswer(reason, f"no HTTP answer over TLS: {failed}")
        case Exchange():
            return parse_hsts(outcome.header("Strict-Transport-Security"), outcome.status)


def parse_hsts(header: str | None, http_status: int) -> HstsPolicy:
    """Directives of RFC 6797, section 6.1: names without case, values perhaps quoted, unknown ones ignored.

    A directive that stands twice makes the header void (section 6.1, rule 2).
    """
    if header is None:
        return HstsPolicy(http_status=http_status, header=None)
    pairs = [part.strip().partition("=") for part in header.split(";") if part.strip()]
    names = [name.strip().lower() for name, _, _ in pairs]
    values = dict(zip(names, (value.strip().strip('"') for _, _, value in pairs), strict=True))
    age = values.get("max-age", "")
    readable = age.isascii() and age.isdigit() and len(age) <= _LONGEST_NUMBER and len(names) == len(set(names))
    return HstsPolicy(
        http_status=http_status,
        header=header[:_SHOWN_CHARACTERS],
        max_age_s=int(age) if readable else None,
        include_subdomains="includesubdomains" in names,
    )
