"""Clocks that are apart are told from the time that an answer takes."""

import json
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from msgspec import structs

from scanner.cli.clocks import clocks_apart
from tests.scanner.cli.targets import config_of
from tests.scanner.ocpi.exchanges import answered
from tests.targets.reference_service import running_service

NOW = datetime(2027, 1, 11, 20, 40, 0, 700_000, tzinfo=UTC)


def said(date, elapsed_s=0.2):
    exchange = answered([], headers=() if date is None else (("Date", date),))
    return clocks_apart(structs.replace(exchange, elapsed_s=elapsed_s), NOW)


def date(ahead_s):
    return format_datetime((NOW + timedelta(seconds=ahead_s)).replace(microsecond=0), usegmt=True)


@pytest.mark.parametrize(
    "ahead_s, elapsed_s, expected",
    [
        (0, 0.2, None),
        (9, 0.2, None),
        (-9, 0.2, None),
        (60, 0.2, "its clock is 59 s ahead of this machine's"),
        (-60, 0.2, "its clock is 60 s behind this machine's"),
        (-60, 55.0, None),  # it was written when the answer set out
        (-3600, 0.2, "its clock is 3600 s behind this machine's"),
    ],
)
def test_what_the_way_of_an_answer_and_whole_seconds_leave_open_is_no_difference(ahead_s, elapsed_s, expected):
    assert said(date(ahead_s), elapsed_s) == expected


@pytest.mark.parametrize("value", [None, "", "soon", "2027-01-11T20:40:00Z", "Mon, 11 Jan 2027"])
def test_without_a_readable_date_nothing_is_told(value):
    assert said(value) is None


@pytest.mark.parametrize("appointed, code", [(False, 0), (True, 3)])
def test_preflight_tells_of_it_and_is_not_ready_where_an_appointment_is_kept_by_it(
    posture, tmp_path, monkeypatch, appointed, code
):
    monkeypatch.setattr("scanner.cli.readiness.clocks_apart", lambda *_: "its clock is 60 s behind this machine's")
    with running_service(versions=("2.2.1",)) as service:
        config = config_of(service, tmp_path)
        document = json.loads(config.read_text())
        if appointed:
            at = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
            document["environments"]["test"]["identities"]["emsp-one"] |= {"revoked_at": at}
        config.write_text(json.dumps(document))
        ended = posture("preflight", "-c", config)
    assert ended.code == code, ended.stdout
    assert "its clock is 60 s behind this machine's" in ended.stdout
    assert ("Set the clocks" in ended.stdout) is appointed
