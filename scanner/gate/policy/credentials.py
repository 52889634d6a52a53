"""Which credentials may go where: a real token, and what is derived from one, to its own platform and nowhere else."""

import re
from functools import lru_cache
from typing import Final

from scanner.gate.policy.origins import origin_of
from scanner.model.credential import (
    CredentialsBody,
    ForeignCredential,
    MadeUpCredential,
    MisplacedCredential,
    Place,
    ShownCertificate,
    TokenCredential,
    TwoHeadersCredential,
)
from scanner.model.effect import Effect
from scanner.model.exchange import RefusalKind, Refused
from scanner.model.intent import HttpIntent, Intent
from scanner.model.party import Identity
from scanner.model.target import EnvironmentTarget

_GATE_HEADERS: Final = frozenset(
    {"authorization", "proxy-authorization", "cookie", "host", "content-length", "transfer-encoding", "connection"}
)
_HEADER_NAME: Final = re.compile(r"^[!#$%&'*+.^_`|~0-9A-Za-z-]+\Z")  # RFC 9110, token
_HEADER_VALUE: Final = re.compile(r"^[\t\x20-\x7e\x80-\xff]*\Z")  # RFC 9110, field-content and obs-text


def not_to_be_shown(intent: Intent, target: EnvironmentTarget) -> Refused | None:
    """Why the credential of an intent may not go with it; None where it may."""
    if not isinstance(intent, HttpIntent):
        return None
    if not all(map(_free_header, intent.headers)):
        return _refused("Authorization, Cookie, Host and what frames a message are set by the gate alone")
    if isinstance(intent.body, CredentialsBody) and intent.effect is not Effect.REGISTRATION:
        return _refused("a new token for the partner goes out with effect registration only")
    credential = intent.credential
    if credential is None or isinstance(credential, MadeUpCredential):
        return None
    if intent.certificate is not ShownCertificate.OWN:
        return _refused("a real token goes with our own client certificate only")
    if isinstance(credential, ForeignCredential):
        return _foreign(intent, credential, target)
    speaker = next((i for i in target.identities if i.name == credential.identity), None)
    if speaker is None or intent.identity != credential.identity:
        return _refused(f"the request does not speak as identity {credential.identity!r}")
    return _form(credential, speaker) or _way(intent, speaker, target)


def _form(credential: TokenCredential, speaker: Identity) -> Refused | None:
    match credential:
        case MisplacedCredential() if not speaker.disposable:
            return _refused(
                f"the token of {speaker.name!r} is not disposable, so it stands in the Authorization header only"
            )
        case MisplacedCredential(place=Place.HEADER | Place.COOKIE, parameter=name) if not _free_header(name):
            return _refused(f"{name[:80]!r} is not the name of a header or cookie that a token may be put into")
        case MisplacedCredential(beside=str(value)) | TwoHeadersCredential(made_up=value) if not _HEADER_VALUE.match(
            value
        ):
            return _refused("the made-up value is not the value of a header")
        case _:
            return None


def _way(intent: HttpIntent, speaker: Identity, target: EnvironmentTarget) -> Refused | None:
    origin = origin_of(intent.url)
    if origin is None or origin.scheme != "https" or not intent.verify_tls:
        return _refused("a real token is sent over verified TLS only")
    if any(target.may_see(e, speaker) and origin in (e.origin, *e.allow_hosts) for e in target.endpoints):
        return None
    return _refused(f"the token of {speaker.name!r} is not meant for {origin}; name its endpoints in `endpoints`")


def _foreign(intent: HttpIntent, credential: ForeignCredential, target: EnvironmentTarget) -> Refused | None:
    """Shown where the configuration says so, to the one URL at which it can do no more than open a list."""
    if (credential.environment, credential.identity) not in target.shown_here:
        whose = f"identity {credential.identity!r} of {credential.environment}"
        return _refused(f"the token of {whose} is not to be shown to {target.name}; it takes `shown_to` there")
    if intent.method != "GET" or intent.identity is not None or intent.effect is not Effect.READ:
        return _refused("a token of another environment goes out with a GET that speaks as nobody")
    if not intent.url.startswith("https://") or not intent.verify_tls:
        return _refused("a real token is sent over verified TLS only")
    if intent.url not in {endpoint.versions_url for endpoint in target.endpoints}:
        return _refused("a token of another environment is shown at the versions URL only")
    return None


@lru_cache(maxsize=1024)
def _free_header(name: str) -> bool:
    return name.lower() not in _GATE_HEADERS and _HEADER_NAME.match(name) is not None


def _refused(detail: str) -> Refused:
    return Refused(kind=RefusalKind.CREDENTIAL, detail=detail)
