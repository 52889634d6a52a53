"""Checkov as a child process for a whole run: `PYTHON -I scanner/cloud/checkov_worker.py < settings.json`.

Imports the standard library and Checkov. Checkov's registries, logging and signal handlers are global, so it gets a
process of its own, which loads it once (seconds) while the first stack is still being read. Each job is judged by a
fork of what was loaded: what one stack leaves behind in the registries, its memory, its crash and its time stay its
own. What Checkov drops in silence (policies that could not decide, policies that raised) is written down. No socket is
ever connected: an audit hook refuses it.

Jobs are files of one folder: `N.job` names document, framework and limit, and is there once it is whole; `N.answer` is
the answer to it. They are judged in the order of their numbers, from 0.
"""

import gc
import json
import logging
import os
import signal
import sys
import time
from collections.abc import Callable
from functools import cached_property
from importlib.machinery import PathFinder
from importlib.util import LazyLoader
from pathlib import Path
from typing import Any

_POLL_S = 0.02
_YIELDS = 10  # while it loads: the program whose plan it waits for is what everybody waits for
_NETWORK = frozenset({"socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto"})
_OFFLINE = {"BC_SKIP_MAPPING": "TRUE", "LOG_LEVEL": "CRITICAL", "CHECKOV_ENABLE_FORCE_COLOR": "FALSE"}
_TERRAFORM_PLAN = "terraform_plan"
_SKIPPED = ["CKV_TF_*"]  # on modules' sources: a plan of ours has none


class NetworkRefusedError(RuntimeError):
    """Something in the worker tried to reach the network."""


def refuse_network(event: str, arguments: tuple[Any, ...]) -> None:
    """An audit hook: raises for every attempt to connect or to resolve a name."""
    if event in _NETWORK:
        raise NetworkRefusedError(f"the policy worker works offline: {event} {arguments[1:2]}")


def wait_for(job: Path, until: float) -> bool:
    """True once the job is there; False if the time (of the monotonic clock) is up before."""
    while not job.exists():
        if time.monotonic() > until:
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


class ClientLater:
    """Finds aiohttp, to be executed with its first use."""

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> Any:  # noqa: ANN401 - as importlib asks
        """Its place, with a loader that waits; None for everything else."""
        found = PathFinder.find_spec(name, path, target) if name == "aiohttp" else None
        if found is not None and found.loader is not None:
            found.loader = LazyLoader(found.loader)
        return found


def put_off() -> None:
    """What Checkov loads and a plan may never need: its HTTP client, and the tables of its parser of HCL."""
    import lark  # noqa: PLC0415 - Checkov is loaded once the hook stands

    sys.meta_path.insert(0, ClientLater())
    plain = lark.Lark

    class Late:
        """Builds its tables when something is parsed."""

        def __init__(self, **options: Any) -> None:  # noqa: ANN401 - Lark's own
            self._options = options

        @cached_property
        def _parser(self) -> lark.Lark:
            return plain(**self._options)

        def parse(self, text: str) -> Any:  # noqa: ANN401 - as above
            return self._parser.parse(text)

    lark.Lark = Late  # type: ignore[misc,assignment]
    import hcl2.parser  # noqa: F401, PLC0415 - binds the late one

    lark.Lark = plain  # type: ignore[misc]


def load(answers: Answers, policies: list[str]) -> Callable[[str, str], Any]:
    """Import Checkov with all policies (seconds) and give the function that runs it: file and framework to a report.

    What its runner would load once it has the plan, ours first and then its own, is loaded here: nobody waits for it.
    """
    put_off()
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

    def run(file: str, framework: str) -> Any:  # noqa: ANN401 - Checkov has no types
        chosen = RunnerFilter(framework=[framework], skip_checks=_SKIPPED)
        return _runner(framework).run(root_folder=None, files=[file], runner_filter=chosen)

    return run


def _runner(framework: str) -> Any:  # noqa: ANN401 - Checkov has no types
    if framework == _TERRAFORM_PLAN:
        from checkov.terraform.plan_runner import Runner  # noqa: PLC0415 - as above

        return Runner()
    if framework == "cloudformation":
        from checkov.cloudformation.runner import Runner as TemplateRunner  # noqa: PLC0415 - as above

        return TemplateRunner()
    raise ValueError(f"no runner for {framework}")


def connecting() -> dict[str, list[str]]:
    """For each graph policy that asks what a resource is connected to: whether such a one has to exist or must not."""
    from checkov.terraform.plan_runner import Runner  # noqa: PLC0415 - as above

    def operators(check: Any) -> set[str]:  # noqa: ANN401 - Checkov has no types
        own = {str(check.operator)} if check.connected_resources_types and "exists" in str(check.operator) else set()
        return own.union(*(operators(inner) for inner in check.sub_checks))

    found = {check.id: sorted(operators(check)) for check in Runner().graph_registry.checks}
    return {rule: words for rule, words in found.items() if words}


def expected(kinds: dict[str, str]) -> set[tuple[str, str]]:
    """(policy, address) for every policy that is meant for a resource's type; those about HCL only are left out."""
    from checkov.terraform.checks.resource.registry import resource_registry  # noqa: PLC0415 - as above
    from checkov.terraform.plan_runner import TF_LIFECYCLE_CHECK_IDS  # noqa: PLC0415 - as above

    return {
        (check.id, address)
        for address, kind in kinds.items()
        for check in resource_registry.get_checks(kind)
        if check.id not in TF_LIFECYCLE_CHECK_IDS
    }


def expected_of_template(template: dict[str, Any]) -> set[tuple[str, str]]:
    """As `expected`, for the resources of a CloudFormation template: `TYPE.LOGICAL_ID`."""
    from checkov.cloudformation.checks.resource.registry import cfn_registry  # noqa: PLC0415 - as above

    kinds = {name: one.get("Type", "") for name, one in template.get("Resources", {}).items() if isinstance(one, dict)}
    return {
        (check.id, f"{kind}.{name}") for name, kind in kinds.items() for check in cfn_registry.get_checks(str(kind))
    }


def kinds_in(plan: dict[str, Any]) -> dict[str, str]:
    """The type of each address that the plan manages, those of its modules included."""

    def below(module: dict[str, Any]) -> dict[str, str]:
        own = {one["address"]: one["type"] for one in module.get("resources", ()) if one.get("mode") == "managed"}
        for inner in module.get("child_modules", ()):
            own |= below(inner)
        return own

    return below(plan["planned_values"]["root_module"])


def answer_to(job: dict[str, Any], run: Callable[[str, str], Any], answers: Answers) -> dict[str, Any]:
    """Everything that Checkov says of one document, and what it left out."""
    from checkov.version import version  # noqa: PLC0415 - as above

    report = run(job["document"], job["framework"])
    said = {(one["rule"], one["resource"]) for one in answers.results}
    document = json.loads(Path(job["document"]).read_text(encoding="utf-8"))
    is_plan = job["framework"] == _TERRAFORM_PLAN
    asked = expected(kinds_in(document)) if is_plan else expected_of_template(document)
    return {
        "version": version,
        "results": answers.results,
        "missing": sorted(asked - said),
        "raised": sorted(answers.raised),
        "connecting": connecting(),
        "unread": [str(file) for file in report.parsing_errors],
        "resources": len(report.resources),
    }


def write(file: Path, answer: dict[str, Any]) -> None:
    """Whole from the moment it is there, readable by us alone."""
    part = file.with_suffix(".part")
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as stream:
        stream.write(json.dumps(answer))  # in one piece: `json.dump` takes five times as long
    part.replace(file)


def judged_apart(job: dict[str, Any], file: Path, run: Callable[[str, str], Any], answers: Answers) -> None:
    """Judge in a fork and wait for it; however it ends, there is an answer."""
    child = os.fork()
    if child == 0:
        try:
            write(file, answer_to(job, run, answers))
        except BaseException as error:  # noqa: BLE001 - Checkov may raise anything on somebody's document
            said = " ".join(str(error).split())
            write(file, {"failed": f"{type(error).__name__}: {said}".rstrip(": ")})
        finally:
            os._exit(0)  # taking Checkov's objects apart one by one takes a tenth of a second
    until = time.monotonic() + float(job["limit_s"])
    while True:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            break
        if time.monotonic() > until:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            write(file, {"failed": "", "timed_out": True})
            return
        time.sleep(_POLL_S)
    if not file.exists():
        code = os.waitstatus_to_exitcode(status)
        how = f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
        write(file, {"failed": f"it was ended by {how}"})


def main() -> None:
    """Settings in; a ready worker, until nobody asks any more (it is ended from outside, or its time is up)."""
    gc.set_threshold(200_000, 20, 20)  # what Checkov loads stays loaded: there is little garbage to look for
    os.nice(_YIELDS)
    os.dup2(2, 1)
    settings = json.load(sys.stdin)
    os.environ.update(_OFFLINE)
    sys.addaudithook(refuse_network)
    answers = Answers()
    run = load(answers, list(settings["policies"]))
    gc.freeze()
    folder, until, number = Path(settings["folder"]), time.monotonic() + float(settings["life_s"]), 0
    while wait_for(folder / f"{number}.job", until):
        job = json.loads((folder / f"{number}.job").read_text(encoding="utf-8"))
        judged_apart(job, folder / f"{number}.answer", run, answers)
        number += 1


if __name__ == "__main__":
    main()
