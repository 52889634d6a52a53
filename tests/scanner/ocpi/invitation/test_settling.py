"""Which of the tokens a platform lets in: told only where one is let in and all others were refused."""

import pytest

from scanner.model.credential import Former
from scanner.ocpi.invitation.settling import Valid, the_one

OFFERED, BEFORE = Former.OFFERED, Former.PREVIOUS


@pytest.mark.parametrize(
    "opens, valid",
    [
        ({None: True}, Valid(which=None)),
        ({None: True, OFFERED: False}, Valid(which=None)),
        ({None: False, OFFERED: True, BEFORE: False}, Valid(which=OFFERED)),
        ({None: False, BEFORE: True}, Valid(which=BEFORE)),
        ({None: True, OFFERED: True}, None),
        ({None: True, OFFERED: None}, None),
        ({None: None, OFFERED: True}, None),
        ({None: False, OFFERED: False}, None),
        ({None: False}, None),
        ({}, None),
    ],
)
def test_one_token_is_valid_where_the_others_were_refused(opens, valid):
    assert the_one(opens) == valid
