"""The kinds of stack: which settings each reads, and which module puts it together.

org            organisation, accounts, guard rails, the organisation's trail; in the management account
test, prod     an OCPI environment, each in an account of its own
audit          locked evidence and the scheduled scanner, in the security account
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from infra import audit_settings, neighbours, organization_settings, settings
from infra.config_reader import Section
from infra.stack_config import read_section

KEYS: Final[Mapping[str, tuple[str, ...]]] = {
    "org": organization_settings.KEYS,
    "test": settings.KEYS,
    "prod": settings.KEYS,
    "audit": audit_settings.KEYS,
}
# The engine sets these in every stack, whatever its kind.
_DEFAULTED: Final[Mapping[str, Any]] = {
    **organization_settings.DEFAULTS,
    **settings.DEFAULTS,
    **audit_settings.DEFAULTS,
}
_STRUCTURES: Final = tuple(key for key, default in _DEFAULTED.items() if isinstance(default, (list, dict)))


def deploy() -> None:
    """Register everything of the kind that the config names. Raises SettingsError, with what to set, before that."""
    kind = read_section(["kind"], ()).choice("kind", tuple(KEYS))
    _own_keys_only(kind)
    neighbours.refuse_shared(kind)
    # pulumi_aws loads its modules when they are first touched: a stack loads its own only
    if kind == "org":
        from infra import organization_stack  # noqa: PLC0415

        organization_stack.deploy(organization_settings.read())
    elif kind == "audit":
        from infra import audit_stack  # noqa: PLC0415

        audit_stack.deploy(audit_settings.read())
    else:
        from infra import stack  # noqa: PLC0415

        stack.deploy(settings.read())


def _own_keys_only(kind: str) -> None:
    """A key of another kind would be read by nobody; at its default it is the engine's own."""
    foreign = {key for keys in KEYS.values() for key in keys} - {*KEYS[kind]}
    given: Section = read_section(sorted(foreign), _STRUCTURES)
    for key in given:
        if _is_default(key, given.values[key]):
            continue
        others = ", ".join(name for name, keys in KEYS.items() if key in keys)
        raise given.error(key, f"belongs to stacks of kind {others}, and this one is of kind {kind}; remove it")


def _is_default(key: str, value: object) -> bool:
    """Numbers come as text."""
    if key not in _DEFAULTED:
        return False
    default = _DEFAULTED[key]
    return value == (default if isinstance(default, (str, list, dict)) else str(default))
