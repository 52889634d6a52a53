"""OSCAL as compliance-trestle reads it."""

import json
import re
from dataclasses import replace

import pytest
from trestle.oscal.assessment_results import Model as ResultsModel
from trestle.oscal.catalog import Model as CatalogModel

from checks.model.verdict import Outcome
from reports.oscal_catalog import render_oscal_catalog
from reports.oscal_results import render_oscal
from tests.reports.hostile import STRINGS
from tests.reports.sample_posture import SERVER, evidence, finding, posture_of, realistic

UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
MADE = {"uuid"}
POINTERS = {"observation-uuid", "risk-uuid", "subject-uuid", "actor-uuid", "component-uuid", "party-uuids"}


def results_of(posture):
    content = render_oscal(posture)
    ResultsModel.parse_raw(content)
    return json.loads(content)["assessment-results"]


def catalog_of(posture):
    content = render_oscal_catalog(posture)
    CatalogModel.parse_raw(content)
    return json.loads(content)["catalog"]


def result_of(*given, **more):
    (result,) = results_of(posture_of(*given, **more))["results"]
    return result


def values(document, names):
    """Every value under one of these keys, anywhere."""
    if isinstance(document, dict):
        for key, value in document.items():
            if key in names:
                yield from value if isinstance(value, list) else [value]
            yield from values(value, names)
    elif isinstance(document, list):
        for item in document:
            yield from values(item, names)


def properties(thing):
    return {each["name"]: each["value"] for each in thing["props"]}


def target_of(result, row):
    return next(one["target"] for one in result["findings"] if one["target"]["target-id"] == f"{row}_obj")


def test_every_reference_leads_to_something_in_the_document_and_no_uuid_is_given_twice():
    document = results_of(realistic(150))
    made = list(values(document, MADE))
    assert len(made) == len(set(made))
    assert all(UUID.fullmatch(one) for one in made)
    assert set(values(document, POINTERS)) <= set(made)
    inner = [href.removeprefix("#") for href in values(document, {"href"}) if href.startswith("#")]
    assert inner
    assert set(inner) <= set(made)


def test_every_finding_is_an_observation_that_leads_to_its_artefact_and_hash():
    one = finding("c", Outcome.FAIL)
    document = results_of(posture_of(one))
    (observation,) = document["results"][0]["observations"]
    (proof,) = observation["relevant-evidence"]
    resource = next(r for r in document["back-matter"]["resources"] if f"#{r['uuid']}" == proof["href"])
    assert properties(observation)["fingerprint"] == one.fingerprint
    assert resource["rlinks"] == [
        {"href": one.evidence[0].path, "hashes": [{"algorithm": "SHA-256", "value": one.evidence[0].sha256}]}
    ]


def test_every_row_is_a_finding_about_an_objective_of_the_catalog():
    posture = realistic()
    (result,) = results_of(posture)["results"]
    objectives = {
        part["id"]
        for group in catalog_of(posture)["groups"]
        for control in group["controls"]
        for part in control["parts"]
        if part["name"] == "assessment-objective"
    }
    targets = [one["target"]["target-id"] for one in result["findings"]]
    assert len(targets) == len(posture.controls) == 126
    assert set(targets) == objectives


@pytest.mark.parametrize(
    "outcome, state, reason",
    [
        (Outcome.PASS, "not-satisfied", "other"),  # partial: the profile requires more
        (Outcome.FAIL, "not-satisfied", "fail"),
        (Outcome.WAIVED, "not-satisfied", "other"),
        (Outcome.INCONCLUSIVE, "not-satisfied", "other"),
        (Outcome.NOT_TESTED, "not-satisfied", "other"),
        (Outcome.NOT_APPLICABLE, "not-satisfied", "other"),
    ],
)
def test_nothing_but_a_proven_row_is_satisfied(outcome, state, reason):
    status = target_of(result_of(finding("c", outcome, "OCPI-TLS-02")), "OCPI-TLS-02")["status"]
    assert (status["state"], status["reason"]) == (state, reason)
    assert status["remarks"]


def test_a_proven_row_is_satisfied():
    posture = realistic()
    proven = {control.id for control in posture.controls if control.status == "pass"}
    (result,) = results_of(posture)["results"]
    satisfied = {
        one["target"]["target-id"].removesuffix("_obj")
        for one in result["findings"]
        if one["target"]["status"] == {"state": "satisfied", "reason": "pass", "remarks": "pass"}
    }
    assert proven
    assert satisfied == proven


def test_rows_that_nobody_judged_are_excluded_by_name():
    (selection,) = result_of(finding("c", Outcome.PASS, "OCPI-TLS-02"))["reviewed-controls"]["control-selections"]
    assert {"control-id": "OCPI-TLS-02"} in selection["include-controls"]
    assert {"control-id": "OCPI-NET-02"} in selection["exclude-controls"]
    assert len(selection["include-controls"]) + len(selection["exclude-controls"]) == 126


def test_a_fail_is_an_open_risk_with_what_to_do():
    result = result_of(finding("c", Outcome.FAIL, "OCPI-TLS-02"))
    (risk,) = result["risks"]
    (response,) = risk["remediations"]
    assert (risk["status"], response["lifecycle"]) == ("open", "recommendation")
    assert risk["characterizations"][0]["facets"][0]["value"] == "high"
    about = [one for one in result["findings"] if one.get("related-risks") == [{"risk-uuid": risk["uuid"]}]]
    assert "OCPI-TLS-02_obj" in {one["target"]["target-id"] for one in about}


def test_a_waiver_is_an_approved_deviation_with_owner_reason_and_end():
    document = results_of(posture_of(finding("c", Outcome.WAIVED)))
    (risk,) = document["results"][0]["risks"]
    deviation = risk["remediations"][-1]
    (party,) = document["metadata"]["parties"]
    assert risk["status"] == "deviation-approved"
    assert risk["deadline"] == "2026-05-31T23:59:59+00:00"
    assert "Partner moves" in deviation["description"]
    assert deviation["origins"][0]["actors"] == [{"type": "party", "actor-uuid": party["uuid"]}]
    assert party["name"] == "Ada Lindgren, platform security"
    assert properties(deviation)["type"] == "accept"


def test_what_is_general_hygiene_is_observed_and_no_risk():
    result = result_of(finding("CKV_AWS_18", Outcome.FAIL, tool="checkov"))
    assert len(result["observations"]) == 1
    assert "risks" not in result


def test_a_risk_keeps_its_name_from_run_to_run_and_an_observation_does_not():
    first, second = (result_of(finding("c", Outcome.FAIL), id=f"run-{number}") for number in (1, 2))
    assert first["risks"][0]["uuid"] == second["risks"][0]["uuid"]
    assert first["observations"][0]["uuid"] != second["observations"][0]["uuid"]


def test_each_environment_is_a_result_of_its_own():
    elsewhere = replace(SERVER, environment="prod")
    fail, held = finding("c", Outcome.FAIL), finding("c", Outcome.PASS, "OCPI-TLS-02", subject=elsewhere)
    document = results_of(posture_of(fail, held, environments=("demo", "prod"), profile="endpoint"))
    assert [one["title"] for one in document["results"]] == ["Environment demo", "Environment prod"]
    made = list(values(document, MADE))
    assert len(made) == len(set(made))
    assert set(values(document, POINTERS)) <= set(made)
    scores = [properties(result)["score-percent"] for result in document["results"]]
    assert scores[0] == "0.0" != scores[1]


def test_what_was_not_looked_at_is_in_the_remarks():
    (result,) = results_of(realistic())["results"]
    assert "no account is configured for this environment" in result["remarks"]


def test_rows_that_fold_others_name_them():
    controls = [one for group in catalog_of(realistic())["groups"] for one in group["controls"]]
    ids = {one["id"] for one in controls}
    links = {link["href"].removeprefix("#") for one in controls for link in one.get("links", ())}
    assert links
    assert links <= ids


def test_the_catalog_is_named_by_its_rows_and_not_by_the_run():
    assert catalog_of(posture_of(id="one"))["uuid"] == catalog_of(posture_of(finding("c"), id="two"))["uuid"]


def test_text_of_a_target_stays_text():
    findings = [
        finding(f"c{number}", Outcome.FAIL, message=text, evidence=(evidence(f"e{number}", text),))
        for number, text in enumerate(STRINGS)
    ]
    result = result_of(*findings, finding("empty", Outcome.FAIL, message="  ", title=" ", remediation="\n"))
    assert len(result["observations"]) == len(STRINGS) + 1
    assert not [one for one in result["observations"] if re.search(r"(?<!\\)[<\[]", one["description"])]


def test_a_posture_without_anything_is_a_valid_document():
    assert results_of(posture_of(environments=()))["results"]


def test_the_same_posture_gives_the_same_bytes():
    assert render_oscal(realistic(100)) == render_oscal(realistic(100))
    assert render_oscal_catalog(realistic()) == render_oscal_catalog(realistic(100))


def test_a_row_names_the_parts_of_standards_that_it_speaks_to_by_their_own_ids():
    plain_posture = posture_of(finding("c"))
    first = plain_posture.controls[0]
    mapped = replace(first, frameworks=(("csf2", ("PR.DS-02",)), ("asvs5", ("1.10.1", "12.2.1"))))
    catalog = catalog_of(replace(plain_posture, controls=(mapped, *plain_posture.controls[1:])))
    control = next(one for group in catalog["groups"] for one in group["controls"] if one["id"] == first.id)
    said = [(prop["class"], prop["value"]) for prop in control["props"] if prop["name"] == "maps-to"]
    assert said == [("csf2", "PR.DS-02"), ("asvs5", "1.10.1"), ("asvs5", "12.2.1")]
    assert catalog["uuid"] != catalog_of(plain_posture)["uuid"]
