"""Reads the versions list and the version details as far as they can be read (version_information_endpoint)."""

from collections.abc import Iterable, Mapping
from typing import Final

from scanner.model.facts.ocpi import AdvertisedEndpoint, InterfaceUrls, OfferedVersion, UrlPlace
from scanner.model.json_value import JsonValue
from scanner.model.ocpi.specification import VERSIONS
from scanner.model.subject import Side
from scanner.model.target import Endpoint
from scanner.ocpi.reply import Reply
from scanner.ocpi.url_place import absolute, place_of, seen_url

MOST_VERSIONS: Final = 8
MOST_ENDPOINTS: Final = 64


def read_versions(reply: Reply) -> tuple[OfferedVersion, ...]:
    """The versions with a URL, made absolute; each version once, as it stands first."""
    found: dict[str, OfferedVersion] = {}
    for item in reply.objects:
        version, url = _text(item, "version"), _text(item, "url")
        if version and url and len(found) < MOST_VERSIONS:
            found.setdefault(version, OfferedVersion(version=version, url=absolute(reply.exchange.url, url)))
    return tuple(found.values())


def read_endpoints(reply: Reply, endpoint: Endpoint) -> tuple[AdvertisedEndpoint, ...]:
    """The endpoints with identifier and URL, made absolute; module ids in lower case (they are CiStrings to many)."""
    details = reply.data
    listed = details.get("endpoints") if isinstance(details, Mapping) else details
    found: list[AdvertisedEndpoint] = []
    for item in listed if isinstance(listed, list) else []:
        module, url = _text(item, "identifier"), _text(item, "url")
        if module and url and len(found) < MOST_ENDPOINTS:
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


def _text(item: JsonValue, key: str) -> str | None:
    value = item.get(key) if isinstance(item, Mapping) else None
    return value.strip()[:2048] if isinstance(value, str) and value.strip() else None


def _side(role: str | None, module: str) -> Side | None:
    """Interface role; the credentials module is the same on both sides, so its role says nothing."""
    if role is None or module.lower() == "credentials":
        return None
    return next((side for side in Side if side == role.lower()), None)
