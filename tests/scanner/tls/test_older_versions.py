import asyncio
import contextlib
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.gate.journal import FILE_NAME, read_journal
from scanner.model.facts.tls import EllipticGroups, ExtendedMasterSecret, TlsVersion, VersionGroups
from scanner.model.observation import Reason, Seen
from scanner.model.target import Limits
from scanner.model.witness import Witness
from scanner.tls.client_hello import ECDHE_ECDSA, GROUPS
from scanner.tls.greeting import MAX_FLIGHT_BYTES
from scanner.tls.older_versions import MOST_HELLOS, OlderVersions, VersionSeen, greet_in_older_versions
from scanner.tls.server_flight import Alert, Malformed, ServerFlight, read_flight
from scanner.tls.servers import places, resolve
from scanner.tls.sslyze_document import NoAnswer
from tests.scanner.gate_fixtures import FAST, loopback_target, open_gate
from tests.targets.hello_server import ECDSA_SUITE, RSA_SUITE, STATIC_RSA_SUITE, Choice, alert, hello_server, message
from tests.targets.hello_server import record as tls_record
from tests.targets.loose_ends import hang_up
from tests.targets.tls_runs import tls_runs

V12 = TlsVersion.TLS_1_2
OPENSSL_GROUPS = {"X25519", "X448", "secp256r1", "secp384r1", "secp521r1"}


def taking(*names, suite=RSA_SUITE, needs=None, **choice):
    """A server that takes these groups in the client's order, with an ECDSA certificate only while `needs` is there."""
    numbers = {GROUPS[name] for name in names}

    def answer(hello):
        if needs is not None and GROUPS[needs] not in hello.groups:
            return alert(40)
        group = next((n for n in hello.groups if n in numbers), None)
        return alert(40) if group is None else Choice(suite=suite, group=group, **choice)

    return answer


async def look(answer, tmp_path, versions=(V12,), limits=FAST):
    async with hello_server(answer) as server:
        target = loopback_target(f"https://127.0.0.1:{server.port}/ocpi/versions", limits=limits)
        seen = await looked_at(target, tmp_path, versions)
    return seen, server.hellos


async def looked_at(target, tmp_path, versions=(V12,)):
    async with open_gate(target, tmp_path) as opened:
        context = opened.context(Witness.TLS)
        found = await resolve(opened.gate, target, places(target)[0])
        return await greet_in_older_versions(context, found.servers[0], versions)


def of(seen: OlderVersions, version=V12):
    return seen.by_version[version]


@pytest.mark.asyncio
async def test_every_group_that_the_server_takes_is_found_with_one_handshake_each(tmp_path):
    seen, hellos = await look(taking("secp256r1", "secp192r1", "X25519"), tmp_path)
    assert set(of(seen).groups.accepted) == {"secp256r1", "secp192r1", "X25519"}
    assert set(of(seen).groups.refused) == GROUPS.keys() - {"secp256r1", "secp192r1", "X25519"}
    assert len(hellos) == 1 + 3 + 1
    assert seen.evidence


@pytest.mark.asyncio
@pytest.mark.parametrize("signature", [0x0403, 0x0804, 0x0809, 0x0807, 0x0808, 0x0201])
async def test_a_server_is_met_whatever_its_key_can_sign(tmp_path, signature):
    """ECDSA, RSA, RSA with a key for PSS alone, Ed25519, Ed448, RSA with SHA-1."""
    answer = taking("X25519")
    seen, _ = await look(lambda hello: answer(hello) if signature in hello.signatures else alert(40), tmp_path)
    assert of(seen).groups.accepted == ("X25519",)


@pytest.mark.asyncio
async def test_the_curve_of_an_ecdsa_certificate_stays_offered_so_that_it_hides_no_group(tmp_path):
    answer = taking("secp192r1", "secp256r1", "X25519", "X448", suite=ECDSA_SUITE, needs="secp256r1")
    seen, hellos = await look(answer, tmp_path)
    assert set(of(seen).groups.accepted) == {"secp192r1", "secp256r1", "X25519", "X448"}
    assert set(hellos[-1].suites) <= {*ECDHE_ECDSA, 0x00FF}
    assert len(hellos) <= MOST_HELLOS


@pytest.mark.asyncio
@pytest.mark.parametrize("extensions, used", [((23,), True), ((), False), ((65281,), False)])
async def test_the_extended_master_secret_is_read_from_the_answer(tmp_path, extensions, used):
    seen, _ = await look(taking("X25519", extensions=extensions), tmp_path)
    assert of(seen).extended_master_secret is used


@pytest.mark.asyncio
async def test_a_server_without_ecdhe_is_asked_for_its_master_secret_and_takes_no_group(tmp_path):
    seen, hellos = await look(
        lambda hello: Choice(suite=STATIC_RSA_SUITE) if STATIC_RSA_SUITE in hello.suites else alert(40), tmp_path
    )
    expected = VersionGroups(version=V12, accepted=(), refused=())
    assert of(seen) == VersionSeen(extended_master_secret=True, groups=expected)
    assert len(hellos) == 2


@pytest.mark.asyncio
async def test_each_version_is_offered_as_itself_and_tls_1_3_not_at_all(tmp_path):
    seen, hellos = await look(taking("X25519"), tmp_path, versions=tuple(TlsVersion))
    assert list(seen.by_version) == [TlsVersion.TLS_1_0, TlsVersion.TLS_1_1, TlsVersion.TLS_1_2]
    assert [h.version for h in hellos] == [0x0301] * 3 + [0x0302] * 3 + [0x0303] * (3 + 1)  # one of an old client
    assert all(23 in h.extensions and h.server_name is None for h in hellos)  # an address is no server name


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "answer, reason, words",
    [
        (lambda _: b"", Reason.NOT_EVALUATED, "hangs up on our hello"),
        (lambda _: alert(40), Reason.NOT_EVALUATED, "none of the suites"),
        (lambda _: alert(70), Reason.NOT_EVALUATED, "alert 70"),
        (lambda _: Choice(group=29, version=0x0302), Reason.UNPARSABLE, "version 0x0302"),
        (lambda _: b"HTTP/1.1 400 Bad Request\r\n\r\n", Reason.UNPARSABLE, "no TLS record"),
        (lambda _: tls_record(0x0303, message(11, bytes(3))), Reason.UNPARSABLE, "no ServerHello"),
        (lambda _: tls_record(0x0303, message(2, bytes(7)) + message(14, b"")), Reason.UNPARSABLE, "cut short"),
        (lambda _: tls_record(0x0303, message(2, bytes(60))), Reason.UNPARSABLE, "cut short, 69 bytes"),
        (
            lambda _: (
                tls_record(0x0303, b"\x02" + (2**24 - 1).to_bytes(3, "big")) + tls_record(0x0303, bytes(16_000)) * 9
            ),
            Reason.UNPARSABLE,
            f"more than a handshake may have, {MAX_FLIGHT_BYTES} bytes",
        ),
    ],
)
async def test_an_answer_that_tells_nothing_is_no_fact(tmp_path, answer, reason, words):
    seen, hellos = await look(answer, tmp_path)
    none = of(seen)
    assert isinstance(none, NoAnswer)
    assert none.reason is reason
    assert words in none.detail
    assert len(hellos) == 1
    assert seen.evidence


@pytest.mark.asyncio
async def test_a_hang_up_counts_as_a_refusal_only_after_the_server_has_answered(tmp_path):
    answered = taking("X25519")
    seen, _ = await look(lambda hello: answered(hello) if 29 in hello.groups else b"", tmp_path)
    assert of(seen).groups.accepted == ("X25519",)


@pytest.mark.asyncio
async def test_a_group_that_was_not_offered_is_not_believed(tmp_path):
    seen, _ = await look(lambda _: Choice(suite=RSA_SUITE, group=0x6399), tmp_path)
    assert of(seen).extended_master_secret
    assert isinstance(of(seen).groups, NoAnswer)


@pytest.mark.asyncio
async def test_a_used_up_budget_is_said_and_nothing_more_is_sent(tmp_path):
    limits = Limits(max_requests=2, requests_per_second=1000.0, timeout_s=2.0)
    seen, hellos = await look(taking("X25519", "secp256r1"), tmp_path, limits=limits)
    assert of(seen).groups.reason is Reason.BUDGET_EXHAUSTED
    assert len(hellos) == 2


@pytest.mark.asyncio
async def test_hellos_do_not_count_as_requests_without_a_token(tmp_path):
    await look(taking("X25519"), tmp_path, limits=replace(FAST, max_refusals=0))
    raws = [entry for entry in read_journal(tmp_path / FILE_NAME) if "raw" in entry]
    assert [entry["anonymous"] for entry in raws] == [False] * 3


@pytest.mark.asyncio
@pytest.mark.parametrize("behaviour", ["silent", "drip", "endless"])
async def test_a_server_that_never_comes_to_an_end_is_left_in_time(tmp_path, behaviour):
    async def serve(reader, writer):
        try:
            await reader.readexactly(5)
            while behaviour != "silent":
                writer.write(b"\x16" if behaviour == "drip" else tls_record(0x0303, b"\x02\x00\x10\x00"))
                await writer.drain()
                await asyncio.sleep(0.05)
            await asyncio.sleep(30)
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    listening = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = listening.sockets[0].getsockname()[1]
    target = loopback_target(f"https://127.0.0.1:{port}/v", limits=replace(FAST, timeout_s=0.5))
    started = asyncio.get_running_loop().time()
    seen = await looked_at(target, tmp_path)
    elapsed = asyncio.get_running_loop().time() - started
    await hang_up(listening)
    assert isinstance(of(seen), NoAnswer)
    assert of(seen).reason in {Reason.TIMED_OUT, Reason.UNPARSABLE}
    assert elapsed < 20  # of thirty


@given(st.binary(max_size=200) | st.binary(max_size=80).map(lambda body: tls_record(0x0303, body)))
def test_whatever_a_server_sends_is_read_or_called_malformed(data):
    with contextlib.suppress(Malformed):
        assert isinstance(read_flight(data), ServerFlight | Alert | None)


def test_a_real_server_shows_its_groups_in_both_versions_and_its_master_secret():
    runs = tls_runs()
    (groups,) = [o.result for o in runs.facts.of(EllipticGroups) if o.key.subject == runs.subject]
    (secret,) = [o.result for o in runs.facts.of(ExtendedMasterSecret) if o.key.subject == runs.subject]
    assert isinstance(groups, Seen)
    assert isinstance(secret, Seen)
    by_version = {one.version: set(one.accepted) for one in groups.fact.by_version}
    # With an ECDSA certificate on P-256, P-256 must be offered in TLS 1.2, and the server prefers it to what follows.
    assert by_version == {V12: {"X25519", "secp256r1"}, TlsVersion.TLS_1_3: OPENSSL_GROUPS}
    assert secret.fact == ExtendedMasterSecret(used=(V12,))
    assert len(secret.evidence) == 2
