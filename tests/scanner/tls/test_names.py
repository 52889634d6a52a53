import pytest

from scanner.tls.names import certificate_names


@pytest.mark.parametrize(
    "host, dns_names, ip_addresses, expected",
    [
        ("ocpi.example.com", ("ocpi.example.com",), (), True),
        ("OCPI.example.com.", ("ocpi.EXAMPLE.com",), (), True),
        ("ocpi.example.com", ("*.example.com",), (), True),
        ("a.ocpi.example.com", ("*.example.com",), (), False),
        ("example.com", ("*.example.com",), (), False),
        ("ocpi.example.com", ("o*.example.com",), (), False),
        ("com", ("*.com",), (), False),
        ("localhost", ("*",), (), False),
        ("ocpi.example.com", ("ocpi.example.com.",), (), False),  # no certificate has a dot in the end
        ("ocpi.example.com", (), (), False),
        ("127.0.0.1", (), ("127.0.0.1",), True),
        ("127.0.0.1", ("127.0.0.1",), (), False),
        ("[::1]", (), ("::1",), True),
        ("0:0:0:0:0:0:0:1", (), ("::1",), True),
    ],
)
def test_a_name_matches_as_rfc_9525_says(host, dns_names, ip_addresses, expected):
    assert certificate_names(host, dns_names, ip_addresses) is expected
