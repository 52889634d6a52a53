"""Memory of a platform of ours under 1,000 callers that are slow: who does not fit is turned away, and costs nothing.

Half of them say nothing at all, half begin a handshake and stop. The callers are a process of their own. The limit is
what the server may grow by: 64 MiB.
"""

import asyncio
import resource
import sys
import tempfile
from pathlib import Path
from typing import Final

from msgspec import structs

from scanner.gate.accepting import Door
from scanner.gate.redaction import Redactor
from scanner.gate.server_tls import server_side
from scanner.gate.serving import Known, Served
from scanner.model.effect import Effect
from scanner.model.intent import ServeIntent
from scanner.model.served import CallersToken, ServedAnswer, ServedCall
from tests.targets.byte_server import self_signed

CALLERS: Final = 1000
LIMIT_MIB: Final = 64.0
_CLIENT: Final = """
import socket, sys, time
held = []
for number in range(int(sys.argv[2])):
    held.append(socket.create_connection(("127.0.0.1", int(sys.argv[1]))))
    if number % 2:
        held[-1].send(bytes.fromhex("1603010200"))
print("all", flush=True)
time.sleep(2)
"""


def main() -> int:
    """Measure, and print one line; a number is no reason to end with an error."""
    with tempfile.TemporaryDirectory(prefix="ocpi-posture-bench-") as name:
        grown, knocks = asyncio.run(_measured(Path(name)))
    verdict = "within" if grown <= LIMIT_MIB else "ABOVE"
    print(f"{CALLERS} slow callers: {grown:.1f} MiB more, {knocks} let in; {verdict} the limit of {LIMIT_MIB:g} MiB")
    return 0


async def _measured(folder: Path) -> tuple[float, int]:
    self_signed(folder)
    intent = ServeIntent(
        effect=Effect.REGISTRATION,
        environment="bench",
        probe="bench",
        purpose="be called slowly",
        host="127.0.0.1",
        port=0,
        nonce="nobody-knows",
        deadline_s=60.0,
        certificate_file=str(folder / "localhost.pem"),
        key_file=str(folder / "localhost.key"),
    )
    known = Known(redactor=Redactor(()), token=lambda _: CallersToken.NONE, note=lambda _: None)
    served = Served(structs.replace(intent, max_events=CALLERS), _nothing, known)
    async with Door(intent, server_side(intent), served) as door:
        before = _peak_mib()
        client = await asyncio.create_subprocess_exec(
            sys.executable, "-c", _CLIENT, str(door.port), str(CALLERS), stdout=asyncio.subprocess.PIPE
        )
        await client.wait()
    return _peak_mib() - before, len(served.knocks)


async def _nothing(_call: ServedCall) -> ServedAnswer:
    return ServedAnswer(status=404)


def _peak_mib() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    sys.exit(main())
