"""Pulumi's wire format to cloud values: the unknown marker, secrets, assets and references become what they mean."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from scanner.cloud.bridge.plan_value import ASSET_KEY
from scanner.model.resource import HIDDEN, UNKNOWN, CloudValue

_SIGNATURE: Final = "4dabf18193072939515e22adb298388d"
_UNKNOWN_TEXT: Final = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
_SECRET: Final = "1b47061264138c4ac30d75fd1eb44270"
_ASSETS: Final = {"c44067f5952c0a294b673a41bacd8c17": "file", "0def7320c3a5731c473e5ecbe6d01bc7": "archive"}
_RESOURCE: Final = "5cf8f73096256a8f31e491e813e4eb8e"
_OUTPUT: Final = "d0e6a833031e9bbcd3f4e8bde6ca49a4"
_SECRET_TEXT: Final = "[secret]"  # what the engine writes in a preview, and we for secret stack config
_BRIDGE_KEYS: Final = frozenset({"__defaults", "__meta"})  # the provider's own notes, not the author's


def cloud_value(value: Any) -> CloudValue:  # noqa: ANN401 - any JSON of an engine document
    """One value of `inputs` or `outputs`; secrets become `HIDDEN` whatever they hold."""
    if value == _UNKNOWN_TEXT:
        return UNKNOWN
    if value == _SECRET_TEXT:
        return HIDDEN
    if isinstance(value, Mapping):
        return _signed(value) if _SIGNATURE in value else cloud_values(value)
    if isinstance(value, Sequence) and not isinstance(value, str):
        return tuple(cloud_value(inner) for inner in value)
    if isinstance(value, float) and value.is_integer():
        return int(value)
    scalar: CloudValue = value
    return scalar


def cloud_values(values: Mapping[str, Any]) -> dict[str, CloudValue]:
    """All properties of an object, without the provider's own notes."""
    return {name: cloud_value(inner) for name, inner in values.items() if name not in _BRIDGE_KEYS}


def _asset(kind: str, value: Mapping[str, Any]) -> dict[str, CloudValue]:
    """`path`: a file, a folder or an address. `assets`: those of an archive, by their names in it. Texts stay out.

    `seen` false: neither is said, nor a text; the engine knows its hash.
    """
    where, inside = value.get("path") or value.get("uri"), value.get("assets")
    held: dict[str, CloudValue] = {"kind": kind, **({"path": where} if where else {})}
    if not {"path", "uri", "assets", "text"} & value.keys():
        return {**held, "seen": False}
    return {**held, "assets": cloud_values(inside)} if isinstance(inside, Mapping) and inside else held


def _signed(value: Mapping[str, Any]) -> CloudValue:
    signature = str(value[_SIGNATURE])
    if signature == _SECRET or (signature == _OUTPUT and value.get("secret")):
        return HIDDEN
    if signature in _ASSETS:
        return {ASSET_KEY: _asset(_ASSETS[signature], value)}
    if signature == _OUTPUT:
        return cloud_value(value["value"]) if "value" in value else UNKNOWN
    if signature == _RESOURCE:
        return cloud_value(value.get("id") or value.get("urn") or _UNKNOWN_TEXT)
    return UNKNOWN
