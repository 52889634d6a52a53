"""The block `commanded` of an identity: commands that the platform sends us."""

import re
from datetime import UTC, datetime

import pytest

from scanner.config.load import load_configuration
from scanner.errors import ConfigError
from scanner.model.party import Commanded

WHOLE = (
    "environments: {test: {mode: exercise, allow: [actuate, registration], "
    "endpoints: {a: {versions_url: 'https://a/'}}, identities: {one: {token: env:A, sink: 'file:new', "
    "disposable: true, commanded: {at: 2027-01-11T20:40:00Z}}}, "
    "partner_server: {certificate_file: c.pem, key_file: k.pem, port: 8443}}}"
)


@pytest.fixture
def write(tmp_path):
    def put(text):
        path = tmp_path / "ocpi-posture.yaml"
        path.write_text(text + "\n")
        return path

    return put


def test_an_appointment_is_read_and_takes_no_named_hardware(write):
    ((identity,),) = (target.identities for target in load_configuration(write(WHOLE)).targets)
    assert identity.commanded == Commanded(at=datetime(2027, 1, 11, 20, 40, tzinfo=UTC), count=3)


@pytest.mark.parametrize(
    "before, after, sentence",
    [
        (", commanded: {at: 2027-01-11T20:40:00Z}", "", "`actuate` needs `evses`"),
        ("[actuate, registration]", "[registration]", "`allow: [actuate, registration]`"),
        ("[actuate, registration]", "[actuate]", "`allow: [actuate, registration]`"),
        (", partner_server: {certificate_file: c.pem, key_file: k.pem, port: 8443}", "", "`partner_server`"),
        (", sink: 'file:new'", "", "`sink`"),
        ("disposable: true", "disposable: false", "`disposable: true`"),
        ("disposable: true", "disposable: true, unregister: true", "no `unregister`"),
        ("20:40:00Z", "20:40:00", "time zone"),
        ("20:40:00Z", "20:40:00Z, count: 9", "count"),
        ("20:40:00Z", "20:40:00Z, count: 0", "count"),
    ],
)
def test_an_appointment_that_nobody_could_keep_is_told_of(write, before, after, sentence):
    assert before in WHOLE
    with pytest.raises(ConfigError, match=re.escape(sentence)):
        load_configuration(write(WHOLE.replace(before, after)))
