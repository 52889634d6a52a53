"""Text files of the program's project."""

from pathlib import Path
from typing import Any, Final

import yaml

MOST_FILES: Final = 2000  # of one stack
_MOST_BYTES: Final = 2 * 2**20  # of one file
_Loader: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # of libyaml, ten times as fast, where it is there


def project_text(folder: Path, name: str) -> str | None:
    """The file's text; None where it lies outside the project, is none, is too large, or is no text."""
    root = folder.resolve()
    file = (root / name).resolve()
    try:
        if not file.is_relative_to(root) or not file.is_file() or file.stat().st_size > _MOST_BYTES:
            return None
        return file.read_text(encoding="utf-8")
    except (OSError, ValueError):
        return None


def project_document(file: Path) -> Any:  # noqa: ANN401 - YAML
    """What a YAML file of the project holds.

    Raises: OSError, UnicodeDecodeError, yaml.YAMLError.
    """
    return yaml.load(file.read_text(encoding="utf-8"), Loader=_Loader)  # noqa: S506 - one of the safe loaders
