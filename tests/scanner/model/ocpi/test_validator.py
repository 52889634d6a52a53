import copy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.model.ocpi.validator import Rule, validate

TOKEN: dict[str, Any] = {
    "country_code": "DE",
    "party_id": "TNM",
    "uid": "bdf21bce",
    "type": "APP_USER",
    "contract_id": "DE8ACC12E46L89",
    "issuer": "A company",
    "valid": True,
    "whitelist": "ALLOWED",
    "last_updated": "2020-03-10T17:16:15Z",
}
LOCATION: dict[str, Any] = {
    "country_code": "NL",
    "party_id": "ABC",
    "id": "L1",
    "publish": True,
    "address": "A street 1",
    "city": "Utrecht",
    "country": "NLD",
    "coordinates": {"latitude": "52.090737", "longitude": "5.121420"},
    "evses": [
        {
            "uid": "E1",
            "status": "AVAILABLE",
            "connectors": [
                {
                    "id": "1",
                    "standard": "IEC_62196_T2",
                    "format": "SOCKET",
                    "power_type": "AC_3_PHASE",
                    "max_voltage": 230,
                    "max_amperage": 16,
                    "last_updated": "2020-03-10T17:16:15Z",
                }
            ],
            "last_updated": "2020-03-10T17:16:15Z",
        }
    ],
    "time_zone": "Europe/Amsterdam",
    "last_updated": "2020-03-10T17:16:15.123",
}


def broken(value, version="2.2.1", name="Location"):
    return [(found.pointer, found.rule) for found in validate(version, name, value)]


def changed(value, path, new):
    value = copy.deepcopy(value)
    inner = value
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = new
    return value


@pytest.mark.parametrize("version", ["2.2.1", "2.3.0"])
def test_a_sound_object_has_nothing_wrong(version):
    assert broken(LOCATION, version) == []
    assert broken(TOKEN, version, "Token") == []


@pytest.mark.parametrize(
    "path, new, pointer, rule",
    [
        (("id",), None, "/id", Rule.MISSING),
        (("id",), 7, "/id", Rule.KIND),
        (("id",), "x" * 37, "/id", Rule.LENGTH),
        (("id",), "caf\N{LATIN SMALL LETTER E WITH ACUTE}", "/id", Rule.FORMAT),
        (("id",), "L1\n", "/id", Rule.FORMAT),
        (("last_updated",), "2020-03-10T17:16:15Z\n", "/last_updated", Rule.FORMAT),
        (("publish",), "true", "/publish", Rule.KIND),
        (("publish",), 1, "/publish", Rule.KIND),
        (("city",), "a\nb", "/city", Rule.FORMAT),
        (("coordinates",), "52,5", "/coordinates", Rule.KIND),
        (("coordinates", "latitude"), "1" * 11, "/coordinates/latitude", Rule.LENGTH),
        (("last_updated",), "2020-03-10T17:16:15+00:00", "/last_updated", Rule.FORMAT),
        (("last_updated",), "2020-02-31T17:16:15Z", "/last_updated", Rule.FORMAT),
        (("evses", 0, "status"), "OPEN", "/evses/0/status", Rule.VALUE),
        (("evses", 0, "connectors"), [], "/evses/0/connectors", Rule.EMPTY),
        (("evses", 0, "connectors"), {}, "/evses/0/connectors", Rule.KIND),
        (("evses", 0, "connectors", 0, "max_voltage"), 230.5, "/evses/0/connectors/0/max_voltage", Rule.KIND),
        (("evses", 0, "connectors", 0, "standard"), ["x"], "/evses/0/connectors/0/standard", Rule.KIND),
    ],
)
def test_what_is_wrong_is_named_by_pointer_and_rule(path, new, pointer, rule):
    assert broken(changed(LOCATION, path, new)) == [(pointer, rule)]


def test_unknown_fields_are_never_wrong():
    assert broken({**LOCATION, "nltnm_extra": {"a": float("nan")}}) == []


def test_null_counts_as_absent_where_a_property_is_optional():
    assert broken({**LOCATION, "name": None, "evses": None}) == []


def test_an_open_enumeration_takes_other_words_and_a_closed_one_does_not():
    token = {**TOKEN, "type": "NFC_RING"}
    assert broken(token, "2.3.0", "Token") == []
    assert broken(token, "2.2.1", "Token") == [("/type", Rule.VALUE)]


def test_a_whole_number_may_be_written_with_a_decimal_point():
    assert broken(changed(LOCATION, ("evses", 0, "connectors", 0, "max_voltage"), 230.0)) == []


def test_a_number_that_json_does_not_have_is_wrong():
    assert broken({"excl_vat": float("inf")}, "2.2.1", "Price") == [("/excl_vat", Rule.FORMAT)]


def test_the_message_never_holds_the_value():
    found = list(validate("2.2.1", "Token", {**TOKEN, "uid": "SECRET-UID" * 9}))
    assert len(found) == 1
    assert "SECRET" not in repr(found)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@settings(deadline=None)
@given(json_values, st.sampled_from([("2.1.1", "CDR"), ("2.2.1", "Location"), ("2.3.0", "Tariff")]))
def test_any_json_gives_an_answer_and_never_an_exception(value, kind):
    found = list(validate(kind[0], kind[1], value))
    assert found  # nothing random is a whole OCPI object
