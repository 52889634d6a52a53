"""The whole scan of the embedded target against sslyze and Checkov alone on the same target, in turns.

The limit is the slowest of the two alone plus 20 %, although the scan does the work of both and the protocol.
"""

import json
import os
import statistics
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Final

from scanner.cli.demo_config import write_configuration
from scanner.cli.demo_service import prepare, served
from tests.bench.child import Cost, cost_of

ROUNDS: Final = 3
LIMIT: Final = 1.2
_FEW_GUESSES: Final = 10  # the reference service locks an address out after 40


def main() -> int:
    """Measure, and print a table and the ratios against the limit; a number is no reason to end with an error."""
    with tempfile.TemporaryDirectory(prefix="ocpi-posture-bench-") as name:
        folder = Path(name).resolve()
        settings = prepare(folder / "service")
        with served(folder / "service", ()) as service:
            configuration = write_configuration(folder, settings, service, ())
            _guess_little(configuration)
            port = service.versions_url.split("/")[2].rpartition(":")[2]
            return _measure(folder, configuration, int(port))


def _guess_little(configuration: Path) -> None:
    """The service of all rounds is one: guesses that lock an address out would make the next round wait."""
    document = json.loads(configuration.read_text(encoding="utf-8"))
    for environment in document["environments"].values():
        environment["limits"]["max_guesses"] = _FEW_GUESSES
    configuration.write_text(json.dumps(document), encoding="utf-8")


def _measure(folder: Path, configuration: Path, port: int) -> int:
    environment = {**os.environ, "NO_COLOR": "1"}
    log = folder / "output.log"
    scan = _scan_command(folder, configuration)
    _checked(cost_of(scan("warm-up"), environment, log), 0, log)
    plan = _plan_of(folder / "warm-up")
    peers = {
        "sslyze alone": [sys.executable, "-m", "sslyze", f"localhost:{port}"],
        "Checkov alone": [
            str(Path(sys.executable).with_name("checkov")),
            *("-f", str(plan), "--framework", "terraform_plan", "--skip-download", "--quiet", "--compact"),
        ],
    }
    costs: dict[str, list[Cost]] = {name: [] for name in ("ocpi-posture scan", *peers)}
    for number in range(ROUNDS):
        ours = cost_of(scan(f"round-{number}"), environment, log)
        costs["ocpi-posture scan"].append(_checked(ours, 0, log))
        for name, command in peers.items():
            costs[name].append(cost_of(command, environment, log))
    return _report(costs)


def _scan_command(folder: Path, configuration: Path) -> Callable[[str], list[str]]:
    def command(run: str) -> list[str]:
        options = ["-c", str(configuration), "-o", str(folder / run)]
        return [sys.executable, "-m", "scanner", "-q", "scan", *options]

    return command


def _checked(cost: Cost, expected: int, log: Path) -> Cost:
    if cost.exit_code != expected:
        sys.exit(f"the scan ended with {cost.exit_code}:\n{log.read_text(errors='replace')[-2000:]}")
    return cost


def _plan_of(run: Path) -> Path:
    """The Terraform plan that the run judged, from its evidence."""
    for path in sorted(run.glob("evidence/*/*.json")):
        artefact = json.loads(path.read_text())["artefact"]
        if isinstance(artefact, dict) and "planned_values" in artefact.get("plan", ()):
            plan = run / "plan.json"
            plan.write_text(json.dumps(artefact["plan"]))
            return plan
    sys.exit("the run stored no plan")


def _report(costs: dict[str, list[Cost]]) -> int:
    print(f"{'':<20}{'wall s (min/median/max)':>28}{'cpu s':>9}{'peak MiB':>10}")
    for name, runs in costs.items():
        wall = [run.wall_s for run in runs]
        spread = f"{min(wall):.1f} / {statistics.median(wall):.1f} / {max(wall):.1f}"
        cpu, peak = statistics.median(run.cpu_s for run in runs), max(run.peak_mib for run in runs)
        print(f"{name:<20}{spread:>28}{cpu:>9.1f}{peak:>10.0f}")
    ours, *peers = costs.values()
    ratios = [mine.wall_s / max(theirs.wall_s for theirs in others) for mine, *others in zip(ours, *peers, strict=True)]
    median = statistics.median(ratios)
    shown = ", ".join(f"{ratio:.2f}" for ratio in ratios)
    kept = "kept" if median <= LIMIT else "NOT kept"
    print(f"wall, scan / slowest alone in the same round: {shown}; median {median:.2f}; limit {LIMIT} {kept}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
