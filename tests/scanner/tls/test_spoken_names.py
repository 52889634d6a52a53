"""A host as the configuration has it, and as TLS has it: sslyze and certificates know only the latter."""

import pytest

from scanner.gate.policy import origin_of
from scanner.model.facts.tls import TlsVersion
from scanner.model.subject import ServerSubject
from scanner.model.target import Endpoint
from scanner.tls.client_hello import Offer, client_hello
from scanner.tls.servers import Place, TlsServer
from tests.targets.hello_server import read_hello


def server_of(host):
    url = f"https://{host}:8443/v"
    origin = origin_of(url)
    assert origin is not None
    endpoint = Endpoint(name="main", versions_url=url, origin=origin)
    subject = ServerSubject(environment="test", host=origin.host, port=origin.port)
    return TlsServer(place=Place(origin=origin, url=url, endpoint=endpoint), address="192.0.2.1", subject=subject)


@pytest.mark.parametrize(
    "host, spoken, name_sent, sslyze",
    [
        ("ocpi.example.com", "ocpi.example.com", "ocpi.example.com", "ocpi.example.com:8443{192.0.2.1}"),
        ("OCPI.example.com.", "ocpi.example.com", "ocpi.example.com", "ocpi.example.com:8443{192.0.2.1}"),
        ("bücher.example", "xn--bcher-kva.example", "xn--bcher-kva.example", "xn--bcher-kva.example:8443{192.0.2.1}"),
        ("a_b.example", "a_b.example", "a_b.example", "a_b.example:8443{192.0.2.1}"),
        ("192.0.2.1", "192.0.2.1", None, "192.0.2.1:8443{192.0.2.1}"),
        ("[2001:DB8:0:0:0:0:0:1]", "2001:db8::1", None, "[2001:db8::1]:8443{192.0.2.1}"),
    ],
)
def test_tls_has_labels_of_ascii_no_dot_in_the_end_and_short_addresses(host, spoken, name_sent, sslyze):
    server = server_of(host)
    hello = read_hello(client_hello(TlsVersion.TLS_1_2, server.spoken_name, Offer(suites=(1,)))[5:])
    assert (server.spoken_name, server.sslyze_name) == (spoken, sslyze)
    assert server.key == (spoken, 8443, "192.0.2.1")
    assert hello.server_name == name_sent
