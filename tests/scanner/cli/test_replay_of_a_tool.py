"""`replay` of what Checkov says: the program is judged again, as it is now."""

import json
from pathlib import Path

import pytest

from tests.scanner.cloud.running import PYTHON

ANYTHING = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}'
LITTLE = ANYTHING.replace('"*"', '"s3:GetObject"', 1).replace('"*"', '"arn:aws:s3:::bucket/key"')
RULE = "CKV_AWS_62"


def program(folder: Path, text: str) -> None:
    (folder / "stack").mkdir(exist_ok=True)
    (folder / "stack" / "Pulumi.yaml").write_text("name: x\nruntime: python\n")
    (folder / "stack" / "Pulumi.test.yaml").write_text("config:\n  aws:region: eu-west-1\n")
    (folder / "stack" / "__main__.py").write_text(text)


def declaring(policy: str) -> str:
    return f"import pulumi_aws as aws\naws.iam.Policy('admin', policy='{policy}')\n"


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tool")
    stack = {"directory": "stack", "stack": "test", "python": str(PYTHON)}
    file = folder / "ocpi-posture.yaml"
    file.write_text(json.dumps({"environments": {"test": {"cloud": {"programs": {"stack": stack}}}}}))
    return file


@pytest.fixture(scope="module")
def finding(config) -> tuple[Path, str]:
    """A run with a policy that allows everything, and the fingerprint of Checkov's fail."""
    from scanner.cli.entry import run  # noqa: PLC0415 - the fixture that captures output is made for functions

    folder = config.parent
    program(folder, declaring(ANYTHING))
    assert run(["-q", "scan", "-c", str(config), "-o", str(folder / "run"), "--select", RULE]) == 1
    findings = json.loads((folder / "run" / "posture.json").read_bytes())["findings"]
    (fail,) = [f for f in findings if f["check"] == RULE]
    return folder / "run", fail["fingerprint"]


@pytest.mark.parametrize(
    "text,code,said",
    [
        (declaring(ANYTHING), 1, "still there: checkov says fail: "),
        (declaring(LITTLE), 0, "gone: checkov says pass: "),
        ("import no_such_module\n", 3, f"cannot be said: checkov:{RULE} said nothing about "),
    ],
)
def test_the_rule_is_asked_again_about_the_program_as_it_is(posture, finding, tmp_path, text, code, said):
    run, fingerprint = finding
    program(run.parent, text)
    ended = posture("replay", run, fingerprint, "-o", tmp_path / "again")
    assert (ended.code, ended.stdout.startswith(said)) == (code, True), ended.stdout + ended.stderr
    kept = json.loads((tmp_path / "again" / "replay.json").read_bytes())
    assert kept["whole_probes"] == ["cloud-declared"]
    assert bool(kept["evidence"]) == (code != 3)
    assert all((tmp_path / "again" / ref["path"]).is_file() for ref in kept["evidence"])
