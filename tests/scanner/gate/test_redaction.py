"""No form of a known secret passes the redactor, and the places of unknown ones are masked."""

import base64
import json
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.gate.redaction import MASK, Redactor
from scanner.model.secret import Secret

TOKENS = st.text(min_size=8, max_size=60, alphabet=st.characters(min_codepoint=33, max_codepoint=126))


@given(TOKENS, st.binary(max_size=7), st.binary(max_size=7))
def test_no_form_of_a_secret_survives(token, before, after):
    redactor = Redactor([Secret(token)])
    raw = token.encode()
    forms = [
        token,
        base64.b64encode(raw).decode(),
        base64.b64encode(raw + b"\n").decode(),
        base64.b64encode(base64.b64encode(raw)).decode(),
        quote(token, safe=""),
        raw.hex(),
        json.dumps(token),
    ]
    for form in forms:
        assert form not in redactor.text(f"GET /x?y={form} HTTP/1.1") or form == '"' + MASK + '"'
    for inner in (raw, base64.b64encode(raw)):
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            wrapped = encode(before + inner + after).decode()
            assert wrapped not in redactor.text(wrapped)


TRICKY = "Zq/7+xK2-canary/Pw91xYtR"


@pytest.mark.parametrize(
    "spelled",
    [
        TRICKY.replace("/", "\\/"),
        "".join(f"\\u{ord(c):04x}" for c in TRICKY),
        TRICKY.replace("/", "%2f").replace("+", "%2b"),
        "".join(f"&#{ord(c)};" for c in TRICKY),
        TRICKY.upper(),
        base64.b64encode(TRICKY.encode()).decode().replace("/", "\\/"),
    ],
    ids=["json slash", "json escapes", "lower-case percent", "html", "upper case", "base64 with json slash"],
)
def test_a_secret_is_known_in_every_spelling(spelled):
    redactor = Redactor([Secret(TRICKY)])
    assert redactor.holds_secret(f"x {spelled} y")
    masked = redactor.text(f"x {spelled} y")
    assert spelled not in masked
    assert "canary" not in masked.lower()


@given(st.integers(min_value=5, max_value=len(TRICKY)))
def test_a_secret_that_a_cut_left_half_is_masked(length):
    masked = Redactor([Secret(TRICKY)]).text("the token is " + TRICKY[:length])
    assert TRICKY[:5] not in masked


def test_a_secret_that_is_too_short_to_be_masked_is_refused():
    with pytest.raises(ValueError, match="characters"):
        Redactor([Secret("abc")])


def test_headers_are_masked_by_place():
    redactor = Redactor()
    document = {"headers": [["Authorization", "Token c2VjcmV0LXRva2Vu"], ["Accept", "application/json"]]}
    assert redactor.document(document) == {
        "headers": [["Authorization", f"Token {MASK}"], ["Accept", "application/json"]]
    }
    assert redactor.text("Authorization: Token c2VjcmV0LXRva2Vu\r\n") == f"Authorization: Token {MASK}\r\n"


def test_the_token_of_a_credentials_object_is_masked_in_documents_and_texts():
    credentials = {"token": "ebf3b399-779f-4497-9b9d-ac6ad3cc44d2", "url": "https://x/ocpi/versions", "roles": []}
    masked: Any = Redactor().document({"data": credentials})
    assert masked["data"]["token"] == MASK
    assert "ebf3b399" not in Redactor().text(json.dumps({"data": credentials}))
    assert "ebf3b399" not in Redactor().text(json.dumps(json.dumps({"data": credentials})))


@pytest.mark.parametrize(
    "value", ["Token made-up-1234", "Token $OCPI_TOKEN", f"Token {MASK}", "Token bWFkZS11cC0x", ""]
)
def test_what_tells_nothing_stays_readable(value):
    assert Redactor().document({"Authorization": value}) == {"Authorization": value}


def test_a_secret_that_looks_made_up_is_masked_all_the_same():
    redactor = Redactor([Secret("made-up-but-real-1")])
    assert "but-real" not in str(redactor.document({"Authorization": "Token made-up-but-real-1"}))


def test_the_pulumi_type_of_a_resource_is_not_a_secret():
    resource = {"urn": "urn:pulumi:x", "token": "aws:s3/bucket:Bucket"}
    assert Redactor().document(resource) == resource


def test_what_was_masked_is_counted():
    redactor = Redactor([Secret("canary-123456")])
    redactor.text("canary-123456 and canary-123456")
    assert redactor.count == 2


def test_a_secret_has_no_readable_form():
    secret = Secret("canary-123456")
    assert "canary" not in f"{secret} {secret!r}"
    assert secret == Secret("canary-123456") != Secret("canary-654321")
    with pytest.raises(TypeError):
        secret.__reduce__()


@pytest.mark.parametrize("layers", [2, 3])
@pytest.mark.parametrize(
    "token", ["aB3/dE+fGh=ij", "tok%41en-12345", "tok\\u0041en-12345", "quote\"d-tok'en\\x", "a&amp;b-token"]
)
def test_a_token_is_masked_where_a_quoted_text_is_quoted_again(token, layers):
    urls, documents = token, token
    for _ in range(layers):
        urls, documents = quote(urls, safe=""), json.dumps(documents)
    redactor = Redactor([Secret(token)])
    for text in (urls, documents):
        assert text not in redactor.text(f"seen: {text}")


def test_a_text_that_told_nothing_is_masked_once_its_secret_is_known():
    redactor = Redactor()
    text = "the token of today"
    assert redactor.text(text) == redactor.text(text) == text
    redactor.learn(Secret("token of today"))
    assert "today" not in redactor.text(text)


@pytest.mark.parametrize("name", ["Authorization", "Proxy-Authorization", "token", "Cookie", "Set-Cookie", "X-Api-Key"])
@pytest.mark.parametrize("written", ['{{"{}": "secret-of-theirs"}}', '{{"sent": [["{}", "secret-of-theirs"]]}}'])
def test_a_line_with_a_place_of_secrets_is_not_taken_for_one_that_tells_nothing(name, written):
    line = written.format(name)
    assert MASK in json.dumps(Redactor().document(json.loads(line)))
    assert not Redactor().tells_nothing(line)


@pytest.mark.parametrize(
    "said", ["Author\u0131zat\u0131on: theirs", "AUTHOR\u0130ZAT\u0130ON: theirs", "'token': 'theirs'"]
)
def test_nor_is_one_whose_text_is_masked_for_what_it_says(said):
    assert Redactor().document(said) == said.replace("theirs", MASK)
    assert not Redactor().tells_nothing(json.dumps(said, ensure_ascii=False))
    assert Redactor().tells_nothing('{"said": "nothing"}')


def test_a_place_of_a_secret_is_masked_each_time_it_is_seen():
    redactor = Redactor()
    shown = [redactor.text("Authorization: Token aVeryGoodSecret") for _ in range(3)]
    assert shown == ["Authorization: Token [redacted]"] * 3


def test_personal_data_that_was_shown_later_is_masked_in_texts_that_were_seen_before():
    redactor = Redactor()
    text = "authorised 04A2B3C4D5"
    assert redactor.shown(text) == redactor.shown(text) == text
    redactor.evidence({"uid": "04A2B3C4D5", "type": "RFID", "contract_id": "NL-TNM-C12345678-X"})
    assert "04A2B3C4D5" not in redactor.shown(text)


def test_secrets_that_come_one_by_one_are_masked_as_those_that_came_at_once():
    texts = [f"{'abcdefgh'[i % 8]}-credentials-token-{i:04}" for i in range(100)]
    redactor = Redactor()
    for i, text in enumerate(texts):
        redactor.learn(Secret(text))
        assert all(redactor.text(f"it says {known} here") == f"it says {MASK} here" for known in texts[: i + 1 : 7])
        assert redactor.text(f"and {text} there") == f"and {MASK} there"
    together = Redactor(Secret(text) for text in texts)
    document = " ".join(base64.b64encode(text.encode()).decode() for text in texts)
    assert redactor.text(document) == together.text(document) == " ".join([MASK] * 100)
    assert redactor.text(f"cut off at {texts[3][:12]}") == f"cut off at {MASK}"


def test_a_secret_that_begins_within_what_another_begins_with_is_masked_where_a_cut_left_half_of_it():
    redactor = Redactor([Secret("xxabc-first-secret"), Secret("abcdefghijklmnop")])
    assert redactor.text("it said xxabcdefghijklmn") == f"it said xx{MASK}"
    assert not redactor.tells_nothing('{"said": "xxabcdefghijklmn"}')


ALIKE = st.text(min_size=8, max_size=11, alphabet='ab%"')  # many begin, hold or overlap others


@given(st.lists(ALIKE, min_size=1, max_size=12, unique=True), st.data())
def test_tokens_that_begin_hold_and_overlap_each_other_escape_in_no_order(texts, data):
    redactor, together = Redactor(), Redactor(map(Secret, texts))
    for text in texts:
        redactor.learn(Secret(text))
    said = "".join(data.draw(st.lists(st.sampled_from(texts), min_size=1, max_size=3)))
    for spelled in (said, quote(said, safe=""), json.dumps(said), base64.b64encode(said.encode()).decode()):
        masked = redactor.known(spelled)
        assert masked == together.known(spelled)
        assert not any(text in masked for text in texts)
        assert not together.holds_secret(masked)


_ESCAPED = ("\\u0073", "%73", "&#115;", "\u017f", "\u03a3")
_PIECES = st.sampled_from(["s3cret", "S3CR", "-token", "-one", "two", " ", "plain", *_ESCAPED])


@given(st.lists(_PIECES, max_size=8).map("".join))
def test_a_text_that_is_seen_at_once_to_hold_nothing_would_stay_as_it_is(text):
    redactor = Redactor([Secret("s3cret-token-one"), Secret("s3cretwo-token")])

    if redactor._is_plainly_clean(text):
        assert not redactor.holds_secret(text)
        assert redactor._cut_off(text) == text


@pytest.mark.parametrize(
    "text, is_clean",
    [
        ("plain -token-one", True),
        ("", True),
        ("S3CRET-TOKEN-ONE", False),
        ("a s3cre", False),
        *((e, False) for e in _ESCAPED),
    ],
)
def test_only_a_text_without_escapes_and_beginnings_is_seen_at_once_to_hold_nothing(text, is_clean):
    assert Redactor([Secret("s3cret-token-one")])._is_plainly_clean(text) is is_clean
