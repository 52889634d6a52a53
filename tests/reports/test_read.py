import json
from pathlib import Path

import pytest

from checks.model.verdict import Outcome
from reports.formats import Format, render
from reports.json_document import render_json
from reports.model.aws_account import AwsAccount
from reports.read import UnreadablePosture, read_posture, read_run
from tests.reports.sample_posture import posture_of, realistic

OLDER = sorted((Path(__file__).parent / "older").glob("posture-*.json"))  # each as the program of its day wrote it
ACCOUNT = AwsAccount(account="123456789012", region="eu-west-1")


def test_what_was_written_is_read_back_whole():
    posture = realistic(150)
    assert read_posture(render_json(posture)) == posture


def test_every_format_is_the_same_after_reading_back():
    posture = realistic()
    again = read_posture(render_json(posture))
    for kind in set(Format) - {Format.PDF}:  # seconds, and made of nothing but the posture, which is equal
        assert render(again, kind, account=ACCOUNT) == render(posture, kind, account=ACCOUNT), kind


def test_a_run_is_read_from_its_folder_or_its_file(tmp_path):
    file = tmp_path / Format.JSON.file_name
    file.write_bytes(render_json(posture_of()))
    assert read_run(tmp_path) == read_run(file) == posture_of()


@pytest.mark.parametrize("file", OLDER, ids=lambda file: file.stem)
def test_a_run_of_an_older_program_is_read_and_rendered_in_every_format(file):
    posture = read_run(file)
    assert {finding.outcome for finding in posture.findings} >= {Outcome.PASS, Outcome.FAIL, Outcome.WAIVED}
    assert all(render(posture, kind, account=ACCOUNT) for kind in Format)
    assert read_posture(render_json(posture)) == posture


def test_there_is_a_run_of_an_older_program_to_read():
    assert OLDER


def altered(change) -> bytes:
    document = json.loads(render_json(realistic()))
    change(document)
    return json.dumps(document).encode()


@pytest.mark.parametrize(
    "content, says",
    [
        (b"", "is not JSON"),
        (b"\xff\xfe", "is not JSON"),
        (render_json(posture_of())[:5000], "is not JSON"),
        (b"[" * 200_000, "is not JSON"),
        (b"[]", "has no schema_version"),
        (b'{"a": 1}', "has no schema_version"),
        (altered(lambda d: d.update(schema_version="2")), "newer one"),
        (altered(lambda d: d["findings"][0].update(outcome="fine")), "findings.0.outcome"),
        (altered(lambda d: d["controls"][3].pop("title")), "controls.3.title"),
        (altered(lambda d: d.update(surplus=1)), "surplus"),
        (
            altered(lambda d: d.update(surplus=1, tool={"name": "x", "version": "9.9"})),
            "newer ocpi-posture wrote it: 9.9",
        ),
        (altered(lambda d: d.update(surplus=1, tool=[])), "posture.json: "),
        (altered(lambda d: d["findings"][0]["subject"].update(kind="moon")), "contradicts itself"),
        (
            altered(lambda d: next(f for f in d["findings"] if f["outcome"] == "pass").update(evidence=[])),
            "needs evidence",
        ),
        (altered(lambda d: d["summary"]["controls"].pop("fail")), "does not say that 14 are fail"),
        (altered(lambda d: d["summary"]["findings"].update({"pass": 99})), "does not say that"),
        (altered(lambda d: d["controls"][0]["findings"].append("0" * 16)), "no finding 0000000000000000"),
    ],
)
def test_what_cannot_be_read_is_refused_with_the_place(content, says):
    with pytest.raises(UnreadablePosture, match=r"posture\.json") as refused:
        read_posture(content)
    assert says in str(refused.value)
    assert len(str(refused.value)) < 500
