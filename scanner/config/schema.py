"""What ocpi-posture.yaml may say: the whole file as strict, frozen types.

Units stand in the names. A party is written `CC-PID`. Secrets are references (`env:NAME`, `file:PATH`,
`aws-secretsmanager:ARN[#key]`), never values. Relative paths are relative to the file.
"""

import re
from collections.abc import Mapping
from datetime import date
from ipaddress import IPv4Network
from typing import Annotated, Final, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, AwareDatetime, Field
from pydantic import JsonValue as PydanticJson

from checks.model.platform import Hosting, Size
from checks.model.waiver import WaiverKind
from scanner.config.alert_targets import AlertsConfig
from scanner.config.history_config import HistoryConfig
from scanner.config.nearest import suggestion
from scanner.config.secret_reference import SecretReference
from scanner.config.stress import StressConfig
from scanner.config.strict import Reference, Strict, Text
from scanner.model.effect import Mode
from scanner.model.facts.tls import DEFAULT_TLS_PROFILE
from scanner.model.party import Right, Role
from scanner.model.subject import Side

MODULES: Final = (
    "cdrs", "chargingprofiles", "commands", "credentials", "hubclientinfo", "locations", "sessions", "tariffs", "tokens"
)  # fmt: skip
_CUSTOM_MODULE: Final = re.compile(r"^[a-z0-9]+-[a-z0-9_-]+$")  # OCPI 2.2.1 "Custom Modules": a prefix is advised
_PARTY: Final = re.compile(r"^[A-Za-z]{2}-[A-Za-z0-9]{3}$")
_NAME: Final = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$"


def _party(text: str) -> str:
    if not _PARTY.match(text):
        raise ValueError("write a party as country code and party id, such as NL-ABC")
    return text.upper()


def _module(text: str) -> str:
    if text in MODULES or _CUSTOM_MODULE.match(text):
        return text
    near = suggestion(text, MODULES)
    raise ValueError(f"no OCPI module is called {text!r}{near}; a custom one has a prefix, such as nlabc-tokens")


def _http_url(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("write a whole URL, such as https://ocpi.example.com/ocpi/versions")
    if parts.username or parts.password or parts.fragment:
        raise ValueError("leave user, password and fragment out of the URL; a token belongs into an identity")
    _ = parts.port  # raises ValueError itself if the port is not a number below 65536
    return text


def _origin_url(text: str) -> str:
    if urlsplit(_http_url(text)).path not in {"", "/"}:
        raise ValueError("write scheme, host and port only, such as https://files.example.com:8443")
    return text


def _page(text: str) -> str:
    if re.search(r"[\s\"'<>]", _http_url(text)):
        raise ValueError("write white space, quotes and angle brackets of a URL as %XX")
    return text


def _network(text: str) -> str:
    try:
        return str(IPv4Network(text))
    except ValueError:
        raise ValueError("write an IPv4 network, such as 192.0.2.0/28") from None


NetworkText = Annotated[str, AfterValidator(_network)]
PartyText = Annotated[str, AfterValidator(_party)]
ModuleText = Annotated[str, AfterValidator(_module)]
UrlText = Annotated[str, AfterValidator(_http_url)]
OriginText = Annotated[str, AfterValidator(_origin_url)]
Name = Annotated[str, Field(pattern=_NAME)]
Port = Annotated[int, Field(ge=1, le=65535)]
Days = Annotated[int, Field(ge=1, le=36_500)]
Sink = Annotated[str, AfterValidator(lambda text: str(SecretReference.parse_sink(text)))]


class EndpointConfig(Strict):
    """One OCPI platform; `ca_file` None: the system's certificate store. The two `client_..` files go together."""

    versions_url: UrlText
    ca_file: Text | None = None
    client_certificate_file: Text | None = None
    client_key_file: Text | None = None
    plaintext_ports: tuple[Port, ...] = (80,)
    allow_hosts: tuple[OriginText, ...] = ()
    allow_internal: bool = False


class InvitationConfig(Strict):
    """The platform's operator is given `token`, a CREDENTIALS_TOKEN_A, and URL_OF_THE_PARTNER_SERVER/`path`/versions.

    From `at` on he starts a registration, `starts` times: all but the last one fail on our side.
    """

    token: Reference
    path: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{20,64}$")]
    at: AwareDatetime
    starts: Annotated[int, Field(ge=1, le=8)] = 1


class CommandedConfig(Strict):
    """From `at` on the platform's operator sends `count` commands to the `partner_server`; none can move anything."""

    at: AwareDatetime
    count: Annotated[int, Field(ge=1, le=8)] = 3


class IdentityConfig(Strict):
    """Who the scanner speaks as. Without `token` it cannot speak; `sink` takes the token that a registration brings.

    `endpoints`: the platforms that issued the token, and that alone may see it; needed where there are several.
    `kind` bootstrap: the token is a CREDENTIALS_TOKEN_A. `unregister`: a scan may end the registration.
    `revoked_at`: when the platform's operator revokes the token, while a scan watches it. `shown_to`: other
    environments that may see the token, and have to refuse it. `invited`: the platform registers with us;
    `commanded`: it sends us commands.
    """

    token: Reference
    endpoints: tuple[Text, ...] = ()
    party: PartyText | None = None
    role: Role | None = None
    partner: Text | None = None
    disposable: bool = False
    kind: Literal["credentials", "bootstrap"] = "credentials"
    sink: Sink | None = None
    unregister: bool = False
    revoked_at: AwareDatetime | None = None
    invited: InvitationConfig | None = None
    commanded: CommandedConfig | None = None
    shown_to: tuple[Text, ...] = ()


class ProgramConfig(Strict):
    """A Pulumi program, run under mocks; `python` None: the virtual environment that its Pulumi.yaml names.

    `config` is what `pulumi config` would hold: text, numbers and booleans, or lists and mappings of them.
    `preview` engine: the `pulumi` on PATH previews it instead, with the environment variables named in `variables`.
    """

    directory: Text
    stack: Text
    config: Mapping[str, PydanticJson] = Field(default_factory=dict)
    python: Text | None = None
    preview: Literal["mocks", "engine"] = "mocks"
    variables: tuple[Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,127}$")], ...] = ()
    timeout_s: Annotated[float, Field(gt=0, le=3600)] = 120.0


class PreviewConfig(Strict):
    """What `pulumi preview --json` wrote; `state`: what `pulumi stack export` wrote of the same stack.

    `directory`: the folder with Pulumi.yaml, where the source files lie.
    """

    file: Text
    state: Text | None = None
    directory: Text | None = None


class StateConfig(Strict):
    """What `pulumi stack export` wrote; `directory`: the folder with Pulumi.yaml, where the source files lie."""

    file: Text
    directory: Text | None = None


class TerraformPlanConfig(Strict):
    """What `terraform show -json` wrote of a plan."""

    file: Text


class TemplateConfig(Strict):
    """A CloudFormation or SAM template; `parameters` that a deployment gives it, `region` and `account` it goes to."""

    file: Text
    parameters: Mapping[str, str] = Field(default_factory=dict)
    region: Text | None = None
    account: Annotated[str, Field(pattern=r"^\d{12}$")] | None = None


class CloudConfig(Strict):
    """Where the cloud is declared; a name stands in one of the sections only."""

    programs: Mapping[Name, ProgramConfig] = Field(default_factory=dict)
    previews: Mapping[Name, PreviewConfig] = Field(default_factory=dict)
    states: Mapping[Name, StateConfig] = Field(default_factory=dict)
    terraform_plans: Mapping[Name, TerraformPlanConfig] = Field(default_factory=dict)
    templates: Mapping[Name, TemplateConfig] = Field(default_factory=dict)

    def names(self) -> tuple[tuple[str, str], ...]:
        """(section, name) of everything that is declared, in the order of the sections."""
        sections: Mapping[str, Mapping[str, object]] = {
            "programs": self.programs,
            "previews": self.previews,
            "states": self.states,
            "terraform_plans": self.terraform_plans,
            "templates": self.templates,
        }
        return tuple((section, name) for section, inputs in sections.items() for name in inputs)


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


HostText = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9.:-]{0,252}$")]  # an address or a name, without port


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


class ModuleConfig(Strict):
    """What a partner may do on which side (the platform's interface) of one module.

    First and last day of the clause, both included; left out: those of the contract.
    """

    sides: Annotated[tuple[Side, ...], Field(min_length=1)]
    rights: Annotated[tuple[Right, ...], Field(min_length=1)]
    starts: date | None = None
    ends: date | None = None


class ContractConfig(Strict):
    """First and last day of the contract, both included; left out: open.

    `kept_at_least_days`, `kept_at_most_days`: how long logs and data of the partner stay; left out: not agreed.
    """

    starts: date | None = None
    ends: date | None = None
    kept_at_least_days: Days | None = None
    kept_at_most_days: Days | None = None


class ClientNamesConfig(Strict):
    """Whose client certificates are a partner's, as API Gateway writes the names."""

    subject: Text
    issuer: Text


class PartnerConfig(Strict):
    """One roaming partner: who it is, and exactly what it needs.

    The reference stack takes the same block. It enforces what a scan does not look at: the IPv4 networks that the
    partner calls from, its rate, how it writes its Authorization header, its client certificates, how its credentials
    are renewed; `contact` is who gets a call.
    """

    party: PartyText
    roles: Annotated[tuple[Role, ...], Field(min_length=1)]
    modules: Mapping[ModuleText, ModuleConfig] = Field(default_factory=dict)
    contract: ContractConfig = Field(default_factory=ContractConfig)
    name: Text | None = None
    addresses: tuple[NetworkText, ...] = ()
    requests_per_second: Annotated[int, Field(ge=1, le=10_000)] | None = None
    token_encoding: Literal["base64", "raw"] | None = None
    contact: Text | None = None
    certificate: ClientNamesConfig | None = None
    versions_url: UrlText | None = None
    rotation: Literal["by-hand", "handshake"] | None = None


class WaiverConfig(Strict):
    """An accepted fail; all fields are required, `until` is the last day on which it holds."""

    fingerprint: Annotated[str, Field(pattern=r"^[0-9a-f]{16}$")]
    owner: Text
    reason: Text
    until: date
    kind: WaiverKind


class PlatformConfig(Strict):
    """What kind of platform it is: rows about other kinds are left out. What is not said leaves nothing out."""

    roles: tuple[Role, ...] = ()
    versions: tuple[Literal["2.1.1", "2.2.1", "2.3.0"], ...] = ()
    hosting: Hosting | None = None
    size: Size | None = None


class ConfigFile(Strict):
    """The whole file.

    `profile` None: see `Configuration.profile_name`. Waivers stay raw here: a malformed one
    is reported by the scan, and ends nothing. `attestations` are folders. `history` None: runs are not recorded.
    `catalogue_url`: where docs/catalogue.md is published, for links of the reports.
    """

    environments: Annotated[Mapping[Name, EnvironmentConfig], Field(min_length=1)]
    partners: Mapping[Name, PartnerConfig] = Field(default_factory=dict)
    profile: Text | None = None
    platform: PlatformConfig = Field(default_factory=PlatformConfig)
    tls_profile: Text = DEFAULT_TLS_PROFILE
    waivers: tuple[object, ...] = ()
    attestations: tuple[Text, ...] = ()
    history: HistoryConfig | None = None
    alerts: AlertsConfig | None = None
    catalogue_url: Annotated[str, AfterValidator(_page)] | None = None
    seed: int = 0
