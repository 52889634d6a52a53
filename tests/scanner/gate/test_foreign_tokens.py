"""A token of another environment goes to the versions URL that it may be shown to, by GET over TLS, and nowhere."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from msgspec import structs

from scanner.gate.policy import decide
from scanner.gate.vault import TokenVault
from scanner.model.credential import ForeignCredential
from scanner.model.effect import Effect, Mode
from scanner.model.exchange import RefusalKind, Refused
from scanner.model.intent import HttpIntent
from scanner.model.secret import Secret
from scanner.model.target import Authorisation
from tests.scanner.gate_fixtures import loopback_target

NOW = datetime(2026, 11, 21, tzinfo=UTC)
URL = "https://localhost/ocpi/versions"
PROD = replace(loopback_target(URL, environment="prod"), shown_here=frozenset({("test", "a")}))
SHOWN = HttpIntent(
    effect=Effect.READ,
    environment="prod",
    probe="p",
    purpose="a test token",
    method="GET",
    url=URL,
    credential=ForeignCredential(environment="test", identity="a"),
)


def test_it_is_shown_where_the_configuration_says_so():
    assert decide(SHOWN, PROD, NOW) is None


@pytest.mark.parametrize(
    "changes",
    [
        {"credential": ForeignCredential(environment="test", identity="b")},
        {"credential": ForeignCredential(environment="other", identity="a")},
        {"url": f"{URL}/2.2.1"},
        {"url": "https://localhost/ocpi/cpo/2.2.1/locations"},
        {"method": "HEAD"},
        {"identity": "emsp-one"},
        {"verify_tls": False},
    ],
    ids=str,
)
def test_anything_else_about_it_stays_here(changes):
    refused = decide(structs.replace(SHOWN, **changes), PROD, NOW)
    assert isinstance(refused, Refused)
    assert refused.kind is RefusalKind.CREDENTIAL


def test_a_versions_url_in_plaintext_does_not_get_it():
    url = URL.replace("https:", "http:")
    plain = replace(loopback_target(url, environment="prod"), shown_here=PROD.shown_here)
    refused = decide(structs.replace(SHOWN, url=url), plain, NOW)
    assert isinstance(refused, Refused)
    assert "TLS" in refused.detail


def test_it_is_no_part_of_a_burst_though_bursts_are_agreed():
    agreed = Authorisation(host="localhost", who="Ada", starts=NOW, ends=NOW)
    stressed = replace(PROD, mode=Mode.STRESS, authorisations=(agreed,))
    burst = structs.replace(SHOWN, effect=Effect.BURST)
    assert decide(structs.replace(burst, credential=None), stressed, NOW) is None
    refused = decide(burst, stressed, NOW)
    assert isinstance(refused, Refused)
    assert refused.kind is RefusalKind.CREDENTIAL


def test_nobody_sees_it_who_is_not_named():
    refused = decide(SHOWN, replace(PROD, shown_here=frozenset()), NOW)
    assert isinstance(refused, Refused)
    assert "shown_to" in refused.detail


def test_the_token_is_that_of_the_other_environment_and_masked_in_what_is_kept():
    tokens = {("test", "a"): Secret("token-of-the-test"), ("prod", "a"): Secret("token-of-production")}
    presented = TokenVault(tokens).present("prod", SHOWN.credential, URL)
    assert not isinstance(presented, Refused)
    assert "dG9rZW4tb2YtdGhlLXRlc3Q=" in str(presented.headers)
    assert "dG9rZW4tb2YtdGhlLXRlc3Q=" not in str(presented.shown_headers)
    assert isinstance(TokenVault({}).present("prod", SHOWN.credential, URL), Refused)
