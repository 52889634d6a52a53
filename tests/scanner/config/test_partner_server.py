"""The partner server that may be hostile: what the page for operators says is taken, what contradicts itself is not."""

import re
from pathlib import Path

import pytest

from scanner.config.load import load_configuration
from scanner.errors import ConfigError

PAGE = Path(__file__).parents[3] / "docs" / "partner.md"


@pytest.fixture
def example():
    (block,) = re.findall(r"```yaml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    return block


def load(tmp_path, text):
    file = tmp_path / "ocpi-posture.yaml"
    file.write_text(text, encoding="utf-8")
    return load_configuration(file)


def test_the_example_for_operators_is_a_whole_configuration(tmp_path, example):
    (target,) = load(tmp_path, example).targets
    server = target.partner_server
    assert server is not None
    assert (server.hostile, server.second_port, server.inward) == (True, 8444, ("10.0.0.5",))
    assert server.issuer_key_file == tmp_path / "secrets/test-ca-key.pem"


@pytest.mark.parametrize(
    "line, instead, sentence",
    [
        ("      issuer_key_file: secrets/test-ca-key.pem\n", "", "come together"),
        ("second_port: 8444", "second_port: 8443", "a port of its own"),
        ("allow: [registration]", "allow: [lasting]", "a hostile partner registers"),
        ("inward: [10.0.0.5]", "inward: ['https://10.0.0.5/x']", "inward"),
    ],
)
def test_what_contradicts_itself_is_said_in_one_sentence(tmp_path, example, line, instead, sentence):
    assert line in example
    with pytest.raises(ConfigError) as raised:
        load(tmp_path, example.replace(line, instead))
    assert any(sentence in f"{problem}" for problem in raised.value.problems)
