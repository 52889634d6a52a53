"""Settings of one deployment of the service, as immutable records."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from infra.service.partner import Partner, Party, PartyRole, Role, parties_of
from infra.service.pulling.settings import PullSettings
from infra.service.rate_limits import RateSettings
from infra.service.store.guarded import GuardSettings

DEFAULT_PAGE_SIZE: Final = 20  # objects, when a request names no limit
DEFAULT_PAGE_LIMIT: Final = 20  # objects, whatever a request names
DEFAULT_MAX_BODY: Final = 1024 * 1024  # bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboundSettings:
    """Whom the handshake may call back. `private_hosts` may resolve to private addresses; all others may not."""

    private_hosts: frozenset[str] = frozenset()
    ca_path: str | None = None  # PEM file; None: the system's trust store
    timeout_s: float = 10.0
    max_answer_bytes: int = DEFAULT_MAX_BODY


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything that differs between two deployments.

    `public_origin` has no trailing slash. `pulling` None: partners push, and nothing is pulled.
    """

    public_origin: str
    roles: tuple[PartyRole, ...]
    partners: tuple[Partner, ...]
    log_key: bytes = field(repr=False)
    page_size: int = DEFAULT_PAGE_SIZE
    page_limit: int = DEFAULT_PAGE_LIMIT
    max_body_bytes: int = DEFAULT_MAX_BODY
    body_timeout_s: float = 20.0
    clock_skew_s: float = 300.0
    rates: RateSettings = field(default_factory=RateSettings)
    outbound: OutboundSettings = field(default_factory=OutboundSettings)
    pulling: PullSettings | None = None
    backends: GuardSettings = field(default_factory=GuardSettings)

    def own_parties(self, *roles: Role) -> frozenset[Party]:
        """The parties of this platform that have one of `roles`; all of them when none is named."""
        return parties_of(self.roles, *roles)

    def partner(self, partner_id: str) -> Partner | None:
        """The contract with that id."""
        return next((p for p in self.partners if p.id == partner_id), None)
