"""Where a cloud is declared: a program to run, or a document that a tool wrote."""

from collections.abc import Mapping
from dataclasses import field
from pathlib import Path

from scanner.model.late_dataclass import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgramInput:
    """A Pulumi program to run under mocks: its folder (with Pulumi.yaml), stack name, config, interpreter."""

    name: str
    directory: Path
    stack: str
    config: Mapping[str, str] = field(default_factory=dict)
    python: Path | None = None
    timeout_s: float = 120.0
    memory_bytes: int = 2 * 2**30


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineInput:
    """A Pulumi program in any language, previewed by the user's own engine; `variables` are names of those it gets."""

    name: str
    directory: Path
    stack: str
    variables: tuple[str, ...] = ()
    timeout_s: float = 120.0


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewInput:
    """What `pulumi preview --json` wrote; `state`: an export of the same stack, for what the preview does not show.

    `directory`: the project's folder, where the source files lie that the document names.
    """

    name: str
    file: Path
    state: Path | None = None
    directory: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StateInput:
    """What `pulumi stack export` wrote; `directory` as in `PreviewInput`."""

    name: str
    file: Path
    directory: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TerraformPlanInput:
    """What `terraform show -json` wrote of a plan."""

    name: str
    file: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateInput:
    """A CloudFormation or SAM template in JSON or YAML; `parameters` that a deployment would be given."""

    name: str
    file: Path
    parameters: Mapping[str, str] = field(default_factory=dict)
    region: str | None = None
    account: str | None = None


CloudInput = ProgramInput | EngineInput | PreviewInput | StateInput | TerraformPlanInput | TemplateInput


def sources_of(one: CloudInput) -> Path | None:
    """The folder that the positions of its resources are relative to; None where it is not known."""
    match one:
        case ProgramInput() | EngineInput() | PreviewInput() | StateInput():
            return one.directory
        case TerraformPlanInput() | TemplateInput():
            return one.file.parent
