"""Our platform as one that is commanded: what it takes, and what it tells of it."""

import asyncio
import json
from datetime import UTC, datetime

import pytest

from scanner.model.party import Party
from scanner.model.served import CallersToken, ServedCall
from scanner.ocpi.credentials.made_up_partner import MadeUpPartner
from scanner.ocpi.sent_commands.platform import CommandedPlatform

NOW = datetime(2027, 1, 4, 8, tzinfo=UTC)
PATH = "/ocpi/2.2.1/receiver/commands/UNLOCK_CONNECTOR"
URL = "https://ocpi.example.com/ocpi/2.2.1/commands/UNLOCK_CONNECTOR/{}"


def command(number=1, path=PATH, method="POST", token=CallersToken.NEWEST, body=None):
    text = json.dumps({"response_url": URL.format(number), "location_id": "L"}) if body is None else body
    return ServedCall(
        received_at=NOW, peer="192.0.2.1", method=method, path=path, headers=(), body=text.encode(), token=token
    )


def played(*calls, timeouts_s=(60, 5)):
    partner = MadeUpPartner(Party(country_code="NL", party_id="ABC"), ("2.2.1",), NOW)
    platform = CommandedPlatform(partner=partner, timeouts_s=timeouts_s)

    async def run():
        answers = [await platform.answer(call) for call in calls]
        assert all(one is not None and isinstance(one.body, bytes) for one in answers)
        return [(one.status, json.loads(one.body)) for one in answers if one and isinstance(one.body, bytes)], [
            platform.came.get_nowait() for _ in range(platform.came.qsize())
        ]

    return asyncio.run(run())


def test_the_version_details_name_where_commands_are_taken():
    ((_, details),), _ = played(command(path="/2.2.1", method="GET", body=""))
    (named,) = (
        one["url"]
        for one in details["data"]["endpoints"]
        if (one["identifier"], one["role"]) == ("commands", "RECEIVER")
    )
    assert PATH.startswith(named)


def test_as_many_as_were_agreed_on_are_accepted_with_their_timeouts_and_the_rest_rejected():
    answers, came = played(*map(command, range(3)))
    assert [document["data"] for _, document in answers] == [
        {"result": "ACCEPTED", "timeout": 60},
        {"result": "ACCEPTED", "timeout": 5},
        {"result": "REJECTED", "timeout": 0},
    ]
    assert [(one.number, one.command, one.url) for one in came] == [
        (number, "UNLOCK_CONNECTOR", URL.format(number)) for number in range(2)
    ]


@pytest.mark.parametrize(
    "call, status, code",
    [
        (command(token=CallersToken.FORMER), 401, 2000),
        (command(token=CallersToken.NONE), 401, 2000),
        (command(method="GET"), 404, 2000),
        (command(path="/ocpi/2.2.1/receiver/commands/"), 404, 2000),
        (command(path="/ocpi/2.2.1/receiver/tokens/NL"), 404, 2000),
        (command(body="{"), 200, 2001),
        (command(body="[]"), 200, 2001),
        (command(body='{"response_url": null}'), 200, 2001),
    ],
)
def test_what_is_no_command_of_the_platform_is_not_taken(call, status, code):
    ((answer, document),), came = played(call)
    assert (answer, document["status_code"], came) == (status, code, [])
