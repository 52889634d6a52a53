"""A scan of documents of the engine: judged, with lines, no secret in any artefact, and nothing out of nothing."""

import json
from pathlib import Path
from typing import Any

import pytest

from reports.formats import Format
from tests.scanner.cloud.engine_made import SAMPLES, SECRET, SIGNATURE

PLAIN = "CANARY-41c7e90b"
CIPHERTEXT = "qgC2JCKCXWuRnY5R3QGrrLxCCvyUX4Smlffaqqb95YJKzU30tp0r3D"
CONFIG = """\
environments:
  test:
    cloud:
      previews:
        planned: {file: preview.json, state: plain.json}
      states:
        deployed: {file: encrypted.json}
        broken: {file: broken.json}
        newer: {file: newer.json}
"""


def in_clear(value: Any) -> Any:
    """The document as `--show-secrets` writes it; the secret is also repeated where nobody marked it."""
    if isinstance(value, dict):
        if value.get(SIGNATURE) == SECRET:
            return {SIGNATURE: SECRET, "plaintext": json.dumps(PLAIN)}
        return {key: in_clear(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [in_clear(inner) for inner in value]
    return f"{value}-{PLAIN}" if value == "tokens-dnsName" else value


@pytest.fixture
def folder(tmp_path) -> Path:
    made: Path = tmp_path / "given"
    made.mkdir()
    state = (SAMPLES / "stack-export.json").read_text()
    (made / "encrypted.json").write_text(state)
    (made / "plain.json").write_text(json.dumps(in_clear(json.loads(state))))
    (made / "preview.json").write_bytes((SAMPLES / "preview-update.json").read_bytes())
    (made / "broken.json").write_text(state[:5000])
    (made / "newer.json").write_text(json.dumps(json.loads(state) | {"version": 7}))
    (made / "ocpi-posture.yaml").write_text(CONFIG)
    return made


def test_documents_are_judged_with_lines_without_secrets_and_a_broken_one_is_inconclusive(posture, folder, tmp_path):
    assert PLAIN in (folder / "plain.json").read_text()
    assert CIPHERTEXT in (folder / "encrypted.json").read_text()
    left_out = {Format.PDF, Format.ASFF}  # a PDF is compressed, and ASFF wants an account
    formats = [part for name in Format if name not in left_out for part in ("--format", name)]
    ended = posture("scan", "-c", folder / "ocpi-posture.yaml", "-o", tmp_path / "run", *formats, "-vv")
    assert ended.code == 1, ended.stderr

    files = [file for file in (tmp_path / "run").rglob("*") if file.is_file()]
    assert len(files) > 10
    artefacts = {str(file): file.read_bytes() for file in files} | {"talk": (ended.stdout + ended.stderr).encode()}
    for name, content in artefacts.items():
        assert PLAIN.encode() not in content, name
        assert CIPHERTEXT.encode() not in content, name

    findings = json.loads((tmp_path / "run" / "posture.json").read_text())["findings"]
    by_stack: dict[str, set[str]] = {}
    for one in findings:
        stack = one["subject"].get("stack")
        if stack:
            by_stack.setdefault(stack, set()).add(one["outcome"])
    assert {"pass", "fail"} <= by_stack["planned/test"]
    assert {"pass", "fail"} <= by_stack["deployed/test"]
    assert by_stack["broken/test"] == {"inconclusive"}
    assert by_stack["newer/test"] == {"inconclusive"}
    said = {one["message"] for one in findings if one["subject"].get("stack") in {"broken/test", "newer/test"}}
    assert any("broken.json ends in the middle of its JSON" in sentence for sentence in said)
    assert any("newer.json has version 7 of the state format" in sentence for sentence in said)


def test_preflight_and_dry_run_say_what_was_found_in_them(posture, folder):
    ended = posture("preflight", "-c", folder / "ocpi-posture.yaml")
    assert ended.code == 3
    assert "ok       test: declared cloud planned   20 resources of planned/test" in ended.stdout
    assert "not yet  test: declared cloud broken    broken.json ends in the middle of its JSON" in ended.stdout
    assert "what to do: Write it again" in ended.stdout
    planned = posture("scan", "-c", folder / "ocpi-posture.yaml", "--dry-run", "--witness", "cloud-declared")
    assert planned.code == 0
    assert "read the Pulumi preview preview.json with the state plain.json and judge it" in planned.stdout
    assert "Requests and connections: 0 to 0" in planned.stdout
