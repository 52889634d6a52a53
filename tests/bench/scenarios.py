"""Scenarios of the hostile partner per second, at the sound reference service beside us in this process.

The time is the wall's: some scenarios wait on purpose, until the service gives up on an answer that drips. Processor
time is that of both. There is no limit: the order of their sizes tells whether a scan waits or works.
"""

import sys
import tempfile
import time
from pathlib import Path

from scanner.model.facts.ocpi.rogue import ROGUE_FACTS
from scanner.model.observation import Seen
from tests.targets.hostile_partner import hostile_target, look, service_of


def main() -> int:
    """Measure, and print one line; it ends with an error only where a scenario could not be played."""
    with tempfile.TemporaryDirectory(prefix="ocpi-posture-bench-") as name:
        folder = Path(name)
        with service_of(folder) as service:
            began, began_cpu = time.monotonic(), time.process_time()
            facts = look(hostile_target(service), service.tokens, folder)
            took_s, cpu_s = time.monotonic() - began, time.process_time() - began_cpu
    seen = [o.result for kind in ROGUE_FACTS for o in facts.of(kind)]
    played = sum(len(one.fact.played) for one in seen if isinstance(one, Seen))
    if not played or not all(isinstance(one, Seen) for one in seen):
        print("not all scenarios of the hostile partner could be played")
        return 1
    print(
        f"hostile partner: {played} scenarios in {took_s:.1f} s, {played / took_s:.1f} a second; "
        f"{cpu_s / played * 1000:.0f} ms of processor each, with the service and what is looked at before"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
