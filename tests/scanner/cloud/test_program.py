"""Real programs in a real child process, without engine, provider and AWS."""

import json
import re
from collections.abc import Mapping
from types import SimpleNamespace

import pytest

from scanner.cloud.declared import Declared
from scanner.cloud.gaps import unseen
from scanner.cloud.program import ProgramFailed, ProgramRun, read_run
from scanner.cloud.project import read_project
from scanner.cloud.secret_detection import detected_in_values
from scanner.cloud.suspects import suspected_secrets
from scanner.gate.process import ProcessResult
from scanner.model.resource import ABSENT, HIDDEN, UNKNOWN, Resource
from tests.scanner.cloud.running import PYTHON, program, result_of, run_of
from tests.targets.busy_machine import seen_in_time


@pytest.fixture(scope="module")
def sample(tmp_path_factory) -> ProgramRun:
    return run_of(program("sample"), tmp_path_factory.mktemp("home"))


def by_name(run: ProgramRun) -> Mapping[tuple[str, str], Resource]:
    return {(one.token.split(":")[-1], one.name): one for one in run.resources}


def test_the_pulumi_environment_is_there():
    assert PYTHON.exists(), "make the Pulumi environment first: `make`"


def test_every_declared_resource_arrives_sorted_with_its_line(sample):
    assert sample.problem is None
    assert [one.urn for one in sample.resources] == sorted(one.urn for one in sample.resources)
    key = by_name(sample)[("Key", "tokens")]
    assert key.position is not None
    assert (key.position.file, key.position.line) == ("__main__.py", 23)
    inside = by_name(sample)[("Secret", "partner")]
    assert inside.position is not None
    assert inside.position.line == 15, "in a component, the line in the component"


def test_urns_and_parents_are_those_of_the_engine(sample):
    secret = by_name(sample)[("Secret", "partner")]
    assert secret.urn == "urn:pulumi:test::sample::sample:store:TokenStore$aws:secretsmanager/secret:Secret::partner"
    store = by_name(sample)[("TokenStore", "partner")]
    assert (secret.parent, store.custom, secret.custom) == (store.urn, False, True)
    assert by_name(sample)[("Key", "tokens")].urn == "urn:pulumi:test::sample::aws:kms/key:Key::tokens"


def test_config_comes_from_defaults_stack_and_scan(sample, tmp_path):
    assert by_name(sample)[("Key", "tokens")].inputs["deletionWindowInDays"] == 14
    assert {name for kind, name in by_name(sample) if kind == "Subnet"} == {"private-a", "private-b"}
    other = run_of(program("sample", keyDays="30"), tmp_path)
    assert by_name(other)[("Key", "tokens")].inputs["deletionWindowInDays"] == 30


def test_secrets_are_hidden_wherever_they_flow_and_never_written(sample):
    resources = by_name(sample)
    assert resources[("SecretVersion", "partner")].inputs["secretString"] is HIDDEN
    assert resources[("Parameter", "partner")].inputs["value"] is HIDDEN
    assert resources[("Function", "service")].get("environment.variables.TOKEN") is HIDDEN
    text = json.dumps(sample.document)
    assert "CANARY" not in text
    assert "IOSFODNN7EXAMPLE" not in text
    assert resources[("aws", "frankfurt")].inputs["accessKey"] is HIDDEN


def test_documents_built_from_outputs_can_be_read(sample):
    resource = by_name(sample)[("BucketPolicy", "logs")].get("policy.Statement.0.Resource")
    assert str(resource).startswith("arn:aws:s3:::logs")
    trust = json.loads(str(by_name(sample)[("Role", "service")].inputs["assumeRolePolicy"]))
    assert trust["Statement"][0]["Principal"] == {"Service": "lambda.amazonaws.com"}


def test_what_flows_into_a_property_is_recorded(sample):
    resources = by_name(sample)
    policy = resources[("BucketPolicy", "logs")]
    assert policy.depends_on_by_property == {
        "bucket": (resources[("Bucket", "logs")].urn,),
        "policy": (resources[("Bucket", "logs")].urn,),
    }


def test_a_provider_brings_region_and_account(sample):
    provider = by_name(sample)[("Bucket", "logs")].provider
    assert provider is not None
    assert (provider.region, provider.account) == ("eu-central-1", "210987654321")


def test_what_aws_alone_decides_is_unknown(sample):
    resources = by_name(sample)
    assert resources[("MetricAlarm", "errors")].inputs["threshold"] is UNKNOWN
    assert resources[("Subnet", "private-a")].inputs["availabilityZone"] == "eu-west-1a"
    assert resources[("Function", "service")].get("timeout") is ABSENT
    assert resources[("Function", "service")].get("code.asset.path") == "./app"


def test_a_program_that_raises_gives_what_it_declared_before_and_where_it_stopped(tmp_path):
    run = run_of(program("raises"), tmp_path)
    assert [one.name for one in run.resources] == ["first"]
    assert run.problem == "the Pulumi program raises stopped with RuntimeError: no such partner"
    assert run.problem_at is not None
    assert (run.problem_at.file, run.problem_at.line) == ("__main__.py", 5)


def test_a_program_that_hangs_gives_what_it_declared_before_and_where_it_hangs(tmp_path):
    def ended(attempt: int) -> ProgramRun:
        return run_of(program("hangs", timeout_s=2.0 * 4**attempt), tmp_path)

    run = seen_in_time(ended, lambda run: bool(run.resources))  # nothing was declared while the SDK was loaded
    assert [one.name for one in run.resources] == ["first"]
    assert re.fullmatch(r"the Pulumi program hangs did not end within (8|32|128) seconds", run.problem or "")
    assert run.problem_at is not None
    assert run.problem_at.line == 6


def test_a_program_that_leaves_the_process_is_said_to_have_given_nothing(tmp_path):
    given = program("leaves")
    with pytest.raises(ProgramFailed, match="ended with 7 before it said anything"):
        read_run(result_of(given, tmp_path), given, read_project(given))


@pytest.fixture(scope="module")
def asks(tmp_path_factory) -> ProgramRun:
    return run_of(program("asks"), tmp_path_factory.mktemp("home"))


def named(run: ProgramRun, name: str) -> Resource:
    return next(one for one in run.resources if one.name == name)


def test_what_only_aws_knows_is_named_and_what_rests_on_it_is_unknown(asks):
    assert asks.problem is None
    assert asks.unanswered == (
        "aws:ec2/getAmi:getAmi",
        "aws:route53/getZone:getZone",
        "aws:ssm/getParameter:getParameter",
    )
    relay = named(asks, "relay")
    assert (relay.inputs["ami"], relay.inputs["userData"]) == (UNKNOWN, UNKNOWN), "also as a part of a longer text"
    assert relay.inputs["instanceType"] == "t3.micro"
    assert named(asks, "private").inputs["vpcId"] is UNKNOWN, "an output of another stack"


def test_an_answer_has_the_right_types_and_echoes_what_was_asked(asks):
    record = named(asks, "ocpi")
    assert (record.inputs["zoneId"], record.inputs["name"]) == (UNKNOWN, "ocpi.example.com")


def test_what_follows_from_the_question_alone_is_answered(asks):
    topic = named(asks, "all")
    assert (topic.inputs["name"], topic.inputs["displayName"]) == ("a-bucket-a-key", "logs.amazonaws.com")


def test_an_answer_that_the_program_waits_for_as_an_output_is_no_gap(asks):
    assert named(asks, "https").inputs["certificateArn"] is UNKNOWN
    assert not any("getCertificate" in sentence for sentence in unseen(asks))


def test_resources_that_are_declared_once_a_value_is_known_are_missing_with_their_line(asks):
    assert [(one.file, one.line) for one in asks.skipped] == [("__main__.py", 29)]
    assert "it declares resources at __main__.py:29 once a value is known that is unknown until deploy" in unseen(asks)


def test_a_component_of_another_provider_hides_its_resources_and_is_named(asks):
    assert asks.remote == ("awsx:ec2:Vpc",)
    assert any("made by their own provider" in sentence and "awsx:ec2:Vpc" in sentence for sentence in unseen(asks))


def test_nothing_of_the_callers_can_be_read_and_nobody_be_reached(tmp_path, monkeypatch):
    """Files and other processes are out of reach where the kernel has Landlock, which `confined` says."""
    home, scratch = tmp_path / "home", tmp_path / "scratch"
    (home / ".aws").mkdir(parents=True)
    scratch.mkdir()
    (home / ".aws" / "credentials").write_text("CANARY-of-the-file")
    (home / "notes.txt").write_text("plain notes")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "CANARY-of-the-environment")
    monkeypatch.setenv("HOME", str(home))
    run = run_of(program("reaches", home=str(home)), scratch)
    seen = _of(run)
    assert "CANARY" not in str(seen["environment"])
    assert seen["network"] == "ConnectionRefusedError"
    assert run.refused == ("192.0.2.7",)
    assert any("it wants to reach 192.0.2.7" in sentence for sentence in unseen(run))
    assert (seen["neighbour"], str(seen["itself"])[:6]) == ("plain notes", "python")
    if not run.confined:
        pytest.skip("this kernel has no Landlock: files of the caller are readable")
    assert (seen["store"], seen["parent"]) == ("PermissionError", "PermissionError")


@pytest.mark.parametrize("linked", ["nothing", "the store", "the file", "something else"])
@pytest.mark.parametrize("home_of", ["the environment", "the account"])
def test_credentials_are_out_of_reach_in_each_home_and_wherever_links_lead(tmp_path, monkeypatch, home_of, linked):
    home, kept, scratch = (tmp_path / name for name in ("home", "kept", "scratch"))
    for folder in (home, kept, scratch):
        folder.mkdir()
    store = kept if linked in {"the store", "the file"} else home / ".aws"
    store.mkdir(exist_ok=True)
    (store / "credentials").write_text("CANARY-of-the-file")
    if linked == "the store":
        (home / ".aws").symlink_to(kept)
    elif linked == "the file":
        (home / ".aws").mkdir()
        (home / ".aws" / "credentials").symlink_to(kept / "credentials")
    elif linked == "something else":
        (home / ".aws" / "config").symlink_to("n" * 300)  # leads where nobody can look
    if home_of == "the environment":
        monkeypatch.setenv("HOME", str(home))
    else:
        monkeypatch.setenv("HOME", str(tmp_path / "of-a-job"))
        monkeypatch.setattr("pwd.getpwuid", lambda _uid: SimpleNamespace(pw_dir=str(home)))
    run = run_of(program("reaches", home=str(home)), scratch)
    if not run.confined:
        pytest.skip("this kernel has no Landlock: files of the caller are readable")
    assert _of(run)["store"] == "PermissionError"


def test_a_history_that_is_led_nowhere_takes_nothing_from_a_program(tmp_path, monkeypatch):
    home, scratch = tmp_path / "home", tmp_path / "scratch"
    for folder in (home, scratch):
        folder.mkdir()
    for name in (".bash_history", ".netrc"):
        (home / name).symlink_to("/dev/null")
    monkeypatch.setenv("HOME", str(home))
    assert _of(run_of(program("reaches", home=str(home)), scratch))["null"] == ""


def test_a_job_without_any_home_has_its_program_run(tmp_path, monkeypatch):
    def nobody(_uid):
        raise KeyError("getpwuid(): uid not found")

    monkeypatch.delenv("HOME")
    monkeypatch.setattr("pwd.getpwuid", nobody)
    assert _of(run_of(program("reaches", home=str(tmp_path)), tmp_path))["itself"]


def _of(run):
    """The tags in which the program `reaches` tells what it got at."""
    seen = named(run, "first").inputs["tags"]
    assert isinstance(seen, Mapping)
    return seen


def test_a_resource_that_is_only_looked_up_is_not_declared_and_the_environment_is_empty(tmp_path, monkeypatch):
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "of-the-caller")
    run = run_of(program("looks_up"), tmp_path)
    assert [one.name for one in run.resources] == ["private"]
    assert run.looked_up == ("urn:pulumi:test::looks_up::aws:ec2/vpc:Vpc::shared",)
    seen = run.resources[0].inputs["tags"]
    assert isinstance(seen, Mapping)
    assert "AWS_SECRET_ACCESS_KEY" not in seen


@pytest.fixture(scope="module")
def transformed(tmp_path_factory) -> ProgramRun:
    return run_of(program("transforms"), tmp_path_factory.mktemp("home"))


def test_transforms_are_applied_from_the_resource_outwards(transformed):
    assert transformed.problem is None
    key = by_name(transformed)[("Key", "partner")]
    assert key.inputs["tags"] == {"own": "partner", "parent": "partner", "stack": "partner"}
    assert (key.inputs["enableKeyRotation"], key.inputs["description"]) == (True, "older")
    assert "enableKeyRotation" not in by_name(transformed)[("Key", "before")].inputs, (
        "declared before it was registered"
    )


def test_what_transforms_do_not_touch_stays_what_it_is(transformed):
    resources = by_name(transformed)
    secret = resources[("Secret", "plain")]
    assert secret.depends_on_by_property["kmsKeyId"] == (resources[("Key", "partner")].urn,)
    assert secret.inputs["kmsKeyId"] == resources[("Key", "partner")].outputs["keyId"]
    assert secret.provider is not None
    assert secret.provider.region == "eu-central-1"
    assert resources[("SecretVersion", "plain")].inputs["secretString"] is HIDDEN
    assert resources[("MetricAlarm", "errors")].inputs["threshold"] is UNKNOWN
    assert "CANARY" not in json.dumps(transformed.document)


def test_transforms_of_look_ups_are_said_to_have_been_left_out(transformed):
    assert unseen(transformed) == ("it registers transforms of look-ups, which were not applied",)


def test_a_transform_that_raises_stops_the_program_with_what_it_said(tmp_path):
    run = run_of(program("spoils"), tmp_path)
    assert [one.name for one in run.resources] == ["first"]
    assert run.problem is not None
    assert "a transform of second failed: no key may be made here" in run.problem


@pytest.mark.parametrize(
    "changes, message",
    [
        ({"timed_out": True}, "had to be ended after 60 s"),
        ({"truncated": True}, "wrote more than it may"),
        (
            {"exit_code": 1, "stderr": b"Traceback\nModuleNotFoundError: No module named 'pulumi'"},
            "No module named 'pulumi'",
        ),
        ({"stdout": b"[]"}, "before it said anything"),
    ],
)
def test_a_child_without_a_usable_answer_is_one_clear_sentence(changes, message):
    whole = {"exit_code": 0, "stdout": b"", "stderr": b"", "timed_out": False, "truncated": False, "elapsed_s": 1.0}
    given = program("raises")
    with pytest.raises(ProgramFailed, match=message):
        read_run(ProcessResult(**{**whole, **changes}), given, read_project(given))


def test_a_program_that_eats_all_memory_is_stopped_at_its_limit(tmp_path):
    run = run_of(program("eats"), tmp_path)
    assert run.problem is not None
    assert run.problem.startswith("the Pulumi program eats stopped with MemoryError")
    assert [one.name for one in run.resources] == ["first"]


def test_code_is_handed_on_by_path_and_its_text_is_looked_at_without_being_kept(tmp_path):
    given = program("handed")
    run = run_of(given, tmp_path)
    token = "d41d8cd9" + "8f00b204" * 2 + "ecf8427e"
    assert [(one.urn.rpartition("::")[2], one.path) for one in run.texts] == [("inline", "code.index.py")]
    assert token not in json.dumps(run.document)
    declared = Declared(source="test", resources=run.resources, document=run.document, texts=run.texts)
    fact = suspected_secrets("handed/test", declared, detected_in_values(declared), given.directory, ())
    assert [one.path for one in fact.found] == ["code.index.py"]
    assert (fact.files, fact.unread) == (("__main__.py", "app/handler.py"), ())
