import pytest

from scanner.model.ocpi.lifecycle import lifecycle
from scanner.model.ocpi.specification import VERSIONS, specification


@pytest.mark.parametrize("version", VERSIONS)
def test_how_objects_end(version):
    assert lifecycle(version, "CDR").immutable
    assert not lifecycle(version, "CDR").removed_by
    assert not lifecycle(version, "Token").removed_by
    assert lifecycle(version, "Token").instead == "valid false"
    assert lifecycle(version, "Tariff").removed_by == {"DELETE"}
    assert lifecycle(version, "EVSE").changed_by == {"PUT", "PATCH"}
    assert ("PATCH" in lifecycle(version, "Tariff").changed_by) == (version == "2.1.1")


@pytest.mark.parametrize("version", VERSIONS)
def test_every_object_of_a_module_has_a_lifecycle(version):
    for module in specification(version).modules.values():
        if module.object:
            assert lifecycle(version, module.object).section


def test_what_is_only_a_part_of_something_has_no_lifecycle():
    with pytest.raises(KeyError):
        lifecycle("2.2.1", "Price")
