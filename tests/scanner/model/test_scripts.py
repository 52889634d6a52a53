"""What scripts set, in the clothes in which user data come."""

import base64
import gzip
import time

import pytest

from scanner.model.scripts import assignments, script_of

SCRIPT = "#!/bin/sh\nexport API_TOKEN=abc-123\n"
PACKED = base64.b64encode(gzip.compress(SCRIPT.encode())).decode()


@pytest.mark.parametrize(
    "text",
    [SCRIPT, base64.b64encode(SCRIPT.encode()).decode(), base64.encodebytes(SCRIPT.encode() * 9).decode(), PACKED],
    ids=["plain", "base64", "base64 in lines", "gzip"],
)
def test_a_script_is_read_as_it_is_and_packed(text):
    script = script_of(text)
    assert script is not None
    assert ("API_TOKEN", "abc-123") in set(assignments(script))


@pytest.mark.parametrize(
    "text",
    [
        base64.b64encode(b"\xff\xfe\x00 no text").decode(),
        base64.b64encode(gzip.compress(b"a" * 300_000)).decode(),
        PACKED[:40],
        "a" * 300_000,
    ],
    ids=["no text", "long when unpacked", "cut off", "long"],
)
def test_what_cannot_be_read_is_none(text):
    assert script_of(text) is None


@pytest.mark.parametrize(
    "script, found",
    [
        ("DB_PASS='x y'\n", ("DB_PASS", "x y")),
        ("docker run -e TOKEN=abc image", ("TOKEN", "abc")),
        ('curl -H "Authorization: Token abc" https://x', ("Authorization", "Token abc")),
        ("password: secret\n", ("password", "secret")),
    ],
)
def test_each_way_to_set_something_is_read(script, found):
    assert found in set(assignments(script))


@pytest.mark.parametrize("value", ["$(aws ssm get-parameter)", "`cat f`", "$OTHER", "{{resolve:secretsmanager:x}}"])
def test_what_is_fetched_when_the_script_runs_is_not_set_by_it(value):
    assert not [name for name, _ in assignments(f"TOKEN={value}\n") if name == "TOKEN"]


@pytest.mark.parametrize("part", ["\n", "x=", "token", "a", "Authorization: ", "export ", "token= ", '"x="'])
def test_no_text_takes_minutes(part):
    begin = time.process_time()
    list(assignments(part * ((1 << 16) // len(part))))
    assert time.process_time() - begin < 5.0
