"""How often a partner may ask, and how many wrong tokens an address may try."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from infra.service.deployment.folder import Folder, prepare
from infra.service.rate_limits import PartnerRates, RateSettings, WrongTokens
from infra.service.status import Refusal
from tests.infra.service.exchange_client import Client, emsp_a, emsp_b, nobody
from tests.targets.reference_service import running_service


class Clock:
    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


def test_a_bucket_empties_and_fills_again():
    clock = Clock()
    rates = PartnerRates(RateSettings(requests_per_second=2, burst=3), clock)
    for _ in range(3):
        rates.take("a")
    with pytest.raises(Refusal) as refused:
        rates.take("a")
    assert refused.value.http_status == 429
    assert refused.value.headers == (("Retry-After", "1"),)
    rates.take("b")
    clock.seconds += 0.5
    rates.take("a")
    with pytest.raises(Refusal):
        rates.take("a")
    clock.seconds += 3600
    for _ in range(3):
        rates.take("a")
    with pytest.raises(Refusal):
        rates.take("a")


def test_an_address_that_guesses_waits_and_one_that_knows_does_not():
    clock = Clock()
    wrong = WrongTokens(RateSettings(max_wrong_tokens=3, lock_out_s=30), clock)
    for _ in range(2):
        wrong.check("x")
        wrong.wrong("x")
    wrong.right("x")
    for _ in range(3):
        wrong.check("x")
        wrong.wrong("x")
    clock.seconds += 10
    with pytest.raises(Refusal) as refused:
        wrong.check("x")
    assert refused.value.headers == (("Retry-After", "20"),)
    wrong.check("y")
    clock.seconds += 20
    wrong.check("x")
    wrong.wrong("x")
    wrong.check("x")


def folder_with(tmp_path: Path, **rates: Any) -> Folder:
    folder = prepare(tmp_path / "deployment")
    path = folder.root / "service.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"rates": rates}))
    return folder


def test_a_partner_that_asks_too_often_is_told_when_to_come_back(tmp_path: Path):
    with running_service(folder=folder_with(tmp_path, requests_per_second=0.01, burst=3)) as service:
        replies = [emsp_a(service).get("/ocpi/versions") for _ in range(4)]
        assert [r.status for r in replies] == [200, 200, 200, 429]
        assert (replies[-1].code, replies[-1].headers["Retry-After"]) == (2000, "100")
        assert replies[-1].headers["X-Request-ID"]
        assert replies[-1].headers["Cache-Control"] == "no-store"
        assert emsp_b(service).get("/ocpi/versions").status == 200


def test_guessing_ends_in_a_lock_out_where_no_token_is_looked_at(tmp_path: Path):
    with running_service(folder=folder_with(tmp_path, max_wrong_tokens=4, lock_out_s=60)) as service:
        guesses = [Client(service=service, authorization=f"Token Z3Vlc3M{n}").get("/ocpi/versions") for n in range(5)]
        assert [g.status for g in guesses] == [401, 401, 401, 401, 429]
        assert 1 <= int(guesses[-1].headers["Retry-After"]) <= 60
        assert emsp_a(service).get("/ocpi/versions").status == 429
        assert service.events[-2]["reason"] == "too_many_requests"


def test_a_request_without_a_token_is_no_guess(tmp_path: Path):
    with running_service(folder=folder_with(tmp_path, max_wrong_tokens=2)) as service:
        assert [nobody(service).get("/ocpi/versions").status for _ in range(5)] == [401] * 5
        assert emsp_a(service).get("/ocpi/versions").status == 200
