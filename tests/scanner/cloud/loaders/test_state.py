import asyncio
import json
from typing import cast

import pytest

from scanner.cloud.declared import Declared, NotDeclared
from scanner.cloud.loaders.catalog import loader_of
from scanner.cloud.place import Place
from scanner.model.cloud_input import StateInput
from scanner.model.resource import HIDDEN
from tests.scanner.cloud.engine_made import SAMPLES, SECRET, SIGNATURE, export, names, preview, read_state, state, urn

SAMPLE = StateInput(name="edge", file=SAMPLES / "stack-export.json")


@pytest.fixture(scope="module")
def declared() -> Declared:
    read = asyncio.run(loader_of(SAMPLE).load(SAMPLE, cast("Place", None)))
    assert isinstance(read, Declared)
    return read


def test_a_state_declares_everything_that_the_stack_keeps(declared):
    assert (len(declared.resources), declared.missing) == (20, ())
    assert declared.versions == {"pulumi": "3.260.0"}
    assert loader_of(SAMPLE).stack(SAMPLE) == "edge/test"
    assert loader_of(SAMPLE).ready(SAMPLE) == "20 resources of edge/test"


def test_preflight_refuses_a_state_of_more_resources_than_are_judged(monkeypatch):
    monkeypatch.setattr("scanner.cloud.stack_size.MOST_RESOURCES", 19)
    with pytest.raises(NotDeclared, match="it has 20 resources, and at most 19 of one stack are judged"):
        loader_of(SAMPLE).ready(SAMPLE)


def test_several_providers_keep_their_regions_and_accounts(declared):
    seen = {
        one.name: (one.provider.region, one.provider.account)
        for one in declared.resources
        if one.provider and one.token in {"aws:ec2/vpc:Vpc", "aws:s3/bucket:Bucket"}
    }
    assert seen == {"ocpi": ("eu-central-1", "123456789012"), "logs": ("eu-west-1", "210987654321")}


def test_encrypted_secrets_are_hidden_and_their_ciphertext_goes_nowhere(declared):
    (version,) = (one for one in declared.resources if one.token.endswith(":SecretVersion"))
    assert version.get("secretString") is HIDDEN
    text = json.dumps(declared.document)
    assert "ciphertext" not in text
    assert "qgC2JCKCXWuRnY5R3QGrrLxCCvyUX4Smlffaqqb95YJKzU30tp0r3D" not in text
    assert "PyTUIhJ3xTmKLjSy" not in text  # the salt of the passphrase


def test_code_in_an_asset_is_not_copied(declared):
    assert "def handler" not in json.dumps(declared.document)
    assert "def handler" in SAMPLE.file.read_text()


def test_a_secret_in_clear_is_hidden_wherever_it_is_repeated():
    secret = {SIGNATURE: SECRET, "plaintext": json.dumps("CANARY-9f27c1d4")}
    read = read_state(
        export(
            state("a", {"password": secret, "url": "https://db/?key=CANARY-9f27c1d4"}),
            state("b", {"note": "Q0FOQVJZLTlmMjdjMWQ0"}, outputs={"echo": ["CANARY-9f27c1d4"]}, id="CANARY-9f27c1d4"),
            state("c", {"note": "nothing"}),
        )
    )
    a, b, c = read.resources
    assert (a.get("password"), a.get("url"), b.get("note"), b.outputs["echo"], b.id, c.get("note")) == (
        HIDDEN, HIDDEN, HIDDEN, (HIDDEN,), None, "nothing",
    )  # fmt: skip
    assert "CANARY" not in json.dumps(read.document)


def test_a_secret_object_in_clear_is_hidden_by_its_parts_but_an_arn_in_it_is_not():
    arn = "arn:aws:kms:eu-central-1:123456789012:key/1"
    secret = {SIGNATURE: SECRET, "plaintext": json.dumps({"token": "CANARY-77aa88bb", "key": arn, "port": 5432})}
    read = read_state(export(state("a", {"config": secret, "said": "CANARY-77aa88bb", "key": arn})))
    assert (read.resources[0].get("said"), read.resources[0].get("key")) == (HIDDEN, arn)


def test_the_rest_of_a_replacement_and_what_is_only_read_are_not_declared():
    read = read_state(
        export(
            state("a"),
            state("a", delete=True),
            state("shared", external=True),
            state("b", propertyDependencies={"bucket": [urn("shared")]}),
        )
    )
    assert (names(read), read.missing) == (["a", "b"], ())


def test_references_by_a_former_name_lead_to_the_resource_of_today():
    read = read_state(
        export(state("after", aliases=[urn("before")]), state("b", propertyDependencies={"bucket": [urn("before")]}))
    )
    assert read.resources[1].depends_on_by_property == {"bucket": (urn("after"),)}
    assert read.missing == ()


def test_an_interrupted_operation_is_said():
    read = read_state(export(state("a"), pending_operations=[{"resource": state("b"), "type": "creating"}]))
    assert read.missing == (
        "the engine was ended in the middle of creating aws:s3/bucket:Bucket::b: what became of it is not known",
    )


def test_a_replacement_that_stopped_half_way_and_a_lost_reference_are_said():
    read = read_state(
        export(state("a", pendingReplacement=True), state("b", propertyDependencies={"bucket": [urn("lost")]}))
    )
    assert read.missing == (
        "deleted, and not yet made again: aws:s3/bucket:Bucket::a",
        "1 resources are referred to and not there: aws:s3/bucket:Bucket::lost",
    )


def test_the_file_of_a_backend_of_ones_own_is_read_as_well():
    document = export(state("a"))
    kept = {"version": 3, "checkpoint": {"stack": "test", "latest": document["deployment"]}}
    assert names(read_state(kept)) == ["a"]


@pytest.mark.parametrize(
    "document, sentence",
    [
        ({"version": 3, "deployment": None}, "a stack that has no resources"),
        (export(), "a stack that has no resources"),
        (export(state("a", delete=True)), "has made no resource"),
        (preview(), "empty|is a preview, not a state"),
        (export(state("a")) | {"version": 5}, "version 5 of the state format; 3 and 4 are understood"),
        (export(state("a")) | {"version": 4, "features": ["hooks", "time-travel"]}, "not understood here: time-travel"),
    ],
)
def test_a_state_with_nothing_to_judge_is_none_at_all(document, sentence):
    with pytest.raises(NotDeclared, match=sentence):
        read_state(document)


def test_code_that_is_text_is_at_hand_and_not_in_the_evidence(declared):
    assert [(one.path, one.text) for one in declared.texts] == [("code.app.py", "def handler(event, context): ...")]
    assert "def handler" not in json.dumps(declared.document)
