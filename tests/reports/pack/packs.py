"""Small packs for the tests: made as the product makes them, and forged as an attacker would."""

import io
import struct
import zipfile
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from reports.pack.envelope import sealed
from reports.pack.keys import file_signer, new_key, public_keys
from reports.pack.pack import add_files, close_pack
from reports.pack.statement import PackedRun, Predicate, PreviousPack, statement_bytes
from reports.pack.verify import Examined, Given, Keys, examine
from reports.pack.write import PackWriter
from reports.wire.base import ToolDocument

FILES = {
    "posture.json": b'{"schema_version": "1"}\n',
    "report.html": b"<!doctype html>\n",
    "evidence/ab/abab.json": b'{"title": "configuration"}\n',
    "evidence/cd/cdcd.json": bytes(range(256)) * 3,
}
PRIVATE, PUBLIC = new_key()
TOOL = ToolDocument(name="ocpi-posture", version="0.1.0")


def no_passphrase() -> bytes | None:
    return None


def keys(*pems: bytes) -> Keys:
    return {f"key {number}": public_keys(pem) for number, pem in enumerate(pems or (PUBLIC,), start=1)}


def predicate(previous: PreviousPack | None = None, **run: Any) -> Predicate:
    fields = {
        "id": "20260304T050607Z-7c1e",
        "started_at": datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC),
        "finished_at": datetime(2026, 3, 4, 5, 6, 19, tzinfo=UTC),
        "environments": ("demo",),
        "mode": "observe",
        "profile": "deployment",
        "config_sha256": "0" * 64,
    }
    return Predicate(
        run=PackedRun(**{**fields, **run}),
        made_by=TOOL,
        packed_by=TOOL,
        tools=(),
        catalogue_sha256=None,
        configuration="evidence/ab/abab.json",
        redacted={"secret": 1},
        previous=previous,
    )


def pack(
    files: Mapping[str, bytes] | None = None,
    *,
    signed_by: tuple[bytes, ...] = (PRIVATE,),
    stated: Mapping[str, bytes] | None = None,
    about: Predicate | None = None,
    stamps: Mapping[str, bytes] | None = None,
) -> bytes:
    """A pack; `stated` are the files that its statement names where they are not those in it."""
    stream = io.BytesIO()
    writer = PackWriter(stream)
    add_files(writer, {name: [content] for name, content in (files or FILES).items()})
    hashes = [(entry.name, entry.sha256) for entry in writer.entries]
    if stated is not None:
        other = PackWriter(io.BytesIO())
        add_files(other, {name: [content] for name, content in stated.items()})
        hashes = [(entry.name, entry.sha256) for entry in other.entries]
    signers = [file_signer(pem, no_passphrase) for pem in signed_by]
    close_pack(writer, sealed(statement_bytes(hashes, about or predicate()), signers), stamps or {})
    return stream.getvalue()


def seen(content: bytes, **given: Any) -> Examined:
    return examine(io.BytesIO(content), Given(**{"keys": keys(), **given}))


def kinds(content: bytes, **given: Any) -> list[str]:
    return sorted({str(problem.kind) for problem in seen(content, **given).problems})


def ordinary_zip(entries: list[tuple[zipfile.ZipInfo, bytes]], comment: bytes = b"") -> bytes:
    """As another program would write it."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", strict_timestamps=False) as archive:
        for info, content in entries:
            archive.writestr(info, content)
        archive.comment = comment
    return stream.getvalue()


def renamed(content: bytes, old: str, new: str) -> bytes:
    """Both headers of a file say another name of the same length; its content stays."""
    assert len(old) == len(new)
    return content.replace(old.encode(), new.encode())


def with_end_comment(content: bytes, comment: bytes) -> bytes:
    return content[:-2] + struct.pack("<H", len(comment)) + comment
