"""One program in every form in which it can be given: run under mocks, previewed, deployed."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from typing import cast

import pytest

from scanner.cloud.loaders.catalog import loader_of
from scanner.cloud.place import Place
from scanner.model.cloud_input import CloudInput, PreviewInput, ProgramInput, StateInput
from scanner.model.resource import HIDDEN, UNKNOWN, CloudValue, Resource
from tests.scanner.cloud.engine_made import SAMPLES
from tests.scanner.cloud.running import PYTHON, run_of

FORMS: dict[str, CloudInput] = {
    "first preview": PreviewInput(name="edge", file=SAMPLES / "preview-create.json"),
    "state": StateInput(name="edge", file=SAMPLES / "stack-export.json"),
}


@pytest.fixture(scope="module")
def under_mocks(tmp_path_factory) -> dict[str, Resource]:
    folder = tmp_path_factory.mktemp("project")
    (folder / "Pulumi.yaml").write_text("name: ocpi-sample\nruntime: python\n")
    (folder / "__main__.py").write_text((SAMPLES / "program.txt").read_text())
    (folder / "Pulumi.test.yaml").write_text('config: {"ocpi-sample:partnerToken": {secure: v1:x}}\n')
    config = {"aws:region": "eu-central-1"}
    given = ProgramInput(name="edge", directory=folder, stack="test", config=config, python=PYTHON)
    return {one.urn: one for one in run_of(given, folder).resources}


def leaves(value: CloudValue, path: str = "") -> Iterator[tuple[str, CloudValue]]:
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from leaves(inner, f"{path}.{name}")
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for index, inner in enumerate(value):
            yield from leaves(inner, f"{path}.{index}")
    else:
        yield path, value


@pytest.mark.parametrize("form", FORMS)
def test_every_form_says_the_same_of_every_resource(under_mocks, form):
    declared = asyncio.run(loader_of(FORMS[form]).load(FORMS[form], cast("Place", None)))
    engine_own = {one.urn for one in declared.resources if one.token.startswith("pulumi:")}
    assert {one.urn for one in declared.resources} - engine_own == {
        urn for urn, one in under_mocks.items() if not one.token.startswith("pulumi:")
    }
    compared = 0
    for one in declared.resources:
        if one.urn in engine_own:
            continue
        own = under_mocks[one.urn]
        assert (one.token, one.name, one.custom, one.parent, one.position, one.stack) == (
            own.token, own.name, own.custom, own.parent, own.position, own.stack,
        )  # fmt: skip
        assert {name: set(urns) for name, urns in one.depends_on_by_property.items()} == {
            name: set(urns) for name, urns in own.depends_on_by_property.items()
        }
        theirs = dict(leaves(own.inputs))
        for path, value in leaves(one.inputs):
            flows = path.split(".")[1] in one.depends_on_by_property
            if value is UNKNOWN or (flows and value != theirs.get(path)):
                continue  # an id or ARN, which each form knows in a way of its own
            assert theirs[path] == value, (one.urn, path)
            compared += 1
    assert compared >= 40
    hidden = [path for one in declared.resources for path, value in leaves(one.inputs) if value is HIDDEN]
    assert hidden == [".secretString"]
