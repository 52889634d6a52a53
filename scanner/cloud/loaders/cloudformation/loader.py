"""A CloudFormation or SAM template: to Checkov as it is, and into resources with Pulumi's names."""

import asyncio
from collections.abc import Iterator, Mapping
from typing import Any, Final

from scanner.cloud.bridge.quiet_services import is_quiet
from scanner.cloud.bridge.template_names import template_names
from scanner.cloud.declared import Declared, ForCheckov, NotDeclared
from scanner.cloud.few_names import few_names
from scanner.cloud.loaders.cloudformation.choices import Chosen, chosen_resources
from scanner.cloud.loaders.cloudformation.conditions import known_of
from scanner.cloud.loaders.cloudformation.document import TemplateFile, read_template
from scanner.cloud.loaders.cloudformation.masks import masked_template
from scanner.cloud.loaders.cloudformation.resources import TemplateResources, template_resources
from scanner.cloud.place import Place
from scanner.model.cloud_input import TemplateInput
from scanner.model.tool_verdict import SourcePosition

FRAMEWORK: Final = "cloudformation"
_WAIT_S: Final = 60.0
_NATIVE: Final = ("AWS::", "Alexa::")
_UNSEEN: Final = ("AWS::CloudFormation::Stack", "AWS::CloudFormation::CustomResource")


class TemplateLoader:
    """Reads one file; runs nothing."""

    def stack(self, one: TemplateInput, /) -> str:
        """The template's name in the configuration."""
        return one.name

    def plan(self, one: TemplateInput, /) -> str:
        """One line of the dry run."""
        return f"read the CloudFormation template {one.name} and judge it by Checkov, both on this machine"

    def ready(self, one: TemplateInput, /) -> str:
        """Is the file there, and is it a template?

        Raises: NotDeclared.
        """
        found = read_template(one.file)
        return f"{one.file.name}, {len(found.document['Resources'])} resources"

    def wait_s(self, _one: TemplateInput, /) -> float:
        """Templates are small."""
        return _WAIT_S

    async def load(self, one: TemplateInput, _place: Place, /) -> Declared:
        """The template's resources.

        Raises: NotDeclared.
        """
        return await asyncio.to_thread(load_template, one)


def load_template(one: TemplateInput) -> Declared:
    """Read, decide, translate.

    Raises: NotDeclared if the file is no template that can be read, or declares nothing.
    """
    found = read_template(one.file)
    document = masked_template(found.document)
    known = known_of(document, one)
    chosen = chosen_resources(document, known)
    if not chosen.written:
        raise NotDeclared(f"{one.file.name} declares no resource that is sure to be made: there is nothing to judge")
    positions = {name: SourcePosition(file=one.file.name, line=line) for name, line in found.lines.items()}
    made = template_resources(chosen.written, known, one.name, positions, frozenset(chosen.absent))
    return Declared(
        source=f"CloudFormation template {one.name}",
        resources=tuple(sorted(made.resources, key=lambda resource: resource.urn)),
        document=_evidence(one, found, made),
        missing=tuple(_missing(found, chosen, made)),
        for_checkov=ForCheckov(
            framework=FRAMEWORK,
            document=document,
            resources={
                f"{document['Resources'][name]['Type']}.{name}": resource
                for name, resource in made.by_origin.items()
                if isinstance(document["Resources"].get(name), dict)
            },
        ),
        unmapped=tuple(_unmapped(made)),
    )


def _evidence(one: TemplateInput, found: TemplateFile, made: TemplateResources) -> dict[str, Any]:
    """What was read; the template itself is stored as Checkov is given it."""
    names: Mapping[str, str] = {resource.name: resource.token for resource in made.resources}
    return {
        "file": one.file.name,
        "sha256": found.sha256,
        "parameters": sorted(one.parameters),
        "resources": names,
        "unmapped_properties": list(made.unmapped_properties),
    }


def _missing(found: TemplateFile, chosen: Chosen, made: TemplateResources) -> Iterator[str]:
    if found.repeated:
        yield f"names that stand twice in one place, of which the last is taken: {few_names(found.repeated)}"
    yield from chosen.missing
    unknown = [
        kind for kind in made.unmapped_types if kind.startswith(_NATIVE) and kind not in _UNSEEN and not _is_quiet(kind)
    ]
    if unknown:
        yield f"AWS resources that have no Pulumi name here: {few_names(unknown)}"
    if made.dangling:
        yield f"names that are referred to and not declared: {few_names(made.dangling)}"


def _unmapped(made: TemplateResources) -> Iterator[str]:
    own = [kind for kind in made.unmapped_types if not kind.startswith(_NATIVE) or kind in _UNSEEN[1:]]
    if own:
        yield f"custom resources, whose code decides what they make: {few_names(own)}"
    quiet = [kind for kind in made.unmapped_types if _is_quiet(kind)]
    if quiet:
        yield f"resources that no rule looks for: {few_names(quiet)}"
    if made.unmapped_properties:
        yield f"properties without a Pulumi name, which our own rules do not see: {few_names(made.unmapped_properties)}"


def _is_quiet(kind: str) -> bool:
    return kind in template_names().nothing or is_quiet(kind)
