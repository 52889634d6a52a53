"""A platform that says «too often» (HTTP 429) has said nothing of who may enter, in either direction."""

import json
from dataclasses import replace

import pytest

from checks.model.verdict import Outcome
from tests.targets.odd_platforms import TOKEN, Platform, running_platform
from tests.targets.protocol_runs import ODD_CONTRACT, PATIENT, findings_by

STRANGERS = (
    "ocpi-access-no-token-refused",
    "ocpi-access-wrong-token-refused",
    "ocpi-access-empty-token-refused",
    "ocpi-access-other-scheme-refused",
    "ocpi-access-query-token-refused",
    "ocpi-access-refusal-status",
)
FORMS = ("ocpi-token-compared-whole", "ocpi-token-one-encoding", "ocpi-token-one-header")
PUT_OFF = json.dumps({"status_code": 2000}).encode()


def outcomes(platform, checks, folder, module=None):
    with running_platform(platform) as running:
        target = running.target(limits=PATIENT, contracts=(ODD_CONTRACT,))
        found = findings_by(checks, target, {"emsp-a": TOKEN}, folder)
    return {
        check: {f.outcome for f in found[check] if module in {None, f.subject.coordinates().get("module")}}
        for check in checks
    }


def test_who_is_put_off_was_not_refused(tmp_path):
    found = outcomes(Platform(refusal=(429, 2000)), STRANGERS, tmp_path)
    assert found == {check: {Outcome.INCONCLUSIVE} for check in STRANGERS}


@pytest.mark.parametrize("check", FORMS)
def test_a_valid_token_that_is_put_off_shows_nothing(tmp_path, check):
    def change(request, response):
        return replace(response, status=429, body=PUT_OFF) if request.path.endswith("/sessions") else response

    assert outcomes(Platform(change=change), (check,), tmp_path, "sessions") == {check: {Outcome.INCONCLUSIVE}}
