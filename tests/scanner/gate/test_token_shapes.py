"""What can be said of tokens, without saying what they are."""

import secrets
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.gate.token_shapes import shapes_of
from scanner.gate.token_strength import alphabet_of, entropy_bits, likenesses
from scanner.gate.vault import TokenVault
from scanner.model.secret import Secret
from scanner.model.token_shape import Alphabet, Likeness


@pytest.mark.parametrize(
    "token, alphabet, likeness, least, most",
    [
        ("8c2b52a0-5f0e-4e1a-9c0d-3f2a1b4c5d6e", Alphabet.PRINTABLE, Likeness.UUID_V4, 100, 122),
        ("6ba7b810-9dad-11d1-80b4-00c04fd430c8", Alphabet.PRINTABLE, Likeness.UUID_V1, 20, 54),
        ("9f86d081884c7d659a2feaa0c55ad015", Alphabet.HEX, Likeness.HEX, 100, 128),
        ("ocpi-test-token-2024", Alphabet.BASE64, Likeness.WORDS, 10, 70),
        ("abcdefghijklmnop", Alphabet.ONE_CASE, Likeness.RUN, 1, 15),
        ("12345678901234567890", Alphabet.DIGITS, Likeness.REPEATED, 1, 20),
        ("aaaaaaaaaaaaaaaa", Alphabet.HEX, Likeness.REPEATED, 1, 9),
        ("b2NwaS10ZXN0LXRva2VuLTEyMzQ=", Alphabet.BASE64, Likeness.BASE64, 10, 60),
        ("eyJhbGciOiJIUzI1NiJ9" + ".eyJzdWIiOiJ4In0.c2ln", Alphabet.PRINTABLE, Likeness.JWT, 0, 300),
    ],
)
def test_a_token_is_told_by_its_form(token, alphabet, likeness, least, most):
    assert likeness in likenesses(token)
    assert least <= entropy_bits(token) <= most
    if alphabet is not Alphabet.PRINTABLE:
        assert alphabet_of(token) is alphabet


def test_tokens_of_chance_are_strong_and_look_like_nothing():
    for _ in range(200):
        assert entropy_bits(secrets.token_urlsafe(32)) > 200
        assert entropy_bits(secrets.token_hex(16)) > 100
        assert Likeness.UUID_V4 in likenesses(str(uuid.uuid4()))


@given(st.text(max_size=80))
def test_any_text_has_a_shape(token):
    assert entropy_bits(token) >= 0
    assert set(likenesses(token)) <= set(Likeness)


def shapes(environment="test", **tokens):
    keys = {(name.split("__")[0], name.split("__")[1]): Secret(token) for name, token in tokens.items()}
    return {shape.identity: shape for shape in shapes_of(TokenVault(keys), environment)}


def test_the_same_token_is_noticed_in_every_environment_by_name_only():
    same = "nQ4v-canary-Yx82Lm"
    found = shapes(test__a=same, test__b="other-token-9977", prod__c=same)
    assert set(found) == {"a", "b"}
    assert found["a"].same_as == (("prod", "c"),)
    assert found["b"].same_as == ()
    assert "canary" not in repr(found)


@pytest.mark.parametrize(
    "one, other, expected",
    [
        ("emsp-key-0199-x", "emsp-key-0200-x", True),
        ("a81f00c3d2e41", "a81f00c3d2e42", True),
        ("emsp-key-0199-x", "emsp-key-9200-x", False),
        ("8c2b52a0-5f0e-4e1a-9c0d-3f2a1b4c5d6e", "d1e02b7c-03a9-4b1f-8d55-6f70a1c2b3e4", False),
        ("12345678", "12345679", False),
    ],
    ids=["counted", "hexadecimal", "far apart", "of chance", "nothing in common"],
)
def test_tokens_in_sequence_are_noticed(one, other, expected):
    found = shapes(test__a=one, test__b=other)
    assert (found["a"].in_sequence_with == (("test", "b"),)) is expected
    assert (found["b"].in_sequence_with == (("test", "a"),)) is expected


def test_tokens_with_much_in_common_are_noticed():
    found = shapes(test__a="partner-nl-tnm-k3", test__b="partner-nl-tnm-z9", test__c="Uq8zL0vM2pRw")
    assert found["a"].alike == (("test", "b"),)
    assert found["c"].alike == ()


@pytest.mark.parametrize("token, ascii_, short", [("x" * 65, True, False), ("caf\u00e9-token", False, True)])
def test_what_ocpi_asks_of_a_token_is_told(token, ascii_, short):
    shape = shapes(test__a=token)["a"]
    assert (shape.printable_ascii, shape.at_most_64, shape.length) == (ascii_, short, len(token))
