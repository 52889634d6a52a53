"""Alerts: on change only, once for each change, and never lost, whatever the receiver does."""

import hashlib
import hmac
import json
from datetime import timedelta
from email import message_from_string

import boto3
import pytest
from moto import mock_aws
from moto.securityhub.models import SecurityHubBackend

from checks.model.verdict import Outcome
from scanner.config.alert_targets import (
    AlertTarget,
    EmailConfig,
    SecurityHubConfig,
    SlackConfig,
    SnsConfig,
    WebhookConfig,
)
from scanner.gate.alerts import NotDelivered, post_signed
from scanner.history.outbox import LEASE, Undelivered, deliver, messages, pause
from scanner.history.recording import record
from scanner.history.telling import announce, send, slack_body
from scanner.model.secret import Secret
from scanner.model.severity import Severity
from tests.scanner.history.past import NOW, run_on
from tests.targets.alert_receivers import running_mail_server, running_webhook

FAIL, PASS = Outcome.FAIL, Outcome.PASS
KEY = Secret("hmac-canary-4rT9pQ")


def webhook(url: str, at_least: str = "medium") -> AlertTarget:
    how = WebhookConfig(url=url, secret="env:KEY")
    return AlertTarget(name="webhooks/ops", at_least=Severity(at_least), how=how)


def told(database, *postures, targets) -> list[int]:
    """Record runs, and how many messages each of them left in the outbox."""
    counts = []
    for posture in postures:
        with database.writing() as connection:
            record(connection, posture, NOW)
            counts.append(announce(connection, posture, targets, NOW))
    return counts


def delivered(database, target, at=NOW, **more) -> tuple[int, int]:
    def one(message):
        send(message, {target.name: target}, {target.name: KEY})

    return deliver(database, one, [target.name], lambda: at, **more)


def waiting(database):
    with database.reading() as connection:
        return messages(connection, waiting=True)


def test_only_a_change_is_told_and_each_once(database):
    targets = (webhook("https://hook.example/"),)
    runs = (
        run_on(1, FAIL, PASS),
        run_on(2, FAIL, PASS),
        run_on(3, FAIL, FAIL),
        run_on(4, PASS, FAIL),
        run_on(5, None, FAIL),
    )
    assert told(database, *runs, targets=targets) == [1, 0, 1, 1, 0]
    assert told(database, runs[2], targets=targets) == [0]
    assert ["1 new" in m.title or "1 fixed" in m.title for m in waiting(database)] == [True] * 3


def test_what_is_no_longer_looked_at_is_told_as_that(database):
    told(database, run_on(1, FAIL), run_on(2, None), targets=(webhook("https://hook.example/"),))
    assert waiting(database)[-1].title.endswith("1 no longer looked at")


def test_a_narrowed_run_in_between_makes_nothing_new_and_nothing_lost(database):
    targets, some = (webhook("https://hook.example/"),), ("--select x",)
    runs = (
        run_on(1, FAIL, PASS, PASS),
        run_on(2, None, FAIL, None, narrowed=some),
        run_on(3, None, FAIL, None, narrowed=some),
        run_on(4, FAIL, FAIL, PASS),
        run_on(5, None, PASS, None, narrowed=some),
        run_on(6, FAIL, PASS, FAIL),
    )
    assert told(database, *runs, targets=targets) == [1, 1, 0, 0, 1, 1]
    told_of = [message.title.partition(": ")[2] for message in waiting(database)]
    assert told_of == ["1 new", "1 new", "1 fixed", "1 new"]


def test_where_every_run_was_narrowed_each_change_is_told_once(database):
    targets, some = (webhook("https://hook.example/"),), ("--select x",)
    runs = (
        run_on(1, FAIL, None, narrowed=some),
        run_on(2, None, FAIL, narrowed=some),
        run_on(3, FAIL, FAIL, narrowed=some),
    )
    assert told(database, *runs, targets=targets) == [1, 1, 0]


def test_below_the_threshold_nothing_is_told(database):
    targets = (webhook("https://hook.example/", "critical"),)
    assert told(database, run_on(1, FAIL, severity=Severity.HIGH), targets=targets) == [0]


def test_another_environment_is_no_earlier_run(database):
    targets = (webhook("https://hook.example/"),)
    assert told(database, run_on(1, FAIL), run_on(2, FAIL, environment="prod"), targets=targets) == [1, 1]


def test_a_webhook_is_signed_and_says_which_message_it_is(database):
    with running_webhook() as hook:
        told(database, run_on(1, FAIL), targets=(webhook(hook.url),))
        assert delivered(database, webhook(hook.url)) == (1, 0)
        assert delivered(database, webhook(hook.url)) == (0, 0)
    ((headers, body),) = hook.requests
    at, digest = (part.split("=")[1] for part in headers["x-ocpi-posture-signature"].split(","))
    assert digest == hmac.new(KEY.reveal().encode(), at.encode() + b"." + body, hashlib.sha256).hexdigest()
    assert headers["idempotency-key"].endswith("-webhooks/ops")
    assert json.loads(body)["counts"]["new"] == 1
    assert waiting(database) == ()


@pytest.mark.parametrize("answer", [500, 404, 302, 307, "break"])
def test_a_receiver_that_fails_is_tried_again_with_the_same_key_and_longer_pauses(database, answer):
    with running_webhook(answer, answer, 202) as hook:
        target = webhook(hook.url)
        told(database, run_on(1, FAIL), targets=(target,))
        assert delivered(database, target) == (0, 1)
        assert delivered(database, target) == (0, 0)  # it pauses
        (message,) = waiting(database)
        assert message.due == NOW + timedelta(minutes=1)
        assert message.error
        assert delivered(database, target, message.due) == (0, 1)
        (message,) = waiting(database)
        assert message.due == NOW + timedelta(minutes=3)
        assert delivered(database, target, NOW, at_once=True) == (1, 0)
    assert len({headers["idempotency-key"] for headers, _ in hook.requests}) == 1
    assert len(hook.requests) == 3  # and none of them at the place of a redirect


def test_a_receiver_that_hangs_is_left_in_time():
    with running_webhook("hang") as hook, pytest.raises(NotDelivered):
        post_signed(hook.url, b"{}", "key", KEY, seconds=0.3)


def test_nobody_there_is_a_failed_attempt_whose_words_hold_no_secret(database):
    with running_webhook() as hook:
        pass
    told(database, run_on(1, FAIL), targets=(webhook(hook.url),))
    assert delivered(database, webhook(hook.url)) == (0, 1)
    assert "ConnectionRefusedError" in waiting(database)[0].error
    assert KEY.reveal() not in waiting(database)[0].error


def test_a_sender_that_dies_in_the_middle_loses_nothing_and_repeats_the_same_key(database):
    target, keys = webhook("https://hook.example/"), []
    told(database, run_on(1, FAIL), targets=(target,))

    def dies(message):
        keys.append(message.key)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        deliver(database, dies, [target.name], lambda: NOW)
    assert deliver(database, dies, [target.name], lambda: NOW) == (0, 0)  # for a while it counts as under way
    assert deliver(database, lambda m: keys.append(m.key), [target.name], lambda: NOW + LEASE) == (1, 0)
    assert keys[0] == keys[1]


def test_two_senders_at_once_send_a_message_once(database):
    target, sent = webhook("https://hook.example/"), []
    told(database, run_on(1, FAIL), targets=(target,))

    def slow(message):
        sent.append(message.key)
        deliver(database, lambda m: sent.append(m.key), [target.name], lambda: NOW)  # another process meanwhile

    assert deliver(database, slow, [target.name], lambda: NOW) == (1, 0)
    assert len(sent) == 1


def test_pauses_grow_to_six_hours_and_no_further():
    assert [pause(n) for n in (1, 2, 3)] == [timedelta(minutes=m) for m in (1, 2, 4)]
    assert pause(10) == pause(10_000) == timedelta(hours=6)


def test_a_target_whose_secret_is_gone_waits_and_says_where_it_should_be(database):
    target = webhook("https://hook.example/")
    told(database, run_on(1, FAIL), targets=(target,))
    (message,) = waiting(database)
    with pytest.raises(Undelivered, match="its secret is not at env:KEY"):
        send(message, {target.name: target}, {})


def test_mail_arrives_with_a_message_id_that_stays(database):
    with running_mail_server() as box:
        how = EmailConfig(
            host="127.0.0.1", port=box.port, security="none", sender="p@example.com", to=("a@example.com",)
        )
        target = AlertTarget(name="email/team", at_least=Severity.LOW, how=how)
        told(database, run_on(1, FAIL), targets=(target,))
        assert delivered(database, target) == (1, 0)
    mail = message_from_string(box.mails[0])
    assert mail["Subject"] == "OCPI posture of demo: 1 new"
    assert mail["Message-ID"].endswith("@example.com>")
    assert mail["Auto-Submitted"] == "auto-generated"


def test_a_mail_server_that_refuses_or_has_no_tls_is_a_failed_attempt(database):
    with running_mail_server(b"550 no such user") as box:
        plain = EmailConfig(host="127.0.0.1", port=box.port, security="none", sender="p@e.com", to=("a@e.com",))
        target = AlertTarget(name="email/team", at_least=Severity.LOW, how=plain)
        told(database, run_on(1, FAIL), targets=(target,))
        assert delivered(database, target) == (0, 1)
        starttls = AlertTarget(
            name="email/team", at_least=Severity.LOW, how=plain.model_copy(update={"security": "starttls"})
        )
        assert delivered(database, starttls, at_once=True) == (0, 1)
    assert box.mails == []
    assert "SMTPNotSupportedError" in waiting(database)[0].error


def test_slack_gets_text_in_which_nothing_pings_or_links(database):
    with running_webhook() as hook:
        target = AlertTarget(name="slack/team", at_least=Severity.LOW, how=SlackConfig(url="env:URL"))
        told(database, run_on(1, FAIL), targets=(target,))
        (message,) = waiting(database)
        send(message, {target.name: target}, {target.name: Secret(hook.url)})
    body = json.loads(hook.requests[0][1])
    assert body["text"].startswith("OCPI posture of demo: 1 new")
    assert "x-ocpi-posture-signature" not in hook.requests[0][0]


def test_slack_s_own_characters_are_escaped(database):
    told(database, run_on(1, FAIL, environment="<!channel>&"), targets=(webhook("https://hook.example/"),))
    text = json.loads(slack_body(waiting(database)[0]))["text"]
    assert "&lt;!channel&gt;&amp;" in text
    assert "<" not in text


def test_sns_gets_the_message_and_a_missing_topic_is_a_failed_attempt(database, monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    with mock_aws():
        topic = boto3.client("sns", region_name="eu-central-1").create_topic(Name="posture")["TopicArn"]
        target = AlertTarget(name="sns/team", at_least=Severity.LOW, how=SnsConfig(topic=topic))
        told(database, run_on(1, FAIL), targets=(target,))
        assert delivered(database, target) == (1, 0)
        gone = AlertTarget(name="sns/team", at_least=Severity.LOW, how=SnsConfig(topic=topic + "-gone"))
        told(database, run_on(2, PASS), targets=(gone,))
        assert delivered(database, gone) == (0, 1)
    assert waiting(database)[0].error == "sns:Publish: NotFound"


@pytest.fixture
def hub(monkeypatch):
    """An imitation of Security Hub that is switched on."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    with mock_aws():
        client = boto3.client("securityhub", region_name="eu-central-1")
        client.enable_security_hub()
        yield client


def security_hub() -> AlertTarget:
    how = SecurityHubConfig(account="123456789012", region="eu-central-1", at_least="low")
    return AlertTarget(name="security_hub/soc", at_least=Severity.LOW, how=how)


def test_security_hub_gets_each_changed_finding_and_a_repair_under_the_same_id(database, hub):
    many = [FAIL] * 101  # more than one call takes
    told(database, run_on(1, *many, PASS), targets=(security_hub(),))
    assert delivered(database, security_hub()) == (1, 0)
    kept = {one["Id"]: one for page in pages(hub) for one in page}
    assert len(kept) == len(many), "what passed from the start changed nothing"
    assert {one["Compliance"]["Status"] for one in kept.values()} == {"FAILED"}
    told(database, run_on(2, PASS, *many[1:], PASS), targets=(security_hub(),))
    assert delivered(database, security_hub()) == (1, 0)
    after = {one["Id"]: one for page in pages(hub) for one in page}
    assert set(after) == set(kept)
    assert [one["Compliance"]["Status"] for one in after.values()].count("PASSED") == 1


def pages(client):
    return (page["Findings"] for page in client.get_paginator("get_findings").paginate())


def test_what_security_hub_refuses_waits(database, hub, monkeypatch):
    told(database, run_on(1, FAIL), targets=(security_hub(),))
    refused = [{"Id": "x", "ErrorCode": "InvalidInput", "ErrorMessage": "y"}]
    with monkeypatch.context() as refusing:
        refusing.setattr(SecurityHubBackend, "batch_import_findings", lambda *_, **_findings: (1, 0, refused))
        assert delivered(database, security_hub()) == (0, 1)
    assert waiting(database)[0].error == "Security Hub refused 1 findings: InvalidInput"
    assert delivered(database, security_hub(), NOW, at_once=True) == (1, 0)


def test_word_that_waited_never_takes_the_place_of_newer_word(database, hub):
    told(database, run_on(1, FAIL, FAIL), run_on(2, PASS, FAIL), targets=(security_hub(),))
    old, new = waiting(database)
    for message in (new, old):  # the old one arrives last
        send(message, {security_hub().name: security_hub()}, {})
    stands = [one["Compliance"]["Status"] for page in pages(hub) for one in page]
    assert sorted(stands) == ["FAILED", "PASSED"]


def test_what_was_not_looked_at_again_is_no_news_for_security_hub(database):
    assert told(database, run_on(1, FAIL), run_on(2, None), targets=(security_hub(),)) == [1, 0]
