import pytest

from scanner.model.facts.ocpi.urls import UrlPlace
from scanner.model.target import Endpoint, Origin
from scanner.ocpi.pagination import above_any_cap, next_link, seen_page
from scanner.ocpi.reply import read_reply
from tests.scanner.ocpi.exchanges import answered

ENDPOINT = Endpoint(name="main", versions_url="https://h/v", origin=Origin(scheme="https", host="h", port=443))


@pytest.mark.parametrize(
    "link, found",
    [
        ('<https://h/cdrs?offset=2>; rel="next"', "https://h/cdrs?offset=2"),
        ("<https://h/cdrs?offset=2>; rel=next", "https://h/cdrs?offset=2"),
        ('<https://h/1>; rel="prev", <https://h/2>; title="x"; REL="next"', "https://h/2"),
        ('</cdrs?offset=2>; rel="next"', "https://h/cdrs?offset=2"),
        ('<https://h/cdrs>; rel="last"', None),
        ("garbage", None),
        ("", None),
    ],
)
def test_the_next_page_is_read_from_link(link, found):
    assert next_link(answered([], headers=(("Link", link),))) == found


def test_a_page_is_told_by_its_headers_and_its_objects():
    headers = (("Link", '<https://evil.example/x>; rel="next"'), ("X-Total-Count", "30"), ("x-limit", " 10 "))
    page = seen_page(read_reply(answered([{"id": "1"}], headers=headers)), 1, ENDPOINT)
    assert (page.asked, page.objects, page.total_count, page.limit) == (1, 1, 30, 10)
    assert page.link_next is not None
    assert page.link_next.place is UrlPlace.OTHER_HOST


@pytest.mark.parametrize("value", ["-1", "1e9", "ten", "9" * 40, "\u0663", ""])
def test_a_header_that_is_no_count_is_no_count(value):
    page = seen_page(read_reply(answered([], headers=(("X-Limit", value),))), None, ENDPOINT)
    assert page.limit is None


@pytest.mark.parametrize("limit, asked", [(20, 1001), (500, 5001), (1000, 10_001), (2**31, 10_001)])
def test_what_is_asked_for_is_above_the_cap_and_bounded(limit, asked):
    page = seen_page(read_reply(answered([], headers=(("X-Limit", str(limit)),))), None, ENDPOINT)
    assert above_any_cap(page) == asked
