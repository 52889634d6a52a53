from checks.mappings.frameworks import frameworks
from reports.view.frameworks import framework


def test_every_framework_that_rows_are_mapped_to_has_a_name_for_readers():
    for one in frameworks():
        assert framework(one.key) != one.key


def test_a_framework_of_a_newer_version_keeps_its_own_name():
    assert framework("iso42001") == "iso42001"
