import json
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.cloud.pulumi_values import cloud_value, cloud_values
from scanner.model.codec import observation_from_json, observation_to_json
from scanner.model.evidence import EvidenceRef
from scanner.model.facts.cloud import DeclaredResources
from scanner.model.observation import FactKey, Observation, Seen
from scanner.model.resource import HIDDEN, UNKNOWN, CloudValue, Marker
from scanner.model.subject import StackSubject
from scanner.model.witness import Witness
from tests.scanner.cloud.declared import declare

SIGNATURE = "4dabf18193072939515e22adb298388d"
UNKNOWN_TEXT = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"


@pytest.mark.parametrize(
    "wire, value",
    [
        (UNKNOWN_TEXT, UNKNOWN),
        ("[secret]", HIDDEN),
        ({SIGNATURE: "1b47061264138c4ac30d75fd1eb44270", "ciphertext": "x"}, HIDDEN),
        ({SIGNATURE: "1b47061264138c4ac30d75fd1eb44270", "plaintext": '"clear"'}, HIDDEN),
        ({SIGNATURE: "c44067f5952c0a294b673a41bacd8c17", "path": "a"}, {"asset": {"kind": "file", "path": "a"}}),
        ({SIGNATURE: "0def7320c3a5731c473e5ecbe6d01bc7", "assets": {}}, {"asset": {"kind": "archive"}}),
        ({SIGNATURE: "5cf8f73096256a8f31e491e813e4eb8e", "urn": "u", "id": "i"}, "i"),
        ({SIGNATURE: "5cf8f73096256a8f31e491e813e4eb8e", "urn": "u"}, "u"),
        ({SIGNATURE: "d0e6a833031e9bbcd3f4e8bde6ca49a4", "value": 3.0}, 3),
        ({SIGNATURE: "d0e6a833031e9bbcd3f4e8bde6ca49a4"}, UNKNOWN),
        ({SIGNATURE: "d0e6a833031e9bbcd3f4e8bde6ca49a4", "value": "x", "secret": True}, HIDDEN),
        ({SIGNATURE: "of a later engine", "value": "x"}, UNKNOWN),
        ([1.0, "a", None, True], (1, "a", None, True)),
        ({"a": {"__defaults": ["x"], "b": 2.5}}, {"a": {"b": 2.5}}),
    ],
)  # fmt: skip
def test_a_wire_value_becomes_what_it_means(wire, value):
    assert cloud_value(wire) == value


def test_the_providers_own_notes_are_dropped():
    assert cloud_values({"__defaults": [], "__meta": "{}", "name": "x"}) == {"name": "x"}


def leaves(value: CloudValue) -> Iterator[object]:
    if isinstance(value, dict):
        for inner in value.values():
            yield from leaves(inner)
    elif isinstance(value, tuple):
        for inner in value:
            yield from leaves(inner)
    else:
        yield value


JSON = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False) | st.text() | st.sampled_from([UNKNOWN_TEXT, "[secret]"]),
    lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.just(SIGNATURE), inner),
    max_leaves=20,
)


@given(JSON)
def test_any_json_gives_a_value_and_never_a_traceback(wire):
    assert all(isinstance(leaf, Marker | str | int | float | bool | None) for leaf in leaves(cloud_value(wire)))
    json.dumps(wire)


def test_a_cloud_value_survives_the_journal():
    inputs: dict[str, CloudValue] = {"a": UNKNOWN, "b": {"c": (HIDDEN, 1, "x", None)}}
    fact = DeclaredResources(stack="s/test", source="p", resources=(declare("aws:sns/topic:Topic", "t", inputs),))
    subject = StackSubject(environment="test", stack="s/test")
    key = FactKey(fact=DeclaredResources, subject=subject, witness=Witness.CLOUD_DECLARED)
    seen = Observation(key=key, result=Seen(fact=fact, evidence=(EvidenceRef(id="e", sha256="0", path="p"),)))
    assert observation_from_json(json.loads(json.dumps(observation_to_json(seen)))) == seen
