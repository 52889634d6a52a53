"""Which loader reads which kind of input."""

from collections.abc import Mapping
from typing import Any, Final

from scanner.cloud.declared import Loader
from scanner.cloud.loaders.cloudformation.loader import TemplateLoader
from scanner.cloud.loaders.engine_run import EngineLoader
from scanner.cloud.loaders.preview import PreviewLoader
from scanner.cloud.loaders.program import ProgramLoader
from scanner.cloud.loaders.state import StateLoader
from scanner.cloud.loaders.terraform_plan.loader import TerraformPlanLoader
from scanner.model.cloud_input import (
    CloudInput,
    EngineInput,
    PreviewInput,
    ProgramInput,
    StateInput,
    TemplateInput,
    TerraformPlanInput,
)

_LOADERS: Final[Mapping[type, Loader[Any]]] = {
    ProgramInput: ProgramLoader(),
    EngineInput: EngineLoader(),
    PreviewInput: PreviewLoader(),
    StateInput: StateLoader(),
    TerraformPlanInput: TerraformPlanLoader(),
    TemplateInput: TemplateLoader(),
}


def loader_of(one: CloudInput) -> Loader[Any]:
    """The loader of an input."""
    return _LOADERS[type(one)]
