"""Headers of answers: not to be cached, not to be misread, and nothing about the software behind them."""

import re
from collections.abc import Callable, Iterable
from typing import Final

from checks.families.ocpi_security_policy import lax_in
from checks.families.ocpi_words import BY_PLATFORM, listed, platform, where
from checks.model.check import Case, Check, Need
from checks.model.verdict import Population, Verdict
from scanner.model.facts.ocpi.headers import HeadersObserved
from scanner.model.severity import Severity
from scanner.model.witness import Witness

_MAX_AGE: Final = re.compile(r"max-age\s*=\s*\"?(\d+)", re.IGNORECASE)
Complaint = Callable[[HeadersObserved], str | None]


def _no_store(fact: HeadersObserved) -> str | None:
    directives = {word.strip().lower() for word in (fact.cache_control or "").split(",")}
    return None if "no-store" in directives else f"Cache-Control: {fact.cache_control or 'missing'}"


def _content_type(fact: HeadersObserved) -> str | None:
    if fact.without_body and fact.content_type is None:
        return None  # RFC 9110, 8.3: a message with content has a type
    kind = (fact.content_type or "").partition(";")[0].strip().lower()
    return None if kind == "application/json" else f"Content-Type: {fact.content_type or 'missing'}"


def _hsts(fact: HeadersObserved) -> str | None:
    age = _MAX_AGE.search(fact.strict_transport_security or "")
    if age and int(age[1]) > 0:
        return None
    return f"Strict-Transport-Security: {fact.strict_transport_security or 'missing'}"


def _nosniff(fact: HeadersObserved) -> str | None:
    value = (fact.content_type_options or "").partition(",")[0].strip().lower()  # as browsers read one sent twice
    return None if value == "nosniff" else f"X-Content-Type-Options: {fact.content_type_options or 'missing'}"


def _security_policy(fact: HeadersObserved) -> str | None:
    return lax_in(fact.content_security_policies)


def _software(fact: HeadersObserved) -> str | None:
    return "; ".join(fact.software) or None


def _all(complain: Complaint, fine: str) -> Callable[[Case[HeadersObserved]], Iterable[Verdict]]:
    def judge(case: Case[HeadersObserved]) -> Iterable[Verdict]:
        bad = [(s, complaint) for s in case.drivers if (complaint := complain(s.fact))]
        yield case.holds(
            not bad,
            fine,
            f"{listed(c for _, c in bad)} at {listed(where(s) for s, _ in bad)}",
            subject=platform(case),
            population=Population(examined=len(case.drivers), unit="answer"),
            reproduce=bad[0][0].fact.curl if bad else None,
        )

    return judge


def _credentials_no_store(case: Case[HeadersObserved]) -> Iterable[Verdict]:
    answers = [s for s in case.drivers if s.fact.holds_credentials]
    bad = [(s, complaint) for s in answers if (complaint := _no_store(s.fact))]
    subject, population = platform(case), Population(examined=len(answers), unit="answer")
    if not answers:
        yield case.not_applicable("looked for a credentials module; none answered", subject=subject)
        return
    yield case.holds(
        not bad,
        "the credentials object may not be stored by caches",
        f"the credentials object may be cached: {listed(complaint for _, complaint in bad)}",
        subject=subject,
        population=population,
        reproduce=bad[0][0].fact.curl if bad else None,
    )


def _check(
    id: str, title: str, judge: Callable[[Case[HeadersObserved]], Iterable[Verdict]], do: str
) -> Check[HeadersObserved]:
    return Check(
        id=id,
        title=title,
        controls=("OCPI-EXT-19",),
        severity=Severity.LOW,
        source="OWASP ASVS 5.0, 3.4 and 14.3; RFC 9111, section 5.2.2; RFC 6797; Content Security Policy Level 3",
        looks_at=Need(fact=HeadersObserved),
        judge=judge,
        group_by=BY_PLATFORM,
        remediation=do,
        witness=Witness.PROTOCOL,
    )


CHECKS: Final = (
    _check(
        "ocpi-headers-not-cacheable",
        "Answers may not be stored by caches",
        _all(_no_store, "every answer says no-store"),
        "Send `Cache-Control: no-store` with every answer: they hold tokens, drivers and prices of one partner.",
    ),
    _check(
        "ocpi-headers-content-type-json",
        "Answers are called application/json",
        _all(_content_type, "every answer is called application/json"),
        "Send `Content-Type: application/json` with every answer, errors included.",
    ),
    _check(
        "ocpi-headers-hsts-sent",
        "Answers carry Strict-Transport-Security",
        _all(_hsts, "every answer carries Strict-Transport-Security"),
        "Send `Strict-Transport-Security: max-age=31536000` (or longer) with every answer.",
    ),
    _check(
        "ocpi-headers-nosniff-sent",
        "Answers carry X-Content-Type-Options: nosniff",
        _all(_nosniff, "every answer says nosniff"),
        "Send `X-Content-Type-Options: nosniff` with every answer.",
    ),
    _check(
        "ocpi-headers-security-policy-restrictive",
        "Answers carry a Content-Security-Policy that allows nothing",
        _all(_security_policy, "every answer says default-src 'none' and frame-ancestors 'none'"),
        "Send `Content-Security-Policy: default-src 'none'; frame-ancestors 'none'` with every answer: it is data, and "
        "nothing of it is for a browser to load, run or frame.",
    ),
    _check(
        "ocpi-headers-no-software-version",
        "No header names the version of the software behind it",
        _all(_software, "no header names a version"),
        "Remove versions from Server, X-Powered-By and Via at the gateway: they point to known flaws.",
    ),
    Check(
        id="ocpi-headers-credentials-not-cacheable",
        title="The credentials object may not be stored by caches",
        controls=("OCPI-EXT-05",),
        severity=Severity.MEDIUM,
        source="RFC 9111, section 5.2.2.5; OCPI 2.2.1 and 2.3.0, credentials: GET",
        looks_at=Need(fact=HeadersObserved),
        judge=_credentials_no_store,
        group_by=BY_PLATFORM,
        remediation="Send `Cache-Control: no-store` with the credentials object: it holds a credentials token.",
        witness=Witness.PROTOCOL,
    ),
)
