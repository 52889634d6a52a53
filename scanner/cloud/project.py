"""What `Pulumi.yaml` and `Pulumi.STACK.yaml` say: which program, which Python, which config."""

import json
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import yaml

from scanner.model.cloud_input import ProgramInput

_SECRET_TEXT: Final = "[secret]"
_ACCOUNT: Final = re.compile(r"\d{12}")
_NO_ACCOUNT: Final = "123456789012"  # AWS's own example account
_NO_REGION: Final = "us-east-1"
_INSTALL: Final = "install it with `pip install ocpi-posture[infra]`, or run `pulumi install` in the project"


class ProjectUnusable(ValueError):
    """The project cannot be run; the message says why and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """A Pulumi project in Python, ready to run: `main` is a file or folder, `config` has full keys and text values."""

    name: str
    directory: Path
    main: Path
    python: Path
    config: Mapping[str, str]
    secret_keys: tuple[str, ...]
    account: str
    region: str


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
    config, secret = _config(document, directory, name, program)
    return Project(
        name=name,
        directory=directory,
        main=directory / str(document.get("main") or "."),
        python=_python(program, directory, options),
        config=config,
        secret_keys=secret,
        account=_account(config),
        region=config.get("aws:region") or config.get(f"{name}:region") or _NO_REGION,
    )


def _read(file: Path, *, required: bool = True) -> Mapping[str, Any]:
    try:
        document = yaml.safe_load(file.read_text(encoding="utf-8"))
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


def _config(
    document: Mapping[str, Any], directory: Path, name: str, program: ProgramInput
) -> tuple[dict[str, str], tuple[str, ...]]:
    """Defaults of the project, then the stack's file, then what the scan's own configuration says."""
    found: dict[str, str] = {}
    secret: set[str] = set()
    for key, schema in (document.get("config") or {}).items():
        given = schema.get("value", schema.get("default")) if isinstance(schema, Mapping) else schema
        if given is not None:
            found[_full(key, name)] = _text(given)
    stack = _read(directory / f"Pulumi.{program.stack}.yaml", required=False)
    for key, given in (stack.get("config") or {}).items():
        if isinstance(given, Mapping) and set(given) == {"secure"}:
            secret.add(_full(key, name))
            found[_full(key, name)] = _SECRET_TEXT
        else:
            found[_full(key, name)] = _text(given)
    for key, given in program.config.items():
        found[_full(key, name)] = given
        secret.discard(_full(key, name))
    return found, tuple(sorted(secret))


def _full(key: str, name: str) -> str:
    return key if ":" in key else f"{name}:{key}"


def _text(value: object) -> str:
    """As the engine hands it to a program: text as it is, everything else as JSON."""
    return value if isinstance(value, str) else json.dumps(value)


def _account(config: Mapping[str, str]) -> str:
    """An account id that the config names, so that a program which checks its account does not refuse."""
    named = (value for key, value in sorted(config.items()) if key.lower().endswith(("accountid", "account")))
    return next((value for value in named if _ACCOUNT.fullmatch(value)), _NO_ACCOUNT)


def _python(program: ProgramInput, directory: Path, options: Mapping[str, Any]) -> Path:
    """The configured interpreter, else the project's virtual environment, else this one if it has pulumi."""
    if program.python is not None:
        if not program.python.exists():
            raise ProjectUnusable(f"the configured interpreter {program.python} does not exist")
        return program.python
    if options.get("virtualenv"):
        found = _interpreter(directory / str(options["virtualenv"]))
        if found:
            return found
    if find_spec("pulumi") is not None:
        return Path(sys.executable)
    wanted = f" (its virtual environment {options['virtualenv']} does not exist)" if options.get("virtualenv") else ""
    raise ProjectUnusable(f"no Python with pulumi for {directory}{wanted}: {_INSTALL}")


def _interpreter(environment: Path) -> Path | None:
    candidates = (environment / "bin" / "python", environment / "Scripts" / "python.exe")
    return next((one for one in candidates if one.exists()), None)
