"""Where a platform's own answers would lead a partner's token: URLs and redirects."""

from collections.abc import Iterable
from typing import Final

from checks.families.ocpi_words import BY_PLATFORM, listed, platform, where
from checks.model.check import Case, Check, Need
from checks.model.verdict import Population, Verdict
from scanner.model.facts.ocpi.urls import InterfaceUrls, ObjectUrls, RedirectsSeen, UrlPlace
from scanner.model.severity import Severity
from scanner.model.witness import Witness


def _no_plaintext_url(case: Case[InterfaceUrls]) -> Iterable[Verdict]:
    fact = case.driver.fact
    population = Population(examined=fact.examined, unit="URL")
    if fact.plaintext:
        urls = listed(f"{url.where} ({url.origin})" for url in fact.plaintext)
        yield case.fails(f"plaintext http URLs at {urls}", population=population, reproduce=fact.curl)
    elif fact.examined:
        yield case.passes(f"all URLs of {where(case.driver)} are https", population=population)
    else:
        yield case.not_applicable(f"looked for URLs in {where(case.driver)}; there are none", population=population)


def _known_hosts(case: Case[InterfaceUrls]) -> Iterable[Verdict]:
    fact = case.driver.fact
    elsewhere = [url for url in fact.elsewhere if url.where != "Link"]  # pagination judges those
    population = Population(examined=fact.examined, unit="URL")
    if elsewhere:
        urls = listed(f"{url.where} ({url.origin})" for url in elsewhere)
        yield case.fails(f"URLs on hosts that are not configured: {urls}", population=population, reproduce=fact.curl)
    elif fact.examined:
        yield case.passes(f"{where(case.driver)} names configured hosts only", population=population)
    else:
        yield case.not_applicable(f"looked for URLs in {where(case.driver)}; there are none", population=population)


def _no_plaintext_in_objects(case: Case[ObjectUrls]) -> Iterable[Verdict]:
    found = [s for s in case.drivers if s.fact.plaintext]
    population = Population(examined=sum(s.fact.examined for s in case.drivers), unit="URL")
    subject = platform(case)
    if found:
        at = listed(f"{where(s)} {url.where}" for s in found for url in s.fact.plaintext)
        curl = found[0].fact.curl
        yield case.fails(f"plaintext http URLs at {at}", population=population, subject=subject, reproduce=curl)
    elif population.examined:
        yield case.passes("all URLs inside objects are https", population=population, subject=subject)
    else:
        looked = "looked for URLs inside the objects of first pages; there are none"
        yield case.not_applicable(looked, population=population, subject=subject)


def _no_redirect_to(*places: UrlPlace) -> "_Redirects":
    return _Redirects(frozenset(places))


class _Redirects:
    """Judges the redirects of a platform: none may lead to one of `places`."""

    def __init__(self, places: frozenset[UrlPlace]) -> None:
        self._places = places

    def __call__(self, case: Case[RedirectsSeen]) -> Iterable[Verdict]:
        """One verdict for the platform."""
        subject, population = platform(case), Population(examined=len(case.drivers), unit="answer")
        refused = [(s, r) for s in case.drivers for r in s.fact.refused]
        bad = [(s, r) for s, r in refused if r.place in self._places]
        endless = [(s, r) for s, r in refused if r.place is UrlPlace.IN_SCOPE]
        if bad:
            said = listed(f"{where(s)} (HTTP {r.http_status} to {r.origin})" for s, r in bad)
            curl = bad[0][0].fact.curl
            yield case.fails(f"redirected: {said}", subject=subject, population=population, reproduce=curl)
        elif endless:
            said = listed(f"{where(s)}: {r.why}" for s, r in endless)
            yield case.inconclusive(f"not followed to the end: {said}", subject=subject, population=population)
        elif len(refused) == len(case.drivers):
            yield case.inconclusive("every answer redirects elsewhere, which is judged by itself", subject=subject)
        else:
            followed = sum(s.fact.followed for s in case.drivers)
            said = f"no answer redirects there; {followed} redirects stayed on the origin"
            yield case.passes(said, subject=subject, population=population)


_NO_PLAINTEXT: Final = (
    "Advertise https URLs only, and serve nothing over plaintext: clients send their token where the URL says."
)

CHECKS: Final = (
    Check(
        id="ocpi-transport-no-plaintext-interface-url",
        title="No URL of an OCPI interface is plaintext",
        controls=("OCPI-TLS-01", "OCPI-VUL-17"),
        severity=Severity.CRITICAL,
        source="OCPI 2.2.1 and 2.3.0, transport_and_format: security and authentication",
        looks_at=Need(fact=InterfaceUrls),
        judge=_no_plaintext_url,
        remediation=_NO_PLAINTEXT,
        witness=Witness.PROTOCOL,
    ),
    Check(
        id="ocpi-transport-no-plaintext-redirect",
        title="No OCPI URL redirects to plaintext",
        controls=("OCPI-TLS-01", "OCPI-VUL-17"),
        severity=Severity.CRITICAL,
        source="OCPI 2.2.1 and 2.3.0, transport_and_format: security and authentication; RFC 9110, section 15.4",
        looks_at=Need(fact=RedirectsSeen),
        judge=_no_redirect_to(UrlPlace.PLAINTEXT),
        group_by=BY_PLATFORM,
        remediation=_NO_PLAINTEXT,
        witness=Witness.PROTOCOL,
    ),
    Check(
        id="ocpi-transport-no-foreign-redirect",
        title="No OCPI URL redirects to a host that is not configured",
        controls=("OCPI-EXT-20",),
        severity=Severity.MEDIUM,
        source="RFC 9110, section 15.4",
        looks_at=Need(fact=RedirectsSeen),
        judge=_no_redirect_to(UrlPlace.OTHER_HOST, UrlPlace.NOT_A_URL),
        group_by=BY_PLATFORM,
        remediation="Answer OCPI requests where they arrive; many clients take their token along when redirected.",
        witness=Witness.PROTOCOL,
    ),
    Check(
        id="ocpi-transport-hosts-known",
        title="All advertised URLs are on configured hosts",
        controls=("OCPI-EXT-20",),
        severity=Severity.LOW,
        source="OCPI 2.2.1 and 2.3.0, version_information_endpoint",
        looks_at=Need(fact=InterfaceUrls),
        judge=_known_hosts,
        remediation="Name the host in allow_hosts if it belongs to the platform; take the URL down if it does not.",
        witness=Witness.PROTOCOL,
    ),
    Check(
        id="ocpi-transport-no-plaintext-object-url",
        title="No URL inside OCPI objects is plaintext",
        controls=("OCPI-EXT-19",),
        severity=Severity.LOW,
        source="OCPI 2.2.1 and 2.3.0, types: URL",
        looks_at=Need(fact=ObjectUrls),
        judge=_no_plaintext_in_objects,
        group_by=BY_PLATFORM,
        remediation="Link images, websites and terms over https: apps of drivers load them.",
        witness=Witness.PROTOCOL,
    ),
)
