import itertools

import pytest

from scanner.gate.policy import least_effect
from scanner.model.effect import Effect
from scanner.model.ocpi.interfaces import Purpose, interface, interfaces
from scanner.model.ocpi.path_form import GIVEN
from scanner.model.ocpi.specification import VERSIONS, specification
from scanner.model.subject import Side

COUNTS = {"2.1.1": (13, 39), "2.2.1": (17, 50), "2.3.0": (19, 55)}  # interfaces, operations
# A section with tables of its own describes the method; the interface's table of methods says n/a.
UNLISTED = {("chargingprofiles", Side.SENDER, "PUT")}
# The table of 2.1.1 names the parameter token_type; the URL beside it calls it type.
OTHER_NAMES = {"token_type": "type", "command": None}  # a command stands in the path by its own name

OPERATIONS = [
    pytest.param(i, o, id=f"{i.version}-{i.module}-{i.side}-{o.method}-{o.path.template}-{o.carries}")
    for version in VERSIONS
    for i in interfaces(version)
    for o in i.operations
]


def every_id(operation):
    names = (*operation.path.segments, *operation.path.query, GIVEN)
    return {name: "https://h/x/1" if name == GIVEN else "X1" for name in names}


@pytest.mark.parametrize("version", VERSIONS)
def test_nothing_was_lost_or_gained(version):
    found = interfaces(version)
    assert (len(found), sum(len(i.operations) for i in found)) == COUNTS[version]


@pytest.mark.parametrize("version", VERSIONS)
def test_the_methods_are_those_of_the_specification_s_tables(version):
    listed = {
        (m.id, side, method)
        for m in specification(version).modules.values()
        for side, methods in m.methods.items()
        for method in methods
    }
    written = {(i.module, i.side, method) for i in interfaces(version) for method in i.methods}
    unlisted = {row for row in UNLISTED if row[0] in specification(version).modules}
    assert written == listed | unlisted
    assert not listed & unlisted


@pytest.mark.parametrize("version", VERSIONS)
def test_what_is_carried_and_answered_is_what_the_tables_say(version):
    modules = specification(version).modules
    for known in interfaces(version):
        for method, group in itertools.groupby(known.operations, key=lambda o: o.method):
            calls = modules[known.module].calls.get((known.side, method))
            if calls is None:
                assert method == "PATCH" or known.module == "credentials"  # they have no tables of their own
                continue
            operations = known.of(method)
            assert list(group)
            assert {kind.name for call in calls for kind in call.body} == {o.carries for o in operations if o.carries}
            assert {k.name for call in calls for k in call.answer} == {o.answers for o in operations if o.answers}
            pages = {k.name for call in calls for k in call.answer if k.cardinality == "*"}
            assert pages == {o.answers for o in operations if o.list}


@pytest.mark.parametrize("version", VERSIONS)
def test_every_parameter_of_the_tables_has_its_place_in_a_path_form_and_none_is_made_up(version):
    modules = specification(version).modules
    for known in interfaces(version):
        for method in known.methods:
            calls = modules[known.module].calls.get((known.side, method), ())
            if not calls:
                continue
            tabled = {OTHER_NAMES.get(name, name) for call in calls for name in call.parameters} - {None}
            placed = {name for o in known.of(method) for name in (*o.path.segments, *o.path.query)}
            assert placed == tabled
            needed = {OTHER_NAMES.get(n, n) for c in calls for n, k in c.parameters.items() if k.cardinality == "1"}
            required = {name for o in known.of(method) for name in (*o.path.segments, *o.path.required_query)}
            assert needed - {None} <= required


@pytest.mark.parametrize("version", VERSIONS)
def test_patch_takes_the_paths_and_objects_of_put(version):
    for known in interfaces(version):
        assert {(o.path, o.carries) for o in known.of("PATCH")} <= {(o.path, o.carries) for o in known.of("PUT")}


@pytest.mark.parametrize("version", VERSIONS)
def test_every_object_named_is_declared_in_the_version(version):
    known = specification(version)
    for operation in (o for i in interfaces(version) for o in i.operations):
        assert operation.carries is None or operation.carries in known.classes
        assert operation.answers is None or operation.answers in known.classes or operation.answers in known.enums


@pytest.mark.parametrize("known, operation", OPERATIONS)
def test_the_effect_is_the_one_that_the_gate_sees(known, operation):
    url = operation.path.url(f"https://h/ocpi/{known.version}/{known.module}", **every_id(operation))
    assert operation.effect is least_effect(operation.method, url, known.module)


@pytest.mark.parametrize("known, operation", OPERATIONS)
def test_only_what_reads_is_a_read(known, operation):
    reads = {Purpose.LIST, Purpose.READ, Purpose.ASK}
    assert (operation.effect is Effect.READ) == (operation.purpose in reads)
    assert operation.list == (operation.purpose is Purpose.LIST)


@pytest.mark.parametrize("version", VERSIONS)
def test_each_command_has_its_own_path_and_body(version):
    commands = interface(version, "commands", Side.RECEIVER).operations
    assert {o.path.template for o in commands} == specification(version).enums["CommandType"].values
    assert all((o.carries or "").upper() == o.path.template.replace("_", "") for o in commands)


def test_status_codes_of_a_version_are_known_and_others_are_not():
    assert specification("2.1.1").knows_status(2003)
    assert not specification("2.1.1").knows_status(2004)
    assert specification("2.2.1").knows_status(2004)
    assert specification("2.2.1").knows_status(4001)
    assert specification("2.2.1").knows_status(2901)  # for custom use
    assert not specification("2.1.1").knows_status(2901)
    assert not specification("2.3.0").knows_status(200)


def test_what_a_version_does_not_have_is_not_made_up():
    with pytest.raises(KeyError):
        interface("2.1.1", "hubclientinfo", Side.SENDER)
    assert interface("2.2.1", "credentials", Side.SENDER) is interface("2.2.1", "credentials", None)
