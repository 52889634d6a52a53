"""The block `invited` of an identity: a registration that the platform starts."""

import re
from datetime import UTC, datetime

import pytest

from scanner.config.load import load_configuration
from scanner.config.secret_reference import SecretReference
from scanner.errors import ConfigError
from scanner.model.party import Invitation

INVITED = "invited: {token: env:TOKEN_A, path: 5c1d0c9e8f7a4b6d8e9f0a1b, at: 2027-01-11T20:40:00Z"
SERVER = "partner_server: {certificate_file: c.pem, key_file: k.pem, port: 8443}"
WHOLE = (
    "environments: {test: {mode: exercise, allow: [registration], endpoints: {a: {versions_url: 'https://a/'}}, "
    f"identities: {{one: {{token: env:A, sink: 'file:new', disposable: true, {INVITED}}}}}}}, {SERVER}}}}}"
)


@pytest.fixture
def write(tmp_path):
    def put(text):
        path = tmp_path / "ocpi-posture.yaml"
        path.write_text(text + "\n")
        return path

    return put


def test_an_invitation_is_read_and_its_token_stays_a_reference(write):
    configuration = load_configuration(write(WHOLE))
    ((identity,),) = (target.identities for target in configuration.targets)
    assert identity.invited == Invitation(path="5c1d0c9e8f7a4b6d8e9f0a1b", at=datetime(2027, 1, 11, 20, 40, tzinfo=UTC))
    assert configuration.agreed == {("test", "one"): SecretReference.parse("env:TOKEN_A")}


@pytest.mark.parametrize(
    "before, after, sentence",
    [
        (f", {SERVER}", "", "needs `allow: [registration]` and a `partner_server`"),
        (", port: 8443", "", "needs a `url` or a `port`"),
        (", disposable: true", "", "needs `disposable: true` and a `sink`"),
        ("env:TOKEN_A", "env:A", "is what the platform shows us"),
        ("5c1d0c9e8f7a4b6d8e9f0a1b", "guess", "path"),
        ("5c1d0c9e8f7a4b6d8e9f0a1b", "../../../../../../versions", "path"),
        ("2027-01-11T20:40:00Z", "2027-01-11T20:40:00", "time zone"),
        ("2027-01-11T20:40:00Z", "2027-01-11T20:40:00Z, starts: 9", "starts"),
        ("2027-01-11T20:40:00Z", "2027-01-11T20:40:00Z, starts: 0", "starts"),
    ],
)
def test_an_invitation_that_nobody_could_follow_is_told_of(write, before, after, sentence):
    assert before in WHOLE
    with pytest.raises(ConfigError, match=re.escape(sentence)):
        load_configuration(write(WHOLE.replace(before, after)))
