"""What the protocol witness sees of an OCPI platform.

One observation a subject: an `InterfaceSubject` (`versions`, `version_details` or a module, with version and side) or
an `EndpointSubject`. No fact holds personal data or a value of an OCPI object: pointers, counts, party ids and hashes.
`curl` is a command that repeats the request, with the token as a shell variable.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from scanner.model.subject import Side
from scanner.model.token_encoding import TokenEncoding


class Access(StrEnum):
    """What a caller was given."""

    DATA = "data"  # OCPI data
    ACCEPTED = "accepted"  # answered as a success, without data
    REFUSED = "refused"
    SERVER_ERROR = "server error"  # decides nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """How one GET was answered. `ocpi_status`: status_code of the response format, None where the body has none."""

    http_status: int
    ocpi_status: int | None
    access: Access
    curl: str

    def said(self) -> str:
        """The statuses as a phrase."""
        inner = f", OCPI status {self.ocpi_status}" if self.ocpi_status is not None else ""
        return f"HTTP {self.http_status}{inner}"


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


class UrlPlace(StrEnum):
    """Where a URL of the platform points."""

    IN_SCOPE = "in scope"
    PLAINTEXT = "plaintext"  # http:, wherever it points
    OTHER_HOST = "other host"  # neither the configured origin nor one of allow_hosts
    NOT_A_URL = "not a URL"


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


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessObserved:
    """How one endpoint answered one kind of caller; `leaks` as in `ErrorAnswer`."""

    answers: tuple[Answer, ...]
    leaks: tuple["Leak", ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessWithToken(AccessObserved):
    """With a valid token: the positive control of the others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessWithoutToken(AccessObserved):
    """Without an Authorization header."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessWithWrongToken(AccessObserved):
    """With a token that was made up for this run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessWithEmptyToken(AccessObserved):
    """With `Authorization: Token` and nothing behind it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessWithOtherScheme(AccessObserved):
    """With Bearer or Basic and a made-up value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessWithQueryToken(AccessObserved):
    """Without an Authorization header, and with a made-up token in the query."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessWithTokenUnderBearer(AccessObserved):
    """With a valid token, under the scheme Bearer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessWithTokenInQuery(AccessObserved):
    """Without an Authorization header, and with the valid token of a disposable identity in the query."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenPage:
    """One page: what limit was asked for (None: none), what came, what the pagination headers said.

    `link_next`: where the next page is; None where no next page was named.
    """

    asked: int | None
    answer: Answer
    is_list: bool
    objects: int
    total_count: int | None
    limit: int | None
    link_next: SeenUrl | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PageObserved:
    """Pages of one module, read with a valid token: first as it comes, then of one object, then far above any cap."""

    pages: tuple[SeenPage, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenViolation:
    """A rule of the specification that objects break: pointer with `*` for indexes, how often, one exact pointer."""

    pointer: str
    rule: str
    expected: str
    count: int
    example: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectsValidated:
    """Objects of one answer against the types of the version spoken."""

    object_type: str
    examined: int
    broken: int
    violations: tuple[SeenViolation, ...]
    curl: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadersObserved:
    """Headers of an answer to a valid token, as sent; None where missing. `software`: headers that name a version."""

    content_type: str | None
    cache_control: str | None
    strict_transport_security: str | None
    content_type_options: str | None
    content_security_policy: str | None
    software: tuple[str, ...]
    holds_credentials: bool
    curl: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestIdsEchoed:
    """Whether X-Request-ID and X-Correlation-ID came back as they were sent (2.2 and later)."""

    request_id: bool
    correlation_id: bool
    curl: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnersSeen:
    """To whom the objects of a page belong, against `party`, the one spoken as.

    `own`: object or driver token is ours. `foreign`: the driver token is another party's, and the object not ours.
    `unnamed`: no issuer of a driver token is named, or our party id with another country code.
    """

    party: str
    examined: int
    own: int
    foreign: int
    unnamed: int
    foreign_parties: tuple[str, ...]
    curl: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TenancyObserved:
    """What this identity was given of another identity's objects: by list, or by id on the path of the subject.

    `owners`: the other identities. `examined`: their objects that were tried, each readable to its owner.
    """

    owners: tuple[str, ...]
    examined: int
    readable: int
    curl: str


class LeakKind(StrEnum):
    """What an error answer tells a stranger."""

    STACK_TRACE = "stack trace"
    FILE_PATH = "file path"
    SOFTWARE_VERSION = "software version"
    DATABASE = "database error"
    SECRET = "secret"
    INTERNAL_ADDRESS = "internal address"


@dataclass(frozen=True, slots=True, kw_only=True)
class Leak:
    """One leak; `pattern` names the rule that found it, never the text found."""

    kind: LeakKind
    pattern: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorAnswer:
    """The answer to a read that must fail; the path of the subject says which."""

    answer: Answer
    leaks: tuple[Leak, ...]


OCPI_FACT_TYPES: Final[tuple[type, ...]] = (
    VersionsOffered,
    EndpointsAdvertised,
    AuthorizationForm,
    InterfaceUrls,
    ObjectUrls,
    RedirectsSeen,
    AccessWithToken,
    AccessWithoutToken,
    AccessWithWrongToken,
    AccessWithEmptyToken,
    AccessWithOtherScheme,
    AccessWithQueryToken,
    AccessWithTokenUnderBearer,
    AccessWithTokenInQuery,
    PageObserved,
    ObjectsValidated,
    HeadersObserved,
    RequestIdsEchoed,
    OwnersSeen,
    TenancyObserved,
    ErrorAnswer,
)
