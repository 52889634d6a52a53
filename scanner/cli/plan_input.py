"""What `ocpi-posture plan` was given, told by its content: a preview, a state, or a project folder."""

import asyncio
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from scanner.cli.opened_gate import opened_gate
from scanner.cli.talk import Talk
from scanner.cloud.declared import Declared, NotDeclared
from scanner.cloud.loaders.catalog import loader_of
from scanner.cloud.loaders.engine_file import MAX_BYTES, EngineDocument, parse_engine_document, read_engine_file
from scanner.cloud.loaders.engine_format import Preview
from scanner.cloud.loaders.engine_memory import collector_at_rest
from scanner.cloud.loaders.preview import declared_by_preview
from scanner.cloud.loaders.state import declared_by_state
from scanner.cloud.place import Place
from scanner.config.configuration import DEPLOYMENT, Configuration
from scanner.errors import UsageError
from scanner.evidence_store import EvidenceFolder
from scanner.model.cloud_input import ProgramInput
from scanner.model.fact_store import FactStore
from scanner.model.facts.tls import DEFAULT_TLS_PROFILE
from scanner.model.late_dataclass import dataclass
from scanner.model.subject import StackSubject
from scanner.model.target import EnvironmentTarget
from scanner.model.witness import Witness
from scanner.probe import ProbeContext, Recorder
from scanner.run.scratch import scratch_folder

STDIN: Final = Path("-")
_ENVIRONMENT: Final = "plan"
_NAME: Final = "stack"
_PROJECT: Final = "Pulumi.yaml"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanInput:
    """The argument and its options: `state` beside a preview; `stack` and `python` of a program."""

    place: Path
    state: Path | None = None
    stack: str | None = None
    python: Path | None = None


def declared_by(given: PlanInput, talk: Talk) -> Declared:
    """Everything that the input declares.

    Raises: UsageError for what cannot be used, or holds nothing at all.
    """
    try:
        if given.place.is_dir():
            _refuse(given.state is not None, "--state", "a preview")
            return asyncio.run(_run(_program(given), talk))
        _refuse(given.stack is not None, "--stack", "a project folder")
        _refuse(given.python is not None, "--python", "a project folder")
        with collector_at_rest():
            return _read(given)
    except NotDeclared as nothing:
        raise UsageError(f"{nothing}.", nothing.deed) from None


def _refuse(given: bool, option: str, owner: str) -> None:
    if given:
        raise UsageError(f"{option} belongs to {owner}.")


def _read(given: PlanInput) -> Declared:
    document = _document(given.place)
    if isinstance(document.content, Preview):
        state = read_engine_file(given.state) if given.state else None
        return declared_by_preview(document, _NAME, document.name, state)
    _refuse(given.state is not None, "--state", "a preview")
    return declared_by_state(document, _NAME, document.name)


def _document(place: Path) -> EngineDocument:
    if place != STDIN:
        return read_engine_file(place)
    data = sys.stdin.buffer.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise NotDeclared(f"stdin is larger than {MAX_BYTES // 2**20} MiB, the most that is read")
    return parse_engine_document(data, "stdin")


def _program(given: PlanInput) -> ProgramInput:
    return ProgramInput(
        name=given.place.resolve().name or _NAME,
        directory=given.place,
        stack=given.stack or _only_stack(given.place),
        python=given.python,
    )


def _only_stack(folder: Path) -> str:
    """The stack that the project has a file for, where it is one."""
    if not (folder / _PROJECT).is_file():
        raise UsageError(f"{folder} has no {_PROJECT}: give the folder of a Pulumi project, or a file.")
    names = sorted(file.name.removeprefix("Pulumi.").removesuffix(".yaml") for file in folder.glob("Pulumi.*.yaml"))
    if len(names) == 1:
        return names[0]
    known = (
        f"There are files for: {', '.join(names)}." if names else "There is no Pulumi.STACK.yaml beside Pulumi.yaml."
    )
    raise UsageError("Name the stack of the program with --stack.", known)


async def _run(program: ProgramInput, talk: Talk) -> Declared:
    """Through a gate of its own, which lets nothing out but the child process."""
    target = EnvironmentTarget(name=_ENVIRONMENT, inputs=(program,))
    loader = loader_of(program)
    with scratch_folder() as folder:
        async with opened_gate(_alone(target), {}, talk.redactor, folder) as gate:
            context = ProbeContext(
                gate=gate,
                evidence=EvidenceFolder(folder, talk.redactor),
                record=Recorder(Witness.CLOUD_DECLARED, FactStore()),
                target=target,
                scratch=folder,
                now=datetime.now(UTC),
                seed=0,
            )
            subject = StackSubject(environment=_ENVIRONMENT, stack=loader.stack(program))
            return await loader.load(program, Place(context=context, name=program.name, subject=subject))


def _alone(target: EnvironmentTarget) -> Configuration:
    return Configuration(
        file=None,
        sha256="",
        shown=None,
        targets=(target,),
        tokens={},
        sinks={},
        profile=DEPLOYMENT,
        tls_profile=DEFAULT_TLS_PROFILE,
        seed=0,
    )
