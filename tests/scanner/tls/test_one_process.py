"""All servers of all environments in one process of sslyze, each environment with its own limits and its own CA."""

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import cast

import pytest

from scanner.gate.gate import Gate
from scanner.gate.journal import FILE_NAME, read_journal
from scanner.model.facts.tls import CertificateDeployments, Heartbleed, ProtocolVersions
from scanner.model.observation import Reason, Seen, Unavailable
from scanner.model.target import EnvironmentTarget, Limits
from scanner.model.witness import Witness
from scanner.run.runner import run_scan
from scanner.tls.probe import TlsProbe
from scanner.tls.scanning import scan_servers
from scanner.tls.servers import CONNECTIONS, TlsServer, bare_subject, places
from scanner.tls.sslyze_process import Job
from tests.scanner.gate_fixtures import loopback_target, open_gate
from tests.scanner.run.test_runner import plan
from tests.targets.loose_ends import hang_up
from tests.targets.tls_certificates import authority
from tests.targets.tls_runs import ROOMY, RecordedSslyze, ended, endpoint_of, sslyze_output
from tests.targets.tls_servers import ServerPlan, certified, running_servers


def environment(name, *endpoints, limits=ROOMY):
    return EnvironmentTarget(name=name, endpoints=endpoints, limits=limits)


def processes(folder):
    return [e for e in read_journal(folder / FILE_NAME) if "process" in e]


@pytest.mark.asyncio
async def test_two_environments_with_different_cas_share_a_process_and_keep_their_trust(tmp_path):
    stranger = tmp_path / "stranger.pem"
    stranger.write_bytes(authority("stranger").pem)
    with running_servers({"a": ServerPlan(), "b": certified(issuer="stranger")(ServerPlan())}, tmp_path) as servers:
        ours, theirs = endpoint_of("a", servers["a"]), endpoint_of("b", servers["b"])
        targets = (
            environment("prod", ours),
            environment("test", replace(theirs, ca_file=stranger)),
            environment("wrong", replace(ours, ca_file=stranger)),
        )
        result = await run_scan(plan(tmp_path / "run", TlsProbe(), targets=targets))
    chains = {
        o.key.subject.environment: o.result.fact.chains[0]
        for o in result.facts.of(CertificateDeployments)
        if isinstance(o.result, Seen)
    }
    assert {name: chain.trusted for name, chain in chains.items()} == {"prod": True, "test": True, "wrong": False}
    assert chains["test"].trust_store == "configured CA (stranger.pem)"
    (process,) = processes(tmp_path / "run")
    assert process["reserved"] == {"127.0.0.1": 2 * CONNECTIONS}  # a server of two environments is scanned once
    finished = [e["environment"] for e in read_journal(tmp_path / "run" / FILE_NAME) if e["kind"] == "probe"]
    assert sorted(finished) == ["prod", "test", "wrong"]
    assert not result.bugs


@dataclass
class Scene:
    """Jobs on servers that nobody listens at, and the gate that hands out recorded documents."""

    jobs: list[Job]
    gate: RecordedSslyze


@asynccontextmanager
async def scene(tmp_path, targets, *results):
    async with open_gate(targets[0], tmp_path) as opened:
        context = opened.context(Witness.TLS)
        gate = RecordedSslyze(context.gate, *results)
        jobs = []
        for target in targets:
            own = replace(context, gate=cast("Gate", gate), target=target)
            servers = tuple(
                TlsServer(place=place, address=place.origin.host, subject=bare_subject(target, place))
                for place in places(target)
            )
            jobs.append(Job(context=own, servers=servers))
        yield Scene(jobs=jobs, gate=gate)


def at(host, port=1):
    """sslyze's part on a server that it reached; what the commands said does not matter here."""
    return {
        "server_location": {"hostname": host, "port": port, "ip_address": host},
        "connectivity_status": "COMPLETED",
        "connectivity_result": {"highest_tls_version_supported": "TLS_1_3"},
        "scan_status": "COMPLETED",
        "scan_result": {},
    }


def on(name, host, *, limits=ROOMY, port=1):
    return replace(
        loopback_target(f"https://{host}:{port}/v", environment=name, limits=limits), identities=(), contracts=()
    )


def words(intent):
    return [word for word in intent.argv if "{" in word]


@pytest.mark.asyncio
async def test_each_environment_reserves_its_own_share(tmp_path):
    targets = [on("prod", "127.0.0.1"), on("test", "127.0.0.2")]
    async with scene(tmp_path, targets, ended(sslyze_output(at("127.0.0.1"), at("127.0.0.2")))) as s:
        scanned = await scan_servers(s.jobs)
    (intent,) = s.gate.intents
    assert intent.environment == "prod"
    assert intent.reserves == {"127.0.0.1": CONNECTIONS}
    assert intent.elsewhere == {"test": {"127.0.0.2": CONNECTIONS}}
    assert all(result.scan is not None for result in scanned.values())


@pytest.mark.asyncio
async def test_an_environment_without_budget_takes_none_of_the_others_with_it(tmp_path):
    poor = Limits(max_requests=CONNECTIONS - 1)
    with running_servers({"a": ServerPlan()}, tmp_path) as servers:
        closed = loopback_target("https://127.0.0.2:1/v", limits=poor).endpoints
        targets = (environment("rich", endpoint_of("a", servers["a"])), environment("poor", *closed, limits=poor))
        result = await run_scan(plan(tmp_path / "run", TlsProbe(), targets=targets))
    found = {o.key.subject.environment: o.result for o in result.facts.of(ProtocolVersions)}
    assert isinstance(found["rich"], Seen)
    assert isinstance(found["poor"], Unavailable)
    assert found["poor"].reason is Reason.BUDGET_EXHAUSTED
    assert "700 connections do not fit into 699 requests (max_requests)" in found["poor"].detail
    assert [e["reserved"] for e in processes(tmp_path / "run")] == [{"127.0.0.1": CONNECTIONS}]


@pytest.mark.asyncio
async def test_a_host_that_allows_one_connection_is_not_scanned_and_the_reason_is_said(tmp_path):
    targets = [on("one", "127.0.0.1", limits=replace(ROOMY, max_connections=1)), on("two", "127.0.0.2")]
    async with scene(tmp_path, targets, ended(sslyze_output(at("127.0.0.2")))) as s:
        scanned = {server.subject.environment: result for server, result in (await scan_servers(s.jobs)).items()}
    assert scanned["one"].failure is not None
    assert scanned["one"].failure.reason is Reason.BUDGET_EXHAUSTED
    assert "max_connections allows 1" in scanned["one"].failure.detail
    assert scanned["two"].scan is not None
    assert [words(intent) for intent in s.gate.intents] == [["127.0.0.2:1{127.0.0.2}"]]


@pytest.mark.asyncio
async def test_one_cautious_environment_makes_the_process_slow_and_a_hasty_one_has_its_own(tmp_path):
    targets = [
        on("usual", "127.0.0.1"),
        on("cautious", "127.0.0.2", limits=replace(ROOMY, max_connections=3)),
        on("hasty", "127.0.0.3", limits=replace(ROOMY, max_seconds=30.0)),
    ]
    everything = ended(sslyze_output(*(at(f"127.0.0.{n}") for n in (1, 2, 3))))
    async with scene(tmp_path, targets, everything) as s:
        await scan_servers(s.jobs)
    assert [len(words(intent)) for intent in s.gate.intents] == [2, 1]
    assert all("--slow_connection" in intent.argv for intent in s.gate.intents)
    assert s.gate.intents[1].timeout_s == 30.0


@pytest.mark.asyncio
async def test_a_failure_of_the_whole_stands_where_the_budget_allows_no_second_try(tmp_path):
    targets = [on("a", "127.0.0.1"), on("b", "127.0.0.2")]
    slow, good = ended(b"", timed_out=True, exit_code=None), ended(sslyze_output(at("127.0.0.2")))
    async with scene(tmp_path, targets, slow, slow, good) as s:
        scanned = {server.subject.environment: result for server, result in (await scan_servers(s.jobs)).items()}
    assert scanned["a"].failure is not None
    assert scanned["a"].failure.reason is Reason.TIMED_OUT
    assert scanned["b"].scan is not None
    assert [len(words(intent)) for intent in s.gate.intents] == [2, 1, 1]


@pytest.mark.asyncio
async def test_a_scan_opens_no_more_connections_than_it_reserves(tmp_path):
    """Counted by a proxy in front of a server that takes all that OpenSSL still knows."""
    everything = certified(key="rsa-2048")(replace(ServerPlan(), suites="ALL:COMPLEMENTOFALL:@SECLEVEL=0"))
    with running_servers({"everything": everything}, tmp_path) as servers:
        async with counting_proxy(servers["everything"].port) as proxy:
            endpoint = loopback_target(f"https://127.0.0.1:{proxy.port}/v").endpoints[0]
            targets = (environment("test", endpoint),)
            result = await run_scan(plan(tmp_path / "run", TlsProbe(), targets=targets))
    others = result.requests_sent
    assert 400 < proxy.connections - others <= CONNECTIONS
    (beat,) = result.facts.of(Heartbleed)
    assert isinstance(beat.result, Seen)


@dataclass
class Proxy:
    port: int = 0
    connections: int = 0


@asynccontextmanager
async def counting_proxy(port):
    proxy = Proxy()

    async def pump(reader, writer):
        try:
            while data := await reader.read(65_536):
                writer.write(data)
                await writer.drain()
        except OSError:
            pass
        finally:
            writer.close()

    async def serve(reader, writer):
        proxy.connections += 1
        onward = await asyncio.open_connection("127.0.0.1", port)
        await asyncio.gather(pump(reader, onward[1]), pump(onward[0], writer))

    listening = await asyncio.start_server(serve, "127.0.0.1", 0)
    proxy.port = listening.sockets[0].getsockname()[1]
    try:
        yield proxy
    finally:
        await hang_up(listening)
