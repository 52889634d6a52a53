"""The engine's resources as ours: values with markers, references by URN, provider with account and region, line."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import field
from typing import Any, Final

from scanner.cloud.declared import NotDeclared
from scanner.cloud.loaders.engine_format import EngineState
from scanner.cloud.loaders.engine_graph import shown
from scanner.cloud.loaders.engine_position import position_of
from scanner.cloud.loaders.engine_secrets import KnownSecrets, hiding, plain_secrets
from scanner.cloud.pulumi_values import cloud_values
from scanner.model.late_dataclass import dataclass
from scanner.model.resource import CloudValue, Provider, Resource

PROVIDERS: Final = "pulumi:providers:"
_URN: Final = re.compile(r"urn:pulumi:(?P<stack>[^:]*)::(?P<project>[^:]*)::(?P<type>.+?)::(?P<name>.*)", re.DOTALL)
_ACCOUNT: Final = re.compile(r"arn:[^:]*:[^:]*:[^:]*:(\d{12})(?::|$)")
_MAX_DEPTH: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Urn:
    """The parts of a URN; `type` is a chain from the outermost component on, `name` may hold anything."""

    stack: str
    project: str
    type: str
    name: str


def urn_of(text: str, document: str) -> Urn:
    """The parts of a URN.

    Raises: NotDeclared for a text of another form.
    """
    match = _URN.fullmatch(text)
    if match is None:
        raise NotDeclared(f"{document} names a resource by {text[:80]!r}, which is no URN")
    return Urn(**match.groupdict())


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """Where resources come from: `document` for sentences, `stack` as verdicts call it, defaults of the providers."""

    document: str
    stack: str
    region: str | None = None
    account: str | None = None
    secrets: frozenset[str] = field(default_factory=frozenset)


def resources_of(states: Sequence[EngineState], context: Context) -> tuple[Resource, ...]:
    """Every state as a resource, sorted by URN; secrets are hidden, also where one is repeated in clear.

    Raises: NotDeclared for what cannot be told apart from an attack on whoever reads it.
    """
    for one in states:
        _refuse_depth(one, context.document)
    known = KnownSecrets(plain_secrets(states) | context.secrets)
    renamed = {alias: one.urn for one in states for alias in one.aliases or () if alias != one.urn}
    providers = _Providers(states, context)
    found = hiding([_resource(one, context, renamed, providers) for one in states], known)
    return tuple(sorted(found, key=lambda one: one.urn))


def _resource(one: EngineState, context: Context, renamed: Mapping[str, str], providers: "_Providers") -> Resource:
    flows = one.property_dependencies or {}
    return Resource(
        urn=one.urn,
        token=one.type,
        name=urn_of(one.urn, context.document).name,
        stack=context.stack,
        inputs=cloud_values(one.inputs or {}),
        outputs=cloud_values(one.outputs or {}),
        depends_on_by_property={
            name: tuple(dict.fromkeys(renamed.get(urn, urn) for urn in urns))
            for name, urns in sorted(flows.items())
            if urns
        },
        parent=renamed.get(one.parent, one.parent) or None,
        provider=providers.of(one.provider),
        id=one.id or None,
        custom=one.custom,
        position=position_of(one),
    )


class _Providers:
    """Region and account of each provider: as its inputs say, as the ARNs of what it made say, as the config says."""

    def __init__(self, states: Iterable[EngineState], context: Context) -> None:
        self._context = context
        self._inputs: dict[str, Mapping[str, CloudValue]] = {}
        self._seen: dict[str, set[str]] = {}
        for one in states:
            if one.type.startswith(PROVIDERS):
                self._inputs[one.urn] = cloud_values(one.inputs or {})
            elif one.provider:
                urn = _provider_urn(one.provider)
                self._seen.setdefault(urn, set()).update(_own_account(one.outputs or {}))

    def of(self, reference: str) -> Provider | None:
        """`URN::id`; the id may be unknown."""
        if not reference:
            return None
        urn = _provider_urn(reference)
        inputs = self._inputs.get(urn, {})
        region = inputs.get("region")
        return Provider(
            urn=urn,
            account=account_of(inputs) or self._only(urn) or self._context.account,
            region=region if isinstance(region, str) else self._context.region,
        )

    def _only(self, urn: str) -> str | None:
        seen = self._seen.get(urn, set())
        return next(iter(seen)) if len(seen) == 1 else None


def _provider_urn(reference: str) -> str:
    return reference.rpartition("::")[0]


def _own_account(outputs: Mapping[str, Any]) -> Iterator[str]:
    arn = outputs.get("arn")
    match = _ACCOUNT.match(arn) if isinstance(arn, str) else None
    if match:
        yield match[1]


def account_of(values: Mapping[str, CloudValue]) -> str | None:
    """The one account that a provider may work in: the only one it allows, or that of the last role it assumes."""
    allowed = _listed(values.get("allowedAccountIds"))
    if len(allowed) == 1 and isinstance(allowed[0], str):
        return allowed[0]
    roles = _listed(values.get("assumeRoles")) or _listed(values.get("assumeRole"))
    last = roles[-1] if roles and isinstance(roles[-1], Mapping) else {}
    arn = last.get("role_arn") or last.get("roleArn")
    match = _ACCOUNT.match(arn) if isinstance(arn, str) else None
    return match[1] if match else None


def _listed(value: CloudValue | None) -> Sequence[CloudValue]:
    """A list, which the engine keeps as JSON text among a provider's inputs."""
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            return ()
    if isinstance(value, Mapping):
        return (value,)
    return value if isinstance(value, Sequence) and not isinstance(value, str) else ()


def _refuse_depth(one: EngineState, document: str) -> None:
    waiting: list[tuple[object, int]] = [(one.inputs, 1), (one.outputs, 1)]
    while waiting:
        value, depth = waiting.pop()
        if depth > _MAX_DEPTH:
            raise NotDeclared(f"{document} has values nested deeper than {_MAX_DEPTH} levels: {shown([one.urn])}")
        if isinstance(value, dict):
            waiting += [(inner, depth + 1) for inner in value.values() if isinstance(inner, dict | list)]
        elif isinstance(value, list):
            waiting += [(inner, depth + 1) for inner in value if isinstance(inner, dict | list)]
