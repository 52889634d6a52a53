import json
from dataclasses import replace
from typing import cast

import pytest

from scanner.gate.gate import Gate
from scanner.model.codec import observation_from_json, observation_to_json
from scanner.model.fact_store import FactStore
from scanner.model.facts.tls import (
    TLS_FACTS,
    CipherSuites,
    Heartbleed,
    HstsPolicy,
    MutualTls,
    PlaintextAnswer,
    ProtocolVersions,
    ServerAddresses,
    TlsProfileChosen,
)
from scanner.model.observation import Reason, Seen, Unavailable
from scanner.model.subject import ServerSubject
from scanner.model.target import Limits
from scanner.model.witness import Witness
from scanner.tls.client_certificates import CALLERS
from scanner.tls.older_versions import MOST_HELLOS
from scanner.tls.probe import TlsProbe
from scanner.tls.servers import CONNECTIONS, address_bound
from scanner.tls.sslyze_process import arguments
from tests.scanner.gate_fixtures import loopback_target, open_gate
from tests.targets.tls_runs import (
    ROOMY,
    RecordedSslyze,
    ended,
    endpoint_of,
    judged,
    observe,
    scan_time,
    sslyze_output,
    target_of,
    tls_runs,
)
from tests.targets.tls_servers import ServerPlan, running_servers

URL = "https://127.0.0.1:1/ocpi/versions"


@pytest.fixture(autouse=True, scope="module")
def _seen_before():
    """The run of all servers has an event loop of its own, so that it cannot be begun within a test that has one."""
    tls_runs()


def at(host):
    """The recorded document, as if it were about another host."""
    return {**tls_runs().document, "server_location": {"hostname": host, "port": 1, "ip_address": host}}


def reasons(facts, kind):
    return {o.result.reason for o in facts.of(kind) if isinstance(o.result, Unavailable)}


def test_the_probe_answers_for_every_fact_of_its_witness():
    recorded = {o.key.fact for o in tls_runs().facts}
    assert TlsProbe().provides == frozenset(TLS_FACTS)
    assert set(TLS_FACTS) <= recorded


def test_every_fact_survives_the_journal():
    for observation in tls_runs().facts:
        text = json.dumps(observation_to_json(observation))
        assert observation_from_json(json.loads(text)) == observation


def test_the_dry_run_names_each_server_and_each_port():
    target = loopback_target("https://127.0.0.1:8443/ocpi/versions", plaintext_ports=(80,))
    lines = [(line.what, line.at_most) for line in TlsProbe().plan(target)]
    assert [most for _, most in lines] == [CONNECTIONS, MOST_HELLOS, 1, CALLERS + 1, 1, 1]
    assert all("127.0.0.1:8443" in line for line, _ in lines[:4])
    assert lines[4][0] == "GET http://127.0.0.1:80/ocpi/versions with a made-up token, without TLS"


@pytest.mark.asyncio
async def test_without_endpoints_nothing_is_looked_at_by_choice(tmp_path):
    facts = await observe(target_of(), tmp_path)
    assert {reason for kind in TLS_FACTS for reason in reasons(facts, kind)} == {Reason.NOT_CONFIGURED}


@pytest.mark.asyncio
async def test_of_a_url_that_is_plain_http_it_says_all_that_it_could_not_see(tmp_path):
    endpoints = loopback_target("http://127.0.0.1:1/ocpi/versions").endpoints
    facts = await observe(target_of(*endpoints), tmp_path, ended(sslyze_output()))
    assert {o.key.fact for o in facts} >= TlsProbe().provides
    assert reasons(facts, HstsPolicy) == reasons(facts, MutualTls) == {Reason.UNREACHABLE}


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "result, reason, words",
    [
        (ended(b"", timed_out=True, exit_code=None), Reason.TIMED_OUT, "had not ended after"),
        (ended(b"", exit_code=1, stderr=b"Traceback\nMemoryError: x"), Reason.NOT_EVALUATED, "MemoryError: x"),
        (ended(b"", exit_code=1, stderr=b"/bin/python: No module named sslyze"), Reason.MISSING_DEPENDENCY, "install"),
        (ended(b"  Command line error: odd\n"), Reason.UNPARSABLE, "Command line error: odd"),
        (ended(sslyze_output()), Reason.NOT_EVALUATED, "said nothing about 127.0.0.1:1"),
    ],
)
async def test_a_broken_sslyze_is_told_from_a_broken_server(tmp_path, result, reason, words):
    facts = await observe(target_of(*loopback_target(URL).endpoints), tmp_path, result)
    (observation,) = facts.of(Heartbleed)
    assert isinstance(observation.result, Unavailable)
    assert observation.result.reason is reason
    assert words in observation.result.detail
    assert reasons(facts, ServerAddresses) == {reason}


@pytest.mark.asyncio
async def test_a_used_up_budget_is_said(tmp_path):
    limits = Limits(max_requests=CONNECTIONS - 1, timeout_s=2.0)
    facts = await observe(target_of(*loopback_target(URL).endpoints, limits=limits), tmp_path)
    assert reasons(facts, ProtocolVersions) == {Reason.BUDGET_EXHAUSTED}


@pytest.mark.asyncio
async def test_a_name_that_does_not_resolve_is_said(tmp_path):
    url = "https://nowhere.invalid/ocpi/versions"
    facts = await observe(target_of(*loopback_target(url, plaintext_ports=(80,)).endpoints), tmp_path)
    assert reasons(facts, ProtocolVersions) == {Reason.UNREACHABLE}
    assert reasons(facts, PlaintextAnswer) == {Reason.UNREACHABLE}
    assert reasons(facts, MutualTls) == {Reason.UNREACHABLE}


@pytest.mark.asyncio
async def test_a_closed_port_proves_nothing_where_the_host_answers_on_none(tmp_path):
    facts = await observe(target_of(*loopback_target(URL).endpoints), tmp_path, ended(sslyze_output()))
    assert reasons(facts, PlaintextAnswer) == {Reason.CONTROL_FAILED}


@pytest.mark.asyncio
async def test_the_named_profile_is_on_record_and_decides(tmp_path):
    async with open_gate(target_of(*loopback_target(URL).endpoints), tmp_path) as opened:
        context = opened.context(Witness.TLS)
        document = {
            **tls_runs().document,
            "server_location": {"hostname": "127.0.0.1", "port": 1, "ip_address": "127.0.0.1"},
        }
        gate = RecordedSslyze(context.gate, ended(sslyze_output(document)))
        await TlsProbe(profile="sp800-52r2-1").run(replace(context, gate=cast("Gate", gate)))
        facts = FactStore([*context.record.observations, scan_time()])
    (chosen,) = facts.of(TlsProfileChosen)
    assert isinstance(chosen.result, Seen)
    found = {f.check: f for f in judged(facts)}
    assert found["tls-suites-in-profile"].outcome == "fail"
    assert "CHACHA20" in found["tls-suites-in-profile"].message
    assert "X25519" in found["tls-groups-in-profile"].message
    assert found["tls-certificate-lifetime"].outcome == "not_applicable"


@pytest.mark.asyncio
async def test_one_process_scans_all_servers_and_a_failing_one_does_not_hide_the_rest(tmp_path):
    one, two = loopback_target(URL).endpoints[0], loopback_target("https://127.0.0.2:1/v", endpoint="b").endpoints[0]
    document = {
        **tls_runs().document,
        "server_location": {"hostname": "127.0.0.2", "port": 1, "ip_address": "127.0.0.2"},
    }
    async with open_gate(target_of(one, two), tmp_path) as opened:
        context = opened.context(Witness.TLS)
        slow, good = ended(b"", timed_out=True, exit_code=None), ended(sslyze_output(document))
        gate = RecordedSslyze(context.gate, slow, slow, good)
        await TlsProbe().run(replace(context, gate=cast("Gate", gate)))
    assert [len(intent.argv) - len(gate.intents[1].argv) for intent in gate.intents] == [1, 0, 0]
    assert gate.intents[0].reserves == {"127.0.0.1": CONNECTIONS, "127.0.0.2": CONNECTIONS}
    beats = FactStore(context.record.observations).of(Heartbleed)
    seen = {o.key.subject.coordinates()["host"]: type(o.result) for o in beats}
    assert seen == {"127.0.0.1": Unavailable, "127.0.0.2": Seen}


@pytest.mark.asyncio
async def test_addresses_that_differ_are_told_apart_and_those_that_agree_are_one(tmp_path):
    hardened = tls_runs().document
    weak = json.loads(json.dumps(hardened))
    weak["scan_result"]["heartbleed"]["result"]["is_vulnerable_to_heartbleed"] = True
    where = {"hostname": "ocpi.test", "port": 443}
    servers = [
        {**hardened, "server_location": {**where, "ip_address": "127.0.0.1"}},
        {**weak, "server_location": {**where, "ip_address": "127.0.0.2"}},
    ]
    endpoint = loopback_target("https://ocpi.test/ocpi/versions").endpoints[0]
    async with open_gate(target_of(endpoint, limits=replace(ROOMY, timeout_s=1.0)), tmp_path) as opened:
        opened.gate.addresses.pinned["ocpi.test"] = ("127.0.0.1", "127.0.0.2", "127.0.0.3")
        context = opened.context(Witness.TLS)
        refusing = {
            **servers[0],
            "server_location": {**where, "ip_address": "127.0.0.3"},
            "connectivity_status": "ERROR",
            "connectivity_error_trace": 'sslyze.errors.ServerRejectedConnection: x -> "rejected".',
            "scan_result": None,
        }
        gate = RecordedSslyze(context.gate, ended(sslyze_output(*servers, refusing)))
        await TlsProbe().run(replace(context, gate=cast("Gate", gate)))
        facts = FactStore([*context.record.observations, scan_time()])
    name = ServerSubject(environment="test", host="ocpi.test", port=443)
    assert [o.key.subject for o in facts.of(CipherSuites)] == [name]
    addresses = [o.key.subject.coordinates()["address"] for o in facts.of(Heartbleed)]
    assert addresses == ["127.0.0.1", "127.0.0.2"]
    red = {(f.check, f.subject.label()) for f in judged(facts) if f.outcome == "fail"}
    assert ("tls-heartbleed-closed", "ocpi.test:443 at 127.0.0.2") in red
    assert ("tls-heartbleed-closed", "ocpi.test:443 at 127.0.0.1") not in red
    (alike,) = [f for f in judged(facts) if f.check == "tls-addresses-alike"]
    assert (alike.outcome, alike.message) == ("fail", "the addresses 127.0.0.1, 127.0.0.2 differ in Heartbleed")
    assert str(alike.population) == "3 of 3 servers"


def test_addresses_are_bounded_by_number_and_by_budget():
    target = loopback_target(URL)
    assert address_bound(replace(target, limits=Limits(max_requests=100_000)), "ocpi.example.com") == 4
    assert address_bound(replace(target, limits=Limits(max_requests=2000)), "ocpi.example.com") == 2
    assert address_bound(replace(target, limits=Limits(max_requests=10)), "ocpi.example.com") == 1
    assert address_bound(target, "::1") == 1


def test_sslyze_is_started_isolated_with_pinned_addresses():
    assert arguments([], slow=True)[1:8] == ("-I", "-m", "sslyze", "--json_out", "-", "--mozilla_config", "disable")
    assert "--slow_connection" in arguments([], slow=True)
    assert "--slow_connection" not in arguments([], slow=False)


@pytest.mark.asyncio
async def test_a_host_that_takes_few_connections_is_scanned_slowly(tmp_path):
    with running_servers({"hardened": ServerPlan()}, tmp_path) as servers:
        target = target_of(endpoint_of("hardened", servers["hardened"]), limits=replace(ROOMY, max_connections=2))
        async with open_gate(target, tmp_path) as opened:
            context = opened.context(Witness.TLS)
            gate = RecordedSslyze(context.gate, ended(sslyze_output()))
            await TlsProbe().run(replace(context, gate=cast("Gate", gate)))
    assert "--slow_connection" in gate.intents[0].argv
