import os
from pathlib import Path

import pytest

from scanner.cli.evidence_pack import whole_file
from scanner.cli.run_folder import write_named, write_whole
from scanner.errors import UsageError
from scanner.evidence_store import EvidenceFolder
from scanner.gate.journal import Journal
from scanner.gate.redaction import Redactor
from scanner.model.witness import Witness
from tests.scanner.cloud.engine_made import SAMPLES


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


@pytest.fixture
def pipe(tmp_path: Path) -> Path:
    os.mkfifo(tmp_path / "pipe")
    return tmp_path / "pipe"


def test_a_pipe_that_was_named_takes_the_content_and_stays_one(pipe):
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    write_named(pipe, b"content")
    assert os.read(reader, 100) == b"content"
    os.close(reader)
    assert pipe.is_fifo()


def test_a_link_that_was_named_stays_one_and_leads_to_the_content(tmp_path, elsewhere):
    (tmp_path / "link").symlink_to(elsewhere)
    write_named(tmp_path / "link", b"first")
    assert elsewhere.read_bytes() == b"first"
    with whole_file(tmp_path / "link") as stream:
        stream.write(b"second")
    assert elsewhere.read_bytes() == b"second"
    assert (tmp_path / "link").is_symlink()


def test_links_in_a_circle_make_room_for_what_is_written(tmp_path):
    for name in ("report", "pack"):
        (tmp_path / name).symlink_to(name)
    write_named(tmp_path / "report", b"content")
    with whole_file(tmp_path / "pack") as stream:
        stream.write(b"content")
    assert {one.name: one.read_bytes() for one in tmp_path.iterdir()} == dict.fromkeys(("report", "pack"), b"content")


def test_a_pack_takes_the_place_of_no_device(pipe):
    with pytest.raises(UsageError, match="is no place for a pack"), whole_file(pipe):
        pass
    assert pipe.is_fifo()


def test_a_plan_goes_into_the_pipe_that_was_named(posture, pipe):
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    assert posture("plan", SAMPLES / "stack-export.json", "-o", pipe).code in {0, 3}
    assert os.read(reader, 1) == b"{"
    os.close(reader)
    assert [one.name for one in pipe.parent.iterdir()] == ["pipe"]
