"""Read ocpi-posture.yaml."""

import hashlib
import json
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from checks.model.platform import Platform
from checks.model.waiver import Waiver
from scanner.config.alert_targets import alert_targets
from scanner.config.configuration import Configuration
from scanner.config.consistency import consistency_problems
from scanner.config.files import file_problems
from scanner.config.history_config import history_place
from scanner.config.schema import ConfigFile, PlatformConfig, WaiverConfig
from scanner.config.schema_problems import schema_problems
from scanner.config.secret_reference import SecretReference
from scanner.config.targets import environment_target
from scanner.config.yaml_document import YamlDocument, read_yaml
from scanner.errors import ConfigError, Problem
from scanner.model.json_value import JsonValue


def load_configuration(file: Path, *, with_files: bool = False) -> Configuration:
    """Read, validate and translate the file; `with_files`: those that it names, too. Resolves no secret.

    Raises: ConfigError with every problem found.
    """
    document = read_yaml(file)
    config = _validated(document)
    base = file.absolute().parent
    if with_files and (problems := file_problems(document, config, base)):
        raise ConfigError(problems)
    targets = tuple(environment_target(name, env, config, base) for name, env in config.environments.items())
    waivers, malformed = read_waivers(document, config)
    return Configuration(
        file=file,
        sha256=hashlib.sha256(document.text.encode()).hexdigest(),
        shown=_shown(config),
        targets=targets,
        tokens={
            (environment, name): SecretReference.parse(identity.token)
            for environment, env in config.environments.items()
            for name, identity in env.identities.items()
        },
        sinks={
            (environment, name): SecretReference.parse_sink(identity.sink)
            for environment, env in config.environments.items()
            for name, identity in env.identities.items()
            if identity.sink
        },
        agreed={
            (environment, name): SecretReference.parse(identity.invited.token)
            for environment, env in config.environments.items()
            for name, identity in env.identities.items()
            if identity.invited
        },
        profile=config.profile,
        tls_profile=config.tls_profile,
        seed=config.seed,
        waivers=waivers,
        malformed_waivers=malformed,
        history=history_place(config.history, base),
        alerts=alert_targets(config.alerts),
        platform=_platform(config.platform),
        catalogue_url=config.catalogue_url or "",
    )


def _platform(config: PlatformConfig) -> Platform:
    return Platform(
        roles=frozenset(config.roles),
        versions=frozenset(config.versions),
        hosting=frozenset({config.hosting} if config.hosting else ()),
        size=frozenset({config.size} if config.size else ()),
    )


def _shown(config: ConfigFile) -> JsonValue:
    """What was configured, defaults included; of what programs and templates are given, the keys: it may be secret."""
    document: dict[str, Any] = config.model_dump(mode="json")
    for environment in document["environments"].values():
        for program in environment["cloud"]["programs"].values():
            program["config"] = dict.fromkeys(program["config"], "[not shown]")
        for template in environment["cloud"]["templates"].values():
            template["parameters"] = dict.fromkeys(template["parameters"], "[not shown]")
    return document


def _validated(document: YamlDocument) -> ConfigFile:
    try:
        config = ConfigFile.model_validate_json(json.dumps(document.data))
    except ValidationError as error:
        raise ConfigError(schema_problems(document, ConfigFile, error)) from None
    if problems := consistency_problems(document, config):
        raise ConfigError(problems)
    return config


def read_waivers(document: YamlDocument, config: ConfigFile) -> tuple[tuple[Waiver, ...], tuple[Problem, ...]]:
    """The waivers that are whole, and what is wrong with the others; a fingerprint waived twice is a problem, too."""
    waivers: dict[str, Waiver] = {}
    problems: list[Problem] = []
    for index, raw in enumerate(config.waivers):
        try:
            place = document.problem(("waivers", index), "")
            written = dict(WaiverConfig.model_validate_json(json.dumps(raw)))
            waiver = Waiver(**written, place=f"{place.file.name}:{place.line}")
        except ValidationError as error:
            problems += schema_problems(document, WaiverConfig, error, ("waivers", index))
            continue
        if waiver.fingerprint in waivers:
            problems.append(
                document.problem(("waivers", index, "fingerprint"), "is waived twice; the first one stands")
            )
        waivers.setdefault(waiver.fingerprint, waiver)
    return tuple(waivers.values()), tuple(problems)
