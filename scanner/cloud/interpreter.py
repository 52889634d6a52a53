"""Which Python runs a Pulumi program: what the scan or the project's `runtime.options` name."""

import sys
from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from scanner.cloud.project_error import ProjectUnusable
from scanner.model.cloud_input import ProgramInput

_INSTALL: Final = "install it with `pip install ocpi-posture[infra]`, or run `pulumi install` in the project"
_ASK_POETRY: Final = "`poetry env info --executable` says where it is: name it in `python`"
_OWN_FOLDER: Final = {"uv": "uv.lock", "poetry": "pyproject.toml"}  # beside which the toolchain makes `.venv`


def interpreter_of(program: ProgramInput, directory: Path, options: Mapping[str, Any]) -> Path:
    """The configured interpreter, else that of the project's virtual environment, else this one if it has pulumi.

    Pulumi documentation, languages and SDKs, Python: `virtualenv` is a folder relative to Pulumi.yaml; the toolchains
    uv and poetry have one called `.venv` beside their own file, in that folder or in one above it.

    Raises: ProjectUnusable.
    """
    if program.python is not None:
        if not _is_there(program.python):
            raise ProjectUnusable(f"the configured interpreter {program.python} does not exist")
        return program.python
    for environment in _environments(directory, options):
        for name in ("bin/python", "Scripts/python.exe"):
            if _is_there(environment / name):
                return environment / name
    if find_spec("pulumi") is not None:
        return Path(sys.executable)
    raise ProjectUnusable(f"no Python with pulumi for {directory}{_looked(options)}", no_pulumi=True)


def _is_there(file: Path) -> bool:
    try:
        return file.exists()
    except OSError as error:
        raise ProjectUnusable(
            f"the interpreter {file} cannot be used: {(error.strerror or 'failed').lower()}"
        ) from None


def _environments(directory: Path, options: Mapping[str, Any]) -> Iterator[Path]:
    if options.get("virtualenv"):
        yield directory / str(options["virtualenv"])
    own = _OWN_FOLDER.get(str(options.get("toolchain") or "pip"))
    if own:
        yield from (folder / ".venv" for folder in (directory, *directory.parents) if (folder / own).is_file())


def _looked(options: Mapping[str, Any]) -> str:
    toolchain = str(options.get("toolchain") or "pip")
    if options.get("virtualenv"):
        return f" (its virtual environment {options['virtualenv']} does not exist): {_INSTALL}"
    if toolchain == "poetry":
        return f" (there is no .venv in the project; poetry may keep it elsewhere): {_ASK_POETRY}"
    if toolchain == "uv":
        return " (there is no .venv beside a uv.lock): run `pulumi install` in the project"
    return f": {_INSTALL}"
