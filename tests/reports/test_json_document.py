import json
import random
from dataclasses import fields

import jsonschema
import pytest

from checks.checklist.loader import checklist
from reports.json_document import render_json
from reports.model.fold import fold
from reports.schema import SCHEMA_FILE, posture_schema
from scanner.model.leftover import Leftover
from tests.reports.hostile import ENDLESS, STRINGS
from tests.reports.sample_posture import finding, posture_of, realistic, run

SCHEMA = json.loads(SCHEMA_FILE.read_bytes())


def validated(posture):
    document = json.loads(render_json(posture))
    jsonschema.Draft202012Validator(SCHEMA).validate(document)
    return document


def test_the_schema_is_itself_valid_and_says_what_it_is():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    assert SCHEMA["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert SCHEMA["properties"]["schema_version"]["const"] == "1"


def test_the_published_schema_is_the_one_of_the_types():
    assert SCHEMA_FILE.read_bytes() == posture_schema()


def test_all_that_is_known_of_a_leftover_has_its_place_in_the_document():
    assert {field.name for field in fields(Leftover)} == SCHEMA["$defs"]["LeftoverDocument"]["properties"].keys()


def test_a_run_is_written_with_the_keys_of_the_contract():
    document = validated(realistic())
    assert set(document) >= {"schema_version", "tool", "run", "summary", "controls", "findings"}
    assert set(document["run"]) == {
        "id", "started_at", "finished_at", "mode", "config_sha256", "profile", "environments", "requests_sent",
        "left_behind", "versions", "narrowed", "digests", "redacted", "catalogue",
    }  # fmt: skip
    assert document["run"]["started_at"] == "2026-03-04T05:06:07Z"
    assert set(document["summary"]) == {"controls", "findings", "score", "coverage"}
    assert set(document["controls"][0]) >= {
        "id", "layer", "title", "severity", "status", "environment", "witnesses", "required", "disagreement",
        "findings",
    }  # fmt: skip
    assert set(document["findings"][0]) >= {
        "fingerprint", "check", "controls", "outcome", "severity", "environment", "witness", "subject", "message",
        "population", "evidence", "reproduce", "remediation", "source", "waiver",
    }  # fmt: skip


def test_a_run_that_saw_nothing_is_a_valid_document():
    document = validated(posture_of())
    assert document["findings"] == []
    assert {control["status"] for control in document["controls"]} == {"not_tested"}


@pytest.mark.parametrize(
    "spoil",
    [
        lambda d: d.update(surplus=1),
        lambda d: d["findings"][0].update(surplus=1),
        lambda d: d["findings"][0].pop("evidence"),
        lambda d: d["findings"][0].update(outcome="fine"),
        lambda d: d["findings"][0]["evidence"].append({"id": "e", "sha256": "short", "path": "p", "title": ""}),
        lambda d: d["controls"][0].update(status="ok"),
        lambda d: d["summary"].update(score=101),
        lambda d: d.update(schema_version="2"),
    ],
)
def test_the_schema_refuses_what_is_not_a_posture(spoil):
    document = json.loads(render_json(realistic()))
    spoil(document)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft202012Validator(SCHEMA).validate(document)


def test_the_same_run_gives_the_same_bytes_in_any_order():
    posture = realistic(120)
    findings = list(posture.findings)
    random.Random(7).shuffle(findings)
    again = fold(
        tool=posture.tool,
        run=run(left_behind=posture.run.left_behind),
        checklist=checklist(),
        findings=findings,
        not_looked_at=posture.not_looked_at,
    )
    assert render_json(again) == render_json(posture)


def test_hostile_text_is_stored_as_ascii_and_cut():
    hostile = [finding(f"k-{n}", message=text, remediation=text) for n, text in enumerate(STRINGS)]
    content = render_json(posture_of(*hostile, finding("long", message=ENDLESS)))
    assert content.isascii()
    assert len(content) < 400_000
    validated(posture_of(*hostile))
