import asyncio

from scanner.model.facts.ocpi.disclosure import ErrorAnswer, LeakKind
from scanner.model.observation import Reason
from scanner.ocpi.discovery import DiscoveryProbe
from scanner.ocpi.errors import ErrorsProbe, mistakes
from tests.scanner.gate_fixtures import open_gate
from tests.scanner.ocpi.seen import facts_of, reasons_of
from tests.targets.odd_platforms import TOKEN, Platform, running_hostile, running_platform
from tests.targets.protocol_runs import IMPATIENT, target_of
from tests.targets.reference_service import running_service


def provoke(target, folder, tokens=None):
    async def run():
        async with open_gate(target, folder, tokens=tokens or {"emsp-a": TOKEN}) as gate:
            return await gate.run(DiscoveryProbe(), ErrorsProbe())

    return asyncio.run(run())


def test_four_reads_that_must_fail_are_made_at_one_module_of_each_version(tmp_path):
    with running_platform(Platform(versions=("2.1.1", "2.2.1"))) as platform:
        store = provoke(platform.target(), tmp_path)
    assert len(facts_of(store, ErrorAnswer, version="2.1.1", module="locations")) == 4
    assert len(facts_of(store, ErrorAnswer, version="2.2.1", module="locations")) == 4
    assert {request.method for request in platform.requests} == {"GET"}


def test_a_sound_service_tells_nothing_and_a_leaking_one_is_noticed(tmp_path):
    leaks = {}
    for fault in ((), ("leaking-stack-trace",)):
        folder = tmp_path / str(len(fault))
        folder.mkdir()
        with running_service(faults=fault) as service:
            store = provoke(target_of(service, ["emsp-a"]), folder, {"emsp-a": service.tokens["emsp-a"]})
        leaks[fault] = [{leak.kind for leak in fact.leaks} for fact in facts_of(store, ErrorAnswer)]
    assert leaks[()] == [set()] * 4 * 3  # mistakes, versions
    assert all(LeakKind.STACK_TRACE in kinds for kinds in leaks["leaking-stack-trace",])


def test_a_mistake_is_put_behind_the_url_that_was_advertised():
    urls = [mistake.url for mistake in mistakes("https://h/locations/")]
    assert urls[0] == "https://h/locations/posture-no-such-id"
    assert urls[3] == "https://h/locations/?offset=-1"


def test_where_no_module_was_found_it_says_why(tmp_path):
    with running_hostile("slow-drip") as platform:
        store = provoke(platform.target(limits=IMPATIENT), tmp_path)
    (why,) = reasons_of(store, ErrorAnswer)
    assert why.reason is Reason.TIMED_OUT
    assert why.detail.startswith("no module was found: versions: no answer in time")
