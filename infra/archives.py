"""What is inside the functions: our own sources, file by file, and nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

import pulumi

_INFRA: Final = Path(__file__).resolve().parent


def sources(*packages: str, without: Sequence[str] = ()) -> pulumi.AssetArchive:
    """The named packages of this folder as `infra.<package>`, less the folders in `without`."""
    left_out = [_INFRA / folder for folder in without]
    modules = (file for package in packages for file in _modules(package))
    files = [_INFRA / "__init__.py", *(file for file in modules if not any(map(file.is_relative_to, left_out)))]
    names = (file.relative_to(_INFRA.parent).as_posix() for file in files)
    return pulumi.AssetArchive({name: pulumi.FileAsset(str(file)) for name, file in zip(names, files, strict=True)})


def libraries(folder: str) -> pulumi.AssetArchive:
    """A layer with the Python packages in `folder` (as seen from the project): Lambda looks below `python`."""
    return pulumi.AssetArchive({"python": pulumi.FileArchive(str(_INFRA.parent / folder))})


def _modules(package: str) -> Iterable[Path]:
    """Sorted, so that the archive is the same on every machine. Raises FileNotFoundError for an unknown package."""
    found = sorted((_INFRA / package).rglob("*.py"))
    if not found:
        raise FileNotFoundError(f"infra/{package} holds no Python module")
    return found
