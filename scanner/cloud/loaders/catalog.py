"""Which loader reads which kind of input."""

from collections.abc import Mapping
from importlib import import_module
from typing import Any, Final, cast

from scanner.cloud.declared import Loader
from scanner.model.cloud_input import (
    CloudInput,
    EngineInput,
    PreviewInput,
    ProgramInput,
    StateInput,
    TemplateInput,
    TerraformPlanInput,
)

# By name, because most scans have inputs of one kind and should not wait for the modules of every other.
_LOADERS: Final[Mapping[type, tuple[str, str]]] = {
    ProgramInput: ("scanner.cloud.loaders.program", "ProgramLoader"),
    EngineInput: ("scanner.cloud.loaders.engine_run", "EngineLoader"),
    PreviewInput: ("scanner.cloud.loaders.preview", "PreviewLoader"),
    StateInput: ("scanner.cloud.loaders.state", "StateLoader"),
    TerraformPlanInput: ("scanner.cloud.loaders.terraform_plan.loader", "TerraformPlanLoader"),
    TemplateInput: ("scanner.cloud.loaders.cloudformation.loader", "TemplateLoader"),
}


def loader_of(one: CloudInput) -> Loader[Any]:
    """The loader of an input."""
    module, name = _LOADERS[type(one)]
    return cast("Loader[Any]", getattr(import_module(module), name)())
