"""The check of the tree finds what must not be committed. What it looks for is spelled in parts here as well."""

import gzip
import string
from pathlib import Path

import pytest

from tests.house.conftest import Judge

SCRIPT = "check_tree.py"


def _aws_key_id() -> str:
    return "AK" + "IA" + "Q7ZK2M9XJ4LWT5VB"


def _private_key() -> str:
    return "-----BEGIN " + "RSA PRIVATE" + " KEY-----"


def _jwt() -> str:
    return ".".join(("eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9", "eyJzdWIiOiJ0ZXN0In0", string.ascii_letters[:43]))


PLANTED = {
    "an AWS key": (_aws_key_id(), "looks like a secret (AWS Access Key)"),
    "a private key": (_private_key(), "holds a private key"),
    "a web token": (_jwt(), "looks like a secret (JSON Web Token)"),
    "a password in a URL": ("https://admin:" + "hunter22hunter@db.example/x", "looks like a secret (Basic Auth"),
    "a home folder": ("read /home" + "/jane/ocpi.yaml first", "one developer's machine"),
    "a Mac's home folder": ("'/Users" + "/jane/ocpi.yaml'", "one developer's machine"),
    "a package host": ("index = https://files.python" + "hosted.org/simple", "host of a package registry"),
    "a word of the workplace": ("as " + "Clau" + "de said", "speaks of the workplace"),
    "a file outside": ("see sha" + "red/design.md", "points outside the project"),
}


@pytest.mark.parametrize("planted", PLANTED.values(), ids=PLANTED.keys())
def test_a_planted_line_is_found_with_its_place(tree: Path, judge: Judge, planted: tuple[str, str]) -> None:
    text, sentence = planted
    (tree / "notes.md").write_text(f"harmless\n{text}\n")

    code, _, complaints = judge(SCRIPT, tree)

    assert code == 1
    assert complaints.startswith("notes.md:2: ")
    assert sentence in complaints


def test_what_only_looks_similar_is_left_alone(tree: Path, judge: Judge) -> None:
    harmless = [
        "GET /ocpi/2.2.1/home/page and /workspaces/main.md and https://example.com/root/x",
        "Authorization: Token ZXhhbXBsZQ== ; sha256:" + "0f" * 32,
        "registry.terraform.io/hashicorp/aws is a provider's name, the User-Agent a header",
    ]
    (tree / "notes.md").write_text("\n".join(harmless))

    assert judge(SCRIPT, tree) == (
        0,
        "files without secrets, private paths, registry hosts: looked at 1, 0 to mend\n",
        "",
    )


def test_a_line_that_says_it_is_meant_is_left_alone(tree: Path, judge: Judge) -> None:
    (tree / "sample.py").write_text(f"KEY = '{_aws_key_id()}'  # pragma: allowlist " + "secret\n")

    assert judge(SCRIPT, tree)[0] == 0


def test_packed_text_is_read_as_well(tree: Path, judge: Judge) -> None:
    (tree / "map.json.gz").write_bytes(gzip.compress(b'{"from": "/home' + b'/jane/sdk"}'))

    code, _, complaints = judge(SCRIPT, tree)

    assert code == 1
    assert complaints.startswith("map.json.gz:1: ")


def test_a_module_named_for_nothing_is_found(tree: Path, judge: Judge) -> None:
    (tree / "utils.py").write_text("")

    code, _, complaints = judge(SCRIPT, tree)

    assert code == 1
    assert "'utils' says nothing" in complaints


def test_ignored_files_are_not_looked_at_and_an_empty_tree_is_no_pass(tree: Path, judge: Judge) -> None:
    (tree / ".git" / "info" / "exclude").write_text("*.log\n")
    (tree / "run.log").write_text(_private_key())

    code, _, complaints = judge(SCRIPT, tree)

    assert code == 2
    assert "nothing to look at" in complaints
