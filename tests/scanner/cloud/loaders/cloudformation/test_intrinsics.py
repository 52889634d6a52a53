import pytest

from scanner.model.resource import ABSENT, HIDDEN, UNKNOWN
from tests.scanner.cloud.loaders.cloudformation.templates import by_name, flows, load

HEAD = """
    Parameters:
      Stage: {Type: String, Default: prod}
      Given: {Type: String}
      Token: {Type: String, NoEcho: true, Default: CANARY-0123}
      Zones: {Type: CommaDelimitedList, Default: "a, b"}
      Image: {Type: "AWS::SSM::Parameter::Value<String>", Default: /image}
    Mappings:
      Sizes: {prod: {memory: 512}}
    Conditions:
      IsProd: !Equals [!Ref Stage, prod]
      Not: !Not [!Condition IsProd]
      Both: !And [!Condition IsProd, !Equals [!Ref Given, x]]
      Either: !Or [!Condition IsProd, !Equals [!Ref Given, x]]
      Circle: !Not [!Condition Circle]
    Resources:
      Key: {Type: "AWS::KMS::Key"}
"""


def described(folder, value, **parameters):
    text = f"{HEAD}      One: {{Type: 'AWS::Lambda::Function', Properties: {{Description: {value}}}}}\n"
    return by_name(load(folder, text, **parameters))["One"]


@pytest.mark.parametrize(
    "value, meant",
    [
        ("!Ref Stage", "prod"),
        ("!Ref Given", UNKNOWN),
        ("!Ref Token", HIDDEN),
        ("!Ref Image", UNKNOWN),
        ("!Ref AWS::Region", "eu-west-1"),
        ("!Ref AWS::StackId", UNKNOWN),
        ("!Ref AWS::NoValue", ABSENT),
        ('!Sub "${Stage}-${AWS::AccountId}-${!kept}"', "prod-123456789012-${kept}"),
        ('!Sub ["${A}-x", {A: !Ref Stage}]', "prod-x"),
        ('!Sub "a-${Given}"', UNKNOWN),
        ('!Sub "a-${Token}"', HIDDEN),
        ('!Join ["-", [a, !Ref Stage]]', "a-prod"),
        ('!Join ["-", !Ref Zones]', "a-b"),
        ('!Join ["-", [a, !Ref Given]]', UNKNOWN),
        ("!Select [1, !Ref Zones]", "b"),
        ("!Select [7, !Ref Zones]", UNKNOWN),
        ('!Select [0, !Split ["-", "x-y"]]', "x"),
        ("!FindInMap [Sizes, !Ref Stage, memory]", 512),
        ("!FindInMap [Sizes, !Ref Given, memory]", UNKNOWN),
        ("!If [IsProd, a, b]", "a"),
        ("!If [Not, a, b]", "b"),
        ("!If [Either, a, b]", "a"),
        ("!If [Both, a, b]", UNKNOWN),
        ("!If [Circle, a, b]", UNKNOWN),
        ("!If [Both, same, same]", "same"),
        ("!ImportValue other", UNKNOWN),
        ("!Base64 text", "text"),
        ("{'Fn::ToJsonString': {a: 1}}", '{"a": 1}'),
        ('"{{resolve:secretsmanager:one:SecretString:a}}"', HIDDEN),
        ('"{{resolve:ssm:one}}"', UNKNOWN),
        ("!Anything x", UNKNOWN),
        ("!Sub [1]", UNKNOWN),
        ("!Join x", UNKNOWN),
    ],
)
def test_a_function_is_carried_out_as_far_as_it_can_be(tmp_path, value, meant):
    assert described(tmp_path, value).get("description") == meant


@pytest.mark.parametrize(
    "value", ["!Ref Key", "!GetAtt Key.Arn", '!Sub "${Key}"', '!Sub "${Key.Arn}"', '!Join ["", [a, !GetAtt Key.Arn]]']
)
def test_what_comes_from_a_resource_is_unknown_and_refers_to_it(tmp_path, value):
    one = described(tmp_path, value)
    assert one.get("description") is UNKNOWN
    assert flows(one) == {"description": ["Key"]}


def test_both_sides_of_what_is_not_decided_are_referred_to(tmp_path):
    assert flows(described(tmp_path, "!If [Both, !Ref Key, x]")) == {"description": ["Key"]}
    assert flows(described(tmp_path, "!If [IsProd, x, !Ref Key]")) == {}


def test_a_given_parameter_goes_before_its_default(tmp_path):
    assert described(tmp_path, "!Ref Stage", Stage="test").get("description") == "test"


def test_resources_under_conditions_are_there_or_not_or_named(tmp_path):
    text = f"""{HEAD}
      A: {{Type: "AWS::SQS::Queue", Condition: IsProd}}
      B: {{Type: "AWS::SQS::Queue", Condition: Not}}
      C: {{Type: "AWS::SQS::Queue", Condition: Both}}
      D: {{Type: "AWS::SQS::QueuePolicy", Properties: {{Queues: [!Ref B], PolicyDocument: {{}}}}}}
    """
    declared = load(tmp_path, text)
    assert {"A", "D"} == set(by_name(declared)) & set("ABCD")
    assert declared.missing == ("whether these are made depends on conditions that nothing here decides: C",)


def test_a_name_that_is_nowhere_declared_makes_the_stack_incomplete(tmp_path):
    declared = load(
        tmp_path, f"{HEAD}      E: {{Type: 'AWS::SQS::QueuePolicy', Properties: {{Queues: [!Ref Gone]}}}}\n"
    )
    assert declared.missing == ("names that are referred to and not declared: Gone",)
