import pytest

from scanner.model.exchange import Exchange
from scanner.ocpi.notes import headers_observed
from scanner.ocpi.reply import read_reply


def software(*headers):
    exchange = Exchange(
        method="GET",
        url="https://host/ocpi/versions",
        request_headers=(),
        request_body=None,
        status=200,
        headers=headers,
        body=b"{}",
        truncated=False,
        elapsed_s=0.1,
        peer="127.0.0.1",
    )
    return headers_observed(read_reply(exchange), holds_credentials=False).software


@pytest.mark.parametrize(
    "via",
    [
        "1.1 google",
        "HTTP/1.1 vegur",
        "2 0a1.2b.cloudfront.net (CloudFront)",
        "1.0 fred, 1.1 192.0.2.7:8080 (a proxy),2.0 p.example.net",
    ],
)
def test_the_protocol_and_the_host_of_a_hop_are_no_version_of_its_software(via):
    assert software(("Via", via), ("Server", "cloudflare")) == ()


@pytest.mark.parametrize("via", ["1.1 varnish (Varnish/6.0)", "1.1 squid/4.10", "1.1 a, 1.1 cache (squid/4.10)"])
def test_software_in_a_hop_is_told(via):
    assert software(("Via", via)) == (f"Via: {via}",)


def test_each_of_several_headers_is_looked_at():
    assert software(("Server", "edge"), ("Server", "nginx/1.18.0")) == ("Server: nginx/1.18.0",)
