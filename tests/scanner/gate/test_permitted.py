"""What was permitted once is permitted again only where the policy would look at the same."""

from dataclasses import replace
from datetime import UTC, datetime
from itertools import product
from typing import Any

import pytest
from msgspec import structs

from scanner.gate.permitted import Permitted, looks_at
from scanner.gate.policy import decide
from scanner.model.credential import CredentialsBody, IdentityCredential, MadeUpCredential, ShownCertificate
from scanner.model.delivery import Delivery, Ending
from scanner.model.effect import Effect, Mode
from scanner.model.intent import HttpIntent
from scanner.model.leftover import Leftover
from scanner.model.party import Identity, Party
from scanner.model.target import Endpoint, EnvironmentTarget, Origin

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
OURS = Party(country_code="NL", party_id="TST")
FOREIGN = Party(country_code="DE", party_id="XXX")
HOST = Origin(scheme="https", host="ocpi.example.com", port=443)
URL = "https://ocpi.example.com/ocpi/2.2.1/locations"
TARGET = EnvironmentTarget(
    name="test",
    endpoints=(Endpoint(name="main", versions_url="https://ocpi.example.com/ocpi/versions", origin=HOST),),
    identities=(Identity(name="burn", party=OURS, disposable=True), Identity(name="real", party=OURS)),
    mode=Mode.EXERCISE,
    allow=frozenset({Effect.LASTING}),
)
TARGETS = {"test": TARGET, "prod": replace(TARGET, name="prod", mode=Mode.OBSERVE)}
LEFT = Leftover(what="a location", environment="test", identity="burn", owner=str(OURS))
EVERY: dict[str, tuple[Any, ...]] = {
    "effect": (Effect.READ, Effect.WRITE, Effect.LASTING, Effect.REGISTRATION, Effect.ACTUATE),
    "environment": ("test", "prod"),
    "probe": ("one", "another"),
    "purpose": ("a valid object", "another purpose"),
    "identity": ("burn", "real", None),
    "scenario": (None, "a scenario"),
    "leaves": ((), (LEFT,)),
    "method": ("GET", "PUT"),
    "url": (URL, f"{URL}/DE/XXX/L1", "https://elsewhere.example.com/locations", f"{URL}?_method=DELETE"),
    "credential": (
        IdentityCredential(identity="burn"),
        IdentityCredential(identity="real"),
        MadeUpCredential(header_value="Token x"),
    ),
    "headers": ({}, {"Content-Type": "text/plain"}, {"X-HTTP-Method-Override": "DELETE"}, {"Cookie": "a=b"}),
    "body": (None, b"{}", b'{"country_code":"DE","party_id":"XXX"}', CredentialsBody(json=b"{}")),
    "module": ("locations", "cdrs", None),
    "owners": (frozenset({OURS}), frozenset({FOREIGN}), frozenset()),
    "evse": (None, "EVSE-1"),
    "begun_with": (None, "a mark of ours"),
    "answers_command": (False, True),
    "verify_tls": (True, False),
    "certificate": (ShownCertificate.OWN, ShownCertificate.NONE),
    "shown_url": (None, "https://ocpi.example.com/shown"),
    "patient": (True, False),
    "connection": (None, "a connection"),
    "address": (None, "127.0.0.1"),
    "expects_errors": (False, True),
    "delivery": (None, Delivery(ending=Ending.WAIT)),
    "max_body_bytes": (None, 10),
    "timeout_s": (None, 1.0),
}
PLAIN = HttpIntent(**{name: values[0] for name, values in EVERY.items()})
WRITTEN = structs.replace(PLAIN, effect=Effect.WRITE, method="PUT", body=b"{}")


def test_every_field_of_a_request_is_tried():
    assert EVERY.keys() == set(HttpIntent.__struct_fields__)


@pytest.mark.parametrize("name", EVERY)
def test_requests_that_look_the_same_to_it_are_decided_alike(name):
    """One field with each of its values, on each request that another field leads to."""
    looked = False
    for base, other in product((PLAIN, WRITTEN, structs.replace(WRITTEN, effect=Effect.LASTING)), EVERY):
        for value in EVERY[other]:
            several = [structs.replace(base, **{other: value, name: own}) for own in EVERY[name]]
            for one, two in product(several, several):
                if looks_at(one) is not None and looks_at(one) == looks_at(two):
                    looked = True
                    assert _decided(one) == _decided(two)
    assert looked


@pytest.mark.parametrize("effect", [Effect.REGISTRATION, Effect.ACTUATE, Effect.BURST])
def test_what_is_decided_by_the_message_or_the_clock_is_always_decided_anew(effect):
    assert looks_at(structs.replace(WRITTEN, effect=effect)) is None


def test_a_new_token_in_a_body_is_always_decided_anew():
    assert looks_at(structs.replace(WRITTEN, body=CredentialsBody(json=b"{}"))) is None


def test_a_great_many_are_not_all_kept():
    permitted = Permitted()
    for number in range(10_000):
        permitted.add(number)
    assert 9_999 in permitted
    assert 0 not in permitted


def _decided(intent):
    return decide(intent, TARGETS[intent.environment], NOW)
