"""Where the URLs and redirects of a platform point."""

from enum import StrEnum

from scanner.model.late_dataclass import dataclass


class UrlPlace(StrEnum):
    """Where a URL of the platform points."""

    IN_SCOPE = "in scope"
    PLAINTEXT = "plaintext"  # http:, wherever it points
    OTHER_HOST = "other host"  # neither the configured origin nor one of allow_hosts
    NOT_A_URL = "not a URL"


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenUrl:
    """A URL in an answer: where it stood (JSON pointer or header), where it points, its origin (never its path)."""

    where: str
    place: UrlPlace
    origin: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InterfaceUrls:
    """URLs that partners follow with their token: version list, version details, credentials.url, Link."""

    examined: int
    plaintext: tuple[SeenUrl, ...]
    elsewhere: tuple[SeenUrl, ...]
    curl: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectUrls:
    """URLs inside the objects of a page (images, websites, terms), which no token goes to."""

    examined: int
    plaintext: tuple[SeenUrl, ...]
    curl: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedRedirect:
    """A redirect that was not followed, because the token would have left the origin, or because it never ended."""

    http_status: int
    place: UrlPlace
    origin: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RedirectsSeen:
    """Redirects that a GET with a valid token met: how many on the same origin, and the one that was refused."""

    followed: int
    refused: tuple[RefusedRedirect, ...]
    curl: str
