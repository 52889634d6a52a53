"""The platform as a client of a partner that is hostile: whom it trusts, where it goes, how much it takes.

"It did not call" counts only where the platform was seen to call a sound partner of ours, and where a call was due,
came to the door here as well.
"""

from collections.abc import Callable, Iterable
from typing import Any, Final, TypeVar

from checks.model.by_writing import check_by_writing
from checks.model.check import Case, Check
from checks.model.verdict import Population, Verdict
from scanner.model.facts.ocpi.credentials import Reaction
from scanner.model.facts.ocpi.rogue import (
    BadCertificatesShown,
    BrokenAnswersGiven,
    HostilePartner,
    InwardUrlsOffered,
    Played,
    Proof,
    RedirectsOffered,
    UnboundedAnswersGiven,
    WaitAskedFor,
    WeakTransportOffered,
)
from scanner.model.severity import Severity

H = TypeVar("H", bound=HostilePartner)
_MOST_TRIES: Final = 2
_CONTROLS: Final = 3  # a call at the first listener, and two at the second: before and after all that is hostile
_NOT_LOOKED_AT: Final = frozenset({401, 429, 502, 503, 504})  # turned away before
_CA_NOT_TRUSTED: Final = (
    "a sound certificate of the test CA was not taken either, so the target does not trust that CA (yet), and what "
    "else is wrong was not looked at"
)
_LEAST_PAUSE_S: Final = 1.0
Wrong = Callable[[Played], str | None]
"""What the target did wrong in a scenario, or None."""


def _trusted(one: Played) -> str | None:
    if one.asked:
        what = "with our token" if one.with_token else "without a token"
        return f"it was asked {one.asked} times, {what}"
    return "credentials were accepted" if one.answer.reaction is Reaction.ACCEPTED else None


def _went_elsewhere(one: Played) -> str | None:
    return f"it connected {one.elsewhere} times to where that leads" if one.elsewhere else None


def _token_elsewhere(one: Played) -> str | None:
    if not one.elsewhere_with_token:
        return None
    return f"the token of one origin was shown at another one, {one.elsewhere_with_token} times"


def _unbounded(one: Played) -> str | None:
    if one.proof is Proof.TOOK_ALL and one.took_all:
        return f"it took all that there was: {one.taken_bytes} bytes in {one.seconds:g} s"
    return _went_on(one) if one.proof is Proof.WENT_ON else None


def _went_on(one: Played) -> str | None:
    if one.went_on:
        return "it went on to what only that answer names"
    return "credentials were accepted" if one.answer.reaction is Reaction.ACCEPTED else None


def _hammered(one: Played) -> str | None:
    too_soon = one.closest_s is not None and one.closest_s < _LEAST_PAUSE_S
    if one.asked > _MOST_TRIES or too_soon:
        return f"it came {one.asked} times, {one.closest_s:g} s apart" if one.closest_s is not None else None
    return None


def _open(fact: HostilePartner, one: Played) -> str | None:
    """Why a scenario in which nothing was seen shows nothing, or None."""
    if one.call_due and one.proof is Proof.ASKED and not one.knocks:
        others = f", but {one.strangers} came from addresses that it did not use before" if one.strangers else ""
        return f"nobody came to the door{others}"
    if one.by_test_ca and not any(control.asked for control in fact.of_test_ca):
        return _CA_NOT_TRUSTED
    if one.call_due and one.proof is not Proof.ASKED and not one.asked:
        return "nobody asked for what is hostile"
    if one.proof is Proof.ELSEWHERE or not one.call_due:
        return _canary(fact, one)
    return None


def _canary(fact: HostilePartner, one: Played) -> str | None:
    if len(fact.controls) < _CONTROLS or not all(control.asked for control in fact.controls):
        return "the second listener was not called before and after under a name that may be: its silence shows nothing"
    if one.answer.reaction is Reaction.NO_ANSWER:
        return "credentials got no answer"
    if one.answer.http_status in _NOT_LOOKED_AT:
        return "nobody looked at the URL in them"
    if one.strangers:
        return f"{one.strangers} connections came from addresses that the target did not use before"
    return None


def _judge(case: Case[H], wrong: Wrong, good: str) -> Iterable[Verdict]:
    fact = case.driver.fact
    sound = 0
    for one in fact.played:
        path, curl = f"partner/{one.scenario}", one.answer.curl
        said = f"credentials of a partner, {one.story}, were {one.answer.said()}"
        if (what := wrong(one)) is not None:
            yield case.fails(f"{said}; {what}", field_path=path, reproduce=curl)
        elif (why := _open(fact, one)) is not None:
            yield case.inconclusive(f"{said}; {why}", field_path=path, reproduce=curl)
        else:
            sound += 1
    for why in fact.broken_off:
        yield case.inconclusive(f"not played: {why}", field_path=f"partner/{why.partition(':')[0]}")
    if sound == len(fact.played) and not fact.broken_off:
        left = f"; left out: {'; '.join(fact.left_out)}" if fact.left_out else ""
        population = Population(examined=sound, of=sound + len(fact.left_out), unit="scenario")
        yield case.passes(f"{good}{left}", population=population)


def _check(  # noqa: PLR0913 - all that a check has, none of it optional
    id: str,
    title: str,
    kind: type[H],
    wrong: Wrong,
    *,
    controls: tuple[str, ...],
    severity: Severity,
    source: str,
    good: str,
    do: str,
) -> Check[H]:
    return check_by_writing(
        id=id,
        title=title,
        controls=controls,
        severity=severity,
        source=source,
        fact=kind,
        judge=lambda case: _judge(case, wrong, good),
        do=do,
    )


CHECKS: Final[tuple[Check[Any], ...]] = (
    _check(
        "ocpi-client-certificate-verified",
        "Partners with a certificate that does not hold are not spoken to",
        BadCertificatesShown,
        _trusted,
        controls=("OCPI-VUL-18", "OCPI-TST-17"),
        severity=Severity.CRITICAL,
        source="RFC 9110, 4.3.4; RFC 9525; RFC 5280, 6.1; OCPI 2.2.1 and 2.3.0, transport and format: TLS",
        good="each certificate was looked at, and no request came",
        do="Verify chain, name, validity and usage of a partner's certificate on every call, without a way around it.",
    ),
    _check(
        "ocpi-client-transport-strong",
        "Partners that speak no TLS, old TLS, or have a key that is too short are not spoken to",
        WeakTransportOffered,
        _trusted,
        controls=("OCPI-VUL-18", "OCPI-VUL-20"),
        severity=Severity.HIGH,
        source="RFC 8996; RFC 9325, 3.1.1 and 4.5; OCPI 2.2.1 and 2.3.0, transport and format: TLS",
        good="no request came to a server with weak transport",
        do="Call partners by https alone, with TLS 1.2 or later and keys of 2,048 bits (RSA) or 256 bits (ECDSA).",
    ),
    _check(
        "ocpi-client-redirects-refused",
        "A partner cannot redirect the platform to another origin or to plaintext",
        RedirectsOffered,
        _went_elsewhere,
        controls=("OCPI-EXT-01", "OCPI-VUL-20", "OCPI-COM-05"),
        severity=Severity.MEDIUM,
        source="RFC 9110, 15.4 and 17.4; CWE-601",
        good="redirects and links to other origins and to plaintext were not followed",
        do="Do not follow redirects of partners, and take no URL of another origin than that of their versions URL.",
    ),
    _check(
        "ocpi-client-token-stays-home",
        "The token of a partner is shown at that partner's origin alone",
        RedirectsOffered,
        _token_elsewhere,
        controls=("OCPI-TLS-01", "OCPI-VUL-20"),
        severity=Severity.CRITICAL,
        source="RFC 9110, 11.6.2 and 15.4; CWE-522",
        good="no token of ours was shown at another origin",
        do="Bind each partner's token to the origin of its versions URL, and send it nowhere else.",
    ),
    _check(
        "ocpi-client-not-steered-inward",
        "A partner's URLs cannot steer the platform to addresses of its own network",
        InwardUrlsOffered,
        _went_elsewhere,
        controls=("OCPI-EXT-01", "OCPI-COM-05"),
        severity=Severity.CRITICAL,
        source="OWASP API7:2023, server side request forgery; CWE-918",
        good="no connection came, however the address was spelled",
        do=(
            "Resolve a partner's name once, refuse every address that is not public, connect to the address that was "
            "looked at, and do the same for redirects."
        ),
    ),
    _check(
        "ocpi-client-answers-bounded",
        "Answers of a partner are bounded in bytes and in time",
        UnboundedAnswersGiven,
        _unbounded,
        controls=("OCPI-VUL-20", "OCPI-TST-18", "OCPI-COM-05"),
        severity=Severity.MEDIUM,
        source="OWASP API4:2023, unrestricted resource consumption; CWE-400, CWE-409",
        good="each answer was given up before its end",
        do="Give every call to a partner a time for the whole of it, and a number of bytes after unpacking.",
    ),
    _check(
        "ocpi-client-bad-answers-refused",
        "Answers of a partner that are errors, or broken, are not used",
        BrokenAnswersGiven,
        _went_on,
        controls=("OCPI-VUL-20", "OCPI-TST-18", "OCPI-COM-05"),
        severity=Severity.HIGH,
        source="OCPI 2.2.1 and 2.3.0, transport and format: response format; status_codes; RFC 9112, 8",
        good="nothing of any such answer was used",
        do="Use an answer only where it is whole, HTTP and OCPI status say success, and it is of the type expected.",
    ),
    _check(
        "ocpi-client-retries-polite",
        "A partner that asks to come back later is left alone for so long",
        WaitAskedFor,
        _hammered,
        controls=("OCPI-VUL-11", "OCPI-COM-05"),
        severity=Severity.LOW,
        source="RFC 9110, 10.2.3 and 15.6.4; RFC 6585, 4",
        good="nobody came back at once",
        do="Retry with growing pauses and a limit, and not before the time that Retry-After names.",
    ),
)
