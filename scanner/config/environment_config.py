"""`environments`: one named deployment each, and how far a scan may go in it."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from scanner.config.cloud_config import CloudConfig
from scanner.config.identity_config import IdentityConfig
from scanner.config.stress import StressConfig
from scanner.config.strict import Strict, Text
from scanner.config.written import HostText, Name, OriginText, PartyText, Port, UrlText
from scanner.model.effect import Mode


class EndpointConfig(Strict):
    """One OCPI platform; `ca_file` None: the system's certificate store. The two `client_..` files go together."""

    versions_url: UrlText
    ca_file: Text | None = None
    client_certificate_file: Text | None = None
    client_key_file: Text | None = None
    plaintext_ports: tuple[Port, ...] = (80,)
    allow_hosts: tuple[OriginText, ...] = ()
    allow_internal: bool = False


class AuthorisationConfig(Strict):
    """Who agreed to a stress test of which host, from when to when (with time zone)."""

    host: Text
    who: Text
    starts: AwareDatetime
    ends: AwareDatetime


class LimitsConfig(Strict):
    """Budgets of each host and of each request; what is left out keeps its default."""

    requests_per_second: Annotated[float, Field(gt=0, le=10_000)] = 10.0
    burst: Annotated[int, Field(ge=1, le=10_000)] = 10
    max_requests: Annotated[int, Field(ge=1)] = 2000
    max_seconds: Annotated[float, Field(gt=0)] = 900.0
    max_bytes: Annotated[int, Field(ge=1)] = 200 * 2**20
    max_connections: Annotated[int, Field(ge=1, le=1000)] = 10
    max_refusals: Annotated[int, Field(ge=0)] = 60
    max_guesses: Annotated[int, Field(ge=0, le=1000)] = 10
    timeout_s: Annotated[float, Field(gt=0, le=600)] = 15.0
    max_body_bytes: Annotated[int, Field(ge=1024)] = 16 * 2**20
    max_header_bytes: Annotated[int, Field(ge=1024)] = 65_536


class PartnerServerConfig(Strict):
    """A platform of ours that is called back in a registration: where it listens, and its origin from outside.

    `hostile` lets it misbehave as well; `second_port`, `issuer_*` and `inward` are for that alone.
    """

    certificate_file: Text
    key_file: Text
    listen: Text = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 0
    url: OriginText | None = None
    hostile: bool = False
    second_port: Annotated[int, Field(ge=0, le=65535)] = 0
    issuer_certificate_file: Text | None = None
    issuer_key_file: Text | None = None
    inward: tuple[HostText, ...] = ()


class TokenPolicyConfig(Strict):
    """How long a credentials token may live on: after the one that replaces it, and after it was revoked."""

    overlap_s: Annotated[float, Field(ge=0, le=900)] = 5.0
    revoked_within_s: Annotated[float, Field(ge=0, le=900)] = 5.0


class CadenceConfig(Strict):
    """How often the environment is scanned as a whole, and how soon after each change; `live_since` has a time zone."""

    every_days: Annotated[float, Field(gt=0, le=366)] | None = None
    after_change_hours: Annotated[float, Field(gt=0, le=744)] = 24.0
    live_since: AwareDatetime | None = None


class EnvironmentConfig(Strict):
    """One named deployment, and how far a scan may go in it.

    `partners`: the names of those that it serves; left out: all of the only environment there is, else not known.
    """

    endpoints: Mapping[Name, EndpointConfig] = Field(default_factory=dict)
    identities: Mapping[Name, IdentityConfig] = Field(default_factory=dict)
    partners: tuple[Name, ...] | None = None
    cloud: CloudConfig = Field(default_factory=CloudConfig)
    mode: Mode = Mode.OBSERVE
    allow: tuple[Literal["lasting", "registration", "actuate"], ...] = ()
    evses: tuple[Text, ...] = ()
    absent_parties: tuple[PartyText, ...] = ()
    listen_hosts: tuple[Text, ...] = ()
    partner_server: PartnerServerConfig | None = None
    token_policy: TokenPolicyConfig = Field(default_factory=TokenPolicyConfig)
    troubled_backends: Mapping[Text, Literal["hangs", "fails", "lies", "floods"]] = Field(default_factory=dict)
    authorisation: tuple[AuthorisationConfig, ...] = ()
    limits: LimitsConfig = Field(default_factory=LimitsConfig)
    stress: StressConfig = Field(default_factory=StressConfig)
    cadence: CadenceConfig = Field(default_factory=CadenceConfig)
