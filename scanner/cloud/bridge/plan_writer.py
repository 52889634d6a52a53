"""A sparse Terraform plan from Pulumi resources, in the form of `terraform show -json`.

Only what the program set is written: Checkov takes an attribute that is null or empty for one that was set, and would
pass what nobody configured. References come from Pulumi's own record of which output flowed into which property.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, Final

from scanner.cloud.bridge.addresses import Addressed, addressed, plan_name
from scanner.cloud.bridge.plan_value import Converter
from scanner.cloud.bridge.references import ReferenceFinder, expression, reference_finder
from scanner.cloud.bridge.token_map import TokenMap
from scanner.model.late_dataclass import dataclass
from scanner.model.resource import HIDDEN, UNKNOWN, Resource

_PROVIDER_TOKEN: Final = "pulumi:providers:aws"
_ENGINE_TYPES: Final = ("pulumi:",)
_PROVIDER_ATTRIBUTES: Final = {"region": "region", "accessKey": "access_key", "secretKey": "secret_key"}


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanCoverage:
    """What the plan does not say. Token counts for what could not be translated, dotted paths for single properties.

    `unmapped_tokens`: AWS resources that the map does not know. `other_providers`: resources of other providers,
    which no AWS policy judges. `hidden_keys`: providers whose access key is secret, hard coded or not.
    `unmapped_properties` and `unknown` (until deploy): URN and property.
    """

    unmapped_tokens: Mapping[str, int]
    other_providers: Mapping[str, int]
    unmapped_properties: tuple[tuple[str, str], ...]
    unknown: tuple[tuple[str, str], ...]
    hidden_keys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenPlan:
    """The plan as a JSON document, the resource (`type.name`) or provider (`aws.alias`) of each address, the gaps."""

    document: dict[str, Any]
    resources: Mapping[str, Resource]
    coverage: PlanCoverage


def write_plan(resources: Iterable[Resource], known: TokenMap, *, changes: bool = True) -> WrittenPlan:
    """The plan of all AWS resources; without `changes`, only what Checkov reads (half the size)."""
    everything = tuple(resources)
    named = addressed(everything, known)
    finder = reference_finder(named)
    writer = _Writer(known, finder)
    for one in named:
        writer.add(one)
    providers = [one for one in everything if one.token == _PROVIDER_TOKEN]
    aliases = [one for one in providers if not _hides_key(one)]
    return WrittenPlan(
        document=writer.document(_provider_config(aliases), changes=changes),
        resources={one.address: one.resource for one in named} | {f"aws.{plan_name(one.name)}": one for one in aliases},
        coverage=PlanCoverage(
            unmapped_tokens=_unmapped(everything, known, aws=True),
            other_providers=_unmapped(everything, known, aws=False),
            unmapped_properties=tuple(writer.unmatched),
            unknown=tuple(writer.unknown),
            hidden_keys=tuple(one.urn for one in providers if _hides_key(one)),
        ),
    )


def _unmapped(resources: Iterable[Resource], known: TokenMap, *, aws: bool) -> dict[str, int]:
    custom = (one.token for one in resources if one.custom and not one.token.startswith(_ENGINE_TYPES))
    missing = (token for token in custom if known.terraform_type(token) is None)
    return dict(sorted(Counter(token for token in missing if token.startswith("aws:") is aws).items()))


class _Writer:
    def __init__(self, known: TokenMap, finder: ReferenceFinder) -> None:
        self._known = known
        self._finder = finder
        self._planned: list[dict[str, Any]] = []
        self._configured: list[dict[str, Any]] = []
        self._changes: list[dict[str, Any]] = []
        self.unmatched: list[tuple[str, str]] = []
        self.unknown: list[tuple[str, str]] = []

    def add(self, one: Addressed) -> None:
        table = self._known.table_of(one.resource.token)
        converter = Converter(known=self._known)
        done = converter.properties(table, one.resource.inputs)
        values = done.value if isinstance(done.value, dict) else {}
        self.unmatched.extend((one.resource.urn, path) for path in converter.unmatched)
        unknown = done.unknown if isinstance(done.unknown, dict) else {}
        self.unknown.extend((one.resource.urn, name) for name in unknown)
        head = {"address": one.address, "mode": "managed", "type": one.type, "name": one.name}
        self._planned.append({**head, "provider_name": "aws", "schema_version": 0, "values": values})
        self._configured.append({**head, "expressions": self._expressions(one, table, values, unknown)})
        change = {"actions": ["create"], "before": None, "after": values, "after_unknown": unknown}
        self._changes.append({**head, "change": change})

    def _expressions(
        self, one: Addressed, table: int, values: Mapping[str, Any], unknown: Mapping[str, Any]
    ) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name, urns in sorted(one.resource.depends_on_by_property.items()):
            references = self._finder.of(urns, one.resource.inputs.get(name))
            rule = self._known.rule(table, name)
            if references and not rule.unmatched:
                found[rule.name] = expression(values.get(rule.name), unknown.get(rule.name), references)
        return found

    def document(self, provider_config: dict[str, Any], *, changes: bool) -> dict[str, Any]:
        lean = [one for one in self._changes if one["change"]["after_unknown"]]
        for one in () if changes else lean:
            one["change"]["after"] = None
        return {
            "format_version": "1.2",
            "terraform_version": "1.9.0",
            "planned_values": {"root_module": {"resources": self._planned}},
            "resource_changes": self._changes if changes else lean,
            "configuration": {"provider_config": provider_config, "root_module": {"resources": self._configured}},
        }


def _hides_key(provider: Resource) -> bool:
    """Pulumi holds every key secret, hard coded or not: the policy on hard-coded keys must not pass for want of one."""
    return bool({HIDDEN, UNKNOWN} & {provider.get("accessKey"), provider.get("secretKey")})


def _provider_config(aliases: Iterable[Resource]) -> dict[str, Any]:
    """Explicit providers with their region, and any key in clear."""
    config = {}
    for one in sorted(aliases, key=lambda alias: alias.urn):
        alias = plan_name(one.name)
        values = {target: one.inputs.get(name) for name, target in _PROVIDER_ATTRIBUTES.items()}
        plain = {target: value for target, value in values.items() if isinstance(value, str)}
        expressions = {target: {"constant_value": value} for target, value in plain.items()}
        config[f"aws.{alias}"] = {"name": "aws", "alias": alias, "expressions": expressions}
    return config
