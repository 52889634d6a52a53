"""The code that a preview or a state holds as text: assets of functions, layers and objects."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from scanner.cloud.declared import CodeText
from scanner.cloud.loaders.engine_format import EngineState

_SIGNATURE: Final = "4dabf18193072939515e22adb298388d"
_SECRET: Final = "1b47061264138c4ac30d75fd1eb44270"
_ASSET: Final = "c44067f5952c0a294b673a41bacd8c17"
_ARCHIVE: Final = "0def7320c3a5731c473e5ecbe6d01bc7"


def code_texts(states: Iterable[EngineState]) -> tuple[CodeText, ...]:
    """Every asset that is text, with the path of the input that it belongs to; what is secret stays out."""
    found = ((one.urn, path, text) for one in states for path, text in _texts(one.inputs or {}, ""))
    return tuple(CodeText(urn=urn, path=path, text=text) for urn, path, text in found)


def _texts(value: Any, path: str) -> Iterator[tuple[str, str]]:  # noqa: ANN401 - any JSON of an engine document
    if isinstance(value, list):
        value = {str(index): inner for index, inner in enumerate(value)}
    if not isinstance(value, Mapping) or value.get(_SIGNATURE) == _SECRET:
        return
    if value.get(_SIGNATURE) == _ASSET and isinstance(value.get("text"), str):
        yield path, value["text"]
        return
    inside = value.get("assets") if value.get(_SIGNATURE) == _ARCHIVE else value
    for name, inner in inside.items() if isinstance(inside, Mapping) else ():
        yield from _texts(inner, f"{path}.{name}".lstrip("."))
