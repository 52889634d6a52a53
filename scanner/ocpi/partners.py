"""Which identities must be kept apart from which."""

from itertools import permutations

from scanner.model.party import Identity, Party, Role
from scanner.model.target import EnvironmentTarget


def parties_of(target: EnvironmentTarget) -> dict[str, Party]:
    """Identity names with their parties; a hub sees everybody by its trade, and a bootstrap token opens no module."""
    return {
        i.name: i.party for i in target.identities if i.party is not None and i.role is not Role.HUB and not i.bootstrap
    }


def pairs(target: EnvironmentTarget) -> tuple[tuple[str, str], ...]:
    """Every (owner, other) that must be kept apart: different parties, and not one partner, which may share."""
    named = parties_of(target)
    return tuple(
        (one, other)
        for one, other in permutations(sorted(named), 2)
        if named[one] != named[other] and not _one_partner(target.identity(one), target.identity(other))
    )


def _one_partner(one: Identity, other: Identity) -> bool:
    return one.partner is not None and one.partner == other.partner
