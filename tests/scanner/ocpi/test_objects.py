from scanner.model.facts.ocpi.urls import UrlPlace
from scanner.model.json_value import JsonValue
from scanner.model.party import Party
from scanner.model.target import Endpoint, Origin
from scanner.ocpi.objects import MOST_EXEMPLARS, owners, urls_within, validated
from tests.targets.odd_objects import objects_of

ENDPOINT = Endpoint(name="main", versions_url="https://h/versions", origin=Origin(scheme="https", host="h", port=443))
US = Party(country_code="de", party_id="vlt")


def test_violations_are_grouped_by_pattern_and_counted_by_object():
    locations = [{k: v for k, v in item.items() if k != "city"} for item in objects_of("2.2.1", "locations")]
    fact = validated("2.2.1", "Location", locations, "curl")
    assert (fact.examined, fact.broken) == (3, 3)
    (violation,) = fact.violations
    assert (violation.pointer, violation.rule, violation.count) == ("/data/*/city", "missing", 3)
    assert violation.example == "/data/0/city"


def test_an_object_that_breaks_one_rule_many_times_counts_once():
    location = objects_of("2.2.1", "locations")[0] | {"facilities": ["NO_SUCH"] * 500}
    (violation,) = validated("2.2.1", "Location", [location], "curl").violations
    assert (violation.pointer, violation.count) == ("/data/*/facilities/*", 1)


def test_what_stays_of_many_broken_objects_is_bounded():
    fact = validated("2.2.1", "CDR", [{"id": 7}] * 1000, "curl")
    assert fact.broken == 1000
    assert len(fact.violations) <= MOST_EXEMPLARS


def test_plaintext_urls_are_found_at_any_depth_and_named_by_pattern():
    item: JsonValue = {
        "images": [{"url": "http://img.example/1"}, {"url": "HTTP://img.example/2"}],
        "website": "https://x.example",
    }
    fact = urls_within([item, item], ENDPOINT, "curl")
    assert fact.examined == 6
    assert [(u.where, u.place) for u in fact.plaintext] == [("/data/*/images/*/url", UrlPlace.PLAINTEXT)]


def test_a_session_belongs_to_its_cpo_and_to_the_issuer_of_its_token():
    session = objects_of("2.2.1", "sessions")[0]
    other = {**session, "cdr_token": {**session["cdr_token"], "party_id": "XXX"}}
    as_cpo = {**other, "country_code": "DE", "party_id": "VLT"}
    fact = owners([session, other, as_cpo, {"id": "no party"}], US, "curl")
    assert (fact.own, fact.foreign, fact.unnamed) == (2, 1, 1)
    assert fact.foreign_parties == ("DE-XXX",)


def test_parties_are_compared_without_case():
    (session, *_) = objects_of("2.2.1", "sessions", lower=True)
    assert owners([session], US, "curl").own == 1


def test_no_value_of_an_object_stands_in_a_fact():
    session = objects_of("2.2.1", "sessions")[0] | {"id": "SECRET" * 20}
    facts = (validated("2.2.1", "Session", [session], "curl"), owners([session], US, "curl"))
    assert "SECRET" not in repr(facts)
    assert "UID0" not in repr(facts)


def test_our_party_id_in_another_country_is_not_called_foreign():
    session = objects_of("2.2.1", "sessions")[0]
    abroad = {**session, "cdr_token": {**session["cdr_token"], "country_code": "AT"}}
    fact = owners([abroad], US, "curl")
    assert (fact.own, fact.foreign, fact.unnamed) == (0, 0, 1)


def test_the_issuer_alone_tells_a_foreign_object_and_the_cpo_alone_tells_nothing():
    session = objects_of("2.2.1", "sessions")[0]
    nobody_s = {k: v for k, v in session.items() if k not in {"country_code", "party_id"}}
    foreign = {**nobody_s, "cdr_token": {**session["cdr_token"], "country_code": "FR", "party_id": "XXX"}}
    of_a_cpo = {k: v for k, v in session.items() if k != "cdr_token"}
    fact = owners([session, nobody_s, foreign, of_a_cpo], US, "curl")
    assert (fact.own, fact.foreign, fact.unnamed) == (2, 1, 1)
    assert (fact.party, fact.foreign_parties) == (str(US), ("FR-XXX",))
