"""What a scan is pointed at, after the configuration was read: plain records, no secrets."""

from dataclasses import field, replace
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Self

from scanner.model.burst import StressLimits
from scanner.model.cloud_input import CloudInput
from scanner.model.effect import Effect, Mode
from scanner.model.late_dataclass import dataclass
from scanner.model.party import Contract, Identity, Party


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Scheme, host (lower case) and port, as in RFC 6454."""

    scheme: str
    host: str
    port: int

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}:{self.port}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientCertificate:
    """What the scanner shows a platform that asks for it in the handshake: PEM files of a chain and of its key."""

    certificate_file: Path
    key_file: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """One OCPI platform. `ca_file`: PEM of the only CA to trust (None: the system store).

    `plaintext_ports`: ports on which the same host must not answer in plaintext, beside the port of the URL itself.
    `allow_hosts`: further origins that its version details may point at. `allow_internal`: loopback, private and
    link-local addresses are in scope. `client`: for mutual TLS; None: nothing is shown.
    """

    name: str
    versions_url: str
    origin: Origin
    ca_file: Path | None = None
    client: ClientCertificate | None = None
    plaintext_ports: tuple[int, ...] = (80,)
    allow_hosts: tuple[Origin, ...] = ()
    allow_internal: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Authorisation:
    """Who agreed to a stress test of which host, from when to when (aware datetimes)."""

    host: str
    who: str
    starts: datetime
    ends: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Budgets of each host, shared by all probes, and of each request."""

    requests_per_second: float = 10.0
    burst: int = 10
    max_requests: int = 2000
    max_seconds: float = 900.0
    max_bytes: int = 200 * 2**20
    max_connections: int = 10
    max_refusals: int = 60  # requests without or with a wrong token: bans hit everyone behind our address
    max_guesses: int = 10  # of those, tokens of a small dictionary
    timeout_s: float = 15.0
    max_body_bytes: int = 4 * 2**20
    max_header_bytes: int = 65_536


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerServer:
    """Where a platform of ours waits for the target to call it back, as partners do in a registration.

    `url` is the origin as the target reaches it (None: https://localhost and the port that was taken; port 0: any).
    The target has to trust the certificate. `hostile` lets it misbehave, which takes more: `second_port` for what is
    beside the partner's own origin, a test CA that the target trusts (`issuer_*`) for certificates that are wrong in
    one way only, and `inward`, addresses and names that lead the target to this machine and that no partner may send
    it to.
    """

    certificate_file: Path
    key_file: Path
    host: str = "127.0.0.1"
    port: int = 0
    url: str | None = None
    hostile: bool = False
    second_port: int = 0
    issuer_certificate_file: Path | None = None
    issuer_key_file: Path | None = None
    inward: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenPolicy:
    """How long a credentials token may live on, in seconds: after one that replaces it, and after it was revoked."""

    overlap_s: float = 5.0
    revoked_within_s: float = 5.0


class BackendTrouble(StrEnum):
    """What the operator has arranged with a backend for the time of a scan."""

    HANGS = "hangs"
    FAILS = "fails"
    LIES = "lies"
    FLOODS = "floods"


@dataclass(frozen=True, slots=True, kw_only=True)
class TroubledBackend:
    """The module that a backend stands behind, and what is wrong with it."""

    module: str
    trouble: BackendTrouble


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanCadence:
    """How often an environment is to be scanned as a whole. `every_days` None: not agreed.

    A change is to be followed by a scan within `after_change_hours`. `live_since`: when partners came (None: not said).
    """

    every_days: float | None = None
    after_change_hours: float = 24.0
    live_since: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvironmentTarget:
    """Everything of one environment that probes look at, and how far they may go.

    `inputs`: where its cloud is declared. `evses` may be moved by commands. `absent_parties` exist nowhere, so their
    objects may be written.
    `listen_hosts` are the addresses of ours on which a listener may wait, beside loopback. `partner_server` None: no
    platform of ours can be called back, so nothing is registered. `attestations`: folders of them.
    `troubled_backends`: what the operator has arranged for the time of the scan.
    `contracts`, `elsewhere`, `told`: as in the fact `ContractsAgreed`. `shown_here`: environment and name of identities
    of other environments whose tokens may be shown here, because nothing may come of it.
    """

    name: str
    endpoints: tuple[Endpoint, ...] = ()
    identities: tuple[Identity, ...] = ()
    contracts: tuple[Contract, ...] = ()
    elsewhere: tuple[Contract, ...] = ()
    told: bool = True
    shown_here: frozenset[tuple[str, str]] = frozenset()
    inputs: tuple[CloudInput, ...] = ()
    mode: Mode = Mode.OBSERVE
    allow: frozenset[Effect] = frozenset()
    evses: frozenset[str] = frozenset()
    absent_parties: frozenset[Party] = frozenset()
    listen_hosts: frozenset[str] = frozenset()
    partner_server: PartnerServer | None = None
    token_policy: TokenPolicy = field(default_factory=TokenPolicy)
    troubled_backends: tuple[TroubledBackend, ...] = ()
    authorisations: tuple[Authorisation, ...] = ()
    limits: Limits = field(default_factory=Limits)
    stress: StressLimits = field(default_factory=StressLimits)
    attestations: tuple[Path, ...] = ()
    cadence: ScanCadence = field(default_factory=ScanCadence)

    def identity(self, name: str) -> Identity:
        """The identity of that name.

        Raises: KeyError if there is none.
        """
        for identity in self.identities:
            if identity.name == name:
                return identity
        raise KeyError(name)

    def speakers(self, endpoint: Endpoint) -> tuple[Identity, ...]:
        """The identities whose token this endpoint may see."""
        return tuple(identity for identity in self.identities if self.may_see(endpoint, identity))

    def may_see(self, endpoint: Endpoint, identity: Identity) -> bool:
        """True where the identity names the endpoint, or names none and there is only this one."""
        return endpoint.name in identity.endpoints or (not identity.endpoints and len(self.endpoints) == 1)

    def on(self, day: date) -> Self:
        """The same with the clauses of its contracts that are in force on that day."""
        return replace(self, contracts=tuple(contract.on(day) for contract in self.contracts))

    def contract_of(self, identity: Identity) -> Contract | None:
        """The contract that an identity is judged against, if one is configured."""
        return next((c for c in self.contracts if c.partner == identity.partner), None)
