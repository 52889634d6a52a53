"""Disturbed connections and parallel messages at every receiver interface at which a disposable identity may write."""

from scanner.ocpi.connections.trial import PROVIDES, ConnectionTrial
from scanner.ocpi.transitions.allowance import Allowance
from scanner.ocpi.transitions.bench import Bench
from scanner.ocpi.transitions.bench_probe import BenchProbe
from scanner.probe import ProbeContext


class ConnectionsProbe(BenchProbe):
    """One kind of object after the other."""

    name = "ocpi-connections"
    provides: frozenset[type] = frozenset(PROVIDES)
    kinds = PROVIDES
    share = 0.2
    messages = "disturbed and parallel messages"
    what = (
        "valid objects of its own on connections that are cut or half-closed, the same again, and up to three "
        "messages about one object at the same time, to every receiver interface that it may push to"
    )
    leaves = "tokens made invalid, sessions ended, locations, and CDRs, under POSTURE-.. ids; tariffs are deleted"
    every_bench = False

    async def try_at(self, context: ProbeContext, bench: Bench, allowance: Allowance) -> None:
        """Disturb one receiver interface."""
        await ConnectionTrial(context, bench, allowance).run()
