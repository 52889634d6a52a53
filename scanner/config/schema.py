"""What ocpi-posture.yaml may say: the whole file as strict, frozen types.

Units stand in the names. A party is written `CC-PID`. Secrets are references (`env:NAME`, `file:PATH`,
`aws-secretsmanager:ARN[#key]`), never values. Relative paths are relative to the file.
"""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from checks.model.platform import Hosting, Size
from checks.model.waiver import WaiverKind
from scanner.config.alert_targets import AlertsConfig
from scanner.config.environment_config import EnvironmentConfig
from scanner.config.history_config import HistoryConfig
from scanner.config.partner_config import PartnerConfig
from scanner.config.strict import Strict, Text
from scanner.config.written import Name, PageText
from scanner.model.facts.tls import DEFAULT_TLS_PROFILE
from scanner.model.party import Role


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
    catalogue_url: PageText | None = None
    seed: int = 0
