"""The attestation probe: reads folders on this machine; sends nothing to anybody."""

import asyncio
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from scanner.attestation.reading import FileRead, KnownItems, read_folder
from scanner.model.effect import Effect
from scanner.model.facts.attestation import AttestationRead
from scanner.model.intent import PlannedRequest
from scanner.model.observation import Reason
from scanner.model.subject import AttestationSubject, EnvironmentSubject
from scanner.model.target import EnvironmentTarget
from scanner.model.witness import Witness
from scanner.probe import ProbeContext

NAME: Final = "attestations"


class AttestationProbe:
    """`known`: rows and items of the checklist; what is about none of them is a mistake that shows."""

    def __init__(self, known: KnownItems) -> None:
        self._known = known

    @property
    def name(self) -> str:
        """`attestations`."""
        return NAME

    @property
    def witness(self) -> Witness:
        """The attestations."""
        return Witness.ATTESTATION

    @property
    def provides(self) -> frozenset[type]:
        """One fact a file."""
        return frozenset({AttestationRead})

    @property
    def after(self) -> frozenset[str]:
        """Nothing: it needs no other probe."""
        return frozenset()

    def plan(self, target: EnvironmentTarget) -> Iterable[PlannedRequest]:
        """One line a folder; no request leaves the machine."""
        for folder in target.attestations:
            what = f"read the attestations in {folder}"
            yield PlannedRequest(
                probe=NAME, effect=Effect.READ, environment=target.name, what=what, at_least=0, at_most=0
            )

    async def run(self, context: ProbeContext) -> None:
        """Every folder of the environment; one that cannot be read is said, and none at all, too."""
        read = [await self._folder(context, folder) for folder in context.target.attestations]
        if not any(read):
            nothing = EnvironmentSubject(environment=context.target.name)
            said = "no file of the folders is about it" if context.target.attestations else "no folder is configured"
            context.record.unavailable(nothing, AttestationRead, Reason.NOT_CONFIGURED, f"nothing is attested: {said}")

    async def _folder(self, context: ProbeContext, folder: Path) -> bool:
        """True where something was recorded."""
        environment = context.target.name
        try:
            files = await asyncio.to_thread(read_folder, folder, self._known)
        except OSError as error:
            subject = AttestationSubject(environment=environment, attestation=folder.name)
            why = f"{folder} cannot be read: {(error.strerror or str(error)).lower()}"
            context.record.unavailable(subject, AttestationRead, Reason.UNREACHABLE, why)
            return True
        about = [file for file in files if file.is_about(environment)]
        for file in about:
            _record(context, file)
        return bool(about)


def _record(context: ProbeContext, file: FileRead) -> None:
    subject = AttestationSubject(environment=context.target.name, attestation=file.read.name)
    evidence = context.evidence.store_document(f"attestation {file.read.name}", Witness.ATTESTATION, file.document)
    context.record.seen(subject, file.read, evidence)
