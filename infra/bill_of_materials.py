"""What is inside the functions' archives, as CycloneDX 1.6 (JSON): every pinned package with its hashes."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

_PIN: Final = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)==([^\s;\\]+)")
_HASH: Final = re.compile(r"--hash=sha256:([0-9a-f]{64})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pin:
    """One package of a hashed requirements file; `hashes` are of all files that it may be installed from."""

    name: str
    version: str
    hashes: tuple[str, ...]


def read_pins(requirements: str) -> tuple[Pin, ...]:
    """Sorted by name. Raises ValueError for a package without a hash."""
    found: list[tuple[str, str, list[str]]] = []
    for line in requirements.splitlines():
        pin = _PIN.match(line)
        if pin:
            found.append((pin[1].lower().replace("_", "-"), pin[2], []))
        if found:
            found[-1][2].extend(_HASH.findall(line))
    bare = [name for name, _, hashes in found if not hashes]
    if bare:
        raise ValueError(f"these packages have no hash: {', '.join(bare)}")
    return tuple(Pin(name=name, version=version, hashes=tuple(hashes)) for name, version, hashes in sorted(found))


def bill_of_materials(name: str, pins: Sequence[Pin]) -> str:
    """The document. It names no time, and its serial number follows from its content: same pins, same bytes."""
    components = [_component(pin) for pin in pins]
    content = json.dumps([name, components], sort_keys=True)
    document = {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, content)}",
        "version": 1,
        "metadata": {"component": {"type": "application", "name": name, "bom-ref": name}},
        "components": components,
    }
    return json.dumps(document, indent=2, sort_keys=True) + "\n"


def _component(pin: Pin) -> dict[str, Any]:
    address = f"pkg:pypi/{pin.name}@{pin.version}"
    # hashes of a component would be of one file; these are of all that the pin accepts, so they are properties
    accepted = [{"name": "pin:sha256", "value": digest} for digest in sorted(pin.hashes)]
    return {
        "type": "library",
        "bom-ref": address,
        "name": pin.name,
        "version": pin.version,
        "purl": address,
        "properties": accepted,
    }
