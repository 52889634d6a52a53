"""The specification's own examples against the types that were read from its own tables."""

import os

import pytest

from scanner.model.ocpi.specification import VERSIONS, specification
from scanner.model.ocpi.validator import Rule, validate
from tests.scanner.model.ocpi.specification_examples import FILES, HEADINGS, Example, examples

COUNTS = {"2.1.1": 31, "2.2.1": 59, "2.3.0": 61}
ADD_EVSE = "mod_locations: Example: add an EVSE: 1"
NEW_TARIFF = "mod_tariffs: Example: New Tariff 2 euro per hour: 1"
SHORT = "the example leaves out what its table requires"
NUMBER = "the example has a number where its table says string"
# Every deviation: version, example, pointer, rule -> why. Anything else that deviates is our error.
DEVIATIONS = {
    **{
        ("2.1.1", ADD_EVSE, f"/connectors/0/{key}", Rule.MISSING): SHORT
        for key in ("power_type", "voltage", "amperage", "last_updated")
    },
    ("2.1.1", ADD_EVSE, "/last_updated", Rule.MISSING): SHORT,
    ("2.1.1", ADD_EVSE, "/floor_level", Rule.KIND): NUMBER,
    ("2.1.1", ADD_EVSE, "/physical_reference", Rule.KIND): NUMBER,
    ("2.1.1", NEW_TARIFF, "/last_updated", Rule.MISSING): SHORT,
    (
        *("2.1.1", "mod_cdrs: Example of a CDR: 1"),
        *("/tariffs/0/elements/0/price_components/0/price", Rule.KIND),
    ): "the example has a string where its table says number",
    **{
        (version, "location_put_example_add_evse", f"/connectors/0/{key}", Rule.MISSING): SHORT
        for version in ("2.2.1", "2.3.0")
        for key in ("power_type", "max_voltage", "max_amperage", "last_updated")
    },
    **{
        (version, "location_put_example_add_evse", "/physical_reference", Rule.KIND): NUMBER
        for version in ("2.2.1", "2.3.0")
    },
    **{(version, "tariff_put_example", "/last_updated", Rule.MISSING): SHORT for version in ("2.2.1", "2.3.0")},
    ("2.3.0", "cdr_example", "/tariffs/0/tax_included", Rule.MISSING): "the example is older than the property",
}
needs_checkout = pytest.mark.skipif(
    "OCPI_SPECIFICATION_GIT" not in os.environ, reason="OCPI_SPECIFICATION_GIT names no checkout"
)


def deviations(version: str, example: Example):
    for value in example.values():
        for found in validate(version, example.object, value):
            of_itself = found.pointer.count("/") == 1
            if not (example.partial and of_itself and found.rule is Rule.MISSING):
                yield version, example.name, found.pointer, found.rule


@needs_checkout
@pytest.mark.parametrize("version", VERSIONS)
def test_the_examples_of_the_specification_are_valid_but_for_what_is_named(version):
    found = list(examples(os.environ["OCPI_SPECIFICATION_GIT"], version))
    assert len(found) == COUNTS[version]
    deviating = {one for example in found for one in deviations(version, example)}
    assert deviating == {one for one in DEVIATIONS if one[0] == version}


def test_the_kinds_of_examples_are_classes_of_the_specification():
    assert {kind for _, kind in FILES} <= set(specification("2.2.1").classes)
    assert {kind for _, _, kind, _ in HEADINGS} <= set(specification("2.1.1").classes)


def test_a_partial_example_may_lack_its_own_properties_and_no_others():
    whole = Example(name="x", object="EVSE", partial=False, text='{"uid": "1", "connectors": [{"id": "1"}]}')
    part = Example(name="x", object="EVSE", partial=True, text=whole.text)
    assert ("2.2.1", "x", "/status", Rule.MISSING) in set(deviations("2.2.1", whole))
    found = {pointer for _, _, pointer, _ in deviations("2.2.1", part)}
    assert "/status" not in found
    assert "/connectors/0/standard" in found
