"""Schedules, each read by a parser of its own kind."""

import configparser
import json
import re
import secrets
import shlex
import shutil
import subprocess

import pytest
import yaml

from checks.model.verdict import Outcome
from reports.sarif import render_sarif
from scanner.cli.root import root
from tests.reports.sample_posture import finding, posture_of

CRON_RANGES = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 7))
PACKAGE = ("--package", "dist/ocpi_posture-0.1.0-py3-none-any.whl[pdf]")
IMAGE = ("--image", "registry.example/ocpi-posture@sha256:" + "0" * 64)


def scan_options() -> set[str]:
    return {text for one in root.commands["scan"].params for text in one.opts}


def assert_scans(words: list[str]) -> None:
    """What is run is a command line that `scan` has."""
    assert words[:2] == ["ocpi-posture", "scan"]
    assert {word for word in words if word.startswith("-")} <= scan_options()


def assert_cron(fields: list[str]) -> None:
    assert len(fields) == 5
    for field, (low, high) in zip(fields, CRON_RANGES, strict=True):
        assert field == "*" or low <= int(field) <= high


@pytest.mark.parametrize(
    "every, fields", [("hour", "5 * * * *"), ("day", "5 4 * * *"), ("week", "5 4 * * 1"), ("month", "5 4 1 * *")]
)
def test_a_line_of_a_crontab_runs_the_scan_and_keeps_secrets_elsewhere(posture, every, fields):
    ended = posture("schedule", "cron", "-e", "prod", "--every", every, "--at", "04:05", "--secret", "OCPI_TOKEN")
    assert ended.code == 0
    (line,) = (line for line in ended.stdout.splitlines() if not re.match(r"#|[A-Z]+=", line))
    assert line.startswith(fields + " ")
    assert_cron(line.split()[:5])
    command = line.split(maxsplit=5)[5]
    assert "%" not in command  # cron would make a line break of it
    assert subprocess.run(["sh", "-n", "-c", command], check=False).returncode == 0
    words = shlex.split(command)
    assert_scans(words[words.index("ocpi-posture") : words.index(">>scan.log")])
    assert "secrets.env (mode 0600, NAME='value' a line) has to hold: OCPI_TOKEN" in ended.stdout


def test_a_secret_that_is_written_down_as_told_means_nothing_to_the_shell(posture, tmp_path):
    secret = f"{secrets.token_hex(8)}$HOME&`false`;#\\ x"
    said = posture("schedule", "cron", "--directory", tmp_path, "--secret", "OCPI_TOKEN").stdout
    told = re.search(r"NAME=(\S+) a line", said)
    assert told is not None
    (tmp_path / "secrets.env").write_text(f"OCPI_TOKEN={told[1].replace('value', secret)}\n")
    loading = said.splitlines()[-1].split(maxsplit=5)[5].partition(" && ocpi-posture")[0]
    shown = subprocess.run(["sh", "-c", f'{loading} && printf %s "$OCPI_TOKEN"'], capture_output=True, check=True)
    assert shown.stdout.decode() == secret


@pytest.mark.parametrize("how", [("cron",), ("systemd",), ("github", *PACKAGE), ("kubernetes", *IMAGE)])
def test_a_scan_without_variables_is_told_to_be_one(posture, how):
    lines = posture("schedule", *how).stdout.splitlines()
    (said,) = (line for line in lines if "--secret NAME" in line)
    assert said.startswith("# ")
    assert "env" not in "\n".join(line for line in lines if not line.startswith("#")).replace("/usr/bin/env", "")
    assert "--secret NAME" not in posture("schedule", *how, "--secret", "OCPI_TOKEN").stdout


@pytest.mark.parametrize("every", ["hour", "day", "week", "month"])
def test_systemd_reads_the_units(posture, tmp_path, every):
    text = posture("schedule", "systemd", "-e", "prod", "--every", every, "--secret", "OCPI_TOKEN").stdout
    service, timer = re.split(r"(?=^# /etc/systemd/system/\S+\.timer)", text, flags=re.MULTILINE)
    units = {}
    for name, content in (("service", service), ("timer", timer)):
        units[name] = configparser.ConfigParser(strict=True, interpolation=None, delimiters=("=",))
        units[name].optionxform = str  # type: ignore[assignment, method-assign]
        units[name].read_string(content)
        assert f"# /etc/systemd/system/ocpi-posture-prod.{name}" in content
    words = shlex.split(units["service"]["Service"]["ExecStart"])
    assert words[0] == "/usr/bin/env"
    assert_scans(words[1:])
    assert units["service"]["Service"]["EnvironmentFile"] == "/etc/ocpi-posture/secrets.env"
    calendar = units["timer"]["Timer"]["OnCalendar"]
    assert re.fullmatch(r"(Mon )?\*-\*-(\*|01) (\*|\d\d):\d\d:00", calendar)
    if shutil.which("systemd-analyze"):
        assert subprocess.run(["systemd-analyze", "calendar", calendar], check=False).returncode == 0


def test_the_workflow_names_secrets_and_fails_as_the_scan_does(posture):
    text = posture("schedule", "github", "-e", "prod", *PACKAGE, "--secret", "OCPI_TOKEN").stdout
    workflow = yaml.load(text, Loader=yaml.BaseLoader)  # which leaves `on` a word
    assert_cron(workflow["on"]["schedule"][0]["cron"].split())
    assert "workflow_dispatch" in workflow["on"]
    assert workflow["concurrency"]["cancel-in-progress"] == "false"
    installing, step, _ = (step for step in workflow["jobs"]["scan"]["steps"] if "run" in step)
    assert shlex.split(installing["run"]) == ["pip", "install", PACKAGE[1]]
    assert_scans(step["run"].split())
    assert step["env"] == {"OCPI_TOKEN": "${{ secrets.OCPI_TOKEN }}"}
    assert "continue-on-error" not in text


def test_the_cron_job_has_no_secret_of_its_own_and_never_overlaps(posture):
    text = posture("schedule", "kubernetes", "--every", "week", *IMAGE, "--secret", "OCPI_TOKEN").stdout
    job = yaml.safe_load(text)
    assert (job["apiVersion"], job["kind"]) == ("batch/v1", "CronJob")
    assert_cron(job["spec"]["schedule"].split())
    assert job["spec"]["concurrencyPolicy"] == "Forbid"
    pod = job["spec"]["jobTemplate"]["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    assert_scans([*container["command"], *container["args"]])
    assert container["env"] == [
        {"name": "OCPI_TOKEN", "valueFrom": {"secretKeyRef": {"name": "ocpi-posture", "key": "OCPI_TOKEN"}}}
    ]
    mounts, volumes = ({one["name"] for one in listed} for listed in (container["volumeMounts"], pod["volumes"]))
    assert mounts == volumes
    assert re.fullmatch(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?", job["metadata"]["name"])


@pytest.mark.parametrize(
    "options, says",
    [
        (("cron", "-c", "x.yaml; rm -rf /"), "-c takes"),
        (("cron", "-c", "x\n* * * * * evil"), "-c takes"),
        (("cron", "--directory", "$(id)"), "--directory takes"),
        (("cron", "-e", "a b"), "-e takes"),
        (("github", "--secret", "tok-canary-91=x"), "never its value"),
        (("cron", "--at", "25:00"), "such as 03:17"),
        (("github",), "needs --package"),
        (("github", "--package", "a; curl b"), "--package takes"),
        (("github", "--package", "-r evil.txt"), "--package takes"),
        (("kubernetes",), "needs --image"),
        (("kubernetes", "--image", "a: b"), "--image takes"),
    ],
)
def test_what_would_become_another_command_or_key_is_refused(posture, options, says):
    ended = posture("schedule", *options)
    assert ended.code == 2
    assert says in ended.stderr
    assert "canary" not in ended.stderr + ended.stdout


@pytest.mark.skipif(shutil.which("jq") is None, reason="jq is not installed: what goes into code scanning is not run")
def test_what_passes_or_is_waived_is_no_alert_of_code_scanning(posture, tmp_path):
    workflow = yaml.safe_load(posture("schedule", "github", *PACKAGE).stdout)
    steps = workflow["jobs"]["scan"]["steps"]
    run = tmp_path / "posture" / "run"
    run.mkdir(parents=True)
    outcomes = (Outcome.FAIL, Outcome.INCONCLUSIVE, Outcome.PASS, Outcome.WAIVED, Outcome.NOT_APPLICABLE)
    findings = [finding(str(outcome), outcome) for outcome in outcomes]
    (run / "report.sarif").write_bytes(render_sarif(posture_of(*findings)))
    (filters,) = [step["run"] for step in steps if "jq" in step.get("run", "")]
    subprocess.run(filters, shell=True, cwd=tmp_path, check=True)
    (uploaded,) = [step["with"]["sarif_file"] for step in steps if "upload-sarif" in step.get("uses", "")]
    results = json.loads((tmp_path / uploaded).read_bytes())["runs"][0]["results"]
    assert {result["ruleId"] for result in results} == {"fail", "inconclusive"}
