"""What two stacks of one project must not share: account, domain, certificate, keys, the platforms they call.

The configs of the other stacks lie beside Pulumi.yaml, so nobody has to write them down twice. A stack whose config is
kept elsewhere is not seen; the provider's `allowed_account_ids` still keeps this one in its own account.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import pulumi
import yaml  # type: ignore[import-untyped] # its types are in the tools' environment only

from infra.stack_config import read_section

_PROJECT: Final = Path(__file__).resolve().parent.parent
_OWN: Final = ("accountId", "domainName", "certificateArn")
_WITHIN: Final = (
    *(("mutualTls", "trustStore"), ("scannerSecret", "secret"), ("scannerSecret", "key")),
    *(("container", "hostName"), ("shieldAdvanced", "hostedZone")),
)
_STRUCTURES: Final = ("partners", *dict.fromkeys(name for name, _ in _WITHIN))
_Loader: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # of libyaml, ten times as fast, where it is there


def refuse_shared(kind: str, folder: Path = _PROJECT) -> None:
    """Raises SettingsError for what this stack has in common with one of another kind whose config is in `folder`."""
    own = read_section((*_OWN, *_STRUCTURES), _STRUCTURES)
    values = dict(_claims(own.values))
    prefix = f"{pulumi.get_project()}:"
    for file in sorted(folder.glob("Pulumi.*.yaml")):
        other = _config(file, prefix)
        if other.get("kind", kind) == kind:
            continue
        theirs = {value: path for path, value in _claims(other)}
        for path, value in values.items():
            if value in theirs:
                raise own.error(path, f"is {value!r}, which {file.name} ({other['kind']}) has too; set each its own")


def _config(file: Path, prefix: str) -> Mapping[str, Any]:
    """Keys without the project's name; nothing for a file that is no stack's config, which the engine itself says."""
    try:
        document = yaml.load(file.read_text(encoding="utf-8"), _Loader)  # noqa: S506 - either is a safe one
    except (OSError, UnicodeDecodeError, yaml.YAMLError):
        return {}
    config = document.get("config") if isinstance(document, dict) else None
    given = config if isinstance(config, dict) else {}
    return {str(key).removeprefix(prefix): value for key, value in given.items()}


def _claims(values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What only one stack may have, by its config key."""
    for key in _OWN:
        if isinstance(values.get(key), str):
            yield key, values[key]
    for name, key in _WITHIN:
        given = values.get(name)
        if isinstance(given, dict) and isinstance(given.get(key), str):
            yield f"{name}.{key}", given[key]
    partners = values.get("partners")
    for name, partner in partners.items() if isinstance(partners, dict) else ():
        if isinstance(partner, dict) and isinstance(partner.get("versions_url"), str):
            yield f"partners.{name}.versions_url", partner["versions_url"]
