"""The client of our rows in `tests.bench.probing`: a process of its own, which imports what a scan would and no server.

`python -m tests.bench.mutating PORT FOLDER`; FOLDER holds the certificate to trust and `limits.json`.
"""

import json
import resource
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Final

from scanner.model.effect import Effect, Mode
from scanner.model.facts.ocpi.mutation import MutantsTreated
from scanner.model.observation import Seen
from scanner.model.party import Identity, Party, Role
from scanner.model.target import EnvironmentTarget, Limits
from scanner.ocpi.discovery import DiscoveryProbe
from scanner.ocpi.mutation.probe import MutationProbe
from scanner.run.event_loop import run_to_end
from scanner.run.garbage import collect_rarely
from tests.scanner.gate_fixtures import loopback_target, open_gate

OPEN: Final = Limits(
    requests_per_second=1e6, burst=10**6, max_requests=8_000, max_seconds=1e9, max_bytes=10**12, timeout_s=10.0
)
LIMITS_FILE: Final = "limits.json"
_TOKEN: Final = "a-token-for-a-benchmark-3f1c"


def main(port: int, folder: Path) -> None:
    """Send malformed messages, as many as FOLDER's limits let out, in a process that is set up as that of a command."""
    collect_rarely()
    limits = replace(OPEN, **json.loads((folder / LIMITS_FILE).read_text()))
    with tempfile.TemporaryDirectory(dir=folder) as own:
        url = f"https://localhost:{port}/versions"
        run_to_end(mutate(writing_target(url, folder / "localhost.pem", limits), Path(own)))


def writing_target(url: str, ca_file: Path, limits: Limits) -> EnvironmentTarget:
    """Where a CPO and an eMSP of ours may write what stays."""
    party = Party(country_code="BE", party_id="GRN")
    cpo = Identity(name="cpo", party=party, role=Role.CPO, disposable=True)
    emsp = Identity(name="emsp", party=replace(party, party_id="EMP"), role=Role.EMSP, disposable=True)
    target = loopback_target(url, ca_file=ca_file, identities=[cpo, emsp], limits=limits)
    return replace(target, mode=Mode.EXERCISE, allow=frozenset({Effect.LASTING}))


async def mutate(target: EnvironmentTarget, folder: Path, token: str = _TOKEN) -> int:
    """Discover, then send; how many requests it took."""
    tokens = {identity.name: token for identity in target.identities}
    async with open_gate(target, folder, tokens=tokens) as gate:
        facts = await gate.run(DiscoveryProbe(), MutationProbe())
        treated = [o.result.fact for o in facts if isinstance(o.result, Seen)]
        mutants = sum(fact.sent for fact in treated if isinstance(fact, MutantsTreated))
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(f"{mutants} mutants, {gate.gate.requests_sent} requests, {peak:.0f} MiB", flush=True)
        return gate.gate.requests_sent


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
