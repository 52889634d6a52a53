"""Two identities never keep their tokens in one place."""

import json

import pytest

from scanner.config.load import load_configuration
from scanner.errors import ConfigError

SECRET = "aws-secretsmanager:arn:aws:secretsmanager:eu-central-1:123456789012:secret:emsp-AbCdEf"


def _load(folder, *sinks):
    """One environment an identity: their names tell nothing about where the tokens are."""
    endpoints = {"main": {"versions_url": "https://ocpi.example.com/ocpi/versions"}}
    environments = {
        f"test{number}": {"endpoints": endpoints, "identities": {"us": {"token": "env:A", "sink": sink}}}
        for number, sink in enumerate(sinks)
    }
    file = folder / "ocpi-posture.yaml"
    file.write_text(json.dumps({"environments": environments}))
    return load_configuration(file)


@pytest.mark.parametrize(
    "one, other",
    [
        ("file:token", "file:token"),
        ("file:token", "file:keys/../token"),
        ("file:token", "file:token.offered"),
        ("file:token.before", "file:token"),
        (SECRET, SECRET),
        (f"{SECRET}#one", f"{SECRET}#two"),
    ],
)
def test_a_sink_of_two_is_refused_before_a_token_takes_anothers_place(tmp_path, one, other):
    with pytest.raises(ConfigError) as refused:
        _load(tmp_path, one, other)
    assert "environments.test1.identities.us.sink" in str(refused.value)
    assert "us of test0" in str(refused.value)


def test_sinks_of_their_own_are_used(tmp_path):
    sinks = ("file:one", "file:two", "file:keys/one", f"file:{tmp_path.parent}/one", SECRET, f"{SECRET}2")
    assert len(_load(tmp_path, *sinks).sinks) == len(sinks)
