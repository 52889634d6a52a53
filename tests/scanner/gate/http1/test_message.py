"""A request goes out as it was declared, byte by byte."""

import pytest

from scanner.gate.http1.message import host_field, message, target_of
from scanner.model.target import Origin

ORIGIN = Origin(scheme="https", host="ocpi.example", port=443)


@pytest.mark.parametrize(
    "url, target",
    [
        ("https://a", "/"),
        ("https://a?x=1", "/?x=1"),
        ("https://a/b%2Fc/d?x=%20#part", "/b%2Fc/d?x=%20"),
        ("https://a/b//c/../d", "/b//c/../d"),
        ("https://a/b?u=https://c/d", "/b?u=https://c/d"),
        ("https://a?u=https://c/d", "/?u=https://c/d"),
    ],
)
def test_path_and_query_stay_as_they_are(url, target):
    assert target_of(url) == target


@pytest.mark.parametrize(
    "host, port, field",
    [("a.example", 443, "a.example"), ("a.example", 8443, "a.example:8443"), ("::1", 8443, "[::1]:8443")],
)
def test_the_host_has_a_port_where_the_scheme_has_another(host, port, field):
    assert host_field(Origin(scheme="https", host=host, port=port)) == field


def test_headers_go_out_in_order_and_as_often_as_they_were_given():
    sent = message("GET", "https://ocpi.example/x", ORIGIN, (("b", "1"), ("A", "2"), ("b", "3")), None)
    assert sent == b"GET /x HTTP/1.1\r\nHost: ocpi.example\r\nb: 1\r\nA: 2\r\nb: 3\r\n\r\n"


@pytest.mark.parametrize(
    "method, body, length", [("GET", None, b""), ("PUT", None, b"0"), ("PUT", b"", b"0"), ("PUT", b"\xff\0", b"2")]
)
def test_the_length_of_a_body_is_told_where_there_may_be_one(method, body, length):
    sent = message(method, "https://ocpi.example/x", ORIGIN, (), body)
    head, _, rest = sent.partition(b"\r\n\r\n")
    assert head.partition(b"Content-Length: ")[2] == length
    assert rest == (body or b"")


@pytest.mark.parametrize("text", ["x\r\ny: z", "x\ny", "x\ry", "x\0y"])
@pytest.mark.parametrize("place", ["value", "name", "url", "method"])
def test_a_line_break_makes_no_second_message(text, place):
    given = {"method": "GET", "url": "https://ocpi.example/x", "name": "a", "value": "b"}
    given[place] += text
    with pytest.raises(ValueError, match="line break"):
        message(given["method"], given["url"], ORIGIN, ((given["name"], given["value"]),), None)
