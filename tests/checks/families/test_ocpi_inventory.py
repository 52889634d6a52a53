from dataclasses import replace

import pytest

from checks.model.verdict import Outcome
from tests.targets.odd_platforms import TOKEN, Platform, running_hostile, running_platform
from tests.targets.protocol_runs import PATIENT, findings_by

CHECK = "ocpi-inventory-no-test-data"
OF_TESTS = Platform(change_object=lambda item: {**item, "name": "Test site 7 (dummy)"})
REAL = Platform(change_object=lambda item: {**item, "name": "Contest hall, Testa street"})


def findings(running, folder, environment):
    target = replace(running.target(limits=PATIENT), name=environment)
    return findings_by((CHECK,), target, {"emsp-a": TOKEN}, folder)[CHECK]


@pytest.mark.parametrize(
    "platform, environment, outcome",
    [
        (OF_TESTS, "production", Outcome.FAIL),
        (OF_TESTS, "live-eu", Outcome.FAIL),
        (OF_TESTS, "acceptance", Outcome.NOT_APPLICABLE),
        (REAL, "production", Outcome.PASS),
    ],
)
def test_words_of_tests_count_in_production_only(tmp_path, platform, environment, outcome):
    with running_platform(platform) as running:
        (found,) = findings(running, tmp_path, environment)
    assert found.outcome is outcome
    assert "dummy" not in found.message
    if outcome is Outcome.FAIL:
        assert "/data/*/name (3)" in found.message


def test_where_nothing_can_be_read_nothing_is_known(tmp_path):
    with running_hostile("not-http") as running:
        found = findings(running, tmp_path, "production")
    assert {f.outcome for f in found} == {Outcome.INCONCLUSIVE}
