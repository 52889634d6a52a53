"""The folder of a finished run, small and always the same, for commands that only read it."""

import hashlib
import json
from pathlib import Path

from checks.model.verdict import Outcome
from reports.json_document import render_json
from scanner.cli.run_note import RunNote, open_folder
from tests.reports.sample_posture import BEGAN, evidence, finding, posture_of

CHECKS = ("tls-no-plaintext-listener", "ocpi-headers-nosniff-sent")
CONFIGURATION = (
    '{\n "title": "configuration",\n "witness": "attestation",\n "artefact": {"token": "env:OCPI_TOKEN"}\n}\n'
)


def finished_run(folder: Path, **run) -> Path:
    """Two findings, each with its evidence, and the configuration; `run`: fields of the posture's run."""
    posture = posture_of(*(finding(check, Outcome.PASS, evidence=(evidence(check),)) for check in CHECKS), **run)
    note = RunNote(run_id=posture.run.id, started_at=BEGAN, config_sha256="0" * 64, looking_sha256="0" * 64)
    open_folder(folder, note)
    for content in (*CHECKS, CONFIGURATION):
        name = hashlib.sha256(content.encode()).hexdigest()
        file = folder / "evidence" / name[0] / f"{name}.json"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content)
    (folder / "posture.json").write_bytes(render_json(posture))
    (folder / "journal.jsonl").write_text(json.dumps({"kind": "run", "run_id": posture.run.id}) + "\n")
    return folder
