"""Checkov as a child process: `PYTHON -I scanner/cloud/checkov_worker.py < job.json`.

Imports the standard library and Checkov. Checkov's registries, logging and signal handlers are global, so it gets a
process of its own. It loads while the plan is still being made, and then waits for the plan's file. What Checkov drops
in silence (policies that could not decide, policies that raised) is written down. No socket is ever connected: an audit
hook refuses it.
"""

import gc
import json
import logging
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

_POLL_S = 0.02
_YIELDS = 10  # while it loads: the program whose plan it waits for is what everybody waits for
_NETWORK = frozenset({"socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto"})
_OFFLINE = {"BC_SKIP_MAPPING": "TRUE", "LOG_LEVEL": "CRITICAL", "CHECKOV_ENABLE_FORCE_COLOR": "FALSE"}


class NetworkRefusedError(RuntimeError):
    """Something in the worker tried to reach the network."""


def refuse_network(event: str, arguments: tuple[Any, ...]) -> None:
    """An audit hook: raises for every attempt to connect or to resolve a name."""
    if event in _NETWORK:
        raise NetworkRefusedError(f"the policy worker works offline: {event} {arguments[1:2]}")


def wait_for(plan: Path, deadline_s: float) -> bool:
    """True once the plan is there; False if it was called off (`NAME.cancelled` appears) or the time is up."""
    until = time.monotonic() + deadline_s
    cancelled = plan.with_suffix(".cancelled")
    while not plan.exists():
        if cancelled.exists() or time.monotonic() > until:
            return False
        time.sleep(_POLL_S)
    return True


class Answers:
    """Collects every record, also those that Checkov's own report leaves out."""

    def __init__(self) -> None:
        self.results: list[dict[str, Any]] = []
        self.raised: set[tuple[str, str]] = set()

    def take(self, record: Any) -> None:  # noqa: ANN401 - Checkov has no types
        """One record: PASSED, FAILED, SKIPPED or UNKNOWN."""
        severity = getattr(record.severity, "name", None)
        details = [str(line) for line in record.details or ()]
        self.results.append(
            {
                "rule": record.check_id,
                "title": record.check_name,
                "result": str(record.check_result["result"].value),
                "resource": record.resource_address or record.resource,
                "severity": severity.lower() if severity else None,
                "details": details,
                "keys": [str(key) for key in record.check_result.get("evaluated_keys") or ()],
            }
        )


def watched(answers: Answers) -> None:
    """Make Checkov tell what it would drop: unknown results, and policies that raise (one would end the whole run)."""
    from checkov.common.checks.base_check import BaseCheck  # noqa: PLC0415 - Checkov is loaded once the hook stands
    from checkov.common.models.enums import CheckResult  # noqa: PLC0415 - as above
    from checkov.common.output.report import Report  # noqa: PLC0415 - as above

    add_record, run = Report.add_record, BaseCheck.run

    def add(self: Any, record: Any) -> None:  # noqa: ANN401 - Checkov has no types
        answers.take(record)
        add_record(self, record)

    def careful(self: Any, *arguments: Any, **named: Any) -> Any:  # noqa: ANN401 - Checkov has no types
        try:
            return run(self, *arguments, **named)
        except Exception as error:  # noqa: BLE001 - a policy of another project may raise anything
            answers.raised.add((self.id, type(error).__name__))
            return {"result": CheckResult.UNKNOWN}

    Report.add_record, BaseCheck.run = add, careful  # type: ignore[method-assign]


def load(answers: Answers, policies: list[str]) -> Callable[[str], Any]:
    """Import Checkov with all policies (seconds) and give the function that runs it on a file.

    What its runner would load once it has the plan, ours first and then its own, is loaded here: nobody waits for it.
    """
    from checkov.runner_filter import RunnerFilter  # noqa: PLC0415 - Checkov is loaded once the hook stands
    from checkov.terraform.checks.resource.registry import resource_registry  # noqa: PLC0415 - as above
    from checkov.terraform.plan_runner import Runner  # noqa: PLC0415 - as above

    watched(answers)
    logging.disable(logging.CRITICAL)
    graph_registry = Runner().graph_registry  # one for all runners
    for folder in policies:
        resource_registry.load_external_checks(folder)
        graph_registry.load_external_checks(folder)
    graph_registry.load_checks()

    def run(plan: str) -> Any:  # noqa: ANN401 - Checkov has no types
        chosen = RunnerFilter(framework=["terraform_plan"], skip_checks=["CKV_TF_*"])
        return Runner().run(root_folder=None, files=[plan], runner_filter=chosen)

    return run


def expected(resources: list[str]) -> set[tuple[str, str]]:
    """(policy, address) for every policy that is meant for a resource's type; those about HCL only are left out."""
    from checkov.terraform.checks.resource.registry import resource_registry  # noqa: PLC0415 - as above
    from checkov.terraform.plan_runner import TF_LIFECYCLE_CHECK_IDS  # noqa: PLC0415 - as above

    return {
        (check.id, address)
        for address in resources
        for check in resource_registry.get_checks(address.split(".")[0])
        if check.id not in TF_LIFECYCLE_CHECK_IDS
    }


def addresses(plan: Path) -> list[str]:
    """The addresses in the plan."""
    document = json.loads(plan.read_text(encoding="utf-8"))
    return [one["address"] for one in document["planned_values"]["root_module"]["resources"]]


def main() -> None:
    """Job in, answer out; the answer goes to what standard output was, Checkov's own talk to stderr."""
    gc.set_threshold(200_000, 20, 20)  # what Checkov loads stays loaded: there is little garbage to look for
    os.nice(_YIELDS)
    answer = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    job = json.load(sys.stdin)
    os.environ.update(_OFFLINE)
    sys.addaudithook(refuse_network)
    answers = Answers()
    run = load(answers, list(job["policies"]))
    gc.freeze()
    plan = Path(job["plan"])
    if not wait_for(plan, float(job["wait_s"])):
        return
    report = run(str(plan))
    said = {(one["rule"], one["resource"]) for one in answers.results}
    from checkov.version import version  # noqa: PLC0415 - as above

    document = {
        "version": version,
        "results": answers.results,
        "missing": sorted(expected(addresses(plan)) - said),
        "raised": sorted(answers.raised),
        "unread": [str(file) for file in report.parsing_errors],
        "resources": len(report.resources),
    }
    json.dump(document, answer)
    answer.flush()
    os._exit(0)  # taking Checkov's objects apart one by one takes a tenth of a second


if __name__ == "__main__":
    main()
