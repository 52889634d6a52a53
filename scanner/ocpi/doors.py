"""Every URL of an endpoint at which somebody without a valid token is tried."""

from collections.abc import Iterable

from scanner.model.subject import InterfaceSubject
from scanner.model.target import Endpoint
from scanner.ocpi.interfaces import Interface, advertised, details_subject, url_number, version_urls, versions_subject
from scanner.ocpi.rounds import Door
from scanner.ocpi.url_place import place_of
from scanner.probe import ProbeContext


def doors(context: ProbeContext, endpoint: Endpoint) -> tuple[Door, ...]:
    """Versions list, details of each version, and every module URL; a URL that several interfaces share is one door.

    Where one interface has several URLs, each is a door: the first stands for the interface, the further ones come
    last and have a subject of their own, so that the first one's answers never speak for them.
    """
    details = [(details_subject(context, endpoint, version), url) for version, url in version_urls(context, endpoint)]
    modules = [(i.subject, i.url) for i in sorted(advertised(context, endpoint), key=_behind)]
    named = [(versions_subject(context, endpoint), endpoint.versions_url), *details, *modules]
    found: dict[str, tuple[InterfaceSubject, ...]] = {}
    for subject, url in _numbered(named):
        found[url] = (*found.get(url, ()), subject)
    return tuple(Door(url=url, subjects=subjects, place=place_of(url, endpoint)) for url, subjects in found.items())


def _behind(interface: Interface) -> bool:
    return interface.beyond


def _numbered(named: Iterable[tuple[InterfaceSubject, str]]) -> list[tuple[InterfaceSubject, str]]:
    """Each URL of a subject once, numbered within it; first URLs first."""
    urls: dict[InterfaceSubject, dict[str, int]] = {}
    for subject, url in named:
        known = urls.setdefault(subject, {})
        known.setdefault(url, len(known) + 1)
    every = [(number, subject, url) for subject, known in urls.items() for url, number in known.items()]
    every.sort(key=lambda one: one[0])
    return [(url_number(subject, number), url) for number, subject, url in every]
