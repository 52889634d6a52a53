"""The configuration as the scanner uses it: plain records, references to secrets, no secret."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import field, replace
from pathlib import Path
from typing import Final, Self

from checks.model.platform import Platform
from checks.model.waiver import Waiver
from scanner.config.alert_targets import AlertTarget
from scanner.config.history_place import HistoryPlace
from scanner.config.nearest import suggestion
from scanner.config.secret_reference import SecretReference
from scanner.errors import Problem, UsageError
from scanner.model.effect import Mode
from scanner.model.json_value import JsonValue
from scanner.model.late_dataclass import dataclass
from scanner.model.target import EnvironmentTarget

ENDPOINT: Final = "endpoint"
DEPLOYMENT: Final = "deployment"

_ANY: Final = Platform()

IdentityKey = tuple[str, str]
"""Environment and identity, by name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    """Everything a run is told.

    `file` is None for a scan of a bare URL. `sha256` (hex) is of the file's bytes. `shown` is what was configured, fit
    to be stored. `tokens`, `sinks` and `agreed` (the CREDENTIALS_TOKEN_A of invitations) hold references only.
    `malformed_waivers` waive nothing, and stand in the report. `profile` None: see `profile_name`.
    `left_out` names the environments of the file that this run leaves out. `history` None: runs are not recorded.
    `platform`: what kind of platform it is, as far as it is said. `catalogue_url` empty: reports link to none.
    """

    file: Path | None
    sha256: str
    shown: JsonValue
    targets: tuple[EnvironmentTarget, ...]
    tokens: Mapping[IdentityKey, SecretReference]
    sinks: Mapping[IdentityKey, SecretReference]
    profile: str | None
    tls_profile: str
    seed: int
    agreed: Mapping[IdentityKey, SecretReference] = field(default_factory=dict)
    waivers: tuple[Waiver, ...] = ()
    malformed_waivers: tuple[Problem, ...] = ()
    left_out: frozenset[str] = frozenset()
    history: HistoryPlace | None = None
    alerts: tuple[AlertTarget, ...] = ()
    platform: Platform = _ANY
    catalogue_url: str = ""

    @property
    def profile_name(self) -> str:
        """The chosen profile; `deployment` where a cloud input is given, else `endpoint`.

        Where the scan may write, it is the one of that name that also asks for what only writing can show; where
        attestations are given, it also asks for those.
        """
        base = DEPLOYMENT if any(target.inputs for target in self.targets) else ENDPOINT
        may_write = any(target.mode.includes(Mode.EXERCISE) for target in self.targets)
        attested = any(target.attestations for target in self.targets)
        return self.profile or "-".join((base, *["exercised"] * may_write, *["attested"] * attested))

    def only(self, environments: Iterable[str]) -> Self:
        """The same with the named environments only; with all of them if none is named.

        Raises: UsageError for a name that the configuration does not have.
        """
        wanted, known = set(environments), {target.name for target in self.targets}
        for name in sorted(wanted - known):
            near = suggestion(name, known)
            raise UsageError(f"No environment is called {name!r}{near}.", f"There are: {', '.join(sorted(known))}.")
        if not wanted:
            return self
        return replace(
            self,
            targets=tuple(target for target in self.targets if target.name in wanted),
            left_out=frozenset(known - wanted),
            tokens={key: reference for key, reference in self.tokens.items() if key[0] in wanted},
            sinks={key: reference for key, reference in self.sinks.items() if key[0] in wanted},
            agreed={key: reference for key, reference in self.agreed.items() if key[0] in wanted},
        )

    def in_mode(self, mode: Mode | None) -> Self:
        """The same with every environment in that mode; unchanged for None."""
        if mode is None:
            return self
        return replace(self, targets=tuple(replace(target, mode=mode) for target in self.targets))

    def with_budgets(self, *, requests: int | None = None, refusals: int | None = None) -> Self:
        """The same with at most so many requests to each host, and of those without a valid token; None: as it is."""
        said = {"max_requests": requests, "max_refusals": refusals}
        limits = {name: most for name, most in said.items() if most is not None}
        if not limits:
            return self
        return replace(self, targets=tuple(replace(t, limits=replace(t.limits, **limits)) for t in self.targets))


def sha256_of(text: str) -> str:
    """Hexadecimal SHA-256 of the text in UTF-8."""
    return hashlib.sha256(text.encode()).hexdigest()
