"""The provider of each resource, with region and account as far as they are written as constants."""

from collections.abc import Mapping
from typing import Any

from scanner.cloud.loaders.terraform_plan.nodes import mapping
from scanner.model.late_dataclass import dataclass
from scanner.model.resource import Provider


@dataclass(frozen=True, slots=True, kw_only=True)
class Providers:
    """`configuration`: the plan's `provider_config`, by keys such as `aws`, `aws.west`, `module.edge:aws`."""

    configuration: Mapping[str, Any]
    stack: str

    def of(self, written: Mapping[str, Any], region: object) -> Provider | None:
        """Of a resource by its configuration; its own `region` goes before the provider's."""
        key = written.get("provider_config_key")
        if not isinstance(key, str) or not key:
            return None
        found = mapping(self.configuration.get(key)) or mapping(self.configuration.get(key.rpartition(":")[2]))
        expressions = mapping(found.get("expressions"))
        own = region if isinstance(region, str) else None
        return Provider(
            urn=f"urn:terraform:{self.stack}::provider::{key}",
            region=own or _constant(expressions.get("region")),
            account=_account(expressions),
        )


def _constant(expression: Any) -> str | None:  # noqa: ANN401 - JSON
    value = mapping(expression).get("constant_value")
    return value if isinstance(value, str) and value else None


def _account(expressions: Mapping[str, Any]) -> str | None:
    """The one account that the provider may work in, or the one whose role it takes on."""
    allowed = mapping(expressions.get("allowed_account_ids")).get("constant_value")
    if isinstance(allowed, list) and len(allowed) == 1:
        return str(allowed[0])
    roles = expressions.get("assume_role")
    for one in roles if isinstance(roles, list) else [roles]:
        parts = (_constant(mapping(one).get("role_arn")) or "").split(":")
        if len(parts) > 4 and parts[4].isdigit():  # noqa: PLR2004 - arn:partition:iam::ACCOUNT:role/name
            return parts[4]
    return None
