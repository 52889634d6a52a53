"""Effect x endpoint x identity: the one decision, held against the table of the design."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from scanner.gate.address import is_internal
from scanner.gate.policy import address_in_scope, decide, least_effect, origin_of
from scanner.model.credential import CredentialsBody
from scanner.model.effect import Effect, Mode
from scanner.model.exchange import RefusalKind, Refused
from scanner.model.intent import (
    AwsIntent,
    DnsIntent,
    HttpIntent,
    IdentityCredential,
    ListenIntent,
    MadeUpCredential,
    MisplacedCredential,
    ProcessIntent,
    RawIntent,
    ServeIntent,
)
from scanner.model.party import Identity, Party
from scanner.model.served import Speaks
from scanner.model.target import Authorisation, Endpoint, EnvironmentTarget, Origin

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
OURS = Party(country_code="NL", party_id="TST")
HOST = Origin(scheme="https", host="ocpi.example.com", port=443)
MAIN = Endpoint(name="main", versions_url="https://ocpi.example.com/ocpi/versions", origin=HOST, ca_file=Path("ca.pem"))
BURNABLE = Identity(name="burn", party=OURS, disposable=True, has_sink=True)
LASTING_IDENTITY = Identity(name="real", party=OURS)


def environment(**changes):
    base = EnvironmentTarget(name="test", endpoints=(MAIN,), identities=(BURNABLE, LASTING_IDENTITY))
    return replace(base, **changes)


def http(effect=Effect.READ, method="GET", path="/ocpi/2.2.1/locations", **changes):
    fields = {
        "effect": effect,
        "environment": "test",
        "probe": "p",
        "purpose": "test",
        "method": method,
        "url": f"https://ocpi.example.com{path}",
        "identity": "burn",
        "owners": frozenset({OURS}),
        "module": "locations",
    }
    return HttpIntent(**{**fields, **changes})


def kind(intent, target):
    refused = decide(intent, target, NOW)
    return refused.kind if isinstance(refused, Refused) else None


STRESS = environment(
    mode=Mode.STRESS,
    authorisations=(
        Authorisation(
            host="ocpi.example.com", who="ops", starts=NOW - timedelta(hours=1), ends=NOW + timedelta(hours=1)
        ),
    ),
)
EVERYTHING = replace(STRESS, allow=frozenset(Effect), evses=frozenset({"E1"}))

WRITE = http(Effect.WRITE, "PUT")
LASTING = http(Effect.LASTING, "POST", "/ocpi/2.2.1/cdrs")
REGISTRATION = http(Effect.REGISTRATION, "POST", "/ocpi/2.2.1/credentials")
ACTUATE = http(
    Effect.ACTUATE,
    "POST",
    "/ocpi/2.2.1/commands/UNLOCK_CONNECTOR",
    module="commands",
    evse="E1",
    body=b'{"location_id": "LOC1", "evse_uid": "E1"}',
)
BURST = http(Effect.BURST)


def test_reading_is_permitted_in_every_mode():
    assert all(kind(http(), environment(mode=mode)) is None for mode in Mode)


@pytest.mark.parametrize("intent", [WRITE, LASTING, REGISTRATION, ACTUATE, BURST], ids=lambda i: i.effect)
def test_nothing_but_reading_is_permitted_by_default(intent):
    assert kind(intent, environment()) is RefusalKind.MODE


@pytest.mark.parametrize("intent", [WRITE, LASTING, REGISTRATION, ACTUATE, BURST], ids=lambda i: i.effect)
def test_every_effect_is_permitted_where_everything_it_needs_is_there(intent):
    assert kind(intent, EVERYTHING) is None


@pytest.mark.parametrize("intent", [LASTING, REGISTRATION, ACTUATE], ids=lambda i: i.effect)
def test_what_cannot_be_taken_back_needs_its_own_word_in_allow(intent):
    assert kind(intent, environment(mode=Mode.EXERCISE, evses=frozenset({"E1"}))) is RefusalKind.NOT_ALLOWED


@pytest.mark.parametrize("intent", [WRITE, LASTING, REGISTRATION], ids=lambda i: i.effect)
def test_writing_needs_a_disposable_identity(intent):
    assert kind(structs.replace(intent, identity="real"), EVERYTHING) is RefusalKind.IDENTITY
    assert kind(structs.replace(intent, identity=None), EVERYTHING) is RefusalKind.IDENTITY


@pytest.mark.parametrize("owner", [None, Party(country_code="DE", party_id="XYZ")])
def test_objects_of_foreign_parties_are_never_written(owner):
    assert kind(structs.replace(WRITE, owners=frozenset({owner} - {None})), EVERYTHING) is RefusalKind.IDENTITY


def test_objects_of_a_party_that_does_not_exist_may_be_written():
    nobody = Party(country_code="ZZ", party_id="ZZZ")
    target = replace(EVERYTHING, absent_parties=frozenset({nobody}))
    assert kind(structs.replace(WRITE, owners=frozenset({nobody})), target) is None


def test_a_registration_needs_a_durable_sink_for_the_new_token():
    target = replace(EVERYTHING, identities=(replace(BURNABLE, has_sink=False),))
    assert kind(REGISTRATION, target) is RefusalKind.SINK


@pytest.mark.parametrize("evse", [None, "E2"])
def test_a_command_needs_a_named_evse(evse):
    assert kind(structs.replace(ACTUATE, evse=evse), EVERYTHING) is RefusalKind.NOT_ALLOWED


@pytest.mark.parametrize("shift", [timedelta(hours=-2), timedelta(hours=2)])
def test_a_burst_needs_an_authorisation_that_covers_the_hour(shift):
    refused = decide(BURST, EVERYTHING, NOW + shift)
    assert isinstance(refused, Refused)
    assert refused.kind is RefusalKind.AUTHORISATION


def test_a_new_token_for_the_partner_goes_out_with_a_registration_only():
    body = CredentialsBody(json=b"{}")
    written = http(Effect.WRITE, "PUT", "/ocpi/2.2.1/locations/NL/TST/1", body=body)
    assert kind(written, EVERYTHING) is RefusalKind.CREDENTIAL
    assert kind(structs.replace(written, body=b"{}"), EVERYTHING) is None
    assert kind(http(Effect.REGISTRATION, "POST", "/ocpi/2.2.1/credentials", body=body), EVERYTHING) is None


def test_a_burst_of_writes_needs_what_a_write_needs_as_well():
    churn = http(Effect.BURST, "PUT", "/ocpi/2.2.1/sessions/NL/TST/1")
    assert kind(churn, STRESS) is RefusalKind.NOT_ALLOWED
    assert kind(churn, EVERYTHING) is None


@pytest.mark.parametrize(
    "method, path, least",
    [
        ("GET", "/ocpi/2.2.1/credentials", Effect.READ),
        ("PUT", "/ocpi/cpo/2.2.1/locations/NL/TST/1", Effect.WRITE),
        ("POST", "/ocpi/2.2.1/cdrs", Effect.LASTING),
        ("PATCH", "/ocpi/2.2.1/Sessions/NL/TST/1", Effect.LASTING),
        ("DELETE", "/ocpi/2.2.1/credentials", Effect.REGISTRATION),
        ("POST", "/ocpi/2.2.1/commands/START_SESSION", Effect.ACTUATE),
        ("PUT", "/ocpi/2.2.1/chargingprofiles/S1", Effect.ACTUATE),
        ("DELETE", "/ocpi/2.2.1/%63redentials", Effect.REGISTRATION),
        ("DELETE", "/ocpi/2.2.1/%2563redentials", Effect.REGISTRATION),
        ("POST", "/ocpi/2.2.1/command%73/START_SESSION", Effect.ACTUATE),
        ("DELETE", "/ocpi/2.2.1/credentials;a=b", Effect.REGISTRATION),
        ("DELETE", "/ocpi//2.2.1//x/..//credentials", Effect.REGISTRATION),
    ],
)
def test_the_least_effect_follows_from_method_and_module(method, path, least):
    assert least_effect(method, f"https://ocpi.example.com{path}") is least


@given(st.sampled_from(Effect), st.sampled_from(["POST", "PUT", "PATCH", "DELETE"]))
def test_no_write_leaves_in_mode_observe_whatever_it_calls_itself(effect, method):
    for path in ("/locations/1", "/cdrs", "/credentials", "/commands/STOP_SESSION"):
        assert kind(http(effect, method, path), environment(allow=frozenset(Effect))) is not None


def test_the_module_weighs_where_the_path_says_nothing():
    assert least_effect("POST", "https://ocpi.example.com/a/b", "credentials") is Effect.REGISTRATION
    assert kind(http(Effect.WRITE, "POST", "/a/b", module="commands"), EVERYTHING) is RefusalKind.NOT_ALLOWED
    assert kind(http(Effect.WRITE, "PUT", "/a/b", module=None), EVERYTHING) is RefusalKind.NOT_ALLOWED


@pytest.mark.parametrize(
    "changes",
    [
        {"headers": {"X-HTTP-Method-Override": "DELETE"}},
        {"headers": {"x-method-override": "PUT"}},
        {"url": "https://ocpi.example.com/ocpi/2.2.1/credentials?_method=DELETE"},
        {"method": "get"},
        {"method": "GET\r\nX: y"},
    ],
    ids=str,
)
def test_a_read_cannot_carry_another_method(changes):
    assert kind(http(**changes), EVERYTHING) is RefusalKind.NOT_ALLOWED


def test_the_owner_in_the_path_is_held_against_ours():
    foreign = http(Effect.WRITE, "PUT", "/ocpi/2.2.1/locations/DE/VIC/LOC1")
    assert kind(foreign, EVERYTHING) is RefusalKind.IDENTITY
    assert kind(http(Effect.WRITE, "PUT", "/ocpi/2.2.1/locations/nl/tst/LOC1"), EVERYTHING) is None
    assert kind(http(Effect.WRITE, "PUT", "/ocpi/2.2.1/locations/%44E/VIC/LOC1"), EVERYTHING) is RefusalKind.IDENTITY


OTHER = Origin(scheme="https", host="other.example.net", port=443)
ELSEWHERE = Endpoint(name="elsewhere", versions_url="https://other.example.net/versions", origin=OTHER)


def test_a_token_goes_to_the_platforms_of_its_identity_only():
    two = environment(endpoints=(MAIN, ELSEWHERE), identities=(replace(BURNABLE, endpoints=frozenset({"main"})),))
    real = http(credential=IdentityCredential(identity="burn"))
    assert kind(real, two) is None
    assert kind(structs.replace(real, url="https://other.example.net/versions"), two) is RefusalKind.CREDENTIAL
    unnamed = environment(endpoints=(MAIN, ELSEWHERE))
    assert kind(real, unnamed) is RefusalKind.CREDENTIAL


@pytest.mark.parametrize(
    "url",
    [
        "https://bob:pw@ocpi.example.com/x",
        "https://ocpi.example.com:8443/x",
        "https://evil.example.net/x",
        "https://ocpi.example.com.evil.net/x",
        "https://ocpi.example.com@evil.net/x",
        "ftp://ocpi.example.com/x",
        "//ocpi.example.com/x",
        "https://[::1/x",
        "http://ocpi.example.com:8080/x",
    ],
)
def test_other_origins_are_out_of_scope(url):
    assert kind(http(url=url), EVERYTHING) is RefusalKind.OUT_OF_SCOPE


def test_another_host_is_in_scope_where_it_is_named():
    other = Origin(scheme="https", host="api.example.com", port=443)
    target = environment(endpoints=(replace(MAIN, allow_hosts=(other,)),))
    assert kind(http(url="https://api.example.com/ocpi/2.2.1/locations"), target) is None


def test_plaintext_is_looked_at_without_a_real_token_only():
    plain = http(url="http://ocpi.example.com/ocpi/versions")
    assert kind(plain, environment()) is None
    assert (
        kind(structs.replace(plain, credential=MadeUpCredential(header_value="Token made-up")), environment()) is None
    )
    assert kind(structs.replace(plain, credential=IdentityCredential(identity="burn")), environment()) is not None


def test_a_real_token_needs_verified_tls_and_its_own_identity():
    real = http(credential=IdentityCredential(identity="burn"))
    assert kind(real, environment()) is None
    assert kind(structs.replace(real, verify_tls=False), environment()) is RefusalKind.CREDENTIAL
    assert kind(structs.replace(real, identity="real"), environment()) is RefusalKind.CREDENTIAL
    assert (
        kind(structs.replace(real, credential=IdentityCredential(identity="ghost"), identity="ghost"), environment())
        is not None
    )


def test_a_token_in_the_query_needs_a_disposable_identity():
    burnt = http(credential=MisplacedCredential(identity="burn", parameter="token"))
    assert kind(burnt, environment()) is None
    assert kind(structs.replace(burnt, url="http://ocpi.example.com/ocpi/versions"), environment()) is not None
    kept = structs.replace(burnt, identity="real", credential=MisplacedCredential(identity="real", parameter="token"))
    assert kind(kept, environment()) is RefusalKind.CREDENTIAL


@pytest.mark.parametrize(
    "name",
    [
        "Authorization",
        "authorization",
        "Cookie",
        "Host",
        "Proxy-Authorization",
        "Authorization ",
        "Transfer-Encoding",
        "A\nB",
    ],
)
def test_a_probe_cannot_set_the_headers_that_the_gate_sets(name):
    assert kind(http(headers={name: "x"}), environment()) is RefusalKind.CREDENTIAL


COMMON: dict[str, Any] = {"effect": Effect.READ, "environment": "test", "probe": "p", "purpose": "test"}


def test_raw_connections_names_and_processes_stay_in_scope():
    target = environment()
    assert kind(RawIntent(**COMMON, host="ocpi.example.com", port=80), target) is None
    assert kind(RawIntent(**COMMON, host="evil.net", port=80), target) is RefusalKind.OUT_OF_SCOPE
    assert kind(DnsIntent(**COMMON, name="evil.net"), target) is RefusalKind.OUT_OF_SCOPE
    assert kind(ProcessIntent(**COMMON, argv=("x",), reserves={"evil.net": 1}), target) is RefusalKind.OUT_OF_SCOPE
    assert kind(ProcessIntent(**COMMON, argv=("x",)), target) is None


def test_listeners_wait_on_loopback_or_where_they_are_told_to():
    listen = ListenIntent(**COMMON, host="0.0.0.0", port=0, nonce="n", deadline_s=1)
    assert kind(listen, environment()) is RefusalKind.OUT_OF_SCOPE
    assert kind(structs.replace(listen, host="127.0.0.1"), environment()) is None
    assert kind(listen, environment(listen_hosts=frozenset({"0.0.0.0"}))) is None


def test_callers_that_show_tokens_are_served_over_tls_but_for_the_bait_that_is_plaintext():
    serve = ServeIntent(**COMMON, host="127.0.0.1", port=0, nonce="n", deadline_s=1)
    assert kind(serve, environment()) is RefusalKind.CREDENTIAL
    assert kind(structs.replace(serve, speaks=Speaks.TLS_1_1), environment()) is RefusalKind.CREDENTIAL
    assert kind(structs.replace(serve, certificate_file=Path("cert.pem")), environment()) is None
    assert kind(structs.replace(serve, speaks=Speaks.PLAINTEXT), environment()) is None
    assert kind(structs.replace(serve, host="0.0.0.0", speaks=Speaks.PLAINTEXT), environment()) is not None


def test_aws_is_only_read():
    read = AwsIntent(**COMMON, service="wafv2", region="eu-central-1")
    assert kind(read, environment()) is None
    assert kind(structs.replace(read, effect=Effect.WRITE, identity="burn"), EVERYTHING) is not None


def test_an_unknown_environment_is_out_of_scope():
    assert kind(http(), None) is RefusalKind.OUT_OF_SCOPE


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.1.2.3", "169.254.169.254", "192.168.1.1", "172.20.0.1", "100.64.0.1", "0.0.0.0", "::1",
     "fe80::1%eth0",
     "fd00::1", "::ffff:10.0.0.1", "64:ff9b::a9fe:a9fe", "2002:7f00:1::", "224.0.0.1", "::",
     "fec0::1", "64:ff9b:1::a", "::7f00:1", "::ffff:0:7f00:1"],
)  # fmt: skip
def test_internal_addresses_are_known_in_every_spelling(address):
    assert is_internal(address)


@pytest.mark.parametrize(
    "address", ["93.184.216.34", "2606:2800:220:1::1", "::ffff:93.184.216.34", "64:ff9b::5db8:d822"]
)
def test_public_addresses_are_not_internal(address):
    assert not is_internal(address)


def test_a_name_may_not_lead_inside_unless_the_endpoint_says_so():
    assert not address_in_scope("ocpi.example.com", "10.0.0.1", environment(), internal=True)
    inside = environment(endpoints=(replace(MAIN, allow_internal=True),))
    assert address_in_scope("ocpi.example.com", "10.0.0.1", inside, internal=True)
    literal = environment(endpoints=(replace(MAIN, origin=Origin(scheme="https", host="10.0.0.1", port=443)),))
    assert address_in_scope("10.0.0.1", "10.0.0.1", literal, internal=True)


def test_origins_are_compared_by_scheme_lower_case_host_and_port():
    assert origin_of("https://OCPI.Example.com/ocpi/versions") == HOST
    assert origin_of("https://ocpi.example.com:99999/") is None


@pytest.mark.parametrize(
    "claimed",
    [
        '"roles": [{"country_code": "NL", "party_id": "TST"}, {"country_code": "DE", "party_id": "XYZ"}]',
        '"country_code": "de", "party_id": "xyz"',
        '"country_code": "NL", "party_id": "RLY"',
    ],
)
def test_credentials_claim_no_party_that_somebody_else_may_have(claimed):
    relied_upon = Identity(name="other", party=Party(country_code="NL", party_id="RLY"))
    target = replace(EVERYTHING, identities=(BURNABLE, relied_upon))
    for body in (CredentialsBody(json=f"{{{claimed}}}".encode()), f"{{{claimed}}}".encode()):
        assert kind(structs.replace(REGISTRATION, body=body), target) is RefusalKind.IDENTITY
        absent = frozenset({Party(country_code="DE", party_id="XYZ"), Party(country_code="NL", party_id="RLY")})
        assert kind(structs.replace(REGISTRATION, body=body), replace(target, absent_parties=absent)) is None


@pytest.mark.parametrize(
    "path",
    [
        "/ocpi/locations/NL/TST/../../BE/GRN/L1",
        "/ocpi/locations/NL/TST/%2e%2e/%252e%252e/BE/GRN/L1",
        "/ocpi/tariffs/NL/TST/x/tariffs/BE/GRN/T1",
        "/ocpi/tariffs//BE/GRN/T1",
    ],
)
def test_a_path_that_could_mean_the_object_of_somebody_else_is_never_written_to(path):
    assert kind(http(Effect.WRITE, "PUT", path), EVERYTHING) in {RefusalKind.IDENTITY, RefusalKind.NOT_ALLOWED}
    assert kind(http(path=path), EVERYTHING) is None
    assert kind(http(Effect.WRITE, "PUT", "/ocpi/tariffs//NL/TST/T1"), EVERYTHING) is None
