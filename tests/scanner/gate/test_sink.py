"""A file that keeps new tokens: whole or not at all, for its owner only, and proven before it is needed."""

import os
import stat
from pathlib import Path

import pytest

from scanner.gate.sink import FileSink, NewToken, SinkFailed
from scanner.model.secret import Secret


def test_a_token_replaces_the_one_before_it_whole_and_is_for_its_owner_only(tmp_path):
    sink = FileSink(tmp_path / "keys" / "token")
    sink.prove()
    for text in ("first-token-1", "second-token"):
        sink.write(NewToken.TO_SPEAK_WITH, Secret(text))
    sink.write(NewToken.FOR_THE_PARTNER, Secret("for-partner-1"))
    kept = {path.name: path.read_text() for path in (tmp_path / "keys").iterdir()}
    assert kept == {"token": "second-token\n", "token.for-partner": "for-partner-1\n"}
    for path in (tmp_path / "keys").iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_the_proof_leaves_nothing_and_touches_nothing(tmp_path):
    path = tmp_path / "token"
    path.write_text("kept\n")
    FileSink(path).prove()
    assert {p.name: p.read_text() for p in tmp_path.iterdir()} == {"token": "kept\n"}


def test_a_link_stays_a_link(tmp_path):
    (tmp_path / "real").write_text("old\n")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    FileSink(tmp_path / "link").write(NewToken.TO_SPEAK_WITH, Secret("new-token-1"))
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_text() == "new-token-1\n"


@pytest.mark.parametrize("path", ["folder", "file/token"], ids=["is a folder", "lies below a file"])
def test_what_cannot_be_written_is_found_out_before(tmp_path, path):
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_text("x")
    with pytest.raises(SinkFailed, match="file:"):
        FileSink(tmp_path / path).prove()


def test_a_token_is_on_the_disk_before_it_takes_its_place(tmp_path, monkeypatch):
    steps: list[str] = []
    flush, put = os.fsync, os.replace

    def flushing(file: int) -> None:
        steps.append("flush")
        flush(file)

    def putting(source: Path, target: Path) -> None:
        steps.append("replace")
        put(source, target)

    monkeypatch.setattr(os, "fsync", flushing)
    monkeypatch.setattr(os, "replace", putting)
    FileSink(tmp_path / "token").write(NewToken.TO_SPEAK_WITH, Secret("new-token-1"))
    assert steps == ["flush", "replace", "flush"]


def test_what_is_kept_beside_a_token_can_be_read_and_cleared_and_the_token_stays(tmp_path):
    sink = FileSink(tmp_path / "token")
    assert sink.read(NewToken.OFFERED) is None
    for which in (NewToken.TO_SPEAK_WITH, NewToken.OFFERED):
        sink.write(which, Secret(f"{which.name.lower()}-1"))
    assert sink.read(NewToken.OFFERED) == Secret("offered-1")
    assert sink.where(NewToken.OFFERED) == f"file:{tmp_path / 'token.offered'}"
    for _ in range(2):  # what is cleared may be cleared again
        sink.clear(NewToken.OFFERED)
    assert sink.read(NewToken.OFFERED) is None
    assert [path.name for path in tmp_path.iterdir()] == ["token"]


@pytest.mark.parametrize("content", [None, b"\xff\xfe"], ids=["a folder", "no text"])
def test_what_cannot_be_read_is_not_taken_for_nothing(tmp_path, content):
    path = tmp_path / "token.offered"
    path.mkdir() if content is None else path.write_bytes(content)
    with pytest.raises(SinkFailed, match="cannot be read"):
        FileSink(tmp_path / "token").read(NewToken.OFFERED)


def test_an_operator_is_led_to_where_a_link_leads(tmp_path):
    (tmp_path / "keys").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "keys" / "token")
    sink = FileSink(tmp_path / "link")
    sink.write(NewToken.OFFERED, Secret("offered-1"))
    assert sink.where(NewToken.OFFERED) == f"file:{tmp_path / 'keys' / 'token.offered'}"
    assert (tmp_path / "keys" / "token.offered").exists()


def test_a_link_that_leads_to_itself_is_found_out_before(tmp_path):
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    with pytest.raises(SinkFailed, match="file:"):
        FileSink(tmp_path / "loop").prove()


def test_a_token_is_read_as_it_was_written_with_whatever_stands_at_its_ends(tmp_path):
    sink = FileSink(tmp_path / "token")
    sink.write(NewToken.OFFERED, Secret(" offered-1 "))
    assert sink.read(NewToken.OFFERED) == Secret(" offered-1 ")
