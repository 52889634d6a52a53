"""Every check that looks into task definitions reads them in the same way, whatever is written there."""

import json
from typing import Final

import pytest

from checks.model.verdict import Outcome
from checks.resource_graph.container_definitions import containers_of
from scanner.model.facts.cloud import DeclaredResources
from scanner.model.resource import HIDDEN, UNKNOWN, CloudValue
from tests.checks.families.cloud.case_tables import BY_ID
from tests.checks.families.cloud.cases import findings
from tests.scanner.cloud.declared import declare

_TASK: Final = "aws:ecs/taskDefinition:TaskDefinition"
_READERS: Final = ("containers-image-by-digest", "containers-read-only", "secrets-not-in-containers", "logs-central")
_SOUND: Final[dict[str, CloudValue]] = {
    "name": "it",
    "image": f"roaming@sha256:{'0f' * 32}",
    "readonlyRootFilesystem": True,
    "environment": [{"name": "COLOUR", "value": "green"}],
    "logConfiguration": {"logDriver": "awslogs", "options": {"awslogs-group": "roaming"}},
}
_SHOUTED: Final[dict[str, CloudValue]] = {
    "NAME": "it",
    "Image": "roaming:latest",
    "ReadonlyRootFilesystem": False,
    "Environment": [{"Name": "DB_PASSWORD", "Value": "correct-horse"}],
    "LogConfiguration": {"LogDriver": "splunk"},
}


def _outcomes(definitions: CloudValue) -> dict[str, Outcome]:
    inputs = {} if definitions is None else {"containerDefinitions": definitions}
    stack = DeclaredResources(stack="small/test", source="program", resources=(declare(_TASK, "it", inputs),))
    return {name: findings(BY_ID[f"cloud-{name}"], stack)[0].outcome for name in _READERS}


@pytest.mark.parametrize("definitions", [None, "", "[]", ()], ids=repr)
def test_no_containers_are_nothing_to_judge(definitions):
    assert set(_outcomes(definitions).values()) == {Outcome.NOT_APPLICABLE}


@pytest.mark.parametrize(
    "definitions",
    [UNKNOWN, HIDDEN, "[{half", "null", '"text"', "7", '{"name": "it"}', "[1]", "[" * 100_000, (UNKNOWN,), (HIDDEN,)],
    ids=lambda value: str(value)[:12],
)
def test_what_cannot_be_read_decides_nothing(definitions):
    assert set(_outcomes(definitions).values()) == {Outcome.INCONCLUSIVE}


def test_a_sound_container_passes_in_json_and_as_values():
    assert set(_outcomes(json.dumps([_SOUND])).values()) == {Outcome.PASS}
    assert set(_outcomes((_SOUND,)).values()) == {Outcome.PASS}


def test_a_flag_may_be_a_text_as_templates_write_it():
    assert set(_outcomes(({**_SOUND, "readonlyRootFilesystem": "true"},)).values()) == {Outcome.PASS}


def test_one_container_that_cannot_be_read_leaves_open_what_the_others_pass():
    assert set(_outcomes(json.dumps([_SOUND, None])).values()) == {Outcome.INCONCLUSIVE}


def test_a_container_that_fails_fails_beside_one_that_cannot_be_read():
    said = _outcomes(json.dumps([_SHOUTED, 1]))
    assert {said[name] for name in _READERS[:3]} == {Outcome.FAIL}


def test_names_are_read_whatever_their_case_as_providers_do():
    said = _outcomes(json.dumps([_SHOUTED]))
    assert {said[name] for name in _READERS[:3]} == {Outcome.FAIL}
    assert said["logs-central"] is Outcome.INCONCLUSIVE


def test_names_that_belong_to_their_author_stay_as_they_are():
    options = {"NAME": "a", "Value": "b"}
    (found,) = containers_of(
        declare(_TASK, "it", {"containerDefinitions": json.dumps([{"LogConfiguration": {"Options": options}}])})
    ).known
    assert found == {"logConfiguration": {"options": options}}


@pytest.mark.parametrize("environment", [UNKNOWN, HIDDEN, (HIDDEN,), ({"name": UNKNOWN, "value": "green"},)], ids=str)
def test_variables_that_are_not_known_are_not_free_of_secrets(environment):
    said = _outcomes(({**_SOUND, "environment": environment},))
    assert said["secrets-not-in-containers"] is Outcome.INCONCLUSIVE


def test_a_secret_by_its_form_fails_under_a_name_that_is_not_known():
    hidden: CloudValue = ({"name": UNKNOWN, "value": "AKIA" + "ABCDEFGHIJKLMNOP"},)
    assert _outcomes(({**_SOUND, "environment": hidden},))["secrets-not-in-containers"] is Outcome.FAIL
