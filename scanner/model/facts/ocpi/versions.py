"""What a platform offers: the versions list and the version details, and the form of token that it takes."""

from scanner.model.facts.ocpi.urls import UrlPlace
from scanner.model.late_dataclass import dataclass
from scanner.model.subject import Side
from scanner.model.token_encoding import TokenEncoding


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferedVersion:
    """A line of the versions list."""

    version: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionsOffered:
    """The versions list, as seen by one identity."""

    versions: tuple[OfferedVersion, ...]
    curl: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AdvertisedEndpoint:
    """A line of the version details; `side` is None in 2.1.1, which has no interface roles there."""

    module: str
    side: Side | None
    url: str
    place: UrlPlace


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointsAdvertised:
    """The version details, as seen by one identity."""

    endpoints: tuple[AdvertisedEndpoint, ...]
    curl: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorizationForm:
    """How the token has to stand in the Authorization header here; `refused`: forms that were tried before."""

    encoding: TokenEncoding
    refused: tuple[TokenEncoding, ...]
