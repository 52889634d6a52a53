"""Personal data in evidence, by place, by pattern, and as a former value."""

import json

import pytest

from scanner.gate.personal.masking import PersonalData
from scanner.gate.redaction import Redactor
from scanner.model.json_value import JsonValue
from scanner.model.secret import Secret

TOKEN: dict[str, JsonValue] = {
    "country_code": "NL", "party_id": "TNM", "uid": "04A1B2C3D4E580", "type": "RFID", "contract_id": "C-0815-4711",
    "visual_number": "DF000-2001-8999", "issuer": "TheNewMotion", "group_id": "GROUP-77-X", "valid": True,
    "whitelist": "ALWAYS", "last_updated": "2026-03-04T05:06:07Z",
}  # fmt: skip
LOCATION: dict[str, JsonValue] = {
    "id": "LOC1", "name": "Ada's drive", "address": "Kanarienweg 17", "city": "Gent", "postal_code": "9000",
    "country": "BEL", "coordinates": {"latitude": "51.047599", "longitude": "3.729944"},
    "evses": [
        {"uid": "3256", "evse_id": "BE*BEC*E041503001", "status": "AVAILABLE", "connectors": [{"id": "1"}],
         "coordinates": {"latitude": "51.047600", "longitude": "3.729945"}}
    ],
}  # fmt: skip


def masked(value, personal: PersonalData | None = None) -> str:
    return json.dumps((personal or PersonalData()).document(value))


def test_a_token_keeps_what_names_nobody():
    text = masked(TOKEN)
    assert [value for value in ("04A1", "C-0815", "DF000", "GROUP-77") if value in text] == []
    assert [value for value in ("TheNewMotion", "ALWAYS", "RFID", "2026-03-04") if value not in text] == []


def test_an_evse_keeps_its_uid_and_a_published_location_its_place():
    assert masked(LOCATION | {"publish": True}) == json.dumps(LOCATION | {"publish": True})


@pytest.mark.parametrize("sign", [{"publish": False}, {"publish": True, "parking_type": "ON_DRIVEWAY"}])
def test_the_place_of_a_home_is_masked_at_any_depth(sign):
    text = masked(LOCATION | sign)
    assert [value for value in ("51.04", "3.72", "Kanarienweg", "9000", "Ada") if value in text] == []
    assert [value for value in ("3256", "Gent", "BE*BEC*E041503001") if value not in text] == []


@pytest.mark.parametrize(
    "charge,is_masked",
    [
        ({"cdr_token": TOKEN, "cdr_location": LOCATION, "home_charging_compensation": True}, True),
        ({"cdr_token": TOKEN, "cdr_location": LOCATION, "home_charging_compensation": False}, False),
        ({"cdr_token": TOKEN, "cdr_location": LOCATION}, True),
        ({"auth_id": "DE8AA1A2B3C4D59", "location": LOCATION, "kwh": 1}, True),
    ],
    ids=["compensated", "not-at-home", "not-said", "2.1.1"],
)
def test_where_somebody_charged_is_masked_unless_it_was_surely_not_at_home(charge, is_masked):
    text = masked(charge)
    assert ("Kanarienweg" not in text) == is_masked
    assert "04A1" not in text
    assert "DE8AA1" not in text


def test_a_body_is_looked_into_and_keeps_its_form_where_nothing_is_masked():
    plain = '{ "data" : [ 1,2 ] }'
    document = {"response": {"body": plain}}
    assert PersonalData().document(document) == document
    text = masked({"response": {"body": json.dumps({"data": [TOKEN]})}})
    assert "04A1" not in text
    assert "status_code" not in text
    assert "ALWAYS" in text


def test_a_body_that_was_cut_off_loses_every_field_that_could_name_somebody():
    body = json.dumps({"data": [TOKEN, LOCATION | {"publish": False}]})
    for length in range(40, len(body), 11):
        text = PersonalData().document(body[:length])
        assert isinstance(text, str)
        for value in ("04A1B2C3D4E580", "C-0815-4711", "DF000-2001-8999", "Kanarienweg 17", "51.047599"):
            assert value not in text


@pytest.mark.parametrize(
    "text",
    [
        "write to ada.lovelace+ev@drivers.example.org now",
        "contract NL-TNM-C00122045-K is blocked",
        "contract NL*TNM*C00122045*K",
        "eMAID NLTNMC00122045K",
        "VIN WVWZZZ1KZAW123456.",
        "https://x.example/ocpi/2.2.1/tokens/NL/TNM/04A1B2C3D4E580?type=RFID",
        "https://x.example/ocpi/2.2.1/tokens/nl/tnm/04A1B2C3D4E580/authorize",
        '{\\"email\\": \\"ada@x\\", "cut',
        'body was \'{"license_plate": "HH-CN 4711E"}\'',
    ],
)
def test_patterns_find_it_in_any_text(text):
    personal = PersonalData()
    shown = personal.document(text)
    assert isinstance(shown, str)
    assert "[redacted " in shown
    assert sum(personal.counts.values()) == 1
    for value in ("ada", "C00122045", "WVWZZZ", "04A1B2", "4711E"):
        assert value not in shown


@pytest.mark.parametrize(
    "text",
    [
        "CREDENTIALS_TOKEN_C", "2026-03-04T05:06:07Z", "actions/checkout@v4.1.2", "sha256:" + "a1" * 32,
        "HTTP/1.1 200 OK",        "arn:aws:iam::123456789012:role/posture", "DE-ABC", "BE*BEC*E041503001", "https://h.example/ocpi/2.2.1/tokens/NL",
        "00000000000000000", "12345678901234567", "tokens/NL/TNM/POSTURE-1AAF3DF88A",
    ],
)  # fmt: skip
def test_what_names_nobody_stays(text):
    personal = PersonalData()
    assert personal.document(text) == text
    assert not personal.counts


def test_a_value_that_a_field_has_shown_is_found_in_other_texts():
    personal = PersonalData()
    assert "04A1B2C3D4E580" in personal.text("no token 04A1B2C3D4E580 here")
    personal.document(TOKEN)
    assert "04A1B2C3D4E580" not in personal.text("no token 04A1B2C3D4E580 here")
    assert personal.text("the word GROUP-770 is another") == "the word GROUP-770 is another"


def test_the_same_value_has_the_same_mask_in_a_run_and_another_in_the_next():
    one, other = PersonalData(), PersonalData()
    assert one.document(TOKEN) == one.document(TOKEN)
    assert one.document(TOKEN) != other.document(TOKEN)


def test_what_is_masked_is_counted_by_kind_once_and_not_again_when_it_is_read_back():
    redactor = Redactor([Secret("a-secret-of-ours")])
    first = redactor.evidence({"body": json.dumps(TOKEN), "header": "a-secret-of-ours"})
    counts = redactor.counts
    assert counts == {"token_uid": 1, "contract_id": 1, "visual_number": 1, "token_group": 1, "secret": 1}
    assert redactor.evidence(first) == first
    assert redactor.counts == counts


@pytest.mark.parametrize("value", [None, True, [], {}, {"x": 1}])
def test_values_that_cannot_name_anybody_stay(value):
    assert PersonalData().document({"contract_id": value, "valid": True}) == {"contract_id": value, "valid": True}


def test_numbers_and_odd_spellings_are_masked_too():
    text = masked({"UID": 815471100, "Contract_ID": 4711.5, "email": "no pattern"})
    assert [value for value in ("815471100", "4711.5", "no pattern") if value in text] == []


def test_deep_and_endless_texts_end():
    personal = PersonalData()
    assert personal.document("[" * 100_000)
    assert personal.document("@" * 100_000)
    assert personal.document("a" * 200_000 + "@" + "b." * 50_000)
    assert personal.document('"' * 50_000)


@pytest.mark.parametrize("depth", [100, 500, 900, 2_000, 10_000])
def test_what_is_nested_deeper_than_it_can_be_walked_is_masked_as_a_text(depth):
    text = "[" * depth + '{"uid": "04A1B2C3D4E580"}' + "]" * depth
    assert "04A1B2C3D4E580" not in str(PersonalData().document({"value": text}))


@pytest.mark.parametrize("text", ['{"uid": "04A1B2C3D4E580", "a": "\ud800"}', '["\ud800"', "[\ud800"])
def test_half_a_surrogate_pair_hides_nothing_and_breaks_nothing(text):
    shown = PersonalData().document({"value": text})
    assert isinstance(shown, dict)
    assert "04A1B2C3D4E580" not in str(shown["value"])
    assert "\ud800" in str(shown["value"])
