"""From the `cloud` section of an environment to what the loaders of declared clouds are given."""

import json
from pathlib import Path

from scanner.config.cloud_config import CloudConfig, PreviewConfig, ProgramConfig, StateConfig, TemplateConfig
from scanner.model.cloud_input import (
    CloudInput,
    EngineInput,
    PreviewInput,
    ProgramInput,
    StateInput,
    TemplateInput,
    TerraformPlanInput,
)
from scanner.model.json_value import JsonValue


def cloud_inputs(cloud: CloudConfig, base: Path) -> tuple[CloudInput, ...]:
    """Every input, section by section; relative paths are taken from `base`."""
    return (
        *(_program(name, config, base) for name, config in cloud.programs.items()),
        *(_preview(name, config, base) for name, config in cloud.previews.items()),
        *(_state(name, config, base) for name, config in cloud.states.items()),
        *(TerraformPlanInput(name=name, file=base / one.file) for name, one in cloud.terraform_plans.items()),
        *(_template(name, config, base) for name, config in cloud.templates.items()),
    )


def _program(name: str, config: ProgramConfig, base: Path) -> ProgramInput | EngineInput:
    if config.preview == "engine":
        return EngineInput(
            name=name,
            directory=base / config.directory,
            stack=config.stack,
            variables=config.variables,
            timeout_s=config.timeout_s,
        )
    return ProgramInput(
        name=name,
        directory=base / config.directory,
        stack=config.stack,
        config={key: _as_pulumi_writes_it(value) for key, value in config.config.items()},
        python=base / config.python if config.python else None,
        timeout_s=config.timeout_s,
    )


def _preview(name: str, config: PreviewConfig, base: Path) -> PreviewInput:
    return PreviewInput(
        name=name,
        file=base / config.file,
        state=base / config.state if config.state else None,
        directory=base / config.directory if config.directory else None,
    )


def _state(name: str, config: StateConfig, base: Path) -> StateInput:
    return StateInput(
        name=name, file=base / config.file, directory=base / config.directory if config.directory else None
    )


def _template(name: str, config: TemplateConfig, base: Path) -> TemplateInput:
    return TemplateInput(
        name=name,
        file=base / config.file,
        parameters=config.parameters,
        region=config.region,
        account=config.account,
    )


def _as_pulumi_writes_it(value: JsonValue) -> str:
    """Text as it is, everything else as JSON."""
    return value if isinstance(value, str) else json.dumps(value)
