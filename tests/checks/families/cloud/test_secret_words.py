"""What counts as a secret in a variable, by name and by the form of the value."""

import ast
import time
from typing import Any

import pytest

from checks.model.verdict import Outcome
from scanner.model.resource import UNKNOWN
from scanner.model.secret_words import is_secret
from tests.checks.families.cloud.test_stack_checks import outcome, variables
from tests.scanner.cloud.running import ROOT


def pem(label: str) -> str:
    return f"-----BEGIN {label}-----"


# Look-alikes put together here, so that no text of this file has the form of a secret.
JWT = ".".join(("eyJ" + "hbGciOiJub25l", "eyJ" + "zdWIiOiJub2Jv", ""))
WITH_PASSWORD = "postgres://" + "u:hunter22" + "@db/x"
WITH_TOKEN = "https://" + "abcd1234" + "@partner.example/ocpi"
ACCESS_KEY = "AKIA" + "EXAMPLE0" * 2
SECRET_KEY = "Ab3/" * 10


@pytest.mark.parametrize(
    "name, value",
    [
        ("DATABASE_URL", WITH_PASSWORD),
        ("USERNAME_PASSWORD", "hunter22hunter"),
        ("NAME_OF_TOKEN", "hunter22hunter"),
        ("OCPI_TOKEN_HEADER", "Token abcd1234abcd"),
        ("HEADER", "Bearer abcd1234abcd"),
        ("OCPI_TOKEN", "/abcDEF123+x/y=="),
        ("OCPI_TOKEN", "https://x.example/?t=1"),
        ("OCPI_TOKEN", "abcd1234abcd"),
        ("SIGNING_PEM", pem("PRIVATE KEY")),
        ("SIGNING_PEM", pem("EC PRIVATE KEY") + "\nMIG"),
        ("SESSION", JWT),
        ("ACCOUNT", ACCESS_KEY),
        ("OCPI_SECRET", SECRET_KEY),
        ("PARTNER", WITH_TOKEN),
        ("TOKEN_NAME", JWT),
        ("TOKEN_TTL", "abcd1234"),
    ],
)
def test_a_secret_is_known_by_its_name_or_its_form(name, value):
    assert is_secret(name, value)
    assert outcome("cloud-secrets-not-in-environment", variables(**{name: value})) is Outcome.FAIL


@pytest.mark.parametrize(
    "name, value",
    [
        ("TOKEN_SECRET", "arn:aws:secretsmanager:eu-central-1:123456789012:secret:ocpi/test-AbCdEf"),
        ("TOKEN_SECRET", "ocpi/test/partners/"),
        ("TOKEN_SECRET", "/ocpi/test/token"),
        ("TOKEN_SECRET_ARN", "x"),
        ("PASSWORD_NAME", "database"),
        ("TOKEN_TABLE", "tokens"),
        ("TOKEN_TTL_SECONDS", "3600"),
        ("TOKEN_URL", "https://login.example/token"),
        ("PUBLIC_ORIGIN", "https://ocpi.example"),
        ("CERTIFICATE", pem("CERTIFICATE")),
        ("DIGEST", "2fd4e1c67a2d28fced849ee1bb76e7391b93eb12"),
        ("TOKEN", ""),
    ],
)
def test_what_only_points_to_a_secret_is_none(name, value):
    assert not is_secret(name, value)
    assert outcome("cloud-secrets-not-in-environment", variables(**{name: value})) is Outcome.PASS


def test_an_unknown_value_is_in_doubt_under_the_name_of_a_secret_only():
    check = "cloud-secrets-not-in-environment"
    assert outcome(check, variables(USERNAME_PASSWORD=UNKNOWN)) is Outcome.INCONCLUSIVE
    assert outcome(check, variables(TOKEN_SECRET_ARN=UNKNOWN, OBJECTS=UNKNOWN)) is Outcome.PASS


@pytest.mark.parametrize("text", ["a" * 200_000, "eyJ" + "a" * 200_000, "a." * 100_000, "a/" * 100_000, "{" * 200_000])
def test_a_long_text_is_read_once_and_not_from_each_of_its_letters(text):
    before = time.process_time()
    is_secret("PARTNER_TOKEN", text)
    assert time.process_time() - before < 2.0


@pytest.mark.parametrize(
    "name, value, secret",
    [
        ("DB_PASS", "hunter2-hunter2", True),
        ("smtpPass", "hunter2-hunter2", True),
        ("WEBHOOK_SIGNING_KEY", "hunter2-hunter2", True),
        ("COMPASS", "north", False),
        ("BYPASS", "true", False),
        ("PWD", "/var/task", False),
        ("PARTNER_TOKEN", "c2Vjcm/V0dG9rZW5Gb3JQYXJ0bmVyNDI", True),
        ("PARTNER_TOKEN_ID", "/ocpi/test/partners/acme-2", False),
    ],
)
def test_the_policy_for_checkov_takes_the_same_for_a_secret(name, value, secret):
    source = (ROOT / "checks" / "policies" / "ocpi_token_in_environment.py").read_text(encoding="utf-8")
    rules: dict[str, Any] = {"Any": Any}
    kept = [one for one in ast.parse(source).body if not isinstance(one, ast.ClassDef | ast.ImportFrom | ast.Expr)]
    functions = ast.Module(body=[one for one in kept if not _makes_policy(one)], type_ignores=[])
    exec(compile(functions, "policy", "exec"), rules)
    assert (is_secret(name, value), rules["is_secret"](name, value)) == (secret, secret)


def _makes_policy(one: ast.stmt) -> bool:
    return isinstance(one, ast.Assign) and isinstance(one.value, ast.Call) and "NoToken" in ast.unparse(one)
