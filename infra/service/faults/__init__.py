"""Faults of the service, each a wrapper round a correct one: no line of the service knows of them.

`FAULTS` lists them by hand. `all` means every fault but those certificates that a verifying client refuses
(`Fault.in_all`): it would hang up before it saw any other fault, and but those that others hide. Faults that only a
partner who writes can see (`Fault.by_writing`) are named one by one; some take one who registers (`BY_REGISTERING`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from infra.service.faults import (
    authentication,
    backends,
    callbacks,
    certificates,
    commands,
    connections,
    content,
    contract,
    data,
    half_way,
    headers,
    load,
    new_tokens,
    open_writes,
    partner_calls,
    partner_claims,
    pulls,
    registration,
    remote_sessions,
    requests,
    sent_commands,
    started,
    token_matching,
    transitions,
    transport,
    validation,
)
from infra.service.faults.fault import Fault

__all__ = ["ALL", "BY_REGISTERING", "FAULTS", "Fault", "UnknownFaultError", "select_faults"]

ALL: Final = "all"
_LISTED: Final = (
    *transport.FAULTS,
    *certificates.FAULTS,
    *authentication.FAULTS,
    *open_writes.FAULTS,
    *token_matching.FAULTS,
    *data.FAULTS,
    *content.FAULTS,
    *headers.FAULTS,
    *validation.FAULTS,
    *transitions.FAULTS,
    *connections.FAULTS,
    *commands.FAULTS,
    *callbacks.FAULTS,
    *requests.FAULTS,
    *remote_sessions.FAULTS,
    *contract.FAULTS,
    *registration.FAULTS,
    *half_way.FAULTS,
    *new_tokens.FAULTS,
    *partner_claims.FAULTS,
    *load.FAULTS,
    *partner_calls.FAULTS,
    *backends.FAULTS,
    *pulls.FAULTS,
    *started.FAULTS,
    *sent_commands.FAULTS,
)
_OF_REGISTRATIONS: Final = (registration, half_way, new_tokens, partner_claims, partner_calls)
BY_REGISTERING: Final = frozenset(fault.name for module in _OF_REGISTRATIONS for fault in module.FAULTS)
FAULTS: Final[Mapping[str, Fault]] = {fault.name: fault for fault in _LISTED}


class UnknownFaultError(ValueError):
    """No such fault, or two that exclude each other."""


def select_faults(names: Iterable[str]) -> tuple[Fault, ...]:
    """The faults with these names, each once, in the order of `FAULTS`; `all` stands for many.

    A certificate that is named beside `all` replaces the one that `all` brings. Raises UnknownFaultError.
    """
    wanted = set(names)
    unknown = sorted(wanted - FAULTS.keys() - {ALL})
    if unknown:
        raise UnknownFaultError(f"no such fault: {', '.join(unknown)} (there are: {ALL}, {', '.join(FAULTS)})")
    named = [fault for fault in _LISTED if fault.name in wanted]
    _check_groups(named)
    if ALL not in wanted:
        return tuple(named)
    taken = {fault.group for fault in named if fault.group}
    of_all = (f for f in _LISTED if f.in_all and not f.by_writing and (f.group is None or f.group not in taken))
    chosen = {*named, *of_all}
    return tuple(fault for fault in _LISTED if fault in chosen)


def _check_groups(named: list[Fault]) -> None:
    by_group: dict[str, str] = {}
    for fault in named:
        if fault.group is None:
            continue
        if fault.group in by_group:
            raise UnknownFaultError(f"{by_group[fault.group]} and {fault.name} exclude each other")
        by_group[fault.group] = fault.name
