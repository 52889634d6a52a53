"""Where the URLs of a platform point, and how a path is put behind one of them."""

from urllib.parse import parse_qsl, quote, urlencode, urljoin, urlsplit, urlunsplit

from scanner.gate.policy import origin_of
from scanner.model.facts.ocpi.urls import SeenUrl, UrlPlace
from scanner.model.target import Endpoint


def place_of(url: str, endpoint: Endpoint) -> UrlPlace:
    """Judge one absolute URL against the scope of an endpoint."""
    origin = origin_of(url)
    if origin is None:
        return UrlPlace.NOT_A_URL
    if origin in {endpoint.origin, *endpoint.allow_hosts}:
        return UrlPlace.IN_SCOPE
    return UrlPlace.PLAINTEXT if origin.scheme == "http" else UrlPlace.OTHER_HOST


def seen_url(where: str, url: str, endpoint: Endpoint) -> SeenUrl:
    """The URL as a fact: its origin and where it stood, without its path."""
    origin = origin_of(url)
    return SeenUrl(where=where, place=place_of(url, endpoint), origin=str(origin) if origin else "none")


def absolute(base: str, url: str) -> str:
    """A URL that may be relative to the one it was found under; unchanged where it cannot be read."""
    try:
        return urljoin(base, url.strip())
    except ValueError:
        return url


def with_path(url: str, *segments: str) -> str:
    """Segments (each percent-encoded whole) put behind the path of a URL, with exactly one slash between."""
    parts = urlsplit(url)
    path = "/".join(
        [parts.path.rstrip("/"), *(quote(segment, safe="", errors="surrogatepass") for segment in segments)]
    )
    return urlunsplit(parts._replace(path=path))


def with_query(url: str, **parameters: str) -> str:
    """Parameters added to those that the URL has already."""
    parts = urlsplit(url)
    query = [*parse_qsl(parts.query, keep_blank_values=True), *parameters.items()]
    return urlunsplit(parts._replace(query=urlencode(query, safe=":")))
