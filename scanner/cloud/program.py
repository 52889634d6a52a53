"""Run a Pulumi program in its own environment and read what it declares."""

import json
import os
import pwd
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from scanner.cloud.bridge.token_map import TokenMap
from scanner.cloud.declared import CodeText
from scanner.cloud.project import Project
from scanner.cloud.pulumi_values import cloud_value, cloud_values
from scanner.gate.process import ProcessResult
from scanner.model.cloud_input import ProgramInput
from scanner.model.effect import Effect
from scanner.model.intent import ProcessIntent
from scanner.model.late_dataclass import dataclass
from scanner.model.resource import HIDDEN, UNKNOWN, Provider, Resource
from scanner.model.tool_verdict import SourcePosition

_HOST: Final = Path(__file__).with_name("program_host")
_GRACE_S: Final = 5.0  # the child stops itself and reports before the gate ends it
_PROVIDERS: Final = "pulumi:providers:"
_STDERR_SHOWN: Final = 400  # characters

RunProcess = Callable[[ProcessIntent], Awaitable[ProcessResult]]


class ProgramFailed(RuntimeError):
    """The program gave nothing at all; the message is one sentence for the report. `timed_out`: it was ended."""

    def __init__(self, message: str, *, timed_out: bool = False) -> None:
        super().__init__(message)
        self.timed_out = timed_out


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgramRun:
    """What a program declared, sorted by URN; `problem` where it did not come to its end.

    `unanswered`: look-ups that only AWS could answer. `looked_up`: URNs of what it reads and does not declare.
    `skipped`: where it declares resources once a value is known that is unknown here. `refused`: hosts that it wanted
    to reach. `remote`: tokens of components that a provider of their own makes, with all that is in them. `confined`:
    the kernel kept the caller's credential files from it.
    `document`: the child's answer without secrets, as evidence; `texts`: the code that it holds as text, not in there.
    """

    resources: tuple[Resource, ...]
    problem: str | None
    problem_at: SourcePosition | None
    unanswered: tuple[str, ...]
    looked_up: tuple[str, ...]
    transforms_skipped: bool
    skipped: tuple[SourcePosition, ...]
    refused: tuple[str, ...]
    remote: tuple[str, ...]
    confined: bool
    document: Mapping[str, Any]
    texts: tuple[CodeText, ...] = ()


def stack_of(program: ProgramInput) -> str:
    """What facts and verdicts call the stack: the program's name in the configuration, and the stack's own."""
    return f"{program.name}/{program.stack}"


def program_intent(program: ProgramInput, project: Project, known: TokenMap, environment: str) -> ProcessIntent:
    """The child as the gate is asked for it; it sends nothing anywhere."""
    request = {
        "main": str(project.main),
        "project": project.name,
        "stack": program.stack,
        "config": dict(project.config),
        "secret_keys": list(project.secret_keys),
        "json_text": known.json_text,
        "account": project.account,
        "region": project.region,
        "deadline_s": program.timeout_s,
        "homes": _homes(),
    }
    return ProcessIntent(
        effect=Effect.READ,
        environment=environment,
        probe="cloud-declared",
        purpose=f"run the Pulumi program {program.name} under mocks",
        argv=(str(project.python), "-I", str(_HOST)),
        stdin=json.dumps(request).encode(),
        working_directory=str(project.directory),
        environment_variables={"AWS_EC2_METADATA_DISABLED": "true"},
        timeout_s=program.timeout_s + _GRACE_S,
        memory_bytes=program.memory_bytes,
    )


def _homes() -> list[str]:
    """Where the caller's credentials are: the home that was set, and the account's own, which a job keeps beside it."""
    found = set()
    with suppress(RuntimeError):
        found.add(str(Path.home()))
    with suppress(KeyError):
        found.add(pwd.getpwuid(os.getuid()).pw_dir)
    return sorted(found)


def read_run(result: ProcessResult, program: ProgramInput, project: Project) -> ProgramRun:
    """The child's answer.

    Raises: ProgramFailed if there is none.
    """
    try:
        document = json.loads(result.stdout)
        records = document["resources"]
        texts = tuple(_texts(records))
    except (ValueError, KeyError, TypeError):
        raise _failed(result, program) from None
    providers = {record["urn"]: record for record in records if record["token"].startswith(_PROVIDERS)}
    declared = [record for record in records if not record["read"]]
    resources = (_resource(record, program, project, providers) for record in declared)
    error = document["error"]
    return ProgramRun(
        resources=tuple(sorted(resources, key=lambda one: one.urn)),
        problem=_problem(error, program) if error else None,
        problem_at=_error_position(error, project) if error else None,
        unanswered=tuple(document["unanswered"]),
        looked_up=tuple(sorted(record["urn"] for record in records if record["read"])),
        transforms_skipped=document["transforms_skipped"],
        skipped=tuple(
            SourcePosition(file=_relative(one["file"], project), line=one["line"])
            for one in document["applies_skipped"]
        ),
        refused=tuple(document["refused_hosts"]),
        remote=tuple(sorted(record["token"] for record in records if record["remote"])),
        confined=document["files_restricted"],
        document=document,
        texts=texts,
    )


def _texts(records: Iterable[dict[str, Any]]) -> Iterator[CodeText]:
    """Taken out of the answer, which is kept."""
    for record in records:
        for path, text in record.pop("texts", {}).items():
            yield CodeText(urn=record["urn"], path=path, text=text)


def _failed(result: ProcessResult, program: ProgramInput) -> ProgramFailed:
    if result.timed_out:
        return ProgramFailed(
            f"the Pulumi program {program.name} had to be ended after {program.timeout_s:g} s", timed_out=True
        )
    if result.truncated:
        return ProgramFailed(f"the Pulumi program {program.name} wrote more than it may")
    said = result.stderr.decode(errors="replace").strip().splitlines()
    last = f": {said[-1][:_STDERR_SHOWN]}" if said else ""
    return ProgramFailed(
        f"the Pulumi program {program.name} ended with {result.exit_code} before it said anything{last}"
    )


def _problem(error: Mapping[str, Any], program: ProgramInput) -> str:
    first = str(error["message"]).splitlines()[0] if str(error["message"]).strip() else ""
    if error["kind"] == "Timeout":
        return f"the Pulumi program {program.name} {first}"
    return f"the Pulumi program {program.name} stopped with {error['kind']}: {first}"


def _error_position(error: Mapping[str, Any], project: Project) -> SourcePosition | None:
    return SourcePosition(file=_relative(error["file"], project), line=error["line"]) if error["file"] else None


def _resource(
    record: Mapping[str, Any], program: ProgramInput, project: Project, providers: Mapping[str, Mapping[str, Any]]
) -> Resource:
    return Resource(
        urn=record["urn"],
        token=record["token"],
        name=record["name"],
        stack=stack_of(program),
        inputs=cloud_values(record["inputs"]),
        outputs=cloud_values(record["outputs"]),
        depends_on_by_property={name: tuple(urns) for name, urns in sorted(record["dependencies"].items()) if urns},
        parent=record["parent"] or None,
        provider=_provider(record["provider"], project, providers),
        id=record["id"] or None,
        custom=record["custom"],
        position=_position(record["position"], project),
    )


def _provider(reference: str, project: Project, providers: Mapping[str, Mapping[str, Any]]) -> Provider | None:
    """`URN::id` of the provider; region and account as its inputs say, those of the project's config otherwise."""
    if not reference:
        return None
    urn = reference.rpartition("::")[0]
    inputs = providers.get(urn, {}).get("inputs", {})
    return Provider(urn=urn, account=_account(inputs), region=_said(inputs.get("region")) or project.region)


def _account(inputs: Mapping[str, Any]) -> str | None:
    """The one account that the provider may work in (a list, which the wire carries as JSON text)."""
    allowed = inputs.get("allowedAccountIds")
    try:
        accounts = json.loads(allowed) if isinstance(allowed, str) else allowed
    except ValueError:
        return None
    return _said(accounts[0]) if isinstance(accounts, list) and len(accounts) == 1 else None


def _said(value: Any) -> str | None:  # noqa: ANN401 - any JSON
    known = cloud_value(value)
    return str(known) if known is not None and known is not UNKNOWN and known is not HIDDEN else None


def _position(position: Mapping[str, Any], project: Project) -> SourcePosition | None:
    if not position["uri"]:
        return None
    return SourcePosition(file=_relative(unquote(urlsplit(position["uri"]).path), project), line=position["line"])


def _relative(file: str, project: Project) -> str:
    """Relative to the project where it lies inside: the same on every machine."""
    path = Path(file)
    return str(path.relative_to(project.directory)) if path.is_relative_to(project.directory) else file
