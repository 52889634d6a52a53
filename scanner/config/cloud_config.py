"""`cloud` of an environment: where its cloud is declared, as the file says it."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field
from pydantic import JsonValue as PydanticJson

from scanner.config.strict import Strict, Text
from scanner.config.written import Name


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
