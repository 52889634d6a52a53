"""Everything that is asked of an applied stack, asked once: what its calls were told, read back, and answered."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from moto import mock_aws

from tests.infra.applied.account import Call
from tests.infra.applied.apply import Applied, apply
from tests.infra.applied.function_runtime import Functions
from tests.infra.applied.read_back import read_back
from tests.infra.applied.rest_gateway import HttpAnswer
from tests.infra.applied.walk import Walk
from tests.infra.recorded_program import example
from tests.targets.once import once_a_run

MOTO: Any = {"lambda": {"use_docker": False}, "iam": {"load_aws_managed_policies": True}}


@dataclass(frozen=True, slots=True, kw_only=True)
class LookedAt:
    """`walked` has answers by what was asked, `events` those that the functions got.

    `ran` has, by function, the modules that were loaded from its archive.
    """

    applied: int
    complaints: tuple[str, ...]
    sdk_complaints: tuple[str, ...]
    overlooked: tuple[str, ...]
    calls: tuple[Call, ...]
    facts: Mapping[str, Any]
    walked: Mapping[str, HttpAnswer]
    events: tuple[Mapping[str, Any], ...]
    token: str
    ran: Mapping[str, tuple[str, ...]]


@once_a_run
def looked_at(name: str) -> LookedAt:
    """The shipped example of that name, applied to an empty account of moto."""
    with mock_aws(config=MOTO):
        applied = apply(example(name))
        facts = {**read_back(applied.account), "environment": name, "account": applied.account.account_id}
        with closing(functions_of(applied)) as functions:
            walk = Walk(applied.account, functions, example(name)["domainName"], name)
            walked = walk.all()
            ran = functions.modules()
    return LookedAt(
        applied=len(applied.made),
        complaints=tuple(applied.account.complaints),
        sdk_complaints=tuple(applied.sdk_complaints),
        overlooked=tuple(applied.overlooked),
        calls=_without_archives(applied),
        facts=facts,
        walked=walked,
        events=tuple(walk.gateway.events),
        token=walk.token,
        ran=ran,
    )


def functions_of(applied: Applied) -> Functions:
    """Those of an applied stack, run from the archives that it was given. To be closed."""
    account = applied.account
    given = {name.upper(): value for name, value in account.credentials().items()}
    archives = {
        call.parameters["FunctionName"]: call.parameters["Code"]["ZipFile"]
        for call in account.calls
        if call.operation == "CreateFunction"
    }
    return Functions(account.client("lambda"), archives, given, account.region)


def _without_archives(applied: Applied) -> tuple[Call, ...]:
    return tuple(
        call for call in applied.account.calls if call.operation not in {"CreateFunction", "PublishLayerVersion"}
    )
