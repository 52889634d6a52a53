import pytest

from scanner.model.ocpi.scalar import SCALARS
from scanner.model.ocpi.specification import (
    VERSIONS,
    Cardinality,
    PropertyType,
    property_type,
    specification,
)
from scanner.model.subject import Side

COUNTS = {  # modules, classes, properties, enumerations, values; read against the specification's own tables
    "2.1.1": (7, 35, 179, 23, 142),
    "2.2.1": (9, 55, 296, 34, 233),
    "2.3.0": (10, 60, 338, 39, 259),
}


@pytest.mark.parametrize("version", VERSIONS)
def test_nothing_was_lost_or_gained_since_the_data_was_reviewed(version):
    known = specification(version)
    properties = sum(len(found) for found in known.classes.values())
    values = sum(len(found.values) for found in known.enums.values())
    counted = (len(known.modules), len(known.classes), properties, len(known.enums), values)
    assert counted == COUNTS[version]


@pytest.mark.parametrize("version", VERSIONS)
def test_every_property_names_a_type_that_is_known(version):
    known = specification(version)
    for properties in known.classes.values():
        for kind in properties.values():
            assert kind.name in SCALARS or kind.name in known.classes or kind.name in known.enums


@pytest.mark.parametrize("version", VERSIONS)
def test_every_module_id_of_the_version_has_its_module(version):
    known = specification(version)
    assert known.enums["ModuleID"].values <= set(known.modules)
    assert all(module.object in known.classes for module in known.modules.values() if module.object)


def test_the_versions_differ_where_the_specification_does():
    assert "party_id" not in specification("2.1.1").classes["Location"]
    assert "party_id" in specification("2.2.1").classes["Location"]
    assert specification("2.2.1").enums["Role"].values - specification("2.3.0").enums["Role"].values == {"HUB"}
    assert not specification("2.2.1").enums["TokenType"].open
    assert specification("2.3.0").enums["TokenType"].open


def test_sides_of_2_1_1_are_named_after_who_sends():
    modules = specification("2.1.1").modules
    assert modules["locations"].methods[Side.RECEIVER] == ("GET", "PUT", "PATCH")
    assert modules["tokens"].methods[Side.SENDER] == ("GET", "POST")
    assert modules["tokens"].lists(Side.SENDER)
    assert not modules["tokens"].lists(Side.RECEIVER)


def test_module_ids_may_be_extended_in_every_version():
    assert all(specification(version).enums["ModuleID"].open for version in VERSIONS)


def test_a_version_without_data_is_not_made_up():
    with pytest.raises(KeyError):
        specification("9.9")


def test_type_expressions_are_read():
    assert property_type("CiString(36)?") == PropertyType(name="CiString", cardinality=Cardinality.OPTIONAL, length=36)
    assert property_type("EVSE*").cardinality is Cardinality.ANY
    with pytest.raises(ValueError, match="not a type expression"):
        property_type("CiString(36")
