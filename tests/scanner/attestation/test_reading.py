"""Folders of attestations become facts; what is wrong with a file is said, and stays with its row where that can be."""

import hashlib
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.attestation.document import AttestationMalformed, parse, validated
from scanner.attestation.reading import LARGEST, read_folder

KNOWN = {"OCPI-OPS-03": frozenset({"penetration-test", "patch-policy"}), "OCPI-OPS-02": frozenset({"playbooks"})}
WHOLE = """\
control: OCPI-OPS-03
item: penetration-test
statement: it was tested
holds: true
owner: Ada Example
role: head of operations
date: 2026-05-01
expires: 2027-04-30
contains: {tester: "a house of its own", scope: 1.10}
"""


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "attestations").mkdir()
    return tmp_path / "attestations"


def only(folder):
    (read,) = read_folder(folder, KNOWN)
    return read


def test_values_stay_the_texts_that_were_written(folder):
    (folder / "a.yaml").write_text(WHOLE)
    one = only(folder).read
    assert one.attestation.answers == (("tester", "a house of its own"), ("scope", "1.10"))
    assert (one.control, one.item, one.attestation.holds, one.problems) == ("OCPI-OPS-03", "penetration-test", True, ())


def test_a_file_is_held_against_its_digest_wherever_the_folder_lies(folder):
    (folder / "report.pdf").write_bytes(b"%PDF" * 700_000)
    digest = hashlib.sha256(b"%PDF" * 700_000).hexdigest()
    (folder / "a.yaml").write_text(f"{WHOLE}file: report.pdf\nsha256: {digest.upper()}\n")
    assert only(folder).read.attestation.file.unchanged
    (folder / "report.pdf").write_bytes(b"%PDF" * 700_001)
    assert not only(folder).read.attestation.file.unchanged
    (folder / "report.pdf").unlink()
    gone = only(folder).read.attestation.file
    assert (gone.found, gone.problem) == (None, "no such file or directory")


@pytest.mark.parametrize(
    "change, says",
    [
        (("holds: true", "holds:"), "holds: Field required"),
        (("owner: Ada Example", "owner: ada@example.com"), "owner: write a name or a function, without an e-mail"),
        (("expires: 2027-04-30", "expires: 2026-04-30"), "`expires` lies before `date`"),
        (("date: 2026-05-01", "date: in May"), "date: Input should be a valid date"),
        (("role:", "rôle:"), "role: Field required"),
        (("statement: it was tested", "statement: &a x\nstatement: y"), "'statement' stands twice"),
        (("statement: it was tested", "statement: it was tested\nfile: a.pdf"), "`file` and `sha256` go together"),
        (("item: penetration-test", "item: penetration"), "item: OCPI-OPS-03 takes patch-policy or penetration-test"),
    ],
)
def test_what_is_wrong_is_said_and_stays_with_its_row(folder, change, says):
    (folder / "a.yaml").write_text(WHOLE.replace(*change))
    read = only(folder).read
    assert read.attestation is None
    assert any(says in problem for problem in read.problems), read.problems
    assert read.control in {"OCPI-OPS-03", None}
    assert (read.control is None) == ("twice" in says), "of a text that cannot be parsed nobody knows the row"


@pytest.mark.parametrize(
    "content, says",
    [
        (b"\xff\xfe\x00", "it is not UTF-8"),
        (b"control: [", "it is not YAML"),
        (b"- control\n- item\n", "it is not a mapping"),
        (b"a: &a [x]\nb: [*a, *a]\n", "aliases"),
        (b"#" * (LARGEST + 1), "it is larger than 256 KiB"),
        (b"[" * 5000, "it is "),
        (WHOLE.replace("OCPI-OPS-03", "OCPI-OPS-3").encode(), "no row that takes attestations is called"),
    ],
)
def test_a_file_that_speaks_of_no_known_row_is_not_passed_over(folder, content, says):
    (folder / "a.yaml").write_bytes(content)
    read = only(folder).read
    assert read.speaks_of_nothing_known
    assert says in read.problems[0]


def test_a_form_that_nobody_filled_in_is_as_good_as_none_and_a_half_filled_one_is_not(folder):
    (folder / "a.yaml").write_text("control: OCPI-OPS-02\nitem: playbooks\nstatement: x\nholds:\ncontains:\n  where:\n")
    assert read_folder(folder, KNOWN) == ()
    (folder / "a.yaml").write_text("control: OCPI-OPS-02\nitem: playbooks\ncontains:\n  where: in the wiki\n")
    assert only(folder).read.speaks_of("OCPI-OPS-02", "playbooks")


def test_an_attestation_is_about_the_environments_it_names(folder):
    (folder / "a.yaml").write_text(f"{WHOLE}environments: [prod]\n")
    assert only(folder).is_about("prod")
    assert not only(folder).is_about("test")


def test_a_folder_that_is_not_there_is_no_empty_folder(tmp_path):
    with pytest.raises(FileNotFoundError):
        read_folder(tmp_path / "nowhere", KNOWN)


@given(st.text(alphabet=string.printable, max_size=200))
def test_any_text_is_an_attestation_or_a_sentence(text):
    said: tuple[object, ...]
    try:
        said = (validated(parse(text)),)
    except AttestationMalformed as malformed:
        said = malformed.problems
    assert all(said)
