"""The digest of what concerns looking: a resumed run must look as the first one did, whatever it judges or waives."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from pathlib import Path

from scanner.config.configuration import Configuration
from scanner.model.json_value import JsonValue


def looking_sha256(configuration: Configuration) -> str:
    """Hexadecimal SHA-256 over targets (with mode and limits), references to secrets, seed and TLS profile.

    Neither waivers nor the profile of the checklist are part of it, nor how the file is laid out.
    """
    looked = {
        "targets": _plain(configuration.targets),
        "tokens": sorted([*key, str(reference)] for key, reference in configuration.tokens.items()),
        "sinks": sorted([*key, str(reference)] for key, reference in configuration.sinks.items()),
        "agreed": sorted([*key, str(reference)] for key, reference in configuration.agreed.items()),
        "tls_profile": configuration.tls_profile,
        "seed": _plain(configuration.seed),
    }
    return hashlib.sha256(json.dumps(looked, sort_keys=True).encode()).hexdigest()


def _plain(value: object) -> JsonValue:
    """Records by field, sets sorted: the same configuration gives the same text.

    Raises: TypeError for a kind that a configuration does not hold.
    """
    if value is None or isinstance(value, bool | int | float | str):  # enumerations are texts
        return str(value) if isinstance(value, str) else value
    if isinstance(value, Path | date):
        return str(value)
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, frozenset):
        return sorted((_plain(inner) for inner in value), key=json.dumps)
    if isinstance(value, tuple | list):
        return [_plain(inner) for inner in value]
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    raise TypeError(f"no part of a configuration: {type(value).__name__}")
