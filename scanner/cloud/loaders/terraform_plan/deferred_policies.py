"""Policies that a plan leaves to a data source which is read later: put together from what was written there.

Terraform language, data sources; provider `aws`, data source aws_iam_policy_document. What a plan says of one that it
cannot read yet: every known argument, and for the others what they refer to. ARNs of declared resources are those that
they will have; a policy with anything else unknown in it stays unknown.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from scanner.cloud.loaders.terraform_plan.addresses import ModulePath, resource_reference
from scanner.cloud.loaders.terraform_plan.nodes import mapping, objects, texts
from scanner.cloud.loaders.terraform_plan.references import References, Scope
from scanner.model.resource import UNKNOWN, CloudValue

_KIND: Final = "aws_iam_policy_document"
_MERGED: Final = ("source_policy_documents", "override_policy_documents", "source_json", "override_json")
_NAMES: Final[Mapping[str, str]] = {
    "actions": "Action",
    "not_actions": "NotAction",
    "resources": "Resource",
    "not_resources": "NotResource",
}
ArnOf = Callable[[str], str | None]  # of a resource by its URN


class _NotSaidError(Exception):
    """Something in it is unknown, and does not come from an ARN of a declared resource."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeferredPolicies:
    """`changes`: what the plan says of each address. `arn_of`: of a resource of the plan."""

    changes: Mapping[str, Mapping[str, Any]]
    references: References
    arn_of: ArnOf

    def text(self, written: Any, module: ModulePath, prefix: str) -> CloudValue:  # noqa: ANN401 - JSON
        """The document that an attribute takes from one data source alone, as JSON; `UNKNOWN` for anything else.

        `prefix`: the address of the module that the attribute stands in, with a dot behind it.
        """
        named = {text.removesuffix(".json") for text in texts(mapping(written).get("references"))}
        found = [resource_reference(text) for text in sorted(named)]
        if len(found) != 1 or found[0] is None or not found[0].data or found[0].type != _KIND:
            return UNKNOWN
        change = mapping(self.changes.get(f"{prefix}{min(named)}"))
        asked = self.references.configured(module, _KIND, found[0].name, data=True)
        try:
            statements = list(self._statements(change, mapping(asked.get("expressions")), module))
        except _NotSaidError:
            return UNKNOWN
        return json.dumps({"Version": "2012-10-17", "Statement": statements}) if statements else UNKNOWN

    def _statements(
        self, change: Mapping[str, Any], expressions: Mapping[str, Any], module: ModulePath
    ) -> Iterator[dict[str, Any]]:
        after, unknown = mapping(change.get("after")), mapping(change.get("after_unknown"))
        if any(name in expressions for name in _MERGED):
            raise _NotSaidError
        said, written = list(objects(after.get("statement"))), list(objects(expressions.get("statement")))
        hidden = unknown.get("statement")
        if len(said) != len(written) or hidden is True:
            raise _NotSaidError
        for at, one in enumerate(said):
            beside = hidden[at] if isinstance(hidden, list) and at < len(hidden) else {}
            yield self._statement(one, mapping(beside), written[at], module)

    def _statement(
        self, said: Mapping[str, Any], unknown: Mapping[str, Any], written: Mapping[str, Any], module: ModulePath
    ) -> dict[str, Any]:
        effect = said.get("effect") or "Allow"
        if unknown.get("effect"):
            raise _NotSaidError
        found: dict[str, Any] = {"Effect": effect, **({"Sid": said["sid"]} if said.get("sid") else {})}
        below = effect == "Allow"
        for name, element in _NAMES.items():
            values = self._values(said, unknown, written, name, module, below=below and name == "resources")
            if values:
                found[element] = values
        for name, element in (("principals", "Principal"), ("not_principals", "NotPrincipal")):
            principals = self._blocks(said, unknown, written, name, ("type", "identifiers"), module)
            for one in principals:
                kind, who = str(one["type"]), one["identifiers"]
                if kind == "*":
                    found[element] = "*"
                elif isinstance(found.setdefault(element, {}), dict):
                    found[element].setdefault(kind, []).extend(who)
        for one in self._blocks(said, unknown, written, "condition", ("test", "variable", "values"), module):
            found.setdefault("Condition", {}).setdefault(one["test"], {})[one["variable"]] = one["values"]
        return found

    def _blocks(
        self,
        said: Mapping[str, Any],
        unknown: Mapping[str, Any],
        written: Mapping[str, Any],
        name: str,
        parts: tuple[str, ...],
        module: ModulePath,
    ) -> Iterator[dict[str, Any]]:
        """Blocks inside of a statement; their last part is a list."""
        blocks, beside = list(objects(said.get(name))), unknown.get(name)
        expressions = list(objects(written.get(name)))
        if beside is True or len(blocks) != len(expressions):
            raise _NotSaidError
        for at, one in enumerate(blocks):
            hidden = mapping(beside[at]) if isinstance(beside, list) and at < len(beside) else {}
            if any(hidden.get(part) for part in parts[:-1]):
                raise _NotSaidError
            values = self._values(one, hidden, expressions[at], parts[-1], module)
            yield {**{part: one.get(part) for part in parts[:-1]}, parts[-1]: values}

    def _values(
        self,
        said: Mapping[str, Any],
        unknown: Mapping[str, Any],
        written: Mapping[str, Any],
        name: str,
        module: ModulePath,
        *,
        below: bool = False,
    ) -> list[str]:
        """A list of texts; for those that are not known the ARNs of what they refer to, and (`below`) what is in it."""
        known = [one for one in said.get(name) or () if isinstance(one, str)]
        hidden = unknown.get(name)
        if hidden is not True and not (isinstance(hidden, list) and any(hidden)):
            return known
        trail = self.references.trail(written.get(name), Scope(module=module), {})
        arns = [self.arn_of(urn) for urn in sorted(trail.urns)]
        if trail.lost or not arns or None in arns:
            raise _NotSaidError
        named = [arn for arn in arns if arn is not None]
        return [*known, *named, *(f"{arn}/*" for arn in named if below)]
