"""What the SDK works out of each resource and nobody reads here: a URN for want of a monitor, lines for a debug log."""

import sys
from collections.abc import Callable
from typing import Any, Final

import pulumi
from pulumi.runtime import resource

_MAKES_UP: Final = "create_urn"
_REGISTERS: Final = frozenset({"do_register", "do_read"})  # the functions that use it for that alone


class _NoUrn:
    """Where an output is waited for."""

    async def future(self) -> None:
        """Nothing: with a monitor, it is not looked at."""


def leave_out() -> None:
    """From here on; an SDK that works in another way is left alone."""
    pulumi.log.debug = _silent
    plain = getattr(resource, _MAKES_UP, None)
    if plain is not None:
        setattr(resource, _MAKES_UP, _only_for_aliases(plain))


def _silent(*_: Any, **__: Any) -> None:  # noqa: ANN401 - as the SDK calls it
    return None


def _only_for_aliases(plain: Callable[..., Any]) -> Callable[..., Any]:
    none = _NoUrn()

    def create_urn(*arguments: Any, **named: Any) -> Any:  # noqa: ANN401 - handed on as they are
        if sys._getframe(1).f_code.co_name in _REGISTERS:  # noqa: SLF001 - the documented way to see it
            return none
        return plain(*arguments, **named)

    return create_urn
