"""Whose token a text is that a target showed."""

import pytest

from scanner.gate.vault import TokenVault
from scanner.model.secret import Secret
from scanner.model.token_shape import Standing

SHARED = "one-token-for-two-identities"
VAULT = TokenVault(
    {
        ("test", "emsp-one"): Secret(SHARED),
        ("test", "cpo-one"): Secret(SHARED),
        ("test", "emsp-two"): Secret("a-token-of-its-own"),
    }
)


@pytest.mark.parametrize("identity", ["emsp-one", "cpo-one"])
def test_a_token_that_two_identities_were_given_is_that_of_the_one_that_it_was_shown_to(identity):
    known = VAULT.known(SHARED, ("test", identity))
    assert known is not None
    assert (known.identity, known.standing) == (identity, Standing.PRESENT)


def test_a_token_of_somebody_else_is_still_somebody_elses():
    known = VAULT.known(SHARED, ("test", "emsp-two"))
    assert known is not None
    assert known.identity != "emsp-two"
    assert VAULT.known("never seen", ("test", "emsp-two")) is None
