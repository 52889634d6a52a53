"""The credentials tokens of the run: the only place that turns a secret into a part of a request."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

from scanner.gate.redaction import MASK
from scanner.model.intent import Credential, IdentityCredential, MadeUpCredential, MisplacedCredential
from scanner.model.secret import Secret
from scanner.model.token_encoding import TokenEncoding

IdentityKey = tuple[str, str]  # environment, identity


@dataclass(frozen=True, slots=True, kw_only=True)
class Presented:
    """The URL and Authorization header as they are sent, and as they may be shown."""

    url: str
    shown_url: str
    header: str | None = None
    shown_header: str | None = None


class TokenVault:
    """Credentials tokens by environment and identity."""

    def __init__(self, tokens: Mapping[IdentityKey, Secret]) -> None:
        self._tokens = dict(tokens)

    def holds(self, environment: str, identity: str) -> bool:
        """True where a token is known for the identity."""
        return (environment, identity) in self._tokens

    def present(self, environment: str, credential: Credential, url: str) -> Presented:
        """Where a credential stands in a request to `url`.

        Encoding as in OCPI 2.2.1 transport_and_format, "Authorization header"; raw as in 2.1.1.

        Raises: KeyError if no token is known for the identity.
        """
        match credential:
            case None:
                return Presented(url=url, shown_url=url)
            case MadeUpCredential(header_value=value):
                return Presented(url=url, shown_url=url, header=value, shown_header=value)
            case IdentityCredential(identity=identity, encoding=encoding, scheme=scheme):
                value = _encode(self._tokens[(environment, identity)].reveal(), encoding)
                return Presented(url=url, shown_url=url, header=f"{scheme} {value}", shown_header=f"{scheme} {MASK}")
            case MisplacedCredential(identity=identity, parameter=name, encoding=encoding):
                value = _encode(self._tokens[(environment, identity)].reveal(), encoding)
                return Presented(
                    url=_with_query(url, name, quote(value, safe="")), shown_url=_with_query(url, name, MASK)
                )


def _with_query(url: str, name: str, value: str) -> str:
    base, hash_sign, fragment = url.partition("#")
    return f"{base}{'&' if '?' in base else '?'}{quote(name)}={value}{hash_sign}{fragment}"


def _encode(token: str, encoding: TokenEncoding) -> str:
    match encoding:
        case TokenEncoding.RAW:
            return token
        case TokenEncoding.BASE64:
            return base64.b64encode(token.encode()).decode()
        case TokenEncoding.BASE64_NEWLINE:
            return base64.b64encode(token.encode() + b"\n").decode()
