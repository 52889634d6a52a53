"""Calls the functions of an account as Lambda does: handler and environment come from what was deployed."""

from __future__ import annotations

import importlib
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import boto3


class Functions:
    """The account's functions by name; their code is this tree's, which a test of the archives holds them to."""

    def __init__(self, lambda_client: Any, credentials: Mapping[str, str], region: str) -> None:
        self._client = lambda_client
        self._around = {**credentials, "AWS_DEFAULT_REGION": region, "AWS_REGION": region}

    def invoke(self, name: str, event: Any) -> Any:
        """The handler's answer, as JSON carries it. Raises what the handler raises."""
        configuration = self._client.get_function_configuration(FunctionName=name)
        module, _, handler = configuration["Handler"].rpartition(".")
        with _environment({**self._around, **configuration["Environment"]["Variables"]}):
            boto3.DEFAULT_SESSION = None  # it remembers whose credentials it found first
            answer = getattr(importlib.import_module(module), handler)(json.loads(json.dumps(event)), None)
        return json.loads(json.dumps(answer))


@contextmanager
def _environment(variables: Mapping[str, str]) -> Iterator[None]:
    before = dict(os.environ)
    os.environ.update(variables)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


@contextmanager
def fresh_instances() -> Iterator[None]:
    """Functions keep connections and the event loop between calls: none of them outlives the block."""
    from infra.authoriser import handler as authoriser  # noqa: PLC0415
    from infra.service_on_lambda import handler as service  # noqa: PLC0415

    kept: tuple[Any, ...] = (authoriser._table, service._app, service._registrations)
    boto3.DEFAULT_SESSION = None
    _forget(kept)
    try:
        yield
    finally:
        if service._runner.cache_info().currsize:
            service._runner().close()
            service._runner.cache_clear()
        _forget(kept)
        boto3.DEFAULT_SESSION = None


def _forget(caches: tuple[Any, ...]) -> None:
    for one in caches:
        one.cache_clear()
