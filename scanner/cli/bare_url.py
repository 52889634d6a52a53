"""The configuration of a scan without a file: one endpoint, at most one identity, reads only."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from pydantic import ValidationError

from scanner.config.configuration import ENDPOINT, Configuration, sha256_of
from scanner.config.environment_config import EndpointConfig
from scanner.config.files import ca_problem
from scanner.config.identity_config import IdentityConfig
from scanner.config.secret_reference import NotAReference, SecretReference
from scanner.config.targets import endpoint, party
from scanner.errors import UsageError
from scanner.model.effect import Mode
from scanner.model.facts.tls import DEFAULT_TLS_PROFILE
from scanner.model.json_value import JsonValue
from scanner.model.late_dataclass import dataclass
from scanner.model.party import Identity
from scanner.model.target import EnvironmentTarget

ENVIRONMENT: Final = "default"
_ENDPOINT: Final = "main"
_IDENTITY: Final = "scanner"


@dataclass(frozen=True, slots=True, kw_only=True)
class BareUrl:
    """What the command line said; `party` is `CC-PID`, `token` a reference."""

    versions_url: str
    token: str | None = None
    ca_file: Path | None = None
    party: str | None = None
    allow_internal: bool = False


def bare_configuration(said: BareUrl) -> Configuration:
    """Mode observe, environment `default`, endpoint `main`; without a token there is no identity.

    Raises: UsageError for a URL, party, file or reference that cannot be used.
    """
    if said.ca_file and (problem := ca_problem(said.ca_file)):
        raise UsageError(f"--ca-file: {problem}.")
    reference = _reference(said.token) if said.token is not None else None
    target = EnvironmentTarget(
        name=ENVIRONMENT,
        endpoints=(endpoint(_ENDPOINT, _endpoint_config(said), Path.cwd()),),
        identities=(_identity(said),) if reference else (),
        mode=Mode.OBSERVE,
    )
    return Configuration(
        file=None,
        sha256=sha256_of(json.dumps(_shown(said), sort_keys=True)),
        shown=_shown(said),
        targets=(target,),
        tokens={(ENVIRONMENT, _IDENTITY): reference} if reference else {},
        sinks={},
        profile=ENDPOINT,
        tls_profile=DEFAULT_TLS_PROFILE,
        seed=0,
    )


def _shown(said: BareUrl) -> Mapping[str, JsonValue]:
    return {
        "versions_url": said.versions_url,
        "token": said.token,
        "ca_file": str(said.ca_file) if said.ca_file else None,
        "party": said.party,
        "allow_internal": said.allow_internal,
    }


def _reference(text: str) -> SecretReference:
    try:
        return SecretReference.parse(text)
    except NotAReference as error:
        raise UsageError(
            f"--token: {error}.", "A token on the command line would stand in every process list."
        ) from None


def _endpoint_config(said: BareUrl) -> EndpointConfig:
    try:
        return EndpointConfig(
            versions_url=said.versions_url,
            ca_file=str(said.ca_file) if said.ca_file else None,
            allow_internal=said.allow_internal,
        )
    except ValidationError as error:
        raise UsageError(f"VERSIONS_URL: {_why(error)}.") from None


def _identity(said: BareUrl) -> Identity:
    try:
        checked = IdentityConfig(token=said.token or "", party=said.party)
    except ValidationError as error:
        raise UsageError(f"--party: {_why(error)}.") from None
    return Identity(name=_IDENTITY, party=party(checked.party) if checked.party else None)


def _why(error: ValidationError) -> str:
    first = error.errors(include_url=False, include_input=False)[0]
    return str(first.get("ctx", {}).get("error", first["msg"]))
