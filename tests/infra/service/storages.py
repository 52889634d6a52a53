"""The storages that the service's tests run on: the same service on the same sockets, with the same objects in it."""

from __future__ import annotations

import asyncio
import copy
import itertools
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import boto3
from moto import mock_aws
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models import dynamodb_backends

from infra.service.deployment.folder import Folder
from infra.service.deployment.loading import load_partners, load_seed
from infra.service_on_lambda.dynamodb_store import DynamoDbStore
from infra.service_on_lambda.registrations import Registrations
from tests.infra.service_on_lambda.access_and_objects import REGION, create_tables
from tests.targets.once import once_a_run
from tests.targets.reference_service import RunningService, prepared_folder, running_service

_NUMBERS: Final = itertools.count()


@contextmanager
def on_sqlite() -> Iterator[RunningService]:
    """A database file in a folder of its own."""
    with TemporaryDirectory() as directory:
        root = shutil.copytree(prepared_folder().root, Path(directory) / "deployment")
        with running_service(store="sqlite", folder=Folder(root)) as running:
            yield running


@contextmanager
def on_dynamodb() -> Iterator[RunningService]:
    """Tables of its own in moto, with the partners' tokens and the seed in them."""
    items = _seeded()
    with mock_aws():
        before = f"service-{next(_NUMBERS)}-"
        store = _empty_store(before)
        _items(before).update(copy.deepcopy(items))
        asyncio.run(load_partners(store, prepared_folder().document().to_settings("https://localhost").partners))
        with running_service(storage=lambda _memory: store) as running:
            yield running


@once_a_run
def _seeded() -> Mapping[Any, Any]:
    """As moto keeps them, put there by the service's own code; copying them is a hundred times quicker."""
    with mock_aws():
        asyncio.run(load_seed(_empty_store(""), prepared_folder().seed()))
        return copy.deepcopy(_items(""))


def _empty_store(before: str) -> DynamoDbStore:
    client = boto3.client("dynamodb", REGION)
    create_tables(client, before)
    return DynamoDbStore(client, f"{before}objects", Registrations(client, f"{before}access"))


def _items(before: str) -> dict[Any, Any]:
    items: dict[Any, Any] = dynamodb_backends[DEFAULT_ACCOUNT_ID][REGION].tables[f"{before}objects"].items
    return items


STORAGES: Final[Mapping[str, Callable[[], AbstractContextManager[RunningService]]]] = {
    "memory": running_service,
    "sqlite": on_sqlite,
    "dynamodb": on_dynamodb,
}
