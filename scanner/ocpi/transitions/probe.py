"""Illegal steps and repeated messages at every receiver interface at which a disposable identity may write."""

from scanner.ocpi.transitions.allowance import Allowance
from scanner.ocpi.transitions.bench import Bench
from scanner.ocpi.transitions.bench_probe import BenchProbe
from scanner.ocpi.transitions.trial import PROVIDES, BenchTrial
from scanner.probe import ProbeContext


class TransitionsProbe(BenchProbe):
    """One state machine after the other."""

    name = "ocpi-transitions"
    provides: frozenset[type] = frozenset(PROVIDES)
    kinds = PROVIDES
    share = 0.25
    messages = "illegal steps and repeated messages"
    what = (
        "valid objects of its own, illegal steps of their lifecycle and repeated messages, to every "
        "receiver interface that it may push to"
    )
    leaves = (
        "tokens made invalid, sessions ended, EVSEs removed, and CDRs, under POSTURE-.. ids; tariffs are deleted again"
    )

    async def try_at(self, context: ProbeContext, bench: Bench, allowance: Allowance) -> None:
        """Walk one machine."""
        await BenchTrial(context, bench, allowance).run()
