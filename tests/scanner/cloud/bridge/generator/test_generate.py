"""A made-up SDK of three resources and the schema of the same provider, in the form of the published packages."""

import gzip
import json
from pathlib import Path
from textwrap import dedent

import pytest

from scanner.cloud.bridge.generator.__main__ import SourceChanged, generate
from scanner.cloud.bridge.generator.match_properties import PropertyMapper
from scanner.cloud.bridge.generator.match_tokens import features, likeness, match_tokens
from scanner.cloud.bridge.generator.pulumi_sdk import read_pulumi
from scanner.cloud.bridge.generator.shapes import Shape
from scanner.cloud.bridge.generator.terraform_schema import read_terraform, string_attributes
from scanner.cloud.bridge.generator.write import map_document, packed, review_text
from scanner.cloud.bridge.token_map import parse_map

GATE_PY = """
import pulumi
@pulumi.input_type
class GateArgs:
    @_builtins.property
    @pulumi.getter(name="wallIds")
    def wall_ids(self) -> pulumi.Input[Sequence[pulumi.Input[_builtins.str]]]: ...
    @_builtins.property
    @pulumi.getter
    def policy(self) -> pulumi.Input[Optional[Union[_builtins.str, 'PolicyDocumentArgs']]]: ...
    @_builtins.property
    @pulumi.getter
    def hinges(self) -> pulumi.Input[Optional[Sequence[pulumi.Input['GateHingeArgs']]]]: ...
    @_builtins.property
    @pulumi.getter
    def lock(self) -> pulumi.Input[Optional['GateLockArgs']]: ...
    @_builtins.property
    @pulumi.getter
    def code(self) -> pulumi.Input[Optional[pulumi.Archive]]: ...
    @_builtins.property
    @pulumi.getter
    def tags(self) -> pulumi.Input[Optional[Mapping[str, pulumi.Input[_builtins.str]]]]: ...
    @_builtins.property
    @pulumi.getter
    def sparkle(self) -> pulumi.Input[Optional[_builtins.bool]]: ...

@pulumi.type_token("aws:castle/gate:Gate")
class Gate(pulumi.CustomResource):
    @_builtins.property
    @pulumi.getter
    def arn(self) -> pulumi.Output[_builtins.str]: ...
"""
INPUTS_PY = """
class GateHingeArgs:
    @_builtins.property
    @pulumi.getter(name="pinCount")
    def pin_count(self) -> pulumi.Input[_builtins.int]: ...
class GateLockArgs:
    @_builtins.property
    @pulumi.getter
    def spare(self) -> pulumi.Input[Optional['GateLockArgs']]: ...
class PolicyDocumentArgs:
    pass
"""
GATE_JS = """
function castleGateLockToHclTerraform(struct) {
    const attrs = {
        spare: {
            value: castleGateLockToHclTerraform(struct.spare),
            isBlock: true,
            type: "struct",
            storageClassType: "CastleGateLock",
        },
    };
}
class CastleGateHingeOutputReference extends cdktn.ComplexObject {
    // pin_count - computed: false, optional: false, required: true
    get pinCount() { return this.getNumberAttribute('pin_count'); }
}
class CastleGateLockOutputReference extends cdktn.ComplexObject {
    // spare - computed: false, optional: true, required: false
    _spare = new CastleGateLockOutputReference(this, "spare");
}
class CastleGate extends cdktn.TerraformResource {
    static tfResourceType = "aws_castle_gate";
        providerVersion: '9.9.9',
    // arn - computed: true, optional: false, required: false
    get arn() { return this.getStringAttribute('arn'); }
    // filename - computed: false, optional: true, required: false
    get filename() { return this.getStringAttribute('filename'); }
    // hinge - computed: false, optional: true, required: false
    _hinge = new CastleGateHingeList(this, "hinge", false);
    // lock - computed: false, optional: true, required: false
    _lock = new CastleGateLockOutputReference(this, "lock");
    // policy - computed: false, optional: true, required: false
    get policy() { return this.getStringAttribute('policy'); }
    // tags - computed: false, optional: true, required: false
    get tags() { return this.getStringMapAttribute('tags'); }
    // wall_ids - computed: false, optional: false, required: true
    get wallIds() { return cdktn.Fn.tolist(this.getListAttribute('wall_ids')); }
    synthesizeHclAttributes() {
        const attrs = {
            lock: {
                value: castleGateLockToHclTerraform(this._lock.internalValue),
                isBlock: true,
                type: "list",
                storageClassType: "CastleGateLockList",
            },
        };
    }
}
"""
OVERRIDES = {"aws:castle/gate:Gate": {"code": "filename"}}


@pytest.fixture
def pulumi_aws(tmp_path: Path) -> Path:
    module = tmp_path / "pulumi_aws" / "castle"
    module.mkdir(parents=True)
    (module / "gate.py").write_text(GATE_PY, encoding="utf-8")
    (module / "_inputs.py").write_text(INPUTS_PY, encoding="utf-8")
    return module.parent


@pytest.fixture
def cdktn(tmp_path: Path) -> Path:
    folder = tmp_path / "package" / "lib" / "castle-gate"
    folder.mkdir(parents=True)
    (folder / "index.js").write_text(dedent(GATE_JS), encoding="utf-8")
    data_source = folder.parent / "data-aws-castle-gate"
    data_source.mkdir()
    (data_source / "index.js").write_text(GATE_JS.replace("aws_castle_gate", "aws_wrong"), encoding="utf-8")
    return folder.parent.parent


def test_the_map_of_a_small_provider_says_how_each_property_is_rebuilt(pulumi_aws, cdktn):
    pulumi, terraform = read_pulumi(pulumi_aws, "1.2.3"), read_terraform(cdktn)
    matches = match_tokens(pulumi, terraform)
    mapper = PropertyMapper(pulumi, terraform, OVERRIDES)
    data = packed(map_document(matches, mapper, pulumi, terraform))
    known = parse_map(data)

    assert known.terraform_type("aws:castle/gate:Gate") == "aws_castle_gate"
    assert (known.pulumi_aws, known.terraform_aws) == ("1.2.3", "9.9.9")
    table = known.table_of("aws:castle/gate:Gate")
    assert known.rule(table, "wallIds").name == "wall_ids"
    assert known.rule(table, "policy").json_text
    assert (known.rule(table, "hinges").name, known.rule(table, "hinges").wrap) == ("hinge", False)
    assert (known.rule(table, "code").name, known.rule(table, "code").asset) == ("filename", True)
    assert known.rule(table, "tags").below is None
    assert known.rule(table, "sparkle").unmatched
    lock = known.rule(table, "lock")
    assert lock.wrap
    assert lock.below is not None
    assert not known.rule(lock.below, "spare").wrap, "a plain object attribute is not wrapped"
    assert known.rule(lock.below, "spare").below == lock.below, "a recursive type is one table"

    review = review_text(matches, mapper.review, pulumi, terraform)
    assert "aws:castle/gate:Gate sparkle" in review
    assert packed(map_document(matches, PropertyMapper(pulumi, terraform, OVERRIDES), pulumi, terraform)) == data


def test_the_readers_see_shapes_and_count_strings(pulumi_aws, cdktn):
    pulumi, terraform = read_pulumi(pulumi_aws, "1"), read_terraform(cdktn)
    gate = pulumi.resources["aws:castle/gate:Gate"]
    assert gate["arn"].settable is False
    assert gate["hinges"].shape is Shape.LIST
    assert gate["tags"].shape is Shape.MAP
    assert "aws_wrong" not in terraform.resources, "data sources are no resources"
    assert string_attributes(terraform) == 3


def test_inputs_are_read_under_their_other_name_where_a_nested_type_has_theirs(pulumi_aws):
    renamed = GATE_PY.replace("class GateArgs:", "class GateInitArgs:")
    (pulumi_aws / "castle" / "gate.py").write_text(dedent(renamed), encoding="utf-8")
    gate = read_pulumi(pulumi_aws, "1").resources["aws:castle/gate:Gate"]
    assert gate["hinges"].settable
    assert gate["hinges"].block == "castle/GateHingeArgs"


def test_a_package_of_another_form_fails_loudly_and_writes_nothing(pulumi_aws, cdktn, tmp_path):
    with pytest.raises(SourceChanged, match="1 types, 3 string attributes"):
        generate(pulumi_aws, cdktn, tmp_path / "map.json.gz", tmp_path / "review.txt")
    assert not (tmp_path / "map.json.gz").exists()


def test_a_folder_without_resources_is_refused(tmp_path):
    with pytest.raises(ValueError, match="no Terraform resource"):
        read_terraform(tmp_path)


def test_likeness_is_one_for_equal_properties_and_falls_with_each_difference(pulumi_aws, cdktn):
    terraform = read_terraform(cdktn)
    whole = features(terraform.resources["aws_castle_gate"], terraform)
    assert likeness(whole, whole) == 1.0
    assert 0 < likeness(whole, {k: v for k, v in whole.items() if k != "policy"}) < 1
    assert likeness(whole, {"other": 1.0}) == 0.0


def test_the_committed_review_list_belongs_to_the_committed_map():
    bridge = Path("scanner/cloud/bridge")
    document = json.loads(gzip.decompress((bridge / "map.json.gz").read_bytes()))
    first = (bridge / "generator" / "review.txt").read_text(encoding="utf-8").splitlines()[0]
    assert first == f"# pulumi-aws {document['pulumi_aws']}, Terraform provider {document['terraform_aws']}"
    unmatched = sum("u" in entry for table in document["types"] for entry in table.values())
    review = (bridge / "generator" / "review.txt").read_text(encoding="utf-8")
    assert unmatched <= int(review.split("unmatched: ")[1].split("\n")[0])
    assert unmatched > 0
