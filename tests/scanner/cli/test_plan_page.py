"""What `docs/checkov-for-pulumi.md` tells people to write and to type is what works."""

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import rich_click as click

from scanner.cli.root import root
from scanner.config.load import load_configuration
from tests.scanner.cloud.running import PYTHON, ROOT

PAGE = (ROOT / "docs" / "checkov-for-pulumi.md").read_text()
BLOCKS = re.findall(r"```(\w*)\n(.*?)```", PAGE, re.DOTALL)


def blocks(language: str) -> list[str]:
    return [text for name, text in BLOCKS if name == language]


def commands() -> list[list[str]]:
    lines = (line for text in blocks("") for line in text.splitlines())
    typed = (part.strip() for line in lines for part in line.partition("#")[0].split("|"))
    return [shlex.split(part) for part in typed if part.startswith("ocpi-posture ")]


@pytest.fixture
def project(tmp_path) -> Path:
    """The example of the page, written as it says."""
    for name, text in zip(("Pulumi.yaml", "Pulumi.test.yaml"), blocks("yaml"), strict=False):
        (tmp_path / name).write_text(text)
    (tmp_path / "__main__.py").write_text(blocks("python")[0])
    made: Path = tmp_path
    return made


def test_the_example_becomes_a_plan_whose_findings_lead_to_its_lines(posture, project):
    ended = posture("plan", ".", "--python", PYTHON, "-o", "plan.json")
    assert ended.code == 0, ended.stderr
    back = json.loads((project / "plan.map.json").read_text())["resources"]
    assert {address: one["line"] for address, one in back.items()} == {
        "aws_kms_key.tokens": 3,
        "aws_secretsmanager_secret.partner": 4,
        "aws_security_group.edge": 5,
    }
    assert "__main__.py:5: CKV_AWS_24" in PAGE
    assert "__main__.py:4: CKV2_AWS_57" in PAGE


@pytest.mark.parametrize("text", [text for text in blocks("yaml") if "environments:" in text])
def test_its_configurations_can_be_read(project, text):
    (project / "ocpi-posture.yaml").write_text(text.replace("#previews", "previews").replace("#states", "states"))
    (target,) = load_configuration(project / "ocpi-posture.yaml").targets
    assert target.inputs


def test_its_commands_have_the_options_that_it_names():
    typed = commands()
    assert len(typed) >= 6
    for _, name, *words in typed:
        command = root.commands[name]
        known = {option for one in command.params if isinstance(one, click.Option) for option in one.opts}
        assert {word for word in words if word.startswith("-") and word != "-"} <= known, words


def test_every_option_of_plan_is_on_the_page():
    talking = {"--log-format", "-v", "--verbose", "-q", "--quiet", "--output"}
    options = {text for one in root.commands["plan"].params if isinstance(one, click.Option) for text in one.opts}
    assert {option for option in options - talking if option not in PAGE} == set()


def test_the_line_of_the_readme_judges_a_program_by_an_unchanged_checkov(project):
    (line,) = re.findall(r"^ocpi-posture plan .*checkov .*$", (ROOT / "README.md").read_text(), re.MULTILINE)
    options = f"{{virtualenv: {Path(PYTHON).parents[1]}}}"
    (project / "Pulumi.yaml").write_text(f"name: edge\nruntime: {{name: python, options: {options}}}\n")
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    ended = subprocess.run(
        ["sh", "-c", line],
        cwd=project,
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
        timeout=500,
        check=False,
    )
    assert ended.returncode == 1, ended.stderr  # Checkov's own: something failed
    assert 'Check: CKV_AWS_24: "Ensure no security groups allow ingress from 0.0.0.0:0 to port 22"' in ended.stdout
