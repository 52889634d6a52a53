"""Reads the versions list and the version details as far as they can be read (version_information_endpoint)."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Final

from scanner.model.facts.ocpi.urls import InterfaceUrls, UrlPlace
from scanner.model.facts.ocpi.versions import AdvertisedEndpoint, OfferedVersion
from scanner.model.json_value import JsonValue
from scanner.model.ocpi.specification import SUPERSEDED, VERSIONS
from scanner.model.subject import Side
from scanner.model.target import Endpoint
from scanner.ocpi.reply import Reply
from scanner.ocpi.url_place import absolute, place_of, seen_url

MOST_VERSIONS: Final = 8  # whose details are read; all others are named, and recorded as not looked at
MOST_ENDPOINTS: Final = 64  # of one version that are looked into; likewise
MOST_NAMED: Final = 1000
_KNOWN: Final = SUPERSEDED.union(VERSIONS)


def read_versions(reply: Reply) -> tuple[OfferedVersion, ...]:
    """The first 1000 lines with a URL, made absolute; a version stands once for each of its URLs."""
    found: dict[OfferedVersion, None] = {}
    for item in reply.objects[:MOST_NAMED]:
        version, url = _text(item, "version"), _text(item, "url")
        if version and url:
            found[OfferedVersion(version=version, url=absolute(reply.exchange.url, url))] = None
    return tuple(found)


def in_order(versions: Iterable[OfferedVersion]) -> tuple[tuple[OfferedVersion, int], ...]:
    """Each with the number of its URL within its version; versions that OCPI knows first, so that they are read."""
    times: Counter[str] = Counter()
    numbered = []
    for offered in versions:
        times[offered.version] += 1
        numbered.append((offered, times[offered.version]))
    return tuple(sorted(numbered, key=lambda one: (one[0].version not in _KNOWN, one[1] > 1)))


def has_more(reply: Reply) -> bool:
    """True where a list is longer than what is read of it."""
    return len(_listed(reply)) > MOST_NAMED or len(reply.objects) > MOST_NAMED


def read_endpoints(reply: Reply, endpoint: Endpoint) -> tuple[AdvertisedEndpoint, ...]:
    """The first 1000 with identifier and URL, made absolute; module ids in lower case (CiStrings to many)."""
    found: list[AdvertisedEndpoint] = []
    for item in _listed(reply)[:MOST_NAMED]:
        module, url = _text(item, "identifier"), _text(item, "url")
        if module and url:
            whole = absolute(reply.exchange.url, url)
            side = _side(_text(item, "role"), module)
            place = place_of(whole, endpoint)
            found.append(AdvertisedEndpoint(module=module.lower(), side=side, url=whole, place=place))
    return tuple(found)


def interface_urls(endpoint: Endpoint, urls: Iterable[tuple[str, str]], curl: str) -> InterfaceUrls:
    """URLs that partners follow with their token, as (where, URL); those that are plaintext or elsewhere by name."""
    seen = tuple(seen_url(where, url, endpoint) for where, url in urls)
    return InterfaceUrls(
        examined=len(seen),
        plaintext=tuple(url for url in seen if url.place is UrlPlace.PLAINTEXT),
        elsewhere=tuple(url for url in seen if url.place in {UrlPlace.OTHER_HOST, UrlPlace.NOT_A_URL}),
        curl=curl,
    )


def version_with_data(version: str | None) -> str:
    """The version whose types judge an answer: the one spoken, one of the same minor, or the newest older one."""
    spoken = version or ""
    same_minor = [known for known in VERSIONS if known.split(".")[:2] == spoken.split(".")[:2]]
    older = [known for known in VERSIONS if known <= spoken]
    return (same_minor or older or VERSIONS)[0 if not same_minor and not older else -1]


def _listed(reply: Reply) -> list[JsonValue]:
    """The lines of version details."""
    details = reply.data
    listed = details.get("endpoints") if isinstance(details, Mapping) else details
    return listed if isinstance(listed, list) else []


def _text(item: JsonValue, key: str) -> str | None:
    value = item.get(key) if isinstance(item, Mapping) else None
    return value.strip()[:2048] if isinstance(value, str) and value.strip() else None


def _side(role: str | None, module: str) -> Side | None:
    """Interface role; the credentials module is the same on both sides, so its role says nothing."""
    if role is None or module.lower() == "credentials":
        return None
    return next((side for side in Side if side == role.lower()), None)
