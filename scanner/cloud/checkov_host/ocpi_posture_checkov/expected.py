"""Which policies are meant for what a document declares: one that is silent has not passed."""

from typing import Any


def connecting() -> dict[str, list[str]]:
    """For each graph policy that asks what a resource is connected to: whether such a one has to exist or must not."""
    from checkov.terraform.plan_runner import Runner  # noqa: PLC0415 - as above

    def operators(check: Any) -> set[str]:  # noqa: ANN401 - Checkov has no types
        own = {str(check.operator)} if check.connected_resources_types and "exists" in str(check.operator) else set()
        return own.union(*(operators(inner) for inner in check.sub_checks))

    found = {check.id: sorted(operators(check)) for check in Runner().graph_registry.checks}
    return {rule: words for rule, words in found.items() if words}


def expected(kinds: dict[str, str]) -> set[tuple[str, str]]:
    """(policy, address) for every policy that is meant for a resource's type; those about HCL only are left out."""
    from checkov.terraform.checks.resource.registry import resource_registry  # noqa: PLC0415 - as above
    from checkov.terraform.plan_runner import TF_LIFECYCLE_CHECK_IDS  # noqa: PLC0415 - as above

    return {
        (check.id, address)
        for address, kind in kinds.items()
        for check in resource_registry.get_checks(kind)
        if check.id not in TF_LIFECYCLE_CHECK_IDS
    }


def expected_of_template(template: dict[str, Any]) -> set[tuple[str, str]]:
    """As `expected`, for the resources of a CloudFormation template: `TYPE.LOGICAL_ID`."""
    from checkov.cloudformation.checks.resource.registry import cfn_registry  # noqa: PLC0415 - as above

    kinds = {name: one.get("Type", "") for name, one in template.get("Resources", {}).items() if isinstance(one, dict)}
    return {
        (check.id, f"{kind}.{name}") for name, kind in kinds.items() for check in cfn_registry.get_checks(str(kind))
    }


def kinds_in(plan: dict[str, Any]) -> dict[str, str]:
    """The type of each address that the plan manages, those of its modules included."""

    def below(module: dict[str, Any]) -> dict[str, str]:
        own = {one["address"]: one["type"] for one in module.get("resources", ()) if one.get("mode") == "managed"}
        for inner in module.get("child_modules", ()):
            own |= below(inner)
        return own

    return below(plan["planned_values"]["root_module"])
