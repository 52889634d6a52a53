"""Credentials that the target hands in: their token is kept first, and spoken with only when that is due."""

import asyncio
import json

import pytest

from scanner.gate.incoming import IncomingCredentials
from scanner.gate.journal import FILE_NAME, Journal
from scanner.gate.presented import Presented
from scanner.gate.record import IntentRecord
from scanner.gate.redaction import Redactor
from scanner.gate.registration import Registrations
from scanner.gate.sink import FileSink, NewToken, SinkFailed
from scanner.gate.vault import TokenVault
from scanner.model.credential import Former, FormerCredential, IdentityCredential
from scanner.model.secret import Secret
from scanner.model.served import CallersToken
from scanner.model.token_encoding import TokenEncoding

KEY = ("test", "us")
OFFERED = "offered-token-0123456789abcdef"
AGREED = "agreed-token-0123456789abcdefgh"
PRESENT = "present-token-0123456789abcdefg"


class Full:
    """A sink on a full disk."""

    place = "file:full"

    def prove(self) -> None:
        return

    def write(self, which: NewToken, token: Secret) -> None:
        raise SinkFailed("file:full cannot be written")


class Desk:
    """Everything that takes part, on real files."""

    def __init__(self, folder, sink=None) -> None:
        self.redactor = Redactor([Secret(PRESENT), Secret(AGREED)])
        self.journal = Journal(folder / FILE_NAME, self.redactor)
        self.sink = folder / "token"
        sinks = {KEY: sink or FileSink(self.sink)}
        self.vault = TokenVault({KEY: Secret(PRESENT)}, sinks=sinks, agreed={KEY: Secret(AGREED)})
        self.stopped: list[str] = []
        self.registrations = Registrations(
            vault=self.vault,
            redactor=self.redactor,
            record=IntentRecord(self.journal),
            rescue=folder,
            stop=self.stopped.append,
        )
        self.incoming = IncomingCredentials(KEY, vault=self.vault, registrations=self.registrations)

    def spoken(self, which: Former | None = None) -> str:
        raw = TokenEncoding.RAW
        credential = FormerCredential(identity="us", which=which, encoding=raw) if which else None
        shown = self.vault.present(
            "test", credential or IdentityCredential(identity="us", encoding=raw), "https://example.com"
        )
        assert isinstance(shown, Presented)
        return dict(shown.headers)["Authorization"].removeprefix("Token ")


@pytest.fixture
def desk(tmp_path):
    made = Desk(tmp_path)
    yield made
    made.journal.close()


def credentials(**members):
    return json.dumps({"token": OFFERED, "url": "https://ocpi.example.com/versions", **members}).encode()


def test_an_offered_token_is_kept_beside_the_present_one_until_the_answer_has_left(desk):
    assert asyncio.run(desk.incoming.offered(credentials()))
    assert desk.sink.with_name("token.offered").read_text() == f"{OFFERED}\n"
    assert not desk.sink.exists()
    assert (desk.spoken(), desk.spoken(Former.OFFERED)) == (PRESENT, OFFERED)
    answer = asyncio.run(desk.incoming.answer(b'{"token": "{{new credentials token}}"}'))
    ours = json.loads(answer)["token"]
    assert desk.sink.with_name("token.for-partner").read_text() == f"{ours}\n"
    assert desk.spoken() == PRESENT
    asyncio.run(desk.incoming.accepted())
    assert desk.sink.read_text() == f"{OFFERED}\n"
    assert (desk.spoken(), desk.spoken(Former.PREVIOUS)) == (OFFERED, PRESENT)
    assert desk.sink.with_name("token.before").read_text() == f"{PRESENT}\n"


def test_no_token_stands_in_the_journal_or_in_what_is_shown(desk):
    asyncio.run(desk.incoming.offered(credentials()))
    asyncio.run(desk.incoming.accepted())
    desk.journal.flush()
    assert OFFERED not in desk.journal.path.read_text()
    assert OFFERED not in desk.redactor.text(f"it said {OFFERED}")


def test_a_journal_that_is_full_keeps_no_token_out_of_the_sink(desk, monkeypatch):
    def full(*_arguments):
        raise OSError(28, "No space left on device")

    asyncio.run(desk.incoming.offered(credentials()))
    monkeypatch.setattr(desk.registrations, "_record", type("Full", (), {"new_token": staticmethod(full)}))
    asyncio.run(desk.incoming.accepted())
    assert (desk.spoken(), desk.sink.read_text()) == (OFFERED, f"{OFFERED}\n")
    assert "the journal cannot be written" in desk.stopped[0]


@pytest.mark.parametrize(
    "body", [b"", b"\xff", b"[]", b"[" * 100_000, b"{}", b'{"token": 1}', b'{"token": "  "}', b'{"token": null}']
)
def test_what_holds_no_token_brings_none(desk, body):
    assert not asyncio.run(desk.incoming.offered(body))
    asyncio.run(desk.incoming.accepted())
    assert desk.spoken() == PRESENT
    assert not desk.sink.exists()


def test_a_token_that_is_too_long_is_not_taken(desk):
    assert not asyncio.run(desk.incoming.offered(credentials(token="t" * 5000)))


def test_our_own_token_that_comes_back_is_not_taken_for_an_offer(desk):
    ours = asyncio.run(desk.registrations.hand_out(KEY)).reveal()
    assert not asyncio.run(desk.incoming.offered(credentials(token=ours)))


def test_a_second_offer_takes_the_place_of_the_first_and_a_repeated_one_is_counted(desk):
    for token in (OFFERED, OFFERED, OFFERED + "x"):
        asyncio.run(desk.incoming.offered(credentials(token=token)))
        desk.incoming.again()
    assert desk.spoken(Former.OFFERED) == OFFERED + "x"
    assert desk.vault.offers(*KEY)[1] == 1
    asyncio.run(desk.incoming.offered(credentials(token=PRESENT)))
    assert desk.vault.offers(*KEY)[1] == 2


def test_what_is_handed_in_beside_a_registration_takes_nothing_from_it(desk):
    later = OFFERED + "x"

    async def run():
        came = await asyncio.gather(*(desk.incoming.offered(credentials(token=one)) for one in (OFFERED, later)))
        await desk.incoming.accepted()
        return came, await desk.incoming.offered(credentials(token=later))

    assert asyncio.run(run()) == ([True, False], False)
    assert (desk.spoken(), desk.sink.read_text()) == (OFFERED, f"{OFFERED}\n")
    assert desk.sink.with_name("token.offered").read_text() == f"{OFFERED}\n"
    assert later not in desk.redactor.text(f"it said {later}")
    desk.incoming.again()
    assert asyncio.run(desk.incoming.offered(credentials(token=later)))


def test_without_a_place_for_it_nothing_is_taken(tmp_path):
    desk = Desk(tmp_path, Full())
    assert not asyncio.run(desk.incoming.offered(credentials()))
    with pytest.raises(SinkFailed):
        asyncio.run(desk.incoming.answer(b"{{new credentials token}}"))
    asyncio.run(desk.incoming.accepted())
    assert desk.spoken() == PRESENT
    desk.journal.close()


def test_who_calls_with_the_agreed_token_is_known_by_it(desk):
    told = desk.registrations.callers_token
    assert told("test", "us", f"Token {AGREED}") is CallersToken.AGREED
    assert told("test", "another", f"Token {AGREED}") is CallersToken.UNKNOWN
    assert told("test", "us", "Token something-else-entirely") is CallersToken.UNKNOWN
