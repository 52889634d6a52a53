"""Secrets are found in any of their forms, whichever way is the faster one to look for them."""

import pytest

from scanner.gate.known_secrets import KnownSecrets
from scanner.gate.secret_forms import forms_of

ONE = ("a-token-of-one-partner-3f1c",)
ALIKE = tuple(f"begins-alike-{number:06}" for number in range(40))
AROUND = '{"name": "a location", "note": "%s", "last_updated": "2026-11-21T12:00:00Z"}' * 40


@pytest.mark.parametrize("secrets", [ONE, ALIKE, ONE + ALIKE], ids=["one", "forty that begin alike", "both"])
def test_every_form_is_found_in_a_long_text_and_its_beginning_is_no_secret(secrets):
    known = KnownSecrets()
    known.learn(secrets)
    for secret in secrets:
        for form in forms_of(secret):
            if len(form) >= len(secret):
                assert known.in_(AROUND.replace("%s", form, 1).lower()), form
        assert not known.in_(AROUND.replace("%s", secret[:12]).lower())
    assert not known.in_(AROUND.lower())
