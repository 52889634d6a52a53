"""The cadence probe: asks the history when an environment was scanned and changed; sends nothing to anybody."""

import asyncio
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Final

from scanner.errors import HistoryError, SecretError
from scanner.model.codec import adapter
from scanner.model.effect import Effect
from scanner.model.facts.cadence import CadenceOnRecord
from scanner.model.intent import PlannedRequest
from scanner.model.observation import Reason
from scanner.model.subject import EnvironmentSubject
from scanner.model.target import EnvironmentTarget
from scanner.model.witness import Witness
from scanner.probe import ProbeContext

NAME: Final = "cadence"

ReadCadence = Callable[[EnvironmentTarget, datetime], CadenceOnRecord]
"""What the history has of an environment, as of a time. Raises: HistoryError, SecretError."""


class CadenceProbe:
    """`read` None: no history is kept."""

    def __init__(self, read: ReadCadence | None) -> None:
        self._read = read

    @property
    def name(self) -> str:
        """`cadence`."""
        return NAME

    @property
    def witness(self) -> Witness:
        """The log of runs and deployments."""
        return Witness.LOGS

    @property
    def provides(self) -> frozenset[type]:
        """One fact an environment."""
        return frozenset({CadenceOnRecord})

    @property
    def after(self) -> frozenset[str]:
        """Nothing: it needs no other probe."""
        return frozenset()

    def plan(self, target: EnvironmentTarget) -> Iterable[PlannedRequest]:
        """One line; no request goes to a target."""
        if self._read is not None:
            what = "read the history of runs and deployments"
            yield PlannedRequest(
                probe=NAME, effect=Effect.READ, environment=target.name, what=what, at_least=0, at_most=0
            )

    async def run(self, context: ProbeContext) -> None:
        """Once an environment; a history that cannot be asked is said."""
        subject = EnvironmentSubject(environment=context.target.name)
        if self._read is None:
            why = "no history is kept: `history` of the configuration"
            context.record.unavailable(subject, CadenceOnRecord, Reason.NOT_CONFIGURED, why)
            return
        try:
            found = await asyncio.to_thread(self._read, context.target, context.now)
        except (HistoryError, SecretError) as error:
            context.record.unavailable(subject, CadenceOnRecord, Reason.UNREACHABLE, str(error))
            return
        document = adapter(CadenceOnRecord).dump_python(found, mode="json")
        evidence = context.evidence.store_document("scans and deployments on record", Witness.LOGS, document)
        context.record.seen(subject, found, evidence)
