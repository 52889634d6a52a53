"""Stands in for the engine: every resource that the program declares is written down and answered."""

import threading
from typing import Any

from google.protobuf import empty_pb2, json_format, struct_pb2  # type: ignore[import-untyped,import-not-found,unused-ignore]
from pulumi.runtime import mocks
from pulumi.runtime.proto import resource_pb2

from .asking import asked, marked_unknown
from .invokes import Invokes
from .outputs import OutputMaker
from .places import INSTALLED
from .request import Request
from .transforms import Transforms
from .wire import UNKNOWN, texts_handed_over, without_provider_keys, without_secrets

_STACK = "pulumi:pulumi:Stack"
_STACK_REFERENCE = "pulumi:pulumi:StackReference"
_PROVIDERS = "pulumi:providers:"
_MOST_TEXT = 4 * 2**20  # characters of code that all assets together may hand on: an answer has an end


class _NoMocks(mocks.Mocks):  # type: ignore[misc] # pulumi is not installed where types are checked
    """The base class wants one; the monitor below answers everything itself."""

    def new_resource(self, args: Any) -> tuple[str, dict[str, Any]]:  # noqa: ANN401 - pulumi's own type
        return args.name, args.inputs

    def call(self, args: Any) -> tuple[dict[str, Any], list[Any]]:  # noqa: ANN401, ARG002 - pulumi's own type
        return {}, []


class RecordingMonitor(mocks.MockMonitor):  # type: ignore[misc] # as above
    """`records`: one JSON object per resource, without secrets, safe to read from another thread."""

    def __init__(self, request: Request) -> None:
        super().__init__(_NoMocks())
        self._request = request
        self.records: list[dict[str, Any]] = []
        self.invokes = Invokes(request)
        self.transforms_skipped = False
        self._outputs = OutputMaker(request)
        self._transforms = Transforms()
        self._text_left = _MOST_TEXT
        self._lock = threading.Lock()

    def make_urn(self, parent: str, type_: str, name: str) -> str:
        """As the engine does: the chain of component types, without the stack that is above all."""
        chain = parent.split("::")[2] if parent else _STACK
        qualified = type_ if chain == _STACK else f"{chain}${type_}"
        return f"urn:pulumi:{self._request.stack}::{self._request.project}::{qualified}::{name}"

    def RegisterResource(self, request: Any) -> Any:  # noqa: ANN401, N802 - pulumi's own name
        """Write down one declared resource and answer it."""
        urn = self.make_urn(request.parent, request.type, request.name)
        if request.type == _STACK:
            return resource_pb2.RegisterResourceResponse(urn=urn)
        request = self._transforms.apply(urn, request)
        inputs = marked_unknown(json_format.MessageToDict(request.object))
        own_id, outputs = "", inputs
        if request.custom:
            own_id, outputs = self._outputs.answer(request.type, request.name, inputs, request.importId)
        dependencies = {name: sorted(of.urns) for name, of in request.propertyDependencies.items()}
        extra = {
            "custom": bool(request.custom),
            "remote": bool(request.remote),
            "read": False,
            "dependencies": dependencies,
        }
        self._keep(urn, request, own_id, inputs, outputs, extra)
        return resource_pb2.RegisterResourceResponse(urn=urn, id=own_id, object=_struct(outputs))

    def ReadResource(self, request: Any) -> Any:  # noqa: ANN401, N802 - pulumi's own name
        """Write down one resource that the program only looks up; what a stack reference gives is unknown here."""
        urn = self.make_urn(request.parent, request.type, request.name)
        inputs = marked_unknown(json_format.MessageToDict(request.properties))
        _, outputs = self._outputs.answer(request.type, request.name, inputs, request.id)
        if request.type == _STACK_REFERENCE:
            outputs = {**inputs, "outputs": UNKNOWN, "secretOutputNames": UNKNOWN}
        self._keep(
            urn,
            request,
            request.id,
            inputs,
            outputs,
            {"custom": True, "remote": False, "read": True, "dependencies": {}},
        )
        return resource_pb2.ReadResourceResponse(urn=urn, properties=_struct(outputs))

    def Invoke(self, request: Any) -> Any:  # noqa: ANN401, N802 - pulumi's own name
        """Answer one look-up; what only AWS knows is unknown, or text that stands in for it."""
        result = self.invokes.answer(request.tok, json_format.MessageToDict(request.args), asked())
        if result is None:
            return _unknown_result()
        return resource_pb2.ResourceInvokeResponse(**{"return": _struct(result)})

    def RegisterStackTransform(self, request: Any) -> Any:  # noqa: ANN401, N802 - pulumi's own name
        """Every resource from here on goes through it."""
        self._transforms.add_to_stack(request)
        return empty_pb2.Empty()

    def RegisterStackInvokeTransform(self, request: Any) -> Any:  # noqa: ANN401, ARG002, N802 - pulumi's own name
        """Noted, because it is not run: what it would ask instead is not seen."""
        self.transforms_skipped = True
        return empty_pb2.Empty()

    def _keep(
        self,
        urn: str,
        request: Any,  # noqa: ANN401 - pulumi's own type
        own_id: str,
        inputs: dict[str, Any],
        outputs: dict[str, Any],
        extra: dict[str, Any],
    ) -> None:
        masked = without_provider_keys(inputs) if request.type.startswith(_PROVIDERS) else inputs
        record = {
            "urn": urn,
            "token": request.type,
            "name": request.name,
            "id": own_id,
            "parent": request.parent,
            "provider": request.provider,
            "inputs": without_secrets(masked),
            "outputs": without_secrets({k: v for k, v in outputs.items() if k not in inputs and v != UNKNOWN}),
            "position": _position(request),
            **extra,
        }
        with self._lock:
            self.records.append({**record, "texts": self._texts(inputs)})

    def _texts(self, inputs: dict[str, Any]) -> dict[str, str | None]:
        """Code that is handed over as text, to be looked at and not kept; None for what is too much."""
        texts: dict[str, str | None] = {}
        for path, text in texts_handed_over(inputs):
            fits = len(text) <= self._text_left
            texts[path] = text if fits else None
            self._text_left -= len(text) if fits else 0
        return texts


def _unknown_result() -> Any:  # noqa: ANN401 - protobuf's own type
    """An answer that is unknown as a whole; older SDKs have no such field, and get an empty one."""
    known = "unknown" in resource_pb2.ResourceInvokeResponse.DESCRIPTOR.fields_by_name
    return resource_pb2.ResourceInvokeResponse(**({"unknown": True} if known else {}))


def _position(request: Any) -> dict[str, Any]:  # noqa: ANN401 - pulumi's own type
    """Where the program declares it: the first frame that is not in an installed package."""
    frames = [frame.pc for frame in request.stackTrace.frames] or [request.sourcePosition]
    own = [one for one in frames if one.uri and INSTALLED not in one.uri]
    found = (own or [request.sourcePosition])[0]
    return {"uri": found.uri, "line": found.line}


def _struct(values: dict[str, Any]) -> Any:  # noqa: ANN401 - protobuf's own type
    message = struct_pb2.Struct()
    json_format.ParseDict(values, message)
    return message
