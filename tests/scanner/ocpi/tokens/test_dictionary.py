from datetime import UTC, datetime

from scanner.model.party import Party
from scanner.ocpi.tokens.dictionary import guesses

NOW = datetime(2027, 3, 9, 12, tzinfo=UTC)
PARTY = Party(country_code="NL", party_id="TNM")


def words():
    return guesses([PARTY], "ocpi.example.com", NOW)


def test_each_guess_is_made_once_and_may_be_a_credentials_token():
    texts = [guess.text for guess in words()]
    assert len(texts) == len(set(texts)) >= 100
    assert all(3 <= len(text) <= 64 and text.isascii() and text.isprintable() for text in texts)


def test_a_few_guesses_already_have_something_of_each_kind():
    assert {guess.kind for guess in words()[:10]} == {
        "a default",
        "a party id",
        "a sequence",
        "a date",
        "a host name",
    }


def test_what_everybody_knows_of_the_deployment_is_among_them():
    texts = {guess.text for guess in words()}
    assert {"NLTNM", "NL-TNM", "tnmtoken", "ocpi.example.com", "20270309", "2027"} <= texts


def test_the_same_run_guesses_the_same():
    assert words() == words()
