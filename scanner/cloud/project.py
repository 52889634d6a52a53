"""What `Pulumi.yaml` and `Pulumi.STACK.yaml` say: which program, which Python, which config."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import yaml

from scanner.cloud.interpreter import interpreter_of
from scanner.cloud.project_error import ProjectUnusable
from scanner.cloud.project_file import project_document
from scanner.cloud.stack_config import StackConfig, stack_config
from scanner.model.cloud_input import ProgramInput
from scanner.model.late_dataclass import dataclass

__all__ = ["Project", "ProjectUnusable", "read_project"]

_ACCOUNT: Final = re.compile(r"\d{12}")
_NO_ACCOUNT: Final = "123456789012"  # AWS's own example account
_NO_REGION: Final = "us-east-1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """A Pulumi project in Python, ready to run: `main` is a file or folder, `config` has full keys and text values.

    `environments`: those of Pulumi ESC that the stack takes config from, which cannot be read here.
    """

    name: str
    directory: Path
    main: Path
    python: Path
    config: Mapping[str, str]
    secret_keys: tuple[str, ...]
    account: str
    region: str
    environments: tuple[str, ...] = ()


def read_project(program: ProgramInput) -> Project:
    """The project of a configured program.

    Raises: ProjectUnusable if there is no readable Pulumi.yaml, its runtime is not Python, or no Python has pulumi.
    """
    directory = program.directory.resolve()
    document = _read(directory / "Pulumi.yaml")
    runtime, options = _runtime(document)
    if runtime != "python":
        raise ProjectUnusable(
            f"{directory}/Pulumi.yaml has runtime {runtime}; only Python programs run here, "
            "give the output of `pulumi preview --json` for others"
        )
    name = str(document.get("name") or directory.name)
    stack_file = _read(directory / f"Pulumi.{program.stack}.yaml", required=False)
    given = stack_config(document, stack_file, name, program.config)
    return Project(
        name=name,
        directory=directory,
        main=directory / str(document.get("main") or "."),
        python=interpreter_of(program, directory, options),
        config=given.values,
        secret_keys=given.secret,
        account=_account(given.values),
        region=_region(given, name),
        environments=given.environments,
    )


def _read(file: Path, *, required: bool = True) -> Mapping[str, Any]:
    try:
        document = project_document(file)
    except FileNotFoundError:
        if not required:
            return {}
        raise ProjectUnusable(f"{file} does not exist: give the folder that holds Pulumi.yaml") from None
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        reason = " ".join(str(error).split())
        raise ProjectUnusable(f"{file} cannot be read: {reason}") from None
    if not isinstance(document, Mapping):
        raise ProjectUnusable(f"{file} is not a YAML mapping")
    return document


def _runtime(document: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]]:
    runtime = document.get("runtime")
    if isinstance(runtime, Mapping):
        return str(runtime.get("name")), runtime.get("options") or {}
    return str(runtime), {}


def _region(given: StackConfig, name: str) -> str:
    return given.values.get("aws:region") or given.values.get(f"{name}:region") or _NO_REGION


def _account(config: Mapping[str, str]) -> str:
    """An account id that the config names, so that a program which checks its account does not refuse."""
    named = (value for key, value in sorted(config.items()) if key.lower().endswith(("accountid", "account")))
    return next((value for value in named if _ACCOUNT.fullmatch(value)), _NO_ACCOUNT)
