import json

import pytest

from scanner.cloud.declared import NotDeclared
from scanner.cloud.loaders.cloudformation.loader import TemplateLoader, load_template
from scanner.model.cloud_input import TemplateInput
from tests.scanner.cloud.loaders.cloudformation.templates import by_name, flows, load

BOMB = "a: &a [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{now}: &{now} [{', '.join([f'*{before}'] * 10)}]\n" for before, now in zip("abcdefg", "bcdefgh", strict=True)
)


def refusal(folder, content: bytes) -> str:
    file = folder / "template"
    file.write_bytes(content)
    with pytest.raises(NotDeclared) as caught:
        load_template(TemplateInput(name="edge", file=file))
    return str(caught.value)


@pytest.mark.parametrize(
    "content, said",
    [
        (b"", "is empty"),
        (b"{", "is no JSON (line 1)"),
        (b'{"Resources": {"A": ', "is no JSON"),
        (b"a: [", "is neither JSON nor YAML (line 2)"),
        (b"\xff\xfe\x00", "UTF-16"),
        (b"\x81\x82", "is neither JSON nor YAML"),
        (b"- 1", "its top is no mapping"),
        (b"text", "its top is no mapping"),
        (b"Outputs: {}", "has no Resources"),
        (b"Resources: {}", "declares no resource at all"),
        (b"Resources: []", "declares no resource at all"),
        (b"Resources: {A: 1}", "declares no resource that is sure to be made"),
        (b'{"format_version": "1.2", "planned_values": {}}', "is a Terraform plan"),
        (b'{"deployment": {}}', "is Pulumi's"),
        (b"Resources: " + b"[" * 5000, "nested more than 100 levels"),
        (b'{"Resources":' + b'{"a":' * 5000 + b"1" + b"}" * 5001, "nested more than 100 levels"),
        (b'{"Resources":' + b'{"a":' * 150 + b"1" + b"}" * 151, "nested more than 100 levels"),
        (b"Resources: &a {A: *a}", "aliases"),
        (BOMB.encode() + b"Resources: {A: {Type: *h}}", "aliases"),
        (b" " * (9 * 2**20), "larger than 8 MiB"),
    ],
)
def test_what_is_no_template_is_refused_in_one_sentence(tmp_path, content, said):
    message = refusal(tmp_path, content)
    assert said in message
    assert "\n" not in message


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(NotDeclared, match="there is no file"):
        load_template(TemplateInput(name="edge", file=tmp_path / "nowhere"))


def test_json_and_yaml_with_tags_mean_the_same(tmp_path):
    document = {
        "Resources": {
            "Key": {"Type": "AWS::KMS::Key"},
            "Topic": {"Type": "AWS::SNS::Topic", "Properties": {"KmsMasterKeyId": {"Fn::GetAtt": ["Key", "Arn"]}}},
        }
    }
    yaml = """
        Resources:
          Key: {Type: "AWS::KMS::Key"}
          Topic: {Type: "AWS::SNS::Topic", Properties: {KmsMasterKeyId: !GetAtt Key.Arn}}
    """
    one, other = load(tmp_path, json.dumps(document, indent=1)), load(tmp_path, yaml)
    assert [flows(found) for found in one.resources] == [flows(found) for found in other.resources]
    assert one.for_checkov is not None
    assert other.for_checkov is not None
    assert one.for_checkov.document == other.for_checkov.document
    assert [found.position.line for found in one.resources if found.position] == [3, 6]


def test_ids_that_stand_twice_are_named(tmp_path):
    text = 'Resources:\n  A: {Type: "AWS::SQS::Queue"}\n  A: {Type: "AWS::SNS::Topic"}\n'
    declared = load(tmp_path, text)
    assert [one.token for one in declared.resources] == ["aws:sns/topic:Topic"]
    assert declared.missing[0].endswith(": A")
    twice = '{"Resources": {"A": {"Type": "AWS::SQS::Queue"}, "A": {"Type": "AWS::SNS::Topic"}}}'
    assert load(tmp_path, twice).missing == declared.missing


def test_what_stands_outside_the_file_makes_the_stack_incomplete(tmp_path):
    text = """
        Transform: [Mine]
        Resources:
          A: {Type: "AWS::CloudFormation::Stack", Properties: {TemplateURL: x}}
          B: {Type: "AWS::Nothing::LikeIt"}
          C: {Type: "Custom::Thing"}
          D: {Type: "AWS::SQS::Queue", Properties: {NoSuchProperty: 1}}
          "Fn::ForEach::Loop": [X, !Ref Unknown, {"${X}Queue": {Type: "AWS::SQS::Queue"}}]
    """
    declared = load(tmp_path, text)
    said = " | ".join(declared.missing)
    for part in ("macros change the template", "Mine", "nested stacks", "AWS::Nothing::LikeIt", "Fn::ForEach::Loop"):
        assert part in said
    assert "Custom::Thing" in declared.unmapped[0]
    assert declared.unmapped[-1].endswith(": D NoSuchProperty")


def test_a_type_of_another_trade_leaves_nothing_open_and_is_named(tmp_path):
    text = """
        Resources:
          Queue: {Type: "AWS::SQS::Queue"}
          Cost: {Type: "AWS::CUR::NotKnownHere"}
          Film: {Type: "AWS::MediaLive::NotKnownHere"}
    """
    declared = load(tmp_path, text)
    assert declared.missing == ()
    assert declared.unmapped == (
        "resources that no rule looks for: AWS::CUR::NotKnownHere, AWS::MediaLive::NotKnownHere",
    )


@pytest.mark.parametrize(
    "kind",
    [
        *("AWS::EC2::NewGateway", "AWS::IAM::NewRole", "AWS::MediaLive", "AWS::NewService::X"),
        *("AWS::GameLift::NewFleet", "AWS::MediaStore::NewContainer"),  # run code on the internet, keep objects
    ],
)
def test_a_type_that_may_matter_leaves_open_what_rests_on_absence(tmp_path, kind):
    text = f"""
        Resources:
          Queue: {{Type: "AWS::SQS::Queue"}}
          New: {{Type: "{kind}"}}
    """
    (missing,) = load(tmp_path, text).missing
    assert kind in missing


def test_a_loop_over_known_values_is_written_out(tmp_path):
    text = """
        Transform: AWS::LanguageExtensions
        Resources:
          "Fn::ForEach::Loop":
            - X
            - [One, Two]
            - {"Queue${X}": {Type: "AWS::SQS::Queue", Properties: {QueueName: !Sub "q-${X}"}}}
    """
    declared = load(tmp_path, text)
    assert {name: one.get("name") for name, one in by_name(declared).items()} == {
        "QueueOne": "q-One",
        "QueueTwo": "q-Two",
    }
    assert declared.missing == ()


def test_resources_that_refer_to_each_other_in_a_circle_are_read(tmp_path):
    text = """
        Resources:
          A: {Type: "AWS::EC2::SecurityGroup", Properties: {GroupDescription: !Ref B}}
          B: {Type: "AWS::EC2::SecurityGroup", Properties: {GroupDescription: !Ref A}}
    """
    assert flows(by_name(load(tmp_path, text))["A"]) == {"description": ["B"]}


@pytest.mark.parametrize(
    "properties", ["x", "[1]", "{Tags: 3, VpcConfig: [x], Environment: {Variables: 1}, Code: !If [a]}"]
)
def test_damaged_properties_do_not_end_the_reading(tmp_path, properties):
    assert load(tmp_path, f'Resources: {{A: {{Type: "AWS::Lambda::Function", Properties: {properties}}}}}').resources


def test_a_hostile_name_stays_one_line(tmp_path):
    (one,) = load(tmp_path, 'Resources: {"A\\n::${x}/../": {Type: "AWS::SQS::Queue"}}').resources
    assert "\n" not in one.urn + one.name


def test_preflight_and_dry_run_say_what_there_is(tmp_path):
    load(tmp_path, 'Resources: {A: {Type: "AWS::SQS::Queue"}}')
    loader, given = TemplateLoader(), TemplateInput(name="edge", file=tmp_path / "template.yaml")
    assert loader.ready(given) == "template.yaml, 1 resources"
    assert "on this machine" in loader.plan(given)
    assert loader.stack(given) == "edge"
