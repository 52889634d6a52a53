import pytest

from scanner.model.ocpi.machines.catalog import machine, machines
from scanner.model.ocpi.machines.machine import (
    ABSENT,
    Edge,
    Legality,
    Machine,
    Sender,
    Tag,
    edges_that_are,
    illegal_edges,
    legal_paths,
    path_to,
)
from scanner.model.ocpi.specification import VERSIONS, specification

ALL = [found for version in VERSIONS for found in machines(version).values()]
IDS = [f"{found.version}-{found.name}" for found in ALL]
each_machine = pytest.mark.parametrize("found", ALL, ids=IDS)
COUNTS = {  # machines, then legal, illegal and unspecified edges over all of them
    "2.1.1": (13, 151, 46, 164),
    "2.2.1": (15, 188, 70, 313),
    "2.3.0": (15, 188, 70, 313),
}


def illegal(version, name):
    return {edge.name for edge in illegal_edges(machine(version, name))}


def legality(version, name, edge):
    return next(found.legality for found in machine(version, name).edges if found.name == edge)


@pytest.mark.parametrize("version", VERSIONS)
def test_nothing_was_lost_or_gained_since_the_data_was_reviewed(version):
    every = machines(version).values()
    kinds = [sum(len(edges_that_are(found, kind)) for found in every) for kind in Legality]
    assert (len(every), *kinds) == COUNTS[version]


@each_machine
def test_edges_join_known_states_and_have_names_of_their_own(found):
    assert len({edge.name for edge in found.edges}) == len(found.edges)
    assert len(set(found.states)) == len(found.states)
    for edge in found.edges:
        assert {edge.source, edge.target} <= set(found.states), edge.name
        assert edge.section


@each_machine
def test_the_source_of_every_edge_can_be_reached_by_legal_ones(found):
    for edge in found.edges:
        assert all(step.legality is Legality.LEGAL for step in path_to(found, edge.source))


@each_machine
def test_a_state_is_final_exactly_if_no_legal_edge_leaves_it_for_another(found):
    left = {edge.source for edge in found.edges if edge.legality is Legality.LEGAL}
    assert found.final == {state for state in found.states if state not in left}


@each_machine
def test_legal_paths_take_every_legal_edge_and_hang_together(found):
    paths = list(legal_paths(found))
    assert paths == list(legal_paths(found))
    taken = {edge.name for path in paths for edge in path}
    assert taken == {edge.name for edge in edges_that_are(found, Legality.LEGAL)}
    for path in paths:
        states = [found.states[0], *(edge.target for edge in path)]
        assert [edge.source for edge in path] == states[:-1]


@each_machine
def test_what_an_edge_carries_and_sets_exists_in_the_version(found):
    known = specification(found.version)
    for edge in found.edges:
        if edge.carries is None:
            assert edge.by in {"DELETE", "GET", "event"}, edge.name
            continue
        for pointer in edge.after:
            assert leads_somewhere(known, edge.carries, pointer), (edge.name, pointer)


def leads_somewhere(known, name, pointer):
    for part in pointer.split("/")[1:]:
        if not part.isdigit():
            name = known.classes[name][part].name
    return True


@each_machine
def test_a_state_that_an_edge_sets_is_one_that_the_version_has(found):
    statuses = {"Session": "SessionStatus", "EVSE": "Status"}
    for edge in found.edges:
        for sets in (edge.before, edge.after):
            if edge.carries in statuses and "/status" in sets:
                assert sets["/status"] in specification(found.version).enums[statuses[edge.carries]].values


@each_machine
def test_methods_that_the_receiver_does_not_have_are_illegal(found):
    if "/" in found.name or found.module in {"commands", "credentials"}:
        return  # one path, one method: nothing else is said there
    offered = {
        method for methods in specification(found.version).modules[found.module].methods.values() for method in methods
    }
    for edge in found.edges:
        if edge.by not in offered and edge.by != "event":
            assert edge.legality is Legality.ILLEGAL, edge.name


@pytest.mark.parametrize("version", VERSIONS)
def test_a_completed_session_is_never_changed(version):
    edges = [edge for edge in machine(version, "sessions").edges if edge.source == "COMPLETED"]
    assert {edge.target for edge in edges} >= {"ACTIVE", "PENDING", "INVALID", "COMPLETED"}
    assert {edge.legality for edge in edges} == {Legality.ILLEGAL}


@pytest.mark.parametrize("version", VERSIONS)
def test_what_must_not_happen_is_there(version):
    assert "patch-before-put" in illegal(version, "sessions")
    assert "ACTIVE-put-older" in illegal(version, "sessions")
    assert {"send-again-changed", "replace", "update", "remove"} <= illegal(version, "cdrs")
    assert {"put-other-type", "patch-other-type", "remove"} <= illegal(version, "tokens")
    assert {"register-again", "renew-unregistered", "unregister-unregistered"} <= illegal(version, "credentials")


def test_versions_differ_where_the_specification_does():
    assert "RESERVATION" not in machine("2.1.1", "sessions").states
    assert legality("2.1.1", "tariffs", "update") is Legality.LEGAL
    assert legality("2.2.1", "tariffs", "update") is Legality.ILLEGAL
    assert "chargingprofiles" not in machines("2.1.1")
    assert "commands/CANCEL_RESERVATION" not in machines("2.1.1")
    assert "credit" not in {edge.name for edge in machine("2.1.1", "cdrs").edges}
    assert legality("2.2.1", "credentials", "use-first-token") is Legality.ILLEGAL


def test_what_the_specification_leaves_open_is_not_illegal():
    assert legality("2.3.0", "tariffs", "create-valid-in-past") is Legality.UNSPECIFIED
    assert legality("2.3.0", "sessions", "ACTIVE-patch-PENDING") is Legality.UNSPECIFIED
    assert legality("2.3.0", "evses", "REMOVED-patch-AVAILABLE") is Legality.UNSPECIFIED
    assert legality("2.3.0", "commands/STOP_SESSION", "not_asked-result-ACCEPTED") is Legality.UNSPECIFIED


def test_the_refusal_that_the_specification_names_is_in_the_data():
    refused = [edge for edge in illegal_edges(machine("2.2.1", "credentials")) if edge.status]
    assert {(edge.by, edge.status) for edge in refused} == {("POST", 405), ("PUT", 405), ("DELETE", 405)}


def test_what_another_sender_tries_is_marked():
    others = [edge for edge in machine("2.2.1", "reservations").edges if edge.sender is Sender.OTHER]
    assert {edge.name for edge in others} == {"cancel-of-other", "replace-of-other"}


def test_only_an_accepted_command_has_a_legal_result():
    found = machine("2.2.1", "commands/RESERVE_NOW")
    results = [edge for edge in edges_that_are(found, Legality.LEGAL) if edge.target.startswith("RESULT")]
    assert {edge.source for edge in results} == {"ANSWERED ACCEPTED", "RESULT ACCEPTED"}
    assert path_to(found, "RESULT CANCELED_RESERVATION")[-1].source == "ANSWERED ACCEPTED"


def test_a_state_that_nothing_leads_to_is_an_error():
    edge = Edge(
        name="a", source=ABSENT, target="B", by="PUT", legality=Legality.ILLEGAL, section="s", after={"/id": Tag.NEW_ID}
    )
    lonely = Machine(version="2.2.1", name="n", module="n", states=(ABSENT, "B"), final=frozenset(), edges=(edge,))
    with pytest.raises(LookupError, match="no legal way to B"):
        path_to(lonely, "B")


def test_a_machine_or_version_that_is_not_known_is_an_error():
    with pytest.raises(KeyError):
        machine("2.2.1", "hubclientinfo")
    with pytest.raises(KeyError):
        machines("9")
