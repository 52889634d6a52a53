"""The credentials tokens of the run: the only place that turns a secret into an Authorization header."""

import base64
from collections.abc import Mapping

from scanner.model.intent import Credential, IdentityCredential, MadeUpCredential
from scanner.model.secret import Secret
from scanner.model.token_encoding import TokenEncoding

IdentityKey = tuple[str, str]  # environment, identity


class TokenVault:
    """Credentials tokens by environment and identity."""

    def __init__(self, tokens: Mapping[IdentityKey, Secret]) -> None:
        self._tokens = dict(tokens)

    def holds(self, environment: str, identity: str) -> bool:
        """True where a token is known for the identity."""
        return (environment, identity) in self._tokens

    def replace(self, environment: str, identity: str, token: Secret) -> None:
        """Speak with another token from now on (after a credentials handshake)."""
        self._tokens[(environment, identity)] = token

    def header_value(self, environment: str, credential: Credential) -> str | None:
        """The Authorization header for a credential, None for an anonymous request.

        Encoding as in OCPI 2.2.1 transport_and_format, "Authorization header"; raw as in 2.1.1.

        Raises: KeyError if no token is known for the identity.
        """
        match credential:
            case None:
                return None
            case MadeUpCredential(header_value=value):
                return value
            case IdentityCredential(identity=identity, encoding=encoding):
                return f"Token {_encode(self._tokens[(environment, identity)].reveal(), encoding)}"


def _encode(token: str, encoding: TokenEncoding) -> str:
    match encoding:
        case TokenEncoding.RAW:
            return token
        case TokenEncoding.BASE64:
            return base64.b64encode(token.encode()).decode()
        case TokenEncoding.BASE64_NEWLINE:
            return base64.b64encode(token.encode() + b"\n").decode()
