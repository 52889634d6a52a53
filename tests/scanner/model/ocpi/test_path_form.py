import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.model.ocpi.path_form import MissingSegment, PathForm

LOCATION = PathForm(template="{country_code}/{party_id}/{location_id}")
IDS = {"country_code": "NL", "party_id": "TNM", "location_id": "L1"}


@pytest.mark.parametrize(
    "endpoint", ["https://h/ocpi/locations", "https://h/ocpi/locations/", "https://h/ocpi/locations//"]
)
def test_a_slash_at_the_end_of_the_endpoint_makes_no_difference(endpoint):
    assert LOCATION.url(endpoint, **IDS) == "https://h/ocpi/locations/NL/TNM/L1"


def test_the_bare_endpoint_stays_as_it_was_advertised():
    assert PathForm(template="").url("https://h/ocpi/cdrs/") == "https://h/ocpi/cdrs/"
    assert PathForm(template="").url("https://h/ocpi/cdrs") == "https://h/ocpi/cdrs"


def test_segments_are_quoted_and_never_become_two():
    url = LOCATION.url("https://h/l", **{**IDS, "location_id": "a/b?c#d%e f"})
    assert url == "https://h/l/NL/TNM/a%2Fb%3Fc%23d%25e%20f"


@given(st.text(min_size=1).filter(lambda text: text.isprintable()))
def test_whatever_stands_in_an_id_the_path_keeps_its_depth(text):
    path = LOCATION.url("https://h/l", **{**IDS, "location_id": text}).removeprefix("https://h")
    assert path.count("/") == LOCATION.url("https://h/l", **IDS).removeprefix("https://h").count("/")


def test_parameters_go_into_the_query_beside_those_of_the_endpoint():
    form = PathForm(template="{token_uid}", query=("type",))
    assert form.url("https://h/t?v=1", token_uid="u", type="RFID") == "https://h/t/u?v=1&type=RFID"
    assert form.url("https://h/t", token_uid="u") == "https://h/t/u"


def test_ids_that_the_form_has_no_place_for_are_left_alone():
    assert PathForm(template="{token_uid}").url("https://h/t", token_uid="u", **IDS) == "https://h/t/u"


def test_a_segment_that_is_missing_or_empty_is_named():
    with pytest.raises(MissingSegment, match="location_id"):
        LOCATION.url("https://h/l", country_code="NL", party_id="TNM")
    with pytest.raises(MissingSegment, match="party_id"):
        LOCATION.url("https://h/l", **{**IDS, "party_id": ""})


def test_a_url_that_the_other_side_gives_is_taken_as_it_is_or_below_the_endpoint():
    form = PathForm(template="", given_by="the Location header")
    assert form.url("https://h/ocpi/cdrs", given="https://h/x/1") == "https://h/x/1"
    assert form.url("https://h/ocpi/cdrs", given="/x/1") == "https://h/x/1"
    with pytest.raises(MissingSegment):
        form.url("https://h/ocpi/cdrs")


def test_a_path_with_its_owner_in_it_says_so():
    assert LOCATION.owned
    assert LOCATION.segments == ("country_code", "party_id", "location_id")
    assert not PathForm(template="{location_id}").owned
