from datetime import UTC, datetime, timedelta
from importlib.resources import files

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.model.ocpi.rules.catalog import RULES
from scanner.model.ocpi.rules.context import RuleContext, key_of
from scanner.model.ocpi.rules.judge import broken_rules, rules_of
from scanner.model.ocpi.rules.review import listing
from scanner.model.ocpi.rules.rule import Basis
from scanner.model.ocpi.specification import VERSIONS, specification
from tests.scanner.model.ocpi.rules.cases.case import LATER, OTHERS, T0, period, price
from tests.scanner.model.ocpi.rules.cases.catalog import CASES

NOW = datetime(2025, 6, 1, tzinfo=UTC)
RUNS = [(case, version) for case in CASES for version in case.versions]
IDS = [f"{case.rule}-{case.name}-{version}" for case, version in RUNS]


def broken(value, version="2.2.1", name="CDR", **more):
    return [(found.rule, found.pointer) for found in broken_rules(version, name, value, now=NOW, **more)]


@pytest.mark.parametrize("case, version", RUNS, ids=IDS)
def test_one_object_keeps_a_rule_and_a_change_breaks_it_and_no_other(case, version):
    assert broken(case.keeps, version, case.name, context=case.context) == []
    assert broken(case.breaks, version, case.name, context=case.context) == [(case.rule, case.pointer)]


def test_every_rule_has_a_case_in_every_version_that_it_is_for():
    covered = {(case.rule, version) for case in CASES for version in case.versions}
    wanted = {
        (rule.id, version)
        for rule in RULES
        for version in rule.versions
        if any(name in specification(version).classes for name in rule.classes)
    }
    assert covered == wanted


def test_the_catalogue_names_each_rule_once_and_says_all_of_it():
    assert len({rule.id for rule in RULES}) == len(RULES)
    for rule in RULES:
        assert set(rule.versions) <= set(VERSIONS)
        known = {name for version in rule.versions for name in specification(version).classes}
        assert rule.classes
        assert set(rule.classes) <= known, rule.id
        assert rule.section
        assert rule.sentence
        assert not rule.sentence.endswith(".")


def test_the_review_listing_is_the_one_made_from_the_catalogue():
    assert (files("scanner.model.ocpi.rules") / "RULES.md").read_text() == listing(RULES)


def test_what_the_specification_does_not_back_is_marked():
    assert {rule.basis for rule in RULES} == set(Basis)
    assert next(rule for rule in RULES if rule.id == "evse-id-of-the-owner").basis is Basis.PLAUSIBLE


def test_what_an_object_holds_is_judged_with_its_whole_pointer():
    cdr = {"tariffs": [{"elements": [{"restrictions": {"min_kwh": 2, "max_kwh": 1}}]}]}
    assert broken(cdr) == [("restriction-range-in-order", "/tariffs/0/elements/0/restrictions/max_kwh")]


def test_a_broken_rule_says_where_which_section_and_never_the_value():
    (found,) = broken_rules("2.2.1", "Token", {"language": "qz"}, now=NOW)
    assert found.section.startswith("types, DisplayText")
    assert "qz" not in repr(found)


def test_no_rule_speaks_where_a_type_is_wrong_already():
    assert broken({"id": "i" * 40, "credit": False}) == []  # longer than any CDR's id may be: the type's matter
    assert broken({"total_time": "-1", "end_date_time": 5, "charging_periods": {}, "tariffs": "x"}) == []


def test_costs_are_read_as_each_version_writes_them():
    assert broken({"total_cost": -1}, "2.1.1") == [("cdr-cost-not-negative", "/total_cost")]
    assert broken({"total_cost": {"excl_vat": -1}}, "2.2.1") == [("cdr-cost-not-negative", "/total_cost")]
    assert broken({"total_cost": {"before_taxes": -1}}, "2.3.0") == [("cdr-cost-not-negative", "/total_cost")]
    assert broken({"total_cost": price(-1), "credit": True, "credit_reference_id": "C1"}, "2.2.1") == []


def test_the_parts_of_a_credit_cdr_stay_as_they_were():
    credit = {"credit": True, "credit_reference_id": "C1", "total_cost": price(-3), "total_time_cost": price(3)}
    assert broken(credit) == []


def test_a_total_may_be_off_by_the_rounding_of_its_parts_in_its_currency():
    parts = {"total_time_cost": price(10.4), "total_energy_cost": price(10.4)}
    assert broken({"currency": "EUR", "total_cost": price(20.81), **parts}) == []
    assert len(broken({"currency": "EUR", "total_cost": price(21), **parts})) == 1
    assert broken({"currency": "JPY", "total_cost": price(21), **parts}) == []


def test_energy_that_not_every_period_lists_need_not_add_up_but_may_not_exceed():
    some = {"charging_periods": [period(T0, ENERGY=1), period(T0, TIME=1)]}
    assert broken({"total_energy": 2, **some}) == []
    assert broken({"total_energy": 0.5, **some}) == [("cdr-energy-is-sum-of-periods", "/total_energy")]


def test_a_price_limit_of_the_tariff_may_set_the_total_apart_from_its_parts():
    parts = {"total_time_cost": price(1)}
    assert broken({**parts, "total_cost": price(2), "tariffs": [{"min_price": price(2)}]}) == []
    assert broken({**parts, "total_cost": price(0.5), "tariffs": [{"max_price": price(0.5)}]}) == []


def test_a_cdr_may_hold_no_tariffs_and_a_clock_that_is_none_has_no_order():
    assert broken({"charging_periods": [period(T0, "T1", TIME=1)]}) == []
    odd = {"weekday": 1, "period_begin": "8:00", "period_end": "20:00"}
    assert broken(odd, name="RegularHours") == [("hours-clock-form", "/period_begin")]


def test_a_start_that_is_not_known_is_not_held_against_a_cdr():
    assert broken({"start_date_time": "1970-01-01T00:00:00Z", "end_date_time": T0, "total_time": 1}) == []


def test_clocks_may_differ_by_the_skew():
    token = {"last_updated": "2025-06-01T00:04:59Z"}
    assert broken(token, name="Token") == []
    strict = RuleContext(skew=timedelta(0))
    assert broken(token, name="Token", context=strict) == [("last-updated-not-in-future", "/last_updated")]


def test_other_objects_are_found_by_owner_and_id_in_any_case():
    owner = {"country_code": "de", "party_id": "aaa"}
    assert key_of(owner, "s1") in OTHERS.sessions
    assert key_of({"country_code": "DE", "party_id": "BBB"}, "S1") not in OTHERS.sessions
    assert key_of({}, 5) is None


def test_without_a_tz_database_no_time_zone_is_wrong(monkeypatch):
    monkeypatch.setattr("scanner.model.ocpi.rules.location._zones", frozenset)
    assert broken({"time_zone": "Mars/Olympus"}, name="Location") == []


def test_a_class_or_version_that_is_not_known_is_an_error():
    with pytest.raises(KeyError):
        list(broken_rules("2.2.1", "Spaceship", {}, now=NOW))
    with pytest.raises(KeyError):
        list(broken_rules("9", "CDR", {}, now=NOW))


def test_a_later_event_is_not_wrong_where_it_may_be_later():
    assert broken({"expiry_date": LATER}, name="ReserveNow") == []
    assert {rule.id for rule in rules_of("2.2.1", "ReserveNow")} >= {"reservation-expires-later"}


KEYS = sorted({key for v in VERSIONS for names in specification(v).classes.values() for key in names})
WORDS = st.sampled_from(["DE", "EUR", T0, "#NA", "ACTIVE", "TIME", "ENERGY", "N/A", "08:00", "x" * 300])
scalars = st.none() | st.booleans() | st.integers() | st.just(10**400) | st.floats() | st.text(max_size=5) | WORDS
json_values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=8),
    max_leaves=30,
)
CLASSES = [(version, name) for version in VERSIONS for name in sorted(specification(version).classes)]


@settings(deadline=None, max_examples=120)
@given(json_values, st.sampled_from(CLASSES))
def test_any_json_gives_an_answer_and_never_an_exception(value, kind):
    version, name = kind
    for context in (None, OTHERS):
        for found in broken_rules(version, name, value, now=NOW, context=context):
            assert found.pointer == "" or found.pointer.startswith("/")


@settings(deadline=None, max_examples=120)
@given(st.data())
def test_any_value_of_any_property_gives_an_answer_and_never_an_exception(data):
    version, name = data.draw(st.sampled_from(CLASSES))
    properties = specification(version).classes[name]
    value = data.draw(st.fixed_dictionaries({}, optional=dict.fromkeys(properties, json_values)))
    list(broken_rules(version, name, value, now=NOW, context=OTHERS))
