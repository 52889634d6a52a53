import os
from pathlib import Path

import pytest

from scanner.cli.run_folder import write_whole
from scanner.evidence_store import EvidenceFolder
from scanner.gate.journal import Journal
from scanner.gate.redaction import Redactor
from scanner.model.witness import Witness


@pytest.fixture
def anybody():
    """A caller who would let everybody read and write."""
    before = os.umask(0)
    yield
    os.umask(before)


@pytest.mark.usefixtures("anybody")
def test_all_of_a_run_is_its_owners_alone_in_a_folder_of_everybodys_too(tmp_path):
    tmp_path.chmod(0o777)
    write_whole(tmp_path / "posture.json", b"{}")
    evidence = EvidenceFolder(tmp_path, Redactor())
    evidence.store_text("a", Witness.PROTOCOL, "a")
    evidence.store_document("b", Witness.PROTOCOL, {})
    Journal(tmp_path / "journal.jsonl", Redactor()).close()
    found = [*tmp_path.rglob("*")]
    assert len(found) >= 7
    assert [one for one in found if one.stat().st_mode & 0o077] == []


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    file = tmp_path / "elsewhere"
    file.write_text("of somebody else")
    return file


def test_a_link_that_waits_in_a_folder_leads_nothing_elsewhere(tmp_path, elsewhere):
    for name in ("posture.json", ".posture.json.part", "journal.jsonl"):
        (tmp_path / name).symlink_to(elsewhere)
    write_whole(tmp_path / "posture.json", b"{}")
    assert (tmp_path / "posture.json").read_bytes() == b"{}"
    with pytest.raises(OSError, match=r"journal\.jsonl"):
        Journal(tmp_path / "journal.jsonl", Redactor())
    assert elsewhere.read_text() == "of somebody else"


def test_what_cannot_be_written_whole_leaves_nothing(tmp_path, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OSError, match="No space left"):
        write_whole(tmp_path / "posture.json", b"{}")
    assert not list(tmp_path.iterdir())
