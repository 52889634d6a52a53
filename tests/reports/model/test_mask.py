import time

import pytest

from reports.model.mask import Mask, is_public

MASK = Mask(
    names={"acme-emsp": "identity 1", "NL-ACM": "party 1", "ACM": "party 1", "10.0.0.9": "host 1"},
    hosts=frozenset({"ocpi.example.com", "192.0.9.7"}),
)


@pytest.mark.parametrize(
    "text, masked",
    [
        ("seen as acme-emsp of NL-ACM", "seen as identity 1 of party 1"),
        ("acme-emsp-two is somebody else", "acme-emsp-two is somebody else"),
        ("owned by ACM, not by DE-XYZ or DE*XYZ", "owned by party 1, not by [party] or [party]"),
        ("redirects to http://db.acme.internal:5432/x?y", "redirects to http://[host]:5432/x?y"),
        ("https://ocpi.example.com/ocpi/2.2.1/cdrs", "https://ocpi.example.com/ocpi/2.2.1/cdrs"),
        ("https://{}@db.corp/x".format("ada:pass"), "https://[host]/x"),
        ("HTTPS://OCPI.EXAMPLE.COM:8443/", "HTTPS://OCPI.EXAMPLE.COM:8443/"),
        ("behind ip-10-0-3-4.eu-west-1.compute.internal", "behind [host]"),
        ("partner.acme-charging.de and ocpi.example.com", "[host] and ocpi.example.com"),
        ("the server LOCALHOST.LOCALDOMAIN", "the server [host]"),
        ("10.0.0.9 and 172.16.4.5, not 192.0.9.7", "host 1 and [host], not 192.0.9.7"),
        ("fe80::1 and [2001:db8::7]:443", "[host] and [[host]]:443"),
        ("urn:pulumi:prod::ocpi::aws:s3/bucket:Bucket::cdrs, then", "[resource], then"),
        ("arn:aws:iam::123456789012:role/ocpi denied", "[resource] denied"),
        ("account 123456789012", "account [account]"),
        ('File "/srv/ocpi/app/views.py", line 3', 'File "[path]", line 3'),
        ('File "views.py", line 3', 'File "[path]", line 3'),
        ("at infra/gateway/stage.py:41", "at [path]"),
        ("stage.py:41", "[path]"),
        (r"C:\inetpub\ocpi\web.config", "[path]"),
        ("ask ada.lindgren@acme.example", "ask [address]"),
    ],
)
def test_names_and_places_are_replaced(text, masked):
    assert MASK.text(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "TLS 1.0 and TLS 1.1 were accepted (ECDHE-RSA-AES128-SHA)",
        "field evses[2].connectors[0].max_amperage of 25 locations",
        "GET /ocpi/2.2.1/locations/{location_id}/{evse_uid} at 05:06:07 UTC",
        "location.id, party.id and operator.name differ; RFC 9325, section 3.1.1; e.g. X-Limit",
        "SHA-256 AB:CD:EF:01:23:45:67:89:AB:CD:EF:01:23:45:67:89",
        "and/or not/never 12/24 of 36",
        "2026-03-04T05:06:07Z, 5,000 objects, HTTP 401, OCPI 2000",
        "posture.json holds all",
    ],
)
def test_the_words_of_protocols_stay(text):
    assert MASK.text(text) == text


@pytest.mark.parametrize(
    "host, public",
    [
        ("ocpi.example.com", True),
        ("8.8.8.8", True),
        ("10.1.2.3", False),
        ("::1", False),
        ("localhost", False),
        ("gateway", False),
        ("db.corp", False),
        ("api.svc.cluster.local.", False),
    ],
)
def test_a_host_is_public_by_its_form(host, public):
    assert is_public(host) is public


@pytest.mark.parametrize("unit", ["A", "a.", "a-", "a/", "a@", "0:", "1.", "/srv/", "a://", "urn:pulumi:"])
def test_endless_text_costs_no_more_than_its_length(unit):
    began = time.process_time()
    MASK.text(unit * (5_000_000 // len(unit)))
    assert time.process_time() - began < 1
