"""What is inside the functions: our own sources, file by file, and nothing else."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Final

import pulumi

_INFRA: Final = Path(__file__).resolve().parent


def sources(*packages: str) -> pulumi.AssetArchive:
    """The named packages of this folder as `infra.<package>`, with its __init__."""
    files = [_INFRA / "__init__.py", *(file for package in packages for file in _modules(package))]
    names = (file.relative_to(_INFRA.parent).as_posix() for file in files)
    return pulumi.AssetArchive({name: pulumi.FileAsset(str(file)) for name, file in zip(names, files, strict=True)})


def _modules(package: str) -> Iterable[Path]:
    """Sorted, so that the archive is the same on every machine. Raises FileNotFoundError for an unknown package."""
    found = sorted((_INFRA / package).rglob("*.py"))
    if not found:
        raise FileNotFoundError(f"infra/{package} holds no Python module")
    return found
