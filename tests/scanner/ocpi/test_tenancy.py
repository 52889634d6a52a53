import asyncio
from dataclasses import replace

from scanner.model.facts.ocpi.tenancy import TenancyObserved
from scanner.model.observation import Reason
from scanner.model.party import Identity, Party, Role
from scanner.ocpi.discovery import DiscoveryProbe
from scanner.ocpi.tenancy import TenancyProbe
from tests.scanner.gate_fixtures import open_gate
from tests.scanner.ocpi.seen import facts_of, reasons_of
from tests.targets.odd_platforms import TOKEN, Platform, running_platform
from tests.targets.protocol_runs import target_of
from tests.targets.reference_service import running_service


def compare(target, folder, tokens):
    async def run():
        async with open_gate(target, folder, tokens=tokens) as gate:
            return await gate.run(DiscoveryProbe(), TenancyProbe())

    return asyncio.run(run())


def both(service):
    return {name: service.tokens[name] for name in ("emsp-a", "emsp-b")}


def test_a_sound_service_keeps_partners_apart_by_list_and_by_id(tmp_path):
    with running_service() as service:
        store = compare(target_of(service), tmp_path, both(service))
    found = facts_of(store, TenancyObserved)
    assert found
    assert all(fact.examined > 0 and fact.readable == 0 for fact in found)
    assert facts_of(store, TenancyObserved, module="sessions", path="/{id}")
    assert facts_of(store, TenancyObserved, module="tokens", path="/{country_code}/{party_id}/{uid}")


def test_a_leaking_service_is_counted_for_each_identity(tmp_path):
    with running_service(faults=("other-tenant-readable",)) as service:
        store = compare(target_of(service), tmp_path, both(service))
    by_list = [f for f in facts_of(store, TenancyObserved, module="cdrs") if f.examined > 5]
    assert len(by_list) == 2 * 3  # identities, versions
    assert all(f.readable == f.examined for f in by_list)
    by_id = facts_of(store, TenancyObserved, module="sessions", path="/{id}")
    assert all(f.readable > 0 for f in by_id)


def test_no_id_of_an_object_or_driver_reaches_facts_or_evidence(tmp_path):
    with running_service(faults=("other-tenant-readable",)) as service:
        store = compare(target_of(service), tmp_path, both(service))
    stored = "".join(path.read_text() for path in (tmp_path / "evidence").rglob("*.json"))
    assert "/sessions/{id}" in stored
    assert "$ID" in repr(list(store))
    assert not any(of_a_partner in stored + repr(list(store)) for of_a_partner in ("S-A-0", "S-B-0"))


def test_one_identity_is_not_enough(tmp_path):
    with running_service() as service:
        store = compare(target_of(service, ["emsp-a"]), tmp_path, both(service))
    assert [why.reason for why in reasons_of(store, TenancyObserved)] == [Reason.ONE_IDENTITY_ONLY]


def test_two_identities_of_one_party_are_not_enough(tmp_path):
    with running_service() as service:
        target = target_of(service)
        first, second = target.identities
        same = replace(target, identities=(first, replace(second, party=first.party)))
        store = compare(same, tmp_path, both(service))
    assert [why.reason for why in reasons_of(store, TenancyObserved)] == [Reason.ONE_IDENTITY_ONLY]


def test_a_hub_is_no_second_partner(tmp_path):
    with running_service() as service:
        target = target_of(service)
        first, second = target.identities
        store = compare(replace(target, identities=(first, replace(second, role=Role.HUB))), tmp_path, both(service))
    assert [why.reason for why in reasons_of(store, TenancyObserved)] == [Reason.ONE_IDENTITY_ONLY]


def test_where_no_owner_can_read_anything_there_is_no_verdict(tmp_path):
    modules = (("credentials", "SENDER"), ("locations", "SENDER"))
    with running_platform(Platform(modules=modules)) as platform, running_service() as service:
        identities = target_of(service).identities
        target = replace(platform.target(), identities=identities)
        store = compare(target, tmp_path, {"emsp-a": TOKEN, "emsp-b": TOKEN + "-too"})
    assert [why.reason for why in reasons_of(store, TenancyObserved)] == [Reason.CONTROL_FAILED]


def test_one_that_reads_has_nobody_to_be_kept_apart_from_beside_one_that_only_pushes(tmp_path):
    cpo = Identity(name="cpo-c", party=Party.parse("BE-GRN"), role=Role.CPO, partner="cpo-c", disposable=True)
    with running_service() as service:
        target = target_of(service, ["emsp-a"])
        tokens = {name: service.tokens[name] for name in ("emsp-a", "cpo-c")}
        store = compare(replace(target, identities=(*target.identities, cpo)), tmp_path, tokens)
    (why,) = reasons_of(store, TenancyObserved)
    assert why.reason is Reason.ONE_IDENTITY_ONLY
    assert "cpo-c only pushes here" in why.detail


def test_nothing_is_planned_for_one_party():
    with running_service() as service:
        assert list(TenancyProbe().plan(target_of(service, ["emsp-a"]))) == []
        assert len(list(TenancyProbe().plan(target_of(service)))) == 1


def test_two_identities_of_one_partner_may_share(tmp_path):
    with running_service() as service:
        target = target_of(service)
        identities = tuple(replace(identity, partner="one") for identity in target.identities)
        store = compare(replace(target, identities=identities), tmp_path, both(service))
    assert facts_of(store, TenancyObserved) == []
    assert [why.reason for why in reasons_of(store, TenancyObserved)] == [Reason.ONE_IDENTITY_ONLY]
