import os
import pty
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from scanner.cli.init import _in_a_year
from scanner.config.load import load_configuration
from scanner.model.effect import Mode

URL = "https://ocpi.example.com/ocpi/versions"


def test_what_init_writes_is_valid_and_only_observes(posture, tmp_path):
    ended = posture("init", "--versions-url", URL)
    assert (ended.code, ended.stdout) == (0, "")
    assert "ocpi-posture preflight -c ocpi-posture.yaml" in ended.stderr
    (target,) = load_configuration(tmp_path / "ocpi-posture.yaml").targets
    assert target.mode is Mode.OBSERVE
    assert target.endpoints[0].versions_url == URL
    assert target.contract_of(target.identities[0])


def test_every_commented_example_is_valid_too(posture, tmp_path):
    posture("init", "--versions-url", URL)
    lines = (tmp_path / "ocpi-posture.yaml").read_text().splitlines()
    text = (
        "\n".join(_uncommented(lines))
        .replace("mode: observe", "mode: stress")
        .replace("disposable: false", "disposable: true")
    )
    (tmp_path / "all.yaml").write_text(_without(text, "commanded:"))
    configuration = load_configuration(tmp_path / "all.yaml")
    (target,) = configuration.targets
    assert (len(target.allow), len(target.evses), len(target.absent_parties)) == (3, 1, 1)
    assert sorted(one.name for one in target.inputs) == ["deployed", "edge", "legacy", "planned", "stack"]
    assert target.endpoints[0].ca_file == tmp_path / "ca.pem"
    assert target.identities[0].has_sink
    assert len(target.authorisations) == 1
    assert len(configuration.waivers) == 1
    assert configuration.malformed_waivers == ()
    (tmp_path / "staying.yaml").write_text(_without(text, "unregister:", "revoked_at:"))
    (target,) = load_configuration(tmp_path / "staying.yaml").targets
    assert target.identities[0].commanded


def _without(text: str, *keys: str) -> str:
    """Without what cannot stand beside the other examples: an identity that ends in the scan, or one that stays."""
    return "\n".join(line for line in text.splitlines() if not line.strip().startswith(keys))


def _uncommented(lines: list[str]) -> Iterator[str]:
    """With the # taken away from each example, as the file itself tells people to."""
    in_example = False
    for line in lines:
        indent, mark, rest = line.partition("#")
        is_comment = bool(mark) and not indent.strip()
        in_example = is_comment and (not rest.startswith(" ") or (in_example and rest.startswith("  ")))
        yield f"{indent}{rest}" if in_example else line


def test_the_answers_are_taken_from_options(posture, tmp_path):
    ended = posture(
        *("init", "--versions-url", URL, "--token", "file:token", "--party", "no-abc", "--role", "cpo"),
        *("--environment", "prod", "-c", "other.yaml"),
    )
    assert ended.code == 0
    configuration = load_configuration(tmp_path / "other.yaml")
    (target,) = configuration.targets
    assert (target.name, str(target.identities[0].party), target.identities[0].role) == ("prod", "NO-ABC", "CPO")
    assert str(configuration.tokens[("prod", "scanner")]) == "file:token"


def test_an_address_of_this_machine_is_allowed_to_be_internal(posture, tmp_path):
    posture("init", "--versions-url", "https://localhost:8443/versions")
    assert load_configuration(tmp_path / "ocpi-posture.yaml").targets[0].endpoints[0].allow_internal


def test_an_existing_file_is_never_overwritten(posture, tmp_path):
    (tmp_path / "ocpi-posture.yaml").write_text("mine\n")
    ended = posture("init", "--versions-url", URL)
    assert ended.code == 2
    assert "exists and is not overwritten" in ended.stderr
    assert (tmp_path / "ocpi-posture.yaml").read_text() == "mine\n"


@pytest.mark.parametrize(
    "arguments,sentence",
    [
        (["--versions-url", "ocpi.example.com"], "versions_url: write a whole URL"),
        (["--versions-url", URL, "--token", "abc"], "token: the secret is written in clear"),
        (["--versions-url", URL, "--party", "NLABC"], "party: write a party as"),
        (["--versions-url", URL, "-c", "no/where.yaml"], "no/where.yaml cannot be written: no such file"),
        ([], "--versions-url is missing"),
    ],
)
def test_what_would_not_be_valid_is_not_written(posture, tmp_path, arguments, sentence):
    ended = posture("init", *arguments)
    assert ended.code == 2
    assert sentence in ended.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_contract_that_begins_on_a_leap_day_ends_on_the_28th():
    assert _in_a_year(date(2028, 2, 29)) == date(2029, 2, 28)
    assert _in_a_year(date(2027, 3, 1)) == date(2028, 3, 1)


def test_on_a_terminal_it_asks(tmp_path):
    master, slave = pty.openpty()
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(Path(__file__).parents[3]), "TERM": "vt100"}
    child = subprocess.Popen(
        [sys.executable, "-m", "scanner", "init"],
        stdin=slave, stdout=subprocess.PIPE, stderr=slave, cwd=tmp_path, env=environment,
    )  # fmt: skip
    os.close(slave)
    os.write(master, f"{URL}\nenv:MY_TOKEN\nDE-ABC\n\n".encode())
    out, _ = child.communicate(timeout=500)
    os.close(master)
    assert (child.returncode, out) == (0, b"")
    configuration = load_configuration(tmp_path / "ocpi-posture.yaml")
    assert str(configuration.tokens[("test", "scanner")]) == "env:MY_TOKEN"
    assert str(configuration.targets[0].identities[0].party) == "DE-ABC"


def test_an_answer_that_cannot_be_used_is_asked_for_again(tmp_path):
    master, slave = pty.openpty()
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(Path(__file__).parents[3]), "TERM": "vt100"}
    child = subprocess.Popen(
        [sys.executable, "-m", "scanner", "init"],
        stdin=slave, stdout=subprocess.PIPE, stderr=slave, cwd=tmp_path, env=environment,
    )  # fmt: skip
    os.close(slave)
    os.write(master, f"ocpi.example.com\n{URL}\nin-clear\nenv:MY_TOKEN\nNLABC\nde-abc\nboss\ncpo\n".encode())
    out, _ = child.communicate(timeout=500)
    said = os.read(master, 8192).decode()
    os.close(master)
    assert (child.returncode, out) == (0, b"")
    assert "Error: write a whole URL" in said
    identity = load_configuration(tmp_path / "ocpi-posture.yaml").targets[0].identities[0]
    assert (str(identity.party), identity.role) == ("DE-ABC", "CPO")
