"""What one partner's secret holds, and the credentials object of OCPI made from it."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

_RANDOM_BYTES: Final = 32


class RotationError(Exception):
    """The rotation stopped; what was valid before still is. The sentence names no token."""


class PartnerRefused(RotationError):
    """The partner said no, in an answer that leaves no doubt: nothing changed there."""


class TokenRefused(PartnerRefused):
    """The partner does not know the token that we call it with."""


class AnswerLost(RotationError):
    """The partner has taken the new token, and the token that it answered with never arrived."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerCredentials:
    """One version of the secret.

    `inbound_token` is what the partner calls us with, `outbound_token` what we call the partner with: its
    CREDENTIALS_TOKEN_A until `registered`. `versions_url` is the partner's, `token_encoding` (base64, raw) is how it
    reads the Authorization header.
    """

    partner_id: str
    inbound_token: str | None = field(default=None, repr=False)
    outbound_token: str | None = field(default=None, repr=False)
    versions_url: str | None = None
    registered: bool = False
    token_encoding: str = "base64"

    @classmethod
    def parse(cls, text: str) -> PartnerCredentials:
        """From the secret's text. Raises RotationError; unknown members are dropped."""
        try:
            document = json.loads(text)
            known = {key: document[key] for key in cls.__slots__ if key in document}
            return cls(**known)
        except (TypeError, ValueError):
            raise RotationError("the secret is not an object with partner_id, tokens and versions_url") from None

    def text(self) -> str:
        """As it is kept in the secret."""
        return json.dumps({key: getattr(self, key) for key in self.__slots__}, sort_keys=True)

    def with_new_inbound_token(self) -> PartnerCredentials:
        """A copy with 256 new random bits; printable and below the 64 characters of OCPI."""
        return replace(self, inbound_token=secrets.token_urlsafe(_RANDOM_BYTES))

    @property
    def reachable(self) -> bool:
        """True when we know how to call the partner, so that a new token can be handed over."""
        return self.outbound_token is not None and self.versions_url is not None


def digest(token: str) -> str:
    """SHA-256 in hexadecimal: all that the access table knows of a token."""
    return hashlib.sha256(token.encode("ascii")).hexdigest()


def credentials_object(token: str, versions_url: str, roles: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """OCPI 2.2.1, credentials: what we send. `roles` are {country_code, party_id, role, name}."""
    return {
        "token": token,
        "url": versions_url,
        "roles": [
            {
                "role": role["role"],
                "business_details": {"name": role["name"]},
                "party_id": role["party_id"],
                "country_code": role["country_code"],
            }
            for role in roles
        ],
    }
