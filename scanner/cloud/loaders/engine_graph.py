"""Is what an engine's document says of parents and references possible at all?"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from scanner.cloud.declared import NotDeclared
from scanner.cloud.loaders.engine_format import EngineState
from scanner.cloud.one_line import cut_line

_SHOWN: Final = 3
_NAME: Final = 160  # characters of a name in a sentence


def refuse_the_impossible(states: Sequence[EngineState], document: str) -> None:
    """Names that stand for two resources, and circles: no engine writes them, and no verdict on them would hold.

    Raises: NotDeclared.
    """
    twice = sorted(urn for urn, count in Counter(one.urn for one in states).items() if count > 1)
    if twice:
        raise NotDeclared(f"{document} has {len(twice)} URNs that stand for several resources: {shown(twice)}")
    parents = {one.urn: [one.parent] for one in states if one.parent}
    if (urn := _on_a_circle(parents)) is not None:
        raise NotDeclared(f"{document} has parents in a circle, through {shown([urn])}")
    needed = {one.urn: sorted(needs(one)) for one in states}
    if (urn := _on_a_circle(needed)) is not None:
        raise NotDeclared(f"{document} has dependencies in a circle, through {shown([urn])}")


def needs(one: EngineState) -> set[str]:
    """URNs of the resources that a resource depends on."""
    flows = (urn for urns in (one.property_dependencies or {}).values() for urn in urns or ())
    return {*(one.dependencies or ()), *flows}


def unresolved(states: Iterable[EngineState], known: Iterable[str]) -> tuple[str, ...]:
    """URNs that are referred to by a property or as a parent and are not among the known ones; sorted."""
    there = set(known)
    wanted = {urn for one in states for urn in (*needs(one), *filter(None, [one.parent]))}
    return tuple(sorted(wanted - there))


def shown(urns: Sequence[str]) -> str:
    """The first few, each by type and name."""
    more = f" and {len(urns) - _SHOWN} more" if len(urns) > _SHOWN else ""
    return ", ".join(_short(urn) for urn in urns[:_SHOWN]) + more


def _short(urn: str) -> str:
    return cut_line("::".join(urn.split("::")[2:]) or urn, _NAME)


def _on_a_circle(edges: Mapping[str, Sequence[str]]) -> str | None:
    """Any member of a circle; depth first, without recursion, each edge once."""
    done: set[str] = set()
    for start in edges:
        if start in done:
            continue
        path: dict[str, Iterator[str]] = {start: iter(edges[start])}
        while path:
            here = next(reversed(path))
            following = next(path[here], None)
            if following is None:
                del path[here]
                done.add(here)
            elif following in path:
                return following
            elif following not in done and following in edges:
                path[following] = iter(edges[following])
    return None
