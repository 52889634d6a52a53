"""Time of the Pulumi program and number of resources, for each of the four kinds of stack (the shipped examples).

The program runs under Pulumi's mocks, so neither engine nor AWS is in the numbers: it is what a preview needs before it
asks anybody. Loading Pulumi and its AWS SDK, which is the larger part, is measured without a program and shown apart.
Processor time is of all processes together. The best of the runs counts: what else the machine does only adds.
"""

import os
import resource
import sys
import time
from collections import Counter
from typing import Final

from tests.infra.recorded_program import PYTHON, Config, Recorded, example, run

KINDS: Final = ("org", "test", "prod", "audit")
RUNS: Final = 2


def _cost(configs: dict[str, Config]) -> tuple[float, float, dict[str, Recorded | str]]:
    """Wall and processor seconds of one run, and what it registered."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    outcomes = run(configs)
    wall, after = time.monotonic() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, outcomes


def _best(configs: dict[str, Config]) -> tuple[float, float, dict[str, Recorded | str]]:
    runs = [_cost(configs) for _ in range(RUNS)]
    return min(wall for wall, _, _ in runs), min(cpu for _, cpu, _ in runs), runs[-1][2]


def main() -> int:
    """Print a line for each kind; a number is no reason to end with an error."""
    if not PYTHON.exists():
        sys.stderr.write("infra/.venv is not there: `make setup` makes it\n")
        return 1
    idle_wall, idle_cpu, _ = _best({})
    print(f"loading Pulumi and the AWS SDK: {idle_wall:.1f} s, processor time {idle_cpu:.1f} s", flush=True)
    for kind in KINDS:
        wall, cpu, outcomes = _best({kind: example(kind)})
        recorded = outcomes[kind]
        assert isinstance(recorded, Recorded), recorded
        print(
            f"{kind:<6}{_counted(recorded)}; {wall - idle_wall:.1f} s, processor time {cpu - idle_cpu:.1f} s",
            flush=True,
        )
    print(f"best of {RUNS} runs each, at a load of {os.getloadavg()[0]:.1f}")
    return 0


def _counted(recorded: Recorded) -> str:
    """Resources of AWS, and what most of them are."""
    kinds = Counter(one["type"] for one in recorded.registrations if one["type"].startswith("aws:"))
    most = ", ".join(f"{number} {kind.rpartition(':')[2]}" for kind, number in kinds.most_common(3))
    return f"{kinds.total():>4} resources of {len(kinds)} types ({most})"


if __name__ == "__main__":
    sys.exit(main())
