import asyncio
from pathlib import Path
from typing import Any, cast

import pytest

from scanner.cloud.declared import Declared, NotDeclared
from scanner.cloud.loaders.catalog import loader_of
from scanner.cloud.place import Place
from scanner.model.cloud_input import CloudInput, PreviewInput
from scanner.model.resource import ABSENT, HIDDEN, UNKNOWN, Resource
from tests.scanner.cloud.engine_made import (
    SAMPLES,
    UNKNOWN_TEXT,
    export,
    names,
    preview,
    read_preview,
    state,
    step,
    urn,
)

FIRST = PreviewInput(name="edge", file=SAMPLES / "preview-create.json")
LATER = PreviewInput(name="edge", file=SAMPLES / "preview-update.json")
MERGED = PreviewInput(name="edge", file=SAMPLES / "preview-update.json", state=SAMPLES / "stack-export.json")
WHOLE = PreviewInput(name="edge", file=SAMPLES / "preview-update-show-sames.json")


def loaded(one: CloudInput) -> Declared:
    declared = asyncio.run(loader_of(one).load(one, cast("Place", None)))
    assert isinstance(declared, Declared)
    return declared


def the(declared: Declared, token: str, name: str) -> Resource:
    (found,) = (one for one in declared.resources if (one.token, one.name) == (token, name))
    return found


def test_a_first_preview_declares_every_resource_and_nothing_is_missing():
    declared = loaded(FIRST)
    assert (len(declared.resources), declared.missing) == (19, ())
    assert {one.stack for one in declared.resources} == {"edge/test"}
    assert [one.urn for one in declared.resources] == sorted(one.urn for one in declared.resources)


def test_what_the_engine_cannot_know_yet_is_unknown_also_inside_lists_and_objects():
    declared = loaded(FIRST)
    function = the(declared, "aws:lambda/function:Function", "ocpi")
    assert function.get("vpcConfig.subnetIds.1") is UNKNOWN
    assert function.get("environment.variables.TABLE") is UNKNOWN
    assert function.get("memorySize") == 512
    assert function.get("kmsKeyArn") is ABSENT


def test_a_secret_of_a_preview_is_hidden():
    version = the(loaded(FIRST), "aws:secretsmanager/secretVersion:SecretVersion", "partner-a")
    assert version.get("secretString") is HIDDEN


def test_references_keep_the_property_that_they_flow_into():
    table = the(loaded(FIRST), "aws:dynamodb/table:Table", "cdrs")
    key = the(loaded(FIRST), "aws:kms/key:Key", "tokens")
    assert table.depends_on_by_property == {"serverSideEncryption": (key.urn,)}


def test_a_provider_has_its_region_and_the_account_of_the_role_that_it_assumes():
    declared = loaded(FIRST)
    there = the(declared, "aws:s3/bucket:Bucket", "logs").provider
    assert there is not None
    assert (there.region, there.account) == ("eu-west-1", "210987654321")
    here = the(declared, "aws:ec2/vpc:Vpc", "ocpi").provider
    assert here is not None
    assert (here.region, here.account) == ("eu-central-1", None)


def test_a_resource_in_a_component_points_into_the_component():
    declared = loaded(FIRST)
    position = the(declared, "aws:secretsmanager/secret:Secret", "partner-a").position
    assert position is not None
    assert (position.file, position.line) == ("__main__.py", 15)


def test_a_later_preview_says_how_many_unchanged_resources_it_hides():
    declared = loaded(LATER)
    assert declared.missing == (
        "13 unchanged resources are not in preview-update.json: use --show-sames, or give the state too",
    )
    assert len(declared.resources) == 6


def test_with_the_state_beside_it_a_later_preview_is_whole_and_equal_to_the_one_that_shows_everything():
    merged, whole = loaded(MERGED), loaded(WHOLE)
    assert (merged.missing, whole.missing) == ((), ())
    engine_made = {"default_7_51_1"}
    assert [one.urn for one in merged.resources if one.name not in engine_made] == [o.urn for o in whole.resources]
    own = {one.urn: one.inputs for one in whole.resources}
    for one in merged.resources:
        assert one.name in engine_made or one.inputs == own[one.urn], one.urn


def test_what_a_preview_deletes_is_not_declared_and_what_it_replaces_is_there_once():
    for declared in (loaded(MERGED), loaded(WHOLE)):
        assert not [one for one in declared.resources if one.token == "aws:sns/topic:Topic"]
        the(declared, "aws:ec2/subnet:Subnet", "private-0")
        the(declared, "aws:sqs/queue:Queue", "dead-letters")


def test_the_last_state_of_a_replacement_counts_and_its_old_half_does_not():
    old, new = state("a", {"acl": "private"}), state("a", {"acl": "public-read"})
    left_over = state("b", delete=True)
    declared = read_preview(
        preview(
            step("delete", old=left_over),
            step("same", new=state("b"), old=state("b")),
            step("create-replacement", new=new, old=old),
            step("replace", new=new, old=old),
            step("delete-replaced", old=old),
        )
    )
    assert names(declared) == ["a", "b"]
    assert declared.resources[0].get("acl") == "public-read"


def test_what_is_only_read_is_not_declared_and_may_be_referred_to():
    looked_up = state("shared", external=True)
    using = state("a", propertyDependencies={"bucket": [looked_up["urn"]]})
    declared = read_preview(preview(step("read", new=looked_up), step("create", new=using)))
    assert (names(declared), declared.missing) == (["a"], ())


def test_an_imported_resource_is_declared():
    assert names(read_preview(preview(step("import", new=state("a"))))) == ["a"]


def test_steps_of_a_refresh_are_told_from_what_becomes_of_a_resource():
    gone, kept = state("gone"), state("kept")
    declared = read_preview(
        preview(
            step("refresh", new=kept, old=kept),
            step("delete", old=gone),
            step("update", new=kept, old=kept),
            step("create", new=gone),
        )
    )
    assert (names(declared), declared.missing) == (["gone", "kept"], ())


def test_a_resource_that_was_renamed_is_not_taken_from_the_state_a_second_time():
    before, after = state("before"), state("after", aliases=[urn("before")])
    document = preview(step("update", new=after, old=before), changeSummary={"update": 1, "same": 1})
    declared = read_preview(document, export(before, state("c")))
    assert (names(declared), declared.missing) == (["after", "c"], ())


def test_a_state_of_another_time_is_said_and_adds_nothing_to_a_preview_that_shows_everything():
    document = preview(step("create", new=state("a")))
    declared = read_preview(document, export(state("old-one"), state("old-two")))
    assert names(declared) == ["a"]
    (sentence,) = declared.missing
    assert sentence.startswith("state.json holds 2 resources that the preview does not show, which speaks of 0 ")


def test_a_state_of_another_stack_is_refused():
    other = state("a") | {"urn": urn("a", stack="prod")}
    with pytest.raises(NotDeclared, match="the state of another stack"):
        read_preview(preview(step("create", new=state("a"))), export(other))


@pytest.mark.parametrize(
    "document, sentence",
    [
        (preview(step("create", new=state("a")), changeSummary={"create": 3}), "speaks of 2 more steps of kind create"),
        (preview(step("create", new=state("a")), changeSummary=None), "no summary of its changes"),
        (preview(step("create", new=state("a")), step("conjure", new=state("b"))), "not understood here: conjure"),
        (preview(step("create", new=state("a")), {"op": "same", "urn": urn("b")}), "could not write the state of aws:"),
        (preview(step("create", new=state("a")), maybeCorrupt=True), "the stack may be corrupt"),
        (
            preview(step("create", new=state("a", propertyDependencies={"x": [urn("lost")]}))),
            "1 resources are referred to and not there: aws:s3/bucket:Bucket::lost",
        ),
    ],
)
def test_a_preview_that_may_hold_less_than_the_stack_says_why(document, sentence):
    declared = read_preview(document)
    assert "a" in names(declared)
    assert any(sentence in missing for missing in declared.missing), declared.missing


@pytest.mark.parametrize(
    "document, sentence",
    [
        ({"steps": []}, "empty preview"),
        ({"steps": [], "changeSummary": {"same": 4}}, "4 unchanged resources are not in preview.json"),
        (preview(step("delete", old=state("a"))), "leaves a stack without any resource"),
        (
            {"diagnostics": [{"severity": "error", "message": "no region\n  was set"}], "steps": [], "duration": 3},
            "gave up: no region was set",
        ),
        (
            preview(
                step("create", new=state("a")),
                diagnostics=[{"severity": "warning", "message": "w"}, {"severity": "error", "message": "bad\x1b[2J"}],
            ),
            r"gave up: bad\N{REPLACEMENT CHARACTER}\[2J$",
        ),
    ],
)
def test_a_preview_with_nothing_to_judge_is_none_at_all(document, sentence):
    with pytest.raises(NotDeclared, match=sentence):
        read_preview(document)


def test_a_resource_that_stays_keeps_its_id_and_an_unchanged_one_its_outputs():
    declared = loaded(WHOLE)
    key, group = (
        the(declared, "aws:kms/key:Key", "tokens"),
        the(declared, "aws:ec2/securityGroup:SecurityGroup", "edge"),
    )
    assert key.id == "tokens-19697b2"
    assert key.outputs["arn"] == "arn:aws:kms:eu-central-1:123456789012:tokens"
    assert (group.id, group.outputs) == ("edge-906685e", {})  # it is updated
    assert the(declared, "aws:ec2/subnet:Subnet", "private-0").id is None  # it is replaced
    assert key.provider is not None
    assert key.provider.account == "123456789012"


def test_a_refused_merge_leaves_nothing_half_judged():
    with pytest.raises(NotDeclared, match="is a preview, not a state"):
        read_preview(preview(step("create", new=state("a"))), preview(step("create", new=state("a"))))


def test_a_provider_reference_with_an_unknown_id_still_names_its_provider():
    provider = state("there", {"region": "eu-north-1", "allowedAccountIds": '["210987654321"]'}, "pulumi:providers:aws")
    one = state("a", provider=f"{provider['urn']}::{UNKNOWN_TEXT}")
    declared = read_preview(preview(step("create", new=provider), step("create", new=one)))
    found = the(declared, "aws:s3/bucket:Bucket", "a").provider
    assert found is not None
    assert (found.urn, found.region, found.account) == (provider["urn"], "eu-north-1", "210987654321")


def test_preflight_and_dry_run_say_what_is_there_and_that_nothing_leaves_the_machine(tmp_path):
    loader = loader_of(LATER)
    assert loader.ready(LATER).startswith("6 resources of edge/test; 13 unchanged resources are not in")
    assert loader.plan(MERGED) == (
        "read the Pulumi preview preview-update.json with the state stack-export.json and judge it by Checkov, "
        "both on this machine"
    )
    nowhere = PreviewInput(name="edge", file=tmp_path / "none.json")
    assert loader.stack(nowhere) == "edge"
    with pytest.raises(NotDeclared, match="there is no file"):
        loader.ready(nowhere)


def test_names_that_could_hurt_a_reader_stay_inside_the_name():
    hostile = "x\n::y${injected}/../../etc/passwd\x1b[31m"
    one = state(hostile)
    (resource,) = read_preview(preview(step("create", new=one))).resources
    assert resource.name == hostile
    assert resource.token == "aws:s3/bucket:Bucket"


def test_a_hostile_name_in_a_sentence_stays_on_its_line():
    one = state("a", propertyDependencies={"x": [urn("lost\n\x1b[2J" + "x" * 500)]})
    (sentence,) = read_preview(preview(step("create", new=one))).missing
    assert sentence.isprintable()
    assert len(sentence) < 300


def test_a_real_first_preview_of_utf_16_is_read(tmp_path):
    text = (SAMPLES / "preview-create.json").read_text()
    file: Path = tmp_path / "preview.json"
    file.write_bytes(text.encode("utf-16"))
    declared: Any = loaded(PreviewInput(name="edge", file=file))
    assert len(declared.resources) == 19
    assert {one.stack for one in declared.resources} == {"edge/test"}
