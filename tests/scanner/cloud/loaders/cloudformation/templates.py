"""Templates of a few lines, as they would lie in a file."""

from pathlib import Path
from textwrap import dedent

from scanner.cloud.declared import Declared
from scanner.cloud.loaders.cloudformation.loader import load_template
from scanner.model.cloud_input import TemplateInput
from scanner.model.resource import Resource


def load(folder: Path, text: str, **parameters: str) -> Declared:
    file = folder / "template.yaml"
    file.write_text(dedent(text), encoding="utf-8")
    given = TemplateInput(name="edge", file=file, parameters=parameters, region="eu-west-1", account="123456789012")
    return load_template(given)


def by_name(declared: Declared) -> dict[str, Resource]:
    return {one.name: one for one in declared.resources}


def flows(one: Resource) -> dict[str, list[str]]:
    return {
        name: [urn.rpartition("::")[2] for urn in urns] for name, urns in sorted(one.depends_on_by_property.items())
    }
