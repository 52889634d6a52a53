"""`service.json` and its way into `Settings`. Unknown keys are refused: it is our own file."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from infra.service.partner import InterfaceRole, Partner, Party, PartyRole, Right, Role, Scope, TokenEncoding
from infra.service.pulling.settings import PullSettings
from infra.service.rate_limits import RateSettings
from infra.service.settings import DEFAULT_MAX_BODY, DEFAULT_PAGE_LIMIT, DEFAULT_PAGE_SIZE, OutboundSettings, Settings
from infra.service.store.guarded import GuardSettings

_Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
_Id = Annotated[str, Field(pattern=r"^[a-z0-9-]{1,40}$")]


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class RoleDocument(_Strict):
    """One role of ours or of a partner."""

    country_code: Annotated[str, Field(min_length=2, max_length=2)]
    party_id: Annotated[str, Field(min_length=3, max_length=3)]
    role: Role
    name: str
    website: str | None = None

    def to_role(self) -> PartyRole:
        """The record."""
        party = Party(self.country_code, self.party_id)
        return PartyRole(party=party, role=self.role, name=self.name, website=self.website)


class ScopeDocument(_Strict):
    """One side of one module in a contract. `side` is the side that this platform implements."""

    module: str
    side: InterfaceRole
    rights: Annotated[frozenset[Right], Field(min_length=1)]


class PartnerDocument(_Strict):
    """One contract. The token is a SHA-256, or absent for a partner that has none."""

    id: _Id
    roles: Annotated[tuple[RoleDocument, ...], Field(min_length=1)]
    scopes: tuple[ScopeDocument, ...]
    token_encoding: TokenEncoding = TokenEncoding.BASE64
    contract_from: datetime
    contract_until: datetime
    token_sha256: _Sha256 | None = None
    token_kind: Literal["credentials", "bootstrap"] = "credentials"

    def to_partner(self) -> Partner:
        """The record; dates without a zone are UTC."""
        scopes = tuple(Scope(module=s.module, side=s.side, rights=s.rights) for s in self.scopes)
        return Partner(
            id=self.id,
            roles=tuple(r.to_role() for r in self.roles),
            scopes=scopes,
            token_encoding=self.token_encoding,
            contract_from=_aware(self.contract_from),
            contract_until=_aware(self.contract_until),
            token_hash=self.token_sha256,
            token_is_bootstrap=self.token_kind == "bootstrap",
        )


class OutboundDocument(_Strict):
    """Whom the credentials handshake may call back, and how long it waits; `ca` is a PEM file."""

    private_hosts: frozenset[str] = frozenset()
    ca: str | None = None
    timeout_s: Annotated[float, Field(gt=0, le=60)] = OutboundSettings().timeout_s


class RatesDocument(_Strict):
    """See `RateSettings`."""

    requests_per_second: Annotated[float, Field(gt=0)] = RateSettings().requests_per_second
    burst: Annotated[int, Field(ge=1)] = RateSettings().burst
    max_wrong_tokens: Annotated[int, Field(ge=1)] = RateSettings().max_wrong_tokens
    lock_out_s: Annotated[float, Field(gt=0)] = RateSettings().lock_out_s

    def to_settings(self) -> RateSettings:
        """The record."""
        return RateSettings(**self.model_dump())


class PullingDocument(_Strict):
    """See `PullSettings`."""

    first_after_s: Annotated[float, Field(ge=0)] = PullSettings().first_after_s
    interval_s: Annotated[float, Field(gt=0)] = PullSettings().interval_s
    overlap_s: Annotated[float, Field(ge=0)] = PullSettings().overlap_s
    page_size: Annotated[int, Field(ge=1)] = PullSettings().page_size
    most_pages: Annotated[int, Field(ge=1)] = PullSettings().most_pages
    pass_timeout_s: Annotated[float, Field(gt=0)] = PullSettings().pass_timeout_s
    tries: Annotated[int, Field(ge=1, le=10)] = PullSettings().tries
    first_pause_s: Annotated[float, Field(gt=0)] = PullSettings().first_pause_s
    longest_pause_s: Annotated[float, Field(gt=0)] = PullSettings().longest_pause_s
    longest_absence_s: Annotated[float, Field(gt=0)] = PullSettings().longest_absence_s

    def to_settings(self) -> PullSettings:
        """The record."""
        return PullSettings(**self.model_dump())


class BackendsDocument(_Strict):
    """See `GuardSettings`."""

    most_at_a_time: Annotated[int, Field(ge=1)] = GuardSettings().most_at_a_time
    timeout_s: Annotated[float, Field(gt=0, le=60)] = GuardSettings().timeout_s

    def to_settings(self) -> GuardSettings:
        """The record."""
        return GuardSettings(**self.model_dump())


class ServiceDocument(_Strict):
    """The whole file. `public_origin` null means https://host:port of the listener."""

    host: str
    public_origin: Annotated[str, Field(pattern=r"^https://[^/]+$")] | None = None
    roles: Annotated[tuple[RoleDocument, ...], Field(min_length=1)]
    partners: tuple[PartnerDocument, ...]
    log_key: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$", repr=False)]
    page_size: Annotated[int, Field(ge=1)] = DEFAULT_PAGE_SIZE
    page_limit: Annotated[int, Field(ge=1)] = DEFAULT_PAGE_LIMIT
    max_body_bytes: Annotated[int, Field(ge=1024)] = DEFAULT_MAX_BODY
    rates: RatesDocument = RatesDocument()
    outbound: OutboundDocument = OutboundDocument()
    pulling: PullingDocument | None = None
    backends: BackendsDocument = BackendsDocument()

    def to_settings(self, origin: str) -> Settings:
        """The record. `origin` is used unless `public_origin` is set. Raises ValueError for clashing partners."""
        partners = tuple(p.to_partner() for p in self.partners)
        _check_distinct(partners)
        return Settings(
            public_origin=self.public_origin or origin,
            roles=tuple(r.to_role() for r in self.roles),
            partners=partners,
            log_key=bytes.fromhex(self.log_key),
            page_size=self.page_size,
            page_limit=self.page_limit,
            max_body_bytes=self.max_body_bytes,
            rates=self.rates.to_settings(),
            outbound=OutboundSettings(
                private_hosts=self.outbound.private_hosts,
                ca_path=self.outbound.ca,
                timeout_s=self.outbound.timeout_s,
            ),
            pulling=self.pulling.to_settings() if self.pulling else None,
            backends=self.backends.to_settings(),
        )


def _check_distinct(partners: tuple[Partner, ...]) -> None:
    """Two partners with one party could write each other's objects."""
    parties = [party for partner in partners for party in partner.parties()]
    ids = [partner.id for partner in partners]
    if len(set(parties)) != len(parties) or len(set(ids)) != len(ids):
        raise ValueError("two partners have the same id or the same party")


def _aware(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
