"""Calls the functions of an account as Lambda does: code, handler and environment are those that were deployed."""

from __future__ import annotations

import base64
import hashlib
import importlib
import io
import json
import os
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any, Final

import boto3

_OURS: Final = "infra"


class Functions:
    """The account's functions by name. Close it at the end: instances keep files, connections and an event loop.

    `archives` are the zips that the account was given, held against the digest that it tells of each. Libraries are
    those of this interpreter: the layer is built for another machine, and a test holds its pins to these.
    """

    def __init__(
        self, lambda_client: Any, archives: Mapping[str, bytes], credentials: Mapping[str, str], region: str
    ) -> None:
        self._client, self._archives = lambda_client, archives
        self._around = {**credentials, "AWS_DEFAULT_REGION": region, "AWS_REGION": region}
        self._unpacked = tempfile.TemporaryDirectory(prefix="functions-")
        self._warm: dict[str, _Instance] = {}

    def invoke(self, name: str, event: Any) -> Any:
        """The handler's answer, as JSON carries it. Raises what the handler raises."""
        configuration = self._client.get_function_configuration(FunctionName=name)
        instance = self._instance(configuration["FunctionName"], configuration["CodeSha256"])
        with _environment({**self._around, **configuration["Environment"]["Variables"]}), instance.modules():
            boto3.DEFAULT_SESSION = None  # it remembers whose credentials it found first
            answer = instance.handler(configuration["Handler"])(json.loads(json.dumps(event)), None)
        return json.loads(json.dumps(answer))

    def modules(self) -> dict[str, tuple[str, ...]]:
        """Of ours, by function: what its archive was asked for so far."""
        return {name: tuple(sorted(instance.loaded)) for name, instance in self._warm.items()}

    def close(self) -> None:
        """End all instances."""
        for instance in self._warm.values():
            instance.end()
        self._warm.clear()
        self._unpacked.cleanup()
        boto3.DEFAULT_SESSION = None

    def _instance(self, name: str, digest: str) -> _Instance:
        if name not in self._warm:
            archive = self._archives[name]
            assert base64.b64encode(hashlib.sha256(archive).digest()).decode() == digest, f"{name} has other code"
            folder = Path(self._unpacked.name) / name
            with zipfile.ZipFile(io.BytesIO(archive)) as packed:
                packed.extractall(folder)
            self._warm[name] = _Instance(folder)
        return self._warm[name]


class _Instance:
    """One warm instance: its modules are loaded from the archive, once, and are nobody else's."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.loaded: dict[str, ModuleType] = {}

    @contextmanager
    def modules(self) -> Iterator[None]:
        """Inside, our package is what the archive holds."""
        outside = _taken_out()
        sys.modules.update(self.loaded)
        sys.path.insert(0, str(self._folder))
        importlib.invalidate_caches()
        try:
            yield
        finally:
            sys.path.remove(str(self._folder))
            self.loaded = _taken_out()
            sys.modules.update(outside)
            importlib.invalidate_caches()

    def handler(self, path: str) -> Callable[[Any, None], Any]:
        """By `package.module.function`."""
        module, _, name = path.rpartition(".")
        found = importlib.import_module(module)
        assert Path(str(found.__file__)).is_relative_to(self._folder), found.__file__
        handle: Callable[[Any, None], Any] = getattr(found, name)
        return handle

    def end(self) -> None:
        """The service keeps an event loop between calls."""
        runner = getattr(self.loaded.get("infra.service_on_lambda.handler"), "_runner", None)
        if runner is not None and runner.cache_info().currsize:
            runner().close()
        self.loaded.clear()


def _taken_out() -> dict[str, ModuleType]:
    """Our modules, which are no longer loaded after this."""
    names = [name for name in sys.modules if name.partition(".")[0] == _OURS]
    return {name: sys.modules.pop(name) for name in names}


@contextmanager
def _environment(variables: Mapping[str, str]) -> Iterator[None]:
    before = dict(os.environ)
    os.environ.update(variables)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
