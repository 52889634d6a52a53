import json
import re
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.model.ocpi.builder import CLASSES, LEFT_OUT, build
from scanner.model.ocpi.rules.judge import broken_rules
from scanner.model.ocpi.specification import VERSIONS, specification
from scanner.model.ocpi.validator import validate
from scanner.model.party import Party

NOW = datetime(2026, 3, 14, 9, 26, 53, tzinfo=UTC)
PARTY = Party(country_code="NL", party_id="TNM")
KINDS = [(version, name) for version in VERSIONS for name in sorted(specification(version).classes)]

seeds = st.text(max_size=12)
parties = st.builds(
    Party,
    country_code=st.sampled_from(["AT", "CH", "DE", "DK", "FR", "GB", "NL", "NO", "PL", "BG"]),
    party_id=st.from_regex(r"\A[A-Z0-9]{3}\Z"),
)
moments = st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


def made(version, name, seed="s", **more):
    return build(version, name, seed=seed, party=PARTY, now=NOW, **more)


def test_every_class_of_every_version_has_a_builder_and_no_builder_is_left_over():
    assert {name for _, name in KINDS} == CLASSES


@pytest.mark.parametrize("version, name", KINDS)
@settings(max_examples=12)
@given(seed=seeds, party=parties, now=moments, full=st.booleans())
def test_what_is_built_is_valid_and_breaks_no_rule(version, name, seed, party, now, full):
    found = build(version, name, seed=seed, party=party, now=now, full=full)
    assert list(validate(version, name, found)) == []
    assert list(broken_rules(version, name, found, now=now)) == []
    assert json.loads(json.dumps(found, allow_nan=False)) == found


@pytest.mark.parametrize("version, name", KINDS)
def test_a_full_object_has_every_property_but_those_with_a_reason(version, name):
    known = specification(version).classes[name]
    without = {key for key in known if key not in made(version, name)}
    assert without <= {key for owner, key in LEFT_OUT if owner == name}
    assert all(value not in (None, [], {}) for value in made(version, name).values())


def test_each_reason_for_a_property_that_is_left_out_is_needed():
    for owner, key in LEFT_OUT:
        assert any(
            key in specification(v).classes[owner] and key not in made(v, owner)
            for v in VERSIONS
            if owner in specification(v).classes
        )


def test_a_reservation_stands_in_an_element_of_its_own():
    elements = made("2.2.1", "Tariff")["elements"]
    assert elements[0]["restrictions"] == {"reservation": "RESERVATION"}


@pytest.mark.parametrize("version, name", KINDS)
def test_the_same_seed_gives_the_same_object(version, name):
    assert made(version, name) == made(version, name)


def test_another_seed_gives_other_ids():
    assert made("2.2.1", "Location", "a")["id"] != made("2.2.1", "Location", "b")["id"]


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("name", ["Location", "Tariff", "Session", "CDR", "Token"])
def test_ids_are_known_as_ours(version, name):
    found = made(version, name)
    assert str(found.get("id", found.get("uid"))).startswith("POSTURE-")


def test_a_field_replaces_a_property_and_none_leaves_it_out():
    found = made("2.2.1", "Session", status="ACTIVE", end_date_time=None, own_words=1)
    assert found["status"] == "ACTIVE"
    assert "end_date_time" not in found
    assert found["own_words"] == 1


def test_a_class_that_a_version_does_not_have_is_an_error():
    with pytest.raises(KeyError):
        made("2.1.1", "CdrToken")


@pytest.mark.parametrize("version", VERSIONS)
def test_records_that_are_not_full_have_only_what_they_need(version):
    for name in ("CDR", "Session", "Tariff", "Token"):
        known = specification(version).classes[name]
        assert all(known[key].cardinality in {"1", "+"} for key in made(version, name, full=False))


@given(seed=seeds)
def test_the_parts_of_a_cdr_add_up(seed):
    cdr = made("2.2.1", "CDR", seed)
    parts = ("fixed", "energy", "time", "parking", "reservation")
    for tax in ("excl_vat", "incl_vat"):
        assert sum(cdr[f"total_{part}_cost"][tax] for part in parts) == pytest.approx(cdr["total_cost"][tax], abs=1e-9)
    volumes = [(d["type"], d["volume"]) for period in cdr["charging_periods"] for d in period["dimensions"]]
    assert sum(v for t, v in volumes if t == "ENERGY") == pytest.approx(cdr["total_energy"])
    assert sum(v for t, v in volumes if t.endswith("TIME")) == pytest.approx(cdr["total_time"])
    start, end = (datetime.fromisoformat(cdr[f"{key}_date_time"]) for key in ("start", "end"))
    assert (end - start) / timedelta(hours=1) == pytest.approx(cdr["total_time"])
    starts = [period["start_date_time"] for period in cdr["charging_periods"]]
    assert starts[0] == cdr["start_date_time"]
    assert all(one < other for one, other in pairwise([*starts, cdr["end_date_time"]]))
    assert cdr["end_date_time"] <= cdr["last_updated"] <= "2026-03-14T09:26:53Z"


@given(seed=seeds)
def test_the_cost_of_a_cdr_follows_from_its_tariff(seed):
    cdr = made("2.2.1", "CDR", seed)
    (tariff,) = cdr["tariffs"]
    (element,) = tariff["elements"]
    prices = {component["type"]: component["price"] for component in element["price_components"]}
    volumes = [d for period in cdr["charging_periods"] for d in period["dimensions"]]
    cost = prices["FLAT"] + sum(prices[d["type"]] * d["volume"] for d in volumes)
    assert cost == pytest.approx(cdr["total_cost"]["excl_vat"], abs=1e-6)
    assert {period["tariff_id"] for period in cdr["charging_periods"]} == {tariff["id"]}


@given(seed=seeds)
def test_the_taxes_of_2_3_0_are_their_percentage(seed):
    total = made("2.3.0", "CDR", seed)["total_cost"]
    (tax,) = total["taxes"]
    assert tax["amount"] == pytest.approx(total["before_taxes"] * tax["percentage"] / 100)


@given(seed=seeds)
def test_a_location_lies_in_its_country_and_its_parts_belong_together(seed):
    location = made("2.3.0", "Location", seed)
    assert 51 < float(location["coordinates"]["latitude"]) < 53
    assert len({evse["uid"] for evse in location["evses"]}) == 2
    assert all(re.fullmatch(r"NL\*TNM\*E[A-Z0-9*]{1,30}", evse["evse_id"]) for evse in location["evses"])
    places = {place["id"] for place in location["parking_places"]}
    assert {parking["parking_id"] for evse in location["evses"] for parking in evse["parking"]} <= places
    inner = [evse["last_updated"] for evse in location["evses"]]
    assert max(inner) <= location["last_updated"]
    assert location["publish"] is False


@given(seed=seeds)
def test_a_plug_gives_no_more_power_than_its_volts_and_amperes(seed):
    plug = made("2.2.1", "Connector", seed)
    phases = 3 if plug["power_type"] == "AC_3_PHASE" else 1
    assert plug["max_electric_power"] <= phases * plug["max_voltage"] * plug["max_amperage"]


@given(seed=seeds, party=parties)
def test_a_contract_id_is_an_emaid_of_its_party(seed, party):
    token = build("2.2.1", "Token", seed=seed, party=party, now=NOW)
    assert re.fullmatch(f"{party.country_code}{party.party_id}C[0-9]{{8}}", str(token["contract_id"]))
