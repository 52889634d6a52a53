"""What is refused is set aside with the rule it breaks, once each; what is taken, or is no record, is not."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws

from infra.service.quarantine import RefusedRecord
from infra.service_on_lambda.quarantine_table import KEPT, QuarantineTable
from tests.infra.service.examples import cdr, tariff
from tests.infra.service.exchange_client import EMSP, cpo_c
from tests.targets.reference_service import RunningService, running_service

TABLE = "quarantine-1a2b3c4"


class Kept:
    """A quarantine in memory, which can be broken."""

    def __init__(self) -> None:
        self.records: list[RefusedRecord] = []
        self.is_broken = False

    async def keep(self, record: RefusedRecord) -> None:
        if self.is_broken:
            raise ConnectionError("the table is gone")
        self.records.append(record)


@pytest.fixture(scope="module")
def quarantine() -> Kept:
    return Kept()


@pytest.fixture(scope="module")
def running(quarantine: Kept) -> Iterator[RunningService]:
    with running_service(quarantine=quarantine) as service:
        yield service


@pytest.fixture(autouse=True)
def empty(quarantine: Kept) -> None:
    quarantine.records.clear()
    quarantine.is_broken = False


def audit(running: RunningService) -> list[dict[str, Any]]:
    return [dict(event) for event in running.events if event["event"] == "quarantine"]


def test_a_record_that_breaks_a_rule_is_kept_with_the_rule_and_the_request(running: RunningService, quarantine: Kept):
    wrong = cdr(country_code="NL", party_id="XXX")
    answer = cpo_c(running).post(f"{EMSP}/cdrs", wrong)
    assert answer.json["status_code"] == 2001
    (record,) = quarantine.records
    assert (record.partner, record.module, record.method) == ("cpo-c", "cdrs", "POST")
    assert (record.body, record.rule) == (wrong, answer.json["status_message"])
    assert record.request_id == answer.headers["X-Request-ID"]
    event = audit(running)[-1]
    assert (event["outcome"], event["module"], event["status_code"]) == ("kept", "cdrs", 2001)
    assert (event["rule"], event["record"]) == (record.rule, record.reference)
    assert not {"XXX", wrong["id"]} & {str(value) for value in event.values()}


def test_a_record_that_is_taken_is_not_kept(running: RunningService, quarantine: Kept):
    assert cpo_c(running).put(f"{EMSP}/tariffs/BE/GRN/T-NEW", tariff()).json["status_code"] == 1000
    assert quarantine.records == []


def test_a_body_that_is_no_object_is_no_record(running: RunningService, quarantine: Kept):
    assert cpo_c(running).post(f"{EMSP}/cdrs", [cdr()]).json["status_code"] == 2001
    assert quarantine.records == []


def test_a_read_that_is_refused_is_no_record(running: RunningService, quarantine: Kept):
    assert cpo_c(running).get(f"{EMSP}/cdrs/no-such-cdr").json["status_code"] >= 2000
    assert quarantine.records == []


def test_a_quarantine_that_fails_changes_no_answer_and_is_told_of(running: RunningService, quarantine: Kept):
    wrong = cdr(country_code="NL", party_id="XXX")
    expected = cpo_c(running).post(f"{EMSP}/cdrs", wrong)
    quarantine.is_broken = True
    answer = cpo_c(running).post(f"{EMSP}/cdrs", wrong)
    assert (answer.status, answer.json["status_code"]) == (expected.status, expected.json["status_code"])
    event = audit(running)[-1]
    assert (event["outcome"], event["error"]) == ("lost", "ConnectionError")


@pytest.fixture
def table() -> Iterator[Any]:
    with mock_aws():
        client: Any = boto3.client("dynamodb", "eu-central-1")
        keys = [("pk", "HASH"), ("sk", "RANGE")]
        client.create_table(
            TableName=TABLE,
            BillingMode="PAY_PER_REQUEST",
            KeySchema=[{"AttributeName": name, "KeyType": kind} for name, kind in keys],
            AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name, _ in keys],
        )
        yield client


def keep(client: Any, record: RefusedRecord) -> None:
    asyncio.run(QuarantineTable(client, TABLE).keep(record))


def items(client: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.scan(TableName=TABLE)["Items"]
    return found


def test_the_same_record_again_is_counted_and_its_time_starts_again(
    table: Any, quarantine: Kept, running: RunningService
):
    cpo_c(running).post(f"{EMSP}/cdrs", cdr(country_code="NL", party_id="XXX"))
    (first,) = quarantine.records
    quarantine.records.clear()
    cpo_c(running).post(f"{EMSP}/cdrs", cdr(country_code="NL", party_id="XXX"))
    (again,) = quarantine.records
    keep(table, first)
    keep(table, again)
    (item,) = items(table)
    assert (item["pk"]["S"], item["times"]["N"]) == ("partner#cpo-c", "2")
    assert (item["first_at"]["S"], item["last_at"]["S"]) == (first.at.isoformat(), again.at.isoformat())
    assert int(item["expires_at"]["N"]) == int((again.at + KEPT).timestamp())
    assert item["rule"]["S"] == first.rule
    assert "XXX" in item["body"]["S"]


def test_a_record_larger_than_an_item_is_cut_and_says_so(table: Any, quarantine: Kept, running: RunningService):
    cpo_c(running).post(f"{EMSP}/cdrs", cdr(country_code="NL", party_id="XXX"))
    (record,) = quarantine.records
    keep(table, RefusedRecord(**{**_fields(record), "body": {**record.body, "remark": "é" * 400_000}}))
    (item,) = items(table)
    assert item["is_cut"]["BOOL"] is True
    assert len(item["body"]["S"].encode()) <= 300_000


def _fields(record: RefusedRecord) -> dict[str, Any]:
    return {name: getattr(record, name) for name in RefusedRecord.__slots__}
