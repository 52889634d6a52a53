"""`stress:` of an environment: what a stress test may put on a host."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from scanner.config.schema import ConfigFile
from scanner.config.stress import StressConfig
from scanner.config.targets import environment_target
from scanner.model.burst import StressLimits


def limits_of(text):
    config = ConfigFile.model_validate({"environments": {"test": text}})
    return environment_target("test", config.environments["test"], config, Path()).stress


def test_what_is_left_out_keeps_its_default_and_the_default_is_the_same_everywhere():
    assert limits_of({}) == StressLimits()
    assert limits_of({"stress": {"requests_per_second": 20, "max_connections": 8}}) == StressLimits(
        requests_per_second=20, max_connections=8
    )


@pytest.mark.parametrize(
    "key, value",
    [("requests_per_second", 0), ("requests_per_second", 2001), ("max_connections", 1), ("max_request", 5)],
)
def test_what_is_no_bound_is_refused(key, value):
    with pytest.raises(ValidationError):
        StressConfig.model_validate({key: value})
