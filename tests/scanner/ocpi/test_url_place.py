import pytest

from scanner.model.facts.ocpi.urls import UrlPlace
from scanner.model.target import Endpoint, Origin
from scanner.ocpi.url_place import absolute, place_of, seen_url, with_path, with_query

HOME = Origin(scheme="https", host="ocpi.example", port=443)
ALLOWED = Origin(scheme="https", host="emsp.example", port=8443)
ENDPOINT = Endpoint(name="main", versions_url="https://ocpi.example/versions", origin=HOME, allow_hosts=(ALLOWED,))


@pytest.mark.parametrize(
    "url, place",
    [
        ("https://ocpi.example/a", UrlPlace.IN_SCOPE),
        ("https://OCPI.example:443/a", UrlPlace.IN_SCOPE),
        ("https://emsp.example:8443/a", UrlPlace.IN_SCOPE),
        ("https://emsp.example/a", UrlPlace.OTHER_HOST),
        ("https://ocpi.example.evil.example/a", UrlPlace.OTHER_HOST),
        ("https://ocpi.example@evil.example/a", UrlPlace.NOT_A_URL),
        ("http://ocpi.example/a", UrlPlace.PLAINTEXT),
        ("http://evil.example/a", UrlPlace.PLAINTEXT),
        ("ftp://ocpi.example/a", UrlPlace.NOT_A_URL),
        ("/ocpi/a", UrlPlace.NOT_A_URL),
        ("https://[::1", UrlPlace.NOT_A_URL),
    ],
)
def test_a_url_is_placed_by_its_origin(url, place):
    assert place_of(url, ENDPOINT) is place


def test_a_seen_url_keeps_its_origin_and_not_its_path():
    seen = seen_url("/data/0/url", "http://ocpi.example/tokens/NL/TNM/secret-uid", ENDPOINT)
    assert "secret-uid" not in repr(seen)
    assert seen.origin == "http://ocpi.example:80"


def test_a_relative_url_is_read_from_where_it_stood():
    assert absolute("https://ocpi.example/ocpi/versions", "2.2.1/details") == "https://ocpi.example/ocpi/2.2.1/details"
    assert absolute("https://ocpi.example/ocpi/versions", " /x ") == "https://ocpi.example/x"
    assert absolute("https://ocpi.example/", "https://[") == "https://["


def test_a_path_goes_behind_with_one_slash_and_every_segment_whole():
    assert with_path("https://h/locations/", "a/b", "ü") == "https://h/locations/a%2Fb/%C3%BC"
    assert with_path("https://h/locations?x=1", "L1") == "https://h/locations/L1?x=1"


def test_a_parameter_is_added_to_those_that_are_there():
    assert with_query("https://h/cdrs?scope=a", limit="1") == "https://h/cdrs?scope=a&limit=1"
