"""Runs the transforms of a program as the engine does: the SDK's callback server is asked, innermost first.

Order, and what a transform is handed, follow the engine's resource monitor: a resource's own transforms, those of its
parents from the inside out, then the stack's. Properties that hold outputs of other resources arrive as outputs.
"""

import threading
from collections.abc import Iterator, Mapping
from typing import Any, Final

import grpc  # type: ignore[import-untyped,import-not-found,unused-ignore]
from google.protobuf import json_format, struct_pb2  # type: ignore[import-untyped,import-not-found,unused-ignore]
from pulumi.runtime.proto import callback_pb2, callback_pb2_grpc, resource_pb2

from .wire import OUTPUT, SECRET, SIGNATURE, UNKNOWN

_OPTIONS: Final = {
    "depends_on": "dependencies",
    "protect": "protect",
    "ignore_changes": "ignoreChanges",
    "replace_on_changes": "replaceOnChanges",
    "version": "version",
    "provider": "provider",
    "providers": "providers",
    "plugin_download_url": "pluginDownloadURL",
    "additional_secret_outputs": "additionalSecretOutputs",
    "retain_on_delete": "retainOnDelete",
}


class TransformFailed(RuntimeError):
    """A transform of the program raised; the message is what it said."""


class Transforms:
    """`_own`: for each URN, what it and its children go through; the stack's come last."""

    def __init__(self) -> None:
        self._stack: list[Any] = []
        self._own: dict[str, tuple[tuple[Any, ...], str]] = {}
        self._channels: dict[str, Any] = {}
        self._lock = threading.Lock()

    def add_to_stack(self, callback: Any) -> None:  # noqa: ANN401 - protobuf's own type
        """One that every later resource goes through."""
        self._stack.append(callback)

    def apply(self, urn: str, request: Any) -> Any:  # noqa: ANN401 - protobuf's own type
        """The request as the transforms leave it; the same one where there are none.

        Raises: TransformFailed.
        """
        self._own[urn] = (tuple(request.transforms), request.parent)
        callbacks = [*self._inherited(urn), *self._stack]
        if not callbacks:
            return request
        changed = resource_pb2.RegisterResourceRequest()
        changed.CopyFrom(request)
        values = json_format.MessageToDict(changed.object)
        flowing = {name for name, of in changed.propertyDependencies.items() if of.urns}
        changed.object.CopyFrom(_struct(_as_outputs(values, flowing)))
        for callback in callbacks:
            self._one(callback, changed)
        changed.object.CopyFrom(_struct(_without_outputs(json_format.MessageToDict(changed.object))))
        for name in [one for one in changed.propertyDependencies if one not in changed.object.fields]:
            del changed.propertyDependencies[name]
        return changed

    def _inherited(self, urn: str) -> Iterator[Any]:
        while urn in self._own:
            callbacks, urn = self._own[urn]
            yield from callbacks

    def _one(self, callback: Any, request: Any) -> None:  # noqa: ANN401 - protobuf's own types
        asked = resource_pb2.TransformRequest(
            type=request.type,
            name=request.name,
            custom=request.custom,
            parent=request.parent,
            properties=request.object,
            options=_options(request),
        )
        call = callback_pb2.CallbackInvokeRequest(token=callback.token, request=asked.SerializeToString())
        try:
            answer = callback_pb2_grpc.CallbacksStub(self._channel(callback.target)).Invoke(call)
        except grpc.RpcError as error:
            details = error.details() if hasattr(error, "details") else str(error)
            said = str(details).partition(" error: ")[2] or str(details)
            raise TransformFailed(f"a transform of {request.name} failed: {said}") from None
        response = resource_pb2.TransformResponse.FromString(answer.response)
        request.object.CopyFrom(response.properties)
        if response.HasField("options"):
            _take_options(request, response.options)

    def _channel(self, target: str) -> Any:  # noqa: ANN401 - grpc has no types
        with self._lock:
            return self._channels.setdefault(target, grpc.insecure_channel(target))


def _options(request: Any) -> Any:  # noqa: ANN401 - protobuf's own types
    options = resource_pb2.TransformResourceOptions()
    _copy(request, options, {theirs: ours for ours, theirs in _OPTIONS.items()})
    return options


def _take_options(request: Any, options: Any) -> None:  # noqa: ANN401 - protobuf's own types
    _copy(options, request, _OPTIONS)


def _copy(source: Any, target: Any, names: Mapping[str, str]) -> None:  # noqa: ANN401 - protobuf's own types
    """Each field that both versions of the protocol have; a list or map replaces what was there."""
    for given, taken in names.items():
        if given not in source.DESCRIPTOR.fields_by_name or taken not in target.DESCRIPTOR.fields_by_name:
            continue
        value = getattr(source, given)
        field = target.DESCRIPTOR.fields_by_name[taken]
        if field.label == field.LABEL_REPEATED:
            target.ClearField(taken)
            (getattr(target, taken).update if isinstance(value, Mapping) else getattr(target, taken).extend)(value)
        elif value:
            setattr(target, taken, value)


def _struct(values: Mapping[str, Any]) -> Any:  # noqa: ANN401 - protobuf's own type
    message = struct_pb2.Struct()
    json_format.ParseDict(dict(values), message)
    return message


def _as_outputs(values: Mapping[str, Any], flowing: set[str]) -> dict[str, Any]:
    return {name: _output(value, wrap=name in flowing) for name, value in values.items()}


def _output(value: Any, *, wrap: bool) -> Any:  # noqa: ANN401 - any JSON
    if value == UNKNOWN:
        return {SIGNATURE: OUTPUT}
    if isinstance(value, Mapping) and value.get(SIGNATURE) == SECRET:
        return {SIGNATURE: OUTPUT, "value": value.get("value"), "secret": True}
    if isinstance(value, Mapping) and SIGNATURE not in value:
        value = {name: _output(inner, wrap=False) for name, inner in value.items()}
    elif isinstance(value, list):
        value = [_output(inner, wrap=False) for inner in value]
    return {SIGNATURE: OUTPUT, "value": value} if wrap else value


def _without_outputs(value: Any) -> Any:  # noqa: ANN401 - any JSON
    if isinstance(value, Mapping):
        if value.get(SIGNATURE) == OUTPUT:
            inner = _without_outputs(value["value"]) if "value" in value else UNKNOWN
            return {SIGNATURE: SECRET, "value": inner} if value.get("secret") else inner
        return {name: _without_outputs(inner) for name, inner in value.items()}
    return [_without_outputs(inner) for inner in value] if isinstance(value, list) else value
