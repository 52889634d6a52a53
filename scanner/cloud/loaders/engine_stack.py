"""Which stack a document is of, and which of its states are of living resources."""

import re
from pathlib import Path
from typing import Final

from scanner.cloud.loaders.engine_format import Deployment, EngineState
from scanner.cloud.loaders.engine_resources import PROVIDERS, Urn

_FIRST_BYTES: Final = 2**20
_NAMED: Final = re.compile(rb'"urn"\s*:\s*"urn:pulumi:([A-Za-z0-9._-]{1,100})::')
_DEFAULT: Final = "default"


def stack_label(name: str, file: Path) -> str:
    """`NAME/STACK`, as facts and verdicts call it; `NAME` alone where the file does not say."""
    try:
        with file.open("rb") as stream:
            return label_in(stream.read(_FIRST_BYTES), name)
    except OSError:
        return name


def label_in(data: bytes, name: str) -> str:
    """The same for the beginning of a document."""
    match = _NAMED.search(data.replace(b"\0", b""))  # UTF-16 of plain letters
    return f"{name}/{match[1].decode()}" if match else name


def stack_name(urn: Urn) -> tuple[str, str]:
    """Project and stack."""
    return urn.project, urn.stack


def living(deployment: Deployment) -> tuple[EngineState, ...]:
    """What the stack has made and keeps: neither the rest of a replacement nor what it only reads."""
    return tuple(one for one in deployment.resources or () if not one.delete and not one.external)


def is_default_provider(one: EngineState) -> bool:
    """True for the provider that the engine makes by itself; it is in states only, and in no summary."""
    return one.type.startswith(PROVIDERS) and one.urn.rpartition("::")[2].startswith(_DEFAULT)
