"""Whatever is done to a pack is found, and what was touched is named."""

import io
import json
import random
import zipfile
from datetime import UTC, datetime

import pytest
from securesystemslib.dsse import Envelope

from reports.pack.chain import link_to
from reports.pack.envelope import envelope_bytes
from reports.pack.keys import file_signer, new_key
from reports.pack.layout import Entry, directory, local_header
from reports.pack.problem import NoPack
from reports.pack.write import NotPackable
from tests.reports.pack.packs import (
    FILES,
    PRIVATE,
    PUBLIC,
    keys,
    kinds,
    no_passphrase,
    ordinary_zip,
    pack,
    predicate,
    renamed,
    seen,
    with_end_comment,
)

CHANGES = 1_000
EVIDENCE = "evidence/cd/cdcd.json"


def test_a_sound_pack_has_no_problem_and_a_signature():
    examined = seen(pack())
    assert examined.problems == ()
    assert list(examined.signed) == ["key 1"]
    assert {entry.name for entry in examined.contents.entries} == {*FILES, "pack/statement.dsse.json"}


def test_the_same_files_and_key_give_the_same_bytes_and_any_zip_program_reads_them():
    assert pack() == pack()
    with zipfile.ZipFile(io.BytesIO(pack())) as archive:
        assert archive.testzip() is None
        assert {name: archive.read(name) for name in FILES} == FILES


@pytest.mark.parametrize("signed_by", [True, False], ids=["signed", "unsigned"])
def test_any_single_bit_that_changes_is_found(signed_by):
    whole = pack() if signed_by else pack(signed_by=())
    given = keys() if signed_by else {}
    bits = random.Random("bits").sample(range(len(whole) * 8), CHANGES)
    missed = []
    for bit in bits:
        altered = bytearray(whole)
        altered[bit // 8] ^= 1 << bit % 8
        try:
            if not seen(bytes(altered), keys=given).problems:
                missed.append(bit)
        except NoPack:  # the first four bytes
            assert bit // 8 < 4
    assert missed == []


def test_any_truncation_is_found_and_none_crashes():
    whole = pack()
    lengths = random.Random("lengths").choices(range(len(whole)), k=CHANGES)
    for length in lengths:
        try:
            assert seen(whole[:length]).problems
        except NoPack:
            assert length < 4


def test_random_bytes_are_never_a_pack_and_never_crash():
    chance = random.Random("bytes")
    for _ in range(300):
        content = b"PK\x03\x04" + chance.randbytes(chance.randrange(400))
        assert seen(content).problems


def test_an_altered_file_is_named():
    (problem,) = seen(pack({**FILES, EVIDENCE: b"other"}, stated=FILES)).problems
    assert (problem.kind, problem.file) == ("changed", EVIDENCE)


def test_a_missing_file_and_a_surplus_one_are_named():
    (missing,) = seen(pack({k: v for k, v in FILES.items() if k != EVIDENCE}, stated=FILES)).problems
    assert (missing.kind, missing.file) == ("missing", EVIDENCE)
    (surplus,) = seen(pack({**FILES, "evidence/ee/ee.json": b"x"}, stated=FILES)).problems
    assert (surplus.kind, surplus.file) == ("surplus", "evidence/ee/ee.json")


def test_a_foreign_key_and_no_signature_are_told_apart():
    _, stranger = new_key()
    (foreign,) = seen(pack(), keys=keys(stranger)).problems
    assert (foreign.kind, "no valid signature of this key" in foreign.message) == ("signature", True)
    (unsigned,) = seen(pack(signed_by=())).problems
    assert "nobody has signed it" in unsigned.message
    assert seen(pack(signed_by=()), keys={}).problems == ()


def test_every_key_that_is_named_has_to_have_signed():
    other_private, other_public = new_key()
    assert kinds(pack(), keys=keys(PUBLIC, other_public)) == ["signature"]
    both = pack(signed_by=(PRIVATE, other_private))
    assert kinds(both, keys=keys(PUBLIC, other_public)) == []
    assert len(seen(both).other_keys) == 1


def test_the_signature_of_another_pack_does_not_fit():
    other = pack({**FILES, EVIDENCE: b"other"})
    theirs, ours = seen(other).contents.own, seen(pack()).contents.own
    envelope = json.loads(ours["pack/statement.dsse.json"])
    envelope["signatures"] = json.loads(theirs["pack/statement.dsse.json"])["signatures"]
    forged = _with_statement(json.dumps(envelope, sort_keys=True, separators=(",", ":")).encode())
    assert kinds(forged) == ["signature"]


@pytest.mark.parametrize(
    "write",
    [
        lambda envelope: json.dumps(envelope).encode(),
        lambda envelope: json.dumps({**envelope, "more": 1}, sort_keys=True, separators=(",", ":")).encode(),
        lambda envelope: json.dumps({**envelope, "payloadType": "text/plain"}, sort_keys=True).encode(),
        lambda envelope: json.dumps({**envelope, "signatures": envelope["signatures"] * 2}).encode(),
        lambda _: b"[]",
        lambda _: b"\xff",
        lambda _: b"[" * 100_000,
    ],
    ids=["spaces", "surplus-key", "other-payload", "doubled-signature", "list", "no-utf8", "deep"],
)
def test_an_envelope_in_another_form_is_refused(write):
    envelope = json.loads(seen(pack()).contents.own["pack/statement.dsse.json"])
    assert kinds(_with_statement(write(envelope))) == ["statement"]


def _with_statement(content: bytes, files=None) -> bytes:
    entries, body = [], b""
    for name, inner in (*sorted((files or FILES).items()), ("pack/statement.dsse.json", content)):
        entries.append(_entry(name, inner, len(body)))
        body += local_header(name, len(inner), entries[-1].crc) + inner
    return body + directory(entries)


def _entry(name: str, content: bytes, offset: int) -> Entry:
    import zlib  # noqa: PLC0415 - one use

    return Entry(name=name, size=len(content), crc=zlib.crc32(content), sha256="", offset=offset)


def _raw(*files: tuple[str, bytes]) -> bytes:
    """Any names in any order, in the right form but for that."""
    entries, body = [], b""
    for name, content in files:
        entries.append(_entry(name, content, len(body)))
        body += local_header(name, len(content), entries[-1].crc) + content
    return body + directory(entries)


SOUND = ("pack/statement.dsse.json", seen(pack()).contents.own["pack/statement.dsse.json"])


@pytest.mark.parametrize(
    "name",
    [
        "../posture.json", "evidence/../../x", "/etc/passwd", "C:/x", "evidence\\x", "evidence//x", "./x", "a/./b",
        "x/", "rep\u202eort.html", "report\x1b[2J", "nul\x00", "pack/other", "pack/time-stamps/../../x", "-rf",
        "a" * 1025,
    ],
)  # fmt: skip
def test_names_that_leave_the_folder_or_fool_a_reader_are_refused(name):
    problems = seen(_raw(*sorted(FILES.items()), (name, b""), SOUND)).problems
    assert {"name", "form"} & {str(problem.kind) for problem in problems}
    assert all(problem.message.isprintable() for problem in problems)


def test_a_name_that_comes_twice_is_refused_wherever_it_stands():
    for again in ("posture.json", "evidence/ab/abab.json"):
        problems = seen(_raw(*sorted(FILES.items()), (again, b"{}"), SOUND)).problems
        assert ("name", again) in {(str(problem.kind), problem.file) for problem in problems}


@pytest.mark.parametrize(
    "name", ["Report.html", "EVIDENCE/ab/abab.json", "evidence/ab", "report.html/x", "POSTURE.JSON"]
)
def test_names_that_would_lie_on_each_other_where_they_are_unpacked_are_refused(name):
    files = sorted({**FILES, name: b"x"}.items())
    assert {"name", "surplus"} <= set(kinds(_raw(*files, SOUND)))
    with pytest.raises(NotPackable, match=r"capitals|folder"):
        pack(dict(files))


@pytest.mark.parametrize("name", ["evidence/aux.json", "NUL", "evidence/com1", "report.html."])
def test_names_that_windows_reads_as_others_are_refused(name):
    assert "name" in kinds(_raw(*sorted({**FILES, name: b"x"}.items()), SOUND))


def test_two_packs_that_both_claim_to_follow_the_same_one_are_told_apart():
    first = seen(pack())
    assert first.statement is not None
    link = link_to(first.payload, first.statement)
    days = {"started_at": datetime(2026, 3, 5, tzinfo=UTC), "finished_at": datetime(2026, 3, 5, 0, 1, tzinfo=UTC)}
    one, fork = (pack(about=predicate(link, id=name, **days)) for name in ("one", "fork"))
    found = seen(one, previous=[io.BytesIO(pack()), io.BytesIO(fork)]).problems
    assert [problem.message for problem in found] == ["the pack of run fork is not one that this pack goes back to"]


def test_a_signature_under_the_id_of_another_key_is_none_of_that_key():
    stranger_private, stranger = new_key()
    theirs = seen(pack(signed_by=(stranger_private,)), keys=keys(stranger)).contents.own["pack/statement.dsse.json"]
    envelope = json.loads(theirs)
    (ours,) = json.loads(SOUND[1])["signatures"]
    envelope["signatures"][0]["keyid"] = ours["keyid"]
    forged = _with_statement(json.dumps(envelope, sort_keys=True, separators=(",", ":")).encode())
    assert kinds(forged) == ["signature"]


def test_another_type_of_payload_with_a_signature_over_it_is_no_statement():
    payload = seen(pack()).payload
    envelope = Envelope(payload, "application/vnd.other+json", {})
    envelope.sign(file_signer(PRIVATE, no_passphrase))
    assert kinds(_with_statement(envelope_bytes(envelope))) == ["statement"]


def test_another_order_is_refused():
    assert "form" in kinds(_raw(*sorted(FILES.items(), reverse=True), SOUND))


def _info(name: str, **fields) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    for field, value in fields.items():
        setattr(info, field, value)
    return info


@pytest.mark.parametrize(
    "entries",
    [
        [(_info("bomb", compress_type=zipfile.ZIP_DEFLATED), b"\0" * 1_000_000)],
        [(_info("link", external_attr=0o120777 << 16), b"/etc/passwd")],
        [(_info("dated", date_time=(2026, 3, 4, 5, 6, 8)), b"x")],
        [(_info("extra", extra=b"\x01\x99\x04\x00abcd"), b"x")],
        [(_info("noted", comment=b"note"), b"x")],
        [(_info("folder/"), b"")],
    ],
    ids=lambda entries: entries[0][0].filename,
)
def test_what_other_programs_write_into_a_zip_is_refused(entries):
    assert "form" in kinds(ordinary_zip(entries))


def test_bytes_before_between_and_behind_the_entries_are_refused():
    whole, middle = pack(), len(local_header("evidence/ab/abab.json", 0, 0)) + len(FILES["evidence/ab/abab.json"])
    with pytest.raises(NoPack):
        seen(b"x" + whole)
    for forged in (
        whole + b"x",
        whole[:middle] + b"x" + whole[middle:],
        with_end_comment(whole, b"note"),
        whole + whole,
        whole[:-22] + b"x" + whole[-22:],
    ):
        assert kinds(forged) == ["form"]


def test_a_renamed_file_is_missing_under_its_old_name_and_surplus_under_the_new():
    problems = seen(renamed(pack(), "report.html", "rePort.html")).problems
    assert {(str(problem.kind), problem.file) for problem in problems} >= {
        ("missing", "report.html"),
        ("surplus", "rePort.html"),
    }


def test_a_pack_without_a_statement_says_so():
    (problem,) = seen(_raw(*sorted(FILES.items()))).problems
    assert (problem.kind, problem.file) == ("missing", "pack/statement.dsse.json")


def test_a_statement_that_claims_more_than_a_pack_may_have_is_not_read():
    huge = local_header("pack/statement.dsse.json", 1 << 30, 0)
    (problem,) = seen(huge).problems
    assert "too much" in problem.message
