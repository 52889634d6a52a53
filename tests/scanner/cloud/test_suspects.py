"""Secrets in a stack's files and values: found by their form, told by their place."""

import json
from pathlib import Path
from typing import Final

import pytest

from scanner.cloud.declared import Declared
from scanner.cloud.suspects import suspected_secrets
from scanner.model.facts.cloud_secrets import SuspectedSecrets
from scanner.model.resource import HIDDEN, UNKNOWN, CloudValue
from tests.scanner.cloud.declared import declare

# Look-alikes put together here, so that no text of this file has the form of a secret.
TOKEN: Final = "d41d8cd9" + "8f00b204" * 2 + "ecf8427e"
KEY_ID: Final = "AKIA" + "EXAMPLE0" * 2
WITH_PASSWORD: Final = "postgres://" + "u:hunter22" + "@db/x"
PEM: Final = "-----BEGIN " + "RSA PRIVATE KEY-----"
JWT: Final = ".".join(("eyJ" + "hbGciOiJub25lIn0", "eyJ" + "zdWIiOiJub2JvZHkifQ", "c2lnbmF0dXJlc2lnbmF0dXJl"))


def looked_at(value: CloudValue = None, folder: Path | None = None, missing: tuple[str, ...] = ()) -> SuspectedSecrets:
    resource = declare("aws:sqs/queue:Queue", "it", {"tags": {"note": value}})
    declared = Declared(source="test", resources=(resource,), document={}, missing=missing)
    return suspected_secrets("small/test", declared, folder, ("Pulumi.test.yaml",))


@pytest.mark.parametrize("text", [KEY_ID, WITH_PASSWORD, PEM, JWT, f'{{"ocpi_token": "{TOKEN}"}}', f"api_key={TOKEN}"])
def test_a_value_of_the_form_of_a_secret_is_pointed_at_and_not_repeated(text):
    fact = looked_at(text)
    assert [(one.path, one.urn.rpartition("::")[2]) for one in fact.found] == [("tags.note", "it")]
    assert text not in repr(fact)
    assert TOKEN not in repr(fact)


@pytest.mark.parametrize(
    "text",
    [
        "roaming",
        "token_table=ocpi-test-credentials-tokens",
        "secret: arn:aws:secretsmanager:eu-central-1:123456789012:secret:ocpi/test/partners/acme-AbCdEf",
        "token = read_the_token_of_this_partner_now(name)",
        "token: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa1",
        "https://ocpi.example/ocpi/versions",
        TOKEN,  # a digest under no telling name
        HIDDEN,
        UNKNOWN,
    ],
)
def test_what_only_speaks_of_secrets_is_none(text):
    assert looked_at(text).found == ()


def test_program_and_configuration_are_read_and_a_line_is_told(tmp_path):
    (tmp_path / "__main__.py").write_text(f'import pulumi\n\nOCPI_TOKEN = "{TOKEN}"\n')
    (tmp_path / "Pulumi.test.yaml").write_text(
        json.dumps({"config": {"ocpi:partnerToken": TOKEN, "ocpi:sealed": {"secure": "v1:x"}}}, indent=1)
    )
    fact = looked_at(folder=tmp_path)
    assert fact.files == ("Pulumi.test.yaml", "__main__.py")
    assert [(one.file, one.line) for one in fact.found] == [("Pulumi.test.yaml", 3), ("__main__.py", 3)]


def test_what_pulumi_encrypts_is_no_secret_in_clear(tmp_path):
    sealed = "v1:3kq" + "9ZmT0yU2xWv8Q=:" + "aB3dE5fG7hJ9kL1mN3pQ5rS7tU9vW1xY3z"
    (tmp_path / "Pulumi.test.yaml").write_text(f"config:\n  ocpi:partnerToken:\n    secure: {sealed}\n")
    assert looked_at(folder=tmp_path).found == ()


def test_nothing_outside_the_project_and_nothing_that_is_no_text_is_read(tmp_path):
    outside = tmp_path / "outside.py"
    outside.write_text(f'OCPI_TOKEN = "{TOKEN}"\n')
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "__main__.py").symlink_to(outside)
    (folder / "Pulumi.test.yaml").write_bytes(b"\xff\xfe\x00token")
    fact = looked_at(folder=folder)
    assert (fact.files, fact.found) == ((), ())
