"""What `docs/deploy.md` tells a platform engineer to type is there: commands, options, config keys, outputs, files."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Mapping
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import pytest
import yaml
from botocore import xform_name
from botocore.session import Session
from click import Context

from scanner.cli.root import root

ROOT: Final = Path(__file__).parents[2]
PAGE: Final = (ROOT / "docs" / "deploy.md").read_text(encoding="utf-8")
BLOCKS: Final = re.findall(r"^```\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
CONFIG: Final[Mapping[str, Any]] = yaml.safe_load((ROOT / "Pulumi.yaml").read_text(encoding="utf-8"))["config"]
PROGRAM: Final = "\n".join(file.read_text(encoding="utf-8") for file in sorted((ROOT / "infra").glob("*.py")))
# What runs here and is not ours to look into.
FOREIGN: Final = frozenset({"curl", "jq", "shred", "export"})
# Of Pulumi's CLI: commands that the page needs, and the options that they have.
PULUMI: Final[Mapping[str, frozenset[str]]] = {
    "login": frozenset(),
    "install": frozenset(),
    "preview": frozenset({"--stack", "--diff", "--expect-no-changes"}),
    "up": frozenset({"--stack"}),
    "destroy": frozenset({"--stack"}),
    "stack init": frozenset({"--secrets-provider"}),
    "stack output": frozenset({"--stack"}),
    "config set": frozenset({"--stack"}),
    "state unprotect": frozenset({"--all", "--yes", "--stack"}),
}
AWS_ANYWHERE: Final = frozenset({"--query", "--output", "--region", "--profile"})
AWS_SERVICES: Final = {"s3api": "s3"}


def _commands() -> list[list[str]]:
    """What is typed, word by word: without comments, continued lines in one, each part of a line by itself."""
    found = []
    for block in BLOCKS:
        for line in block.replace("\\\n", " ").splitlines():
            words = shlex.split(line, comments=True)
            while words:
                end = next((at for at, word in enumerate(words) if word in {"&&", "|"}), len(words))
                found.append(words[:end])
                words = words[end + 1 :]
    return [words for words in found if (words and words[0] in _CHECKED) or words[0] in FOREIGN]


def _options(words: list[str]) -> set[str]:
    return {word.partition("=")[0] for word in words if word.startswith("--")}


def _pulumi(words: list[str]) -> None:
    name = next(name for length in (2, 1) if (name := " ".join(words[1 : 1 + length])) in PULUMI)
    assert _options(words) <= PULUMI[name]
    rest = words[1 + len(name.split()) :]
    if name == "config set":
        assert rest[0] in CONFIG
    if name == "stack output" and not rest[0].startswith("--"):
        assert f'pulumi.export("{rest[0]}"' in PROGRAM


@cache
def _client(service: str) -> Any:
    session: Any = Session()
    session.set_credentials("made-up", "made-up")
    return session.create_client(AWS_SERVICES.get(service, service), region_name="eu-central-1")


def _aws(words: list[str]) -> None:
    client, operation = _client(words[1]), words[2]
    if operation == "wait":
        assert words[3].replace("-", "_") in client.waiter_names
        return
    (name,) = [one for one in client.meta.service_model.operation_names if xform_name(one, "-") == operation]
    shape = client.meta.service_model.operation_model(name).input_shape
    members = {f"--{xform_name(member, '-')}": member for member in (shape.members if shape else {})}
    given = _options(words) - AWS_ANYWHERE
    assert given <= members.keys()
    assert set(shape.required_members if shape else ()) <= {members[option] for option in given}


def _ours(words: list[str]) -> None:
    found: Any = root
    for word in words[1:]:
        if word.startswith("-") or not hasattr(found, "get_command"):
            break
        found = found.get_command(Context(found), word)
        assert found is not None, word
    known = {option for parameter in found.params for option in parameter.opts}
    assert {word for word in words if word.startswith("-")} <= known


def _python(words: list[str]) -> None:
    module = find_spec(words[words.index("-m") + 1])
    assert module is not None
    assert module.origin is not None
    text = Path(module.origin).read_text(encoding="utf-8")
    assert all(f'"{option}"' in text for option in _options(words))


def _make(words: list[str]) -> None:
    assert re.search(rf"^{words[1]}:", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)


def _copy(words: list[str]) -> None:
    assert (ROOT / words[1]).is_file()


_CHECKED: Final[Mapping[str, Callable[[list[str]], None]]] = {
    "aws": _aws,
    "pulumi": _pulumi,
    "make": _make,
    "cp": _copy,
    ".venv/bin/ocpi-posture": _ours,
    "infra/.venv/bin/python": _python,
}


@pytest.mark.parametrize("words", [one for one in _commands() if one[0] in _CHECKED], ids=" ".join)
def test_a_command_is_there_with_its_options_and_names(words):
    _CHECKED[words[0]](words)


def test_every_kind_of_command_was_looked_at():
    asked = [words[0] for words in _commands()]
    assert set(_CHECKED) <= set(asked)
    assert len(asked) > 50
    assert {words[2] for words in _commands() if words[0] == "aws"} >= {"create-bucket", "put-secret-value", "wait"}


def test_every_config_key_is_one_of_the_program():
    named = set(re.findall(r"`([a-z]+(?:[A-Z][a-z]+)+)\b", PAGE))
    listed = {
        word
        for line in PAGE.splitlines()
        if line.startswith("cp Pulumi.example-")
        for word in re.findall(r"\b[a-z]+(?:[A-Z][a-z]+)+\b", line.partition("#")[2])
    }
    assert {"scannerSecret", "peopleAccountId"} <= named
    assert {"accountId", "certificateArn"} <= listed
    nested = {key for key in named | listed if key not in CONFIG}
    assert all(f'"{key}"' in PROGRAM for key in nested), nested


def test_the_outputs_that_it_shows_are_the_programs_own():
    (shown,) = [block for block in BLOCKS if block.startswith("access_table")]
    names = [line.split()[0] for line in shown.splitlines()]
    assert len(names) > 5
    assert [name for name in names if f'pulumi.export("{name}"' not in PROGRAM] == []


def test_the_pages_and_files_that_it_names_are_there():
    for link in re.findall(r"\]\(([^)#:]+)\)", PAGE):
        assert (ROOT / "docs" / link).exists(), link
    files = re.findall(r"`(infra/[\w/]+\.\w+|Pulumi\.example-\w+\.yaml)`", PAGE)
    assert files
    assert [file for file in files if not (ROOT / file).exists()] == []
