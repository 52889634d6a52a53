"""Attestations from the command line: forms, a scan that reads them, and what a lapsed one does to the exit code."""

import json
from datetime import UTC, datetime, timedelta

import yaml

from scanner.config.load import load_configuration

TODAY = datetime.now(UTC).date()
CONFIGURATION = """\
environments:
  prod:
    cloud: {terraform_plans: {edge: {file: plan.json}}}
attestations: [attestations]
"""


def prepare(tmp_path, **changed):
    (tmp_path / "plan.json").write_text("{}")
    (tmp_path / "ocpi-posture.yaml").write_text(CONFIGURATION)
    form = tmp_path / "attestations" / "OCPI-OPS-02-incident-playbooks.yaml"
    filled = yaml.safe_load(form.read_text()) | {
        "holds": True,
        "owner": "Ada Example",
        "role": "head of operations",
        "date": (TODAY - timedelta(days=10)).isoformat(),
        "expires": (TODAY + timedelta(days=10)).isoformat(),
        **changed,
    }
    filled["contains"] = dict.fromkeys(filled["contains"], "said")
    form.write_text(yaml.safe_dump({key: value for key, value in filled.items() if value is not None}))


def control(tmp_path, name):
    document = json.loads((tmp_path / "run" / "posture.json").read_text())
    return next(one for one in document["controls"] if one["id"] == name), document


def test_a_filled_in_form_makes_its_row_pass_and_the_profile_asks_for_all_of_them(posture, tmp_path):
    assert posture("init", "--attestations").code == 0
    assert not (tmp_path / "ocpi-posture.yaml").exists()
    prepare(tmp_path)
    posture("scan", "--witness", "attestation", "-o", "run")
    row, document = control(tmp_path, "OCPI-OPS-02")
    assert (row["status"], row["witnesses"]) == ("pass", {"attestation": "pass"})
    assert document["run"]["profile"] == "deployment-attested"
    undeclared, _ = control(tmp_path, "OCPI-CAD-01")
    assert undeclared["status"] == "not_tested"


def test_a_lapsed_one_is_required_and_not_there_so_the_run_is_inconclusive(posture, tmp_path):
    posture("init", "--attestations")
    prepare(tmp_path, expires=(TODAY - timedelta(days=1)).isoformat())
    ended = posture("scan", "--witness", "attestation", "--select", "OCPI-OPS-02", "-o", "run")
    row, _ = control(tmp_path, "OCPI-OPS-02")
    assert (ended.code, row["status"]) == (3, "inconclusive")


def test_a_folder_that_is_not_there_is_a_mistake_of_the_configuration(posture, tmp_path):
    (tmp_path / "plan.json").write_text("{}")
    (tmp_path / "ocpi-posture.yaml").write_text(CONFIGURATION)
    ended = posture("scan", "-o", "run")
    assert ended.code == 2
    assert "there is no folder" in ended.stderr


def test_two_folders_of_one_name_would_be_taken_for_each_other(posture, tmp_path):
    (tmp_path / "ocpi-posture.yaml").write_text(
        CONFIGURATION.replace("[attestations]", "[attestations, b/attestations]")
    )
    assert "another folder ends in 'attestations'" in posture("scan", "-o", "run").stderr


def test_forms_are_written_beside_a_new_configuration_that_can_name_them(posture, tmp_path):
    url = "https://ocpi.example.com/ocpi/versions"
    assert posture("init", "--versions-url", url, "--attestations", "stated").code == 0
    file = tmp_path / "ocpi-posture.yaml"
    file.write_text(file.read_text() + "attestations: [stated]\n")
    configuration = load_configuration(file, with_files=True)
    assert configuration.targets[0].attestations == (tmp_path / "stated",)
    assert configuration.profile_name == "endpoint-attested"
