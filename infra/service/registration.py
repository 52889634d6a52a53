"""What the credentials handshake left behind for one partner (OCPI 2.2.1, credentials)."""

from __future__ import annotations

from dataclasses import dataclass, field

from infra.service.partner import InterfaceRole, Partner


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerEndpoint:
    """One entry of the partner's version details."""

    identifier: str
    role: InterfaceRole
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """State of one partner's credentials.

    `token_hash` is None after an unregistration. `bootstrap` is true while the hash is that of CREDENTIALS_TOKEN_A.
    `revision` grows with each save: two handshakes at the same time cannot both win.
    """

    partner_id: str
    token_hash: str | None = field(repr=False)
    bootstrap: bool
    version: str | None = None
    versions_url: str | None = None
    endpoints: tuple[PartnerEndpoint, ...] = ()
    revision: int = 0


def agreed_registration(partner: Partner) -> Registration:
    """How a partner starts: with the token that was agreed outside OCPI, or with none."""
    return Registration(partner_id=partner.id, token_hash=partner.token_hash, bootstrap=partner.token_is_bootstrap)
