"""A Terraform plan: to Checkov as it is, and into resources with Pulumi's names."""

import asyncio
from collections.abc import Iterator, Mapping
from typing import Any, Final

from scanner.cloud.declared import Declared, ForCheckov, NotDeclared
from scanner.cloud.few_names import few_names
from scanner.cloud.loaders.terraform_plan.document import PlanFile, read_plan
from scanner.cloud.loaders.terraform_plan.masks import masked_plan
from scanner.cloud.loaders.terraform_plan.resources import (
    AWS,
    FOREIGN,
    PlannedResources,
    count_managed,
    planned_resources,
)
from scanner.cloud.loaders.terraform_plan.sources import sources_beside
from scanner.cloud.place import Place
from scanner.cloud.stack_size import refuse_too_many
from scanner.model.cloud_input import TerraformPlanInput

FRAMEWORK: Final = "terraform_plan"
_WAIT_S: Final = 120.0


class TerraformPlanLoader:
    """Reads one file, and the `.tf` files beside it for their lines; runs nothing."""

    def stack(self, one: TerraformPlanInput, /) -> str:
        """The plan's name in the configuration."""
        return one.name

    def plan(self, one: TerraformPlanInput, /) -> str:
        """One line of the dry run."""
        return f"read the Terraform plan {one.name} and judge it by Checkov, both on this machine"

    def ready(self, one: TerraformPlanInput, /) -> str:
        """Is the file there, and is it a plan of a size that can be judged?

        Raises: NotDeclared.
        """
        found = read_plan(one.file)
        held = count_managed(found.document)
        refuse_too_many(held)
        return f"{held} resources of {one.file.name}, by Terraform {found.terraform or 'of an unknown version'}"

    def wait_s(self, _one: TerraformPlanInput, /) -> float:
        """A large plan takes seconds."""
        return _WAIT_S

    async def load(self, one: TerraformPlanInput, _place: Place, /) -> Declared:
        """The plan's resources.

        Raises: NotDeclared.
        """
        return await asyncio.to_thread(load_plan, one)


def load_plan(one: TerraformPlanInput) -> Declared:
    """Read, mask, translate.

    Raises: NotDeclared if the file is no plan that can be read.
    """
    try:
        found = read_plan(one.file)
        document = masked_plan(found.document)
        planned = planned_resources(document, one.name, sources_beside(one.file))
    except RecursionError:
        raise NotDeclared(f"{one.file} is nested too deeply to be a plan") from None
    if not planned.by_address:
        raise NotDeclared(f"{one.file.name} plans no resource at all: there is nothing to judge")
    return Declared(
        source=f"Terraform plan {one.name}",
        resources=tuple(sorted(planned.by_address.values(), key=lambda resource: resource.urn)),
        document=_evidence(one, found, planned),
        missing=tuple(_missing(found.document, planned)),
        versions={"terraform": found.terraform} if found.terraform else {},
        for_checkov=ForCheckov(framework=FRAMEWORK, document=document, resources=planned.by_address),
        unmapped=tuple(_unmapped(planned)),
    )


def _evidence(one: TerraformPlanInput, found: PlanFile, planned: PlannedResources) -> dict[str, Any]:
    """What was read; the plan itself is stored as Checkov is given it."""
    return {
        "file": one.file.name,
        "sha256": found.sha256,
        "terraform_version": found.terraform,
        "format_version": found.document["format_version"],
        "resources": {address: resource.token for address, resource in planned.by_address.items()},
        "unmapped": list(planned.unmapped),
        "references_lost": list(planned.lost),
    }


def _missing(document: Mapping[str, Any], planned: PlannedResources) -> Iterator[str]:
    if document.get("errored") is True:
        yield "Terraform says that planning failed half-way; what it would have planned after that is not known"
    elif document.get("complete") is False:
        yield "Terraform says that more changes will follow after this plan (it was targeted, or defers some)"
    if "configuration" not in document:
        yield "the document has no configuration, which says what refers to what"
    if planned.repeated:
        yield f"addresses that stand in the plan more than once: {few_names(planned.repeated)}"
    if planned.lost:
        named = few_names(planned.lost)
        yield f"unknown values come from locals, which no plan shows, so what flows into them is not known: {named}"
    if planned.unmapped:
        yield f"AWS resources that have no Pulumi name here: {few_names(planned.unmapped)}"


def _unmapped(planned: PlannedResources) -> Iterator[str]:
    kinds = [one.token.removeprefix(FOREIGN) for one in planned.by_address.values() if one.token.startswith(FOREIGN)]
    others = [kind for kind in kinds if not kind.startswith(AWS)]
    if others:
        yield f"resources of other providers: {few_names(others)}"
