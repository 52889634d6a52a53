"""Pulumi's wire format: values that are more than JSON are objects with a signature key."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

SIGNATURE: Final = "4dabf18193072939515e22adb298388d"
SECRET: Final = "1b47061264138c4ac30d75fd1eb44270"
ASSET: Final = "c44067f5952c0a294b673a41bacd8c17"
ARCHIVE: Final = "0def7320c3a5731c473e5ecbe6d01bc7"
OUTPUT: Final = "d0e6a833031e9bbcd3f4e8bde6ca49a4"
UNKNOWN: Final = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
_ASSET_FIELDS: Final = (SIGNATURE, "path", "uri")
_KEY_SHAPES: Final = frozenset({"accessKey", "secretKey", "token"})


def without_secrets(value: Any) -> Any:  # noqa: ANN401 - any JSON
    """The same value with every secret emptied and the text of assets left out; done before anything is written."""
    if isinstance(value, Mapping):
        if value.get(SIGNATURE) == SECRET:
            return {SIGNATURE: SECRET}
        if value.get(SIGNATURE) in {ASSET, ARCHIVE}:
            inside = {"assets": without_secrets(value["assets"])} if "assets" in value else {}
            text = {"text": ""} if "text" in value else {}
            return {**{name: value[name] for name in _ASSET_FIELDS if name in value}, **inside, **text}
        return {name: without_secrets(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [without_secrets(inner) for inner in value]
    return value


def texts_handed_over(value: Any, path: str = "") -> Iterator[tuple[str, str]]:  # noqa: ANN401 - any JSON
    """(path of the asset, its text) of all assets that are text: what `without_secrets` leaves out, secrets aside."""
    if isinstance(value, list):
        value = {str(index): inner for index, inner in enumerate(value)}
    if not isinstance(value, Mapping) or value.get(SIGNATURE) == SECRET:
        return
    if value.get(SIGNATURE) == ASSET and isinstance(value.get("text"), str):
        yield path, value["text"]
        return
    inside = value.get("assets") if value.get(SIGNATURE) == ARCHIVE else value
    for name, inner in inside.items() if isinstance(inside, Mapping) else ():
        yield from texts_handed_over(inner, f"{path}.{name}".lstrip("."))


def without_provider_keys(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """A provider's inputs with access keys masked letter by letter: a policy can still tell that a key was there."""
    return {name: _masked(inner) if name in _KEY_SHAPES else inner for name, inner in inputs.items()}


def _masked(value: Any) -> Any:  # noqa: ANN401 - any JSON
    return "".join("X" if letter.isalnum() else letter for letter in value) if isinstance(value, str) else value


def holds(value: Any, marker: str) -> bool:  # noqa: ANN401 - any JSON
    """True if `marker` (the unknown text, or a signature) stands anywhere inside."""
    if isinstance(value, Mapping):
        return any(holds(inner, marker) for inner in value.values())
    if isinstance(value, list):
        return any(holds(inner, marker) for inner in value)
    return bool(value == marker)


def plain(value: Any) -> Any:  # noqa: ANN401 - any JSON
    """The value as a program sees it: secrets opened, for building documents inside this process."""
    if isinstance(value, Mapping):
        if value.get(SIGNATURE) == SECRET:
            return plain(value.get("value"))
        return {name: plain(inner) for name, inner in value.items()}
    return [plain(inner) for inner in value] if isinstance(value, list) else value
