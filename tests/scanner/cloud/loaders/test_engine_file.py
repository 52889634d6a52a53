"""Every way in which a document can be no document; each has a sentence, and none is taken for an empty stack."""

import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from scanner.cloud.bridge.plan_writer import write_plan
from scanner.cloud.bridge.token_map import token_map
from scanner.cloud.declared import NotDeclared
from scanner.cloud.loaders import engine_file
from scanner.cloud.loaders.engine_file import parse_engine_document, read_engine_file
from scanner.cloud.loaders.state import declared_by_state
from tests.scanner.cloud.engine_made import (
    SAMPLES,
    SECRET,
    SIGNATURE,
    UNKNOWN_TEXT,
    export,
    preview,
    read_preview,
    read_state,
    state,
    step,
    urn,
)

ASSET, OUTPUT = "c44067f5952c0a294b673a41bacd8c17", "d0e6a833031e9bbcd3f4e8bde6ca49a4"
WHOLE = (SAMPLES / "stack-export.json").read_bytes()


def refusal(data: bytes) -> str:
    with pytest.raises(NotDeclared) as caught:
        parse_engine_document(data, "x.json")
    return str(caught.value)


@pytest.mark.parametrize(
    "data, sentence",
    [
        (b"", "is empty"),
        (b" \n", "is empty"),
        (b"Previewing update (test):\n", "is not the JSON of an engine: it begins with something else"),
        (b"warning: no plugin\n{}", "is not the JSON of an engine"),
        (b"[]", "does not have the engine's form: Expected `object`, got `array`"),
        (b"{}", "holds neither steps (a preview) nor a deployment (a state)"),
        (WHOLE[: len(WHOLE) // 2], "ends in the middle of its JSON"),
        (WHOLE + b"x", "holds something else behind its JSON"),
        (b'{"steps": NaN}', "is not JSON"),
        (b'{"steps": 7}', "does not have the engine's form: Expected `array | null`, got `int` - at `$.steps`"),
        (b'{"steps": [{"op": "create"}]}', "missing required field `urn` - at `$.steps[0]`"),
        (b'{"format_version": "1.2", "planned_values": {}}', "for a scan, name it under `cloud.terraform_plans`"),
        (b'{"AWSTemplateFormatVersion": "2010-09-09", "Resources": {}}', "for a scan, name it under `cloud.templates`"),
        (b'{"sequence": 1, "preludeEvent": {}}\n{"sequence": 2}\n', "is a stream of engine events"),
        (b'{"version": "3", "deployment": {}}', "Expected `int | null`, got `str` - at `$.version`"),
        (b'{"deployment": {"resources": []}}', "has version none of the state format"),
    ],
)
def test_what_is_no_document_is_named(data, sentence):
    said = refusal(data)
    assert said.startswith("x.json ")
    assert sentence in said


@pytest.mark.parametrize("levels", [600, 2_000, 1_000_000])
def test_thousand_fold_nesting_is_refused_wherever_it_stands(levels):
    nest = "[" * levels + "]" * levels
    one = json.dumps(state("a", {"x": "NEST"})).replace('"NEST"', nest)
    with pytest.raises(NotDeclared, match="nested"):
        read_state_text(f'{{"version": 3, "deployment": {{"resources": [{one}]}}}}')
    with pytest.raises(NotDeclared, match=r"nested|neither steps"):
        read_state_text(f'{{"unheard": {nest}}}')


def read_state_text(text: str) -> Any:
    return declared_by_state(parse_engine_document(text.encode(), "state.json"), "small/test", "small")


def test_values_as_deep_as_any_real_ones_are_read():
    value: Any = "leaf"
    for _ in range(98):
        value = [value]
    assert read_state(export(state("a", {"x": value}))).missing == ()


@pytest.mark.parametrize(
    "states, sentence",
    [
        ([state("a"), state("a", {"x": 1})], "1 URNs that stand for several resources: aws:s3/bucket:Bucket::a"),
        ([state("a", parent=urn("b")), state("b", parent=urn("a"))], "parents in a circle, through aws:s3/bucket"),
        ([state("a", parent=urn("a"))], "parents in a circle"),
        ([state("a", dependencies=[urn("b")]), state("b", dependencies=[urn("a")])], "dependencies in a circle"),
        (
            [state("a", propertyDependencies={"x": [urn("b")]}), state("b", propertyDependencies={"y": [urn("a")]})],
            "dependencies in a circle",
        ),
        ([state("a") | {"urn": "../../etc/passwd\n"}], "which is no URN"),
        ([state("a") | {"urn": ""}], "which is no URN"),
    ],
)
def test_what_no_engine_writes_is_refused(states, sentence):
    with pytest.raises(NotDeclared, match=sentence):
        read_state(export(*states))
    if "several" not in sentence:  # in a preview several steps may speak of one resource
        with pytest.raises(NotDeclared, match=sentence):
            read_preview(preview(*(step("create", new=one) for one in states)))


def test_a_chain_of_dependencies_is_no_circle_however_long_it_is():
    chain = [state(f"n{i}", dependencies=[urn(f"n{i + 1}")]) for i in range(5_000)]
    assert len(read_state(export(*chain, state("n5000"))).resources) == 5_001


def test_a_file_above_the_limit_is_not_read_to_its_end(tmp_path, monkeypatch):
    monkeypatch.setattr(engine_file, "MAX_BYTES", 2**20)
    file: Path = tmp_path / "state.json"
    with file.open("wb") as stream:
        stream.truncate(300 * 2**20)  # sparse
    with pytest.raises(NotDeclared, match=r"state.json is larger than 1 MiB, the most that is read"):
        read_engine_file(file)


def test_a_folder_and_a_missing_file_are_named(tmp_path):
    for path in (tmp_path, tmp_path / "none.json"):
        with pytest.raises(NotDeclared, match="there is no file"):
            read_engine_file(path)


def test_sentences_quote_no_value_of_a_document():
    data = json.dumps({"steps": [{"op": "create", "urn": {"password": "CANARY-123456"}}]}).encode()
    assert "CANARY" not in refusal(data)


JUNK: tuple[Any, ...] = (
    None, True, -1, 3.5, "", "[secret]", [], {}, [[None]], {"a": {"": []}}, 10**30, "\0\n${x}", UNKNOWN_TEXT,
    {SIGNATURE: SECRET, "plaintext": "{{"}, {SIGNATURE: SECRET, "plaintext": '"CANARY-12345678"'}, {SIGNATURE: 5},
    {SIGNATURE: OUTPUT, "value": {"x": [UNKNOWN_TEXT]}}, {SIGNATURE: ASSET, "path": 5}, {"__defaults": []},
)  # fmt: skip


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every container with every key in it."""
    for key in list(value) if isinstance(value, dict) else range(len(value) if isinstance(value, list) else 0):
        yield value, key
        yield from places(value[key])


@pytest.mark.parametrize("seed", range(4))
def test_a_damaged_document_ends_as_a_plan_or_in_a_sentence(seed):
    chance = random.Random(seed)
    whole = (SAMPLES / chance.choice(("stack-export.json", "preview-update.json"))).read_text()
    ended = set()
    for _ in range(40):
        document = json.loads(whole)
        spots = list(places(document))
        for _ in range(3):
            container, key = chance.choice(spots)
            if isinstance(container, list) or key in container:
                container[key] = chance.choice(JUNK)
        try:
            declared = read_preview(document) if "steps" in document else read_state(document)
            plan = write_plan(declared.resources, token_map())
            assert "CANARY" not in json.dumps([plan.document, declared.document])
            ended.add("plan")
        except NotDeclared:
            ended.add("sentence")
    assert ended == {"plan", "sentence"}
