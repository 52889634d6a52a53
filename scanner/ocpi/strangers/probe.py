"""Probe `ocpi-stranger-writes`: what a valid token may write, written without one, and read back with it.

Each refused write counts against `max_refusals` of the host, as the reads without a valid token do.
"""

from collections.abc import Sequence

from scanner.model.facts.ocpi.strangers import STRANGER_FACTS
from scanner.ocpi.share import Share
from scanner.ocpi.strangers.trial import StrangersTrial
from scanner.ocpi.strangers.turns import NAME, one_a_door
from scanner.ocpi.transitions.allowance import Allowance
from scanner.ocpi.transitions.bench import Bench
from scanner.ocpi.transitions.bench_probe import BenchProbe
from scanner.ocpi.writing.surface import Surface
from scanner.probe import ProbeContext


class StrangerWritesProbe(BenchProbe):
    """One kind of object after the other."""

    name = NAME
    provides: frozenset[type] = frozenset(STRANGER_FACTS)
    kinds = STRANGER_FACTS
    share = 0.2
    messages = "writes without a valid token"
    what = (
        "valid objects of its own, and the same writes without a token, with made-up and empty ones, and under another "
        "scheme, to every receiver interface that it may push to"
    )
    leaves = "tokens made invalid, sessions ended, locations, and CDRs, under POSTURE-.. ids; tariffs are deleted"
    every_bench = False

    def chosen(self, found: Sequence[Surface]) -> Sequence[Surface]:
        """Each URL once."""
        return tuple(one_a_door(found))

    async def try_at(self, context: ProbeContext, bench: Bench, allowance: Allowance) -> None:
        """Write to one receiver interface without a valid token."""
        share = Share.of_writes(context, bench.surface)
        await StrangersTrial(context, bench, allowance, share).run()
