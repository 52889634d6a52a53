"""One cloud input of one environment: where its facts go, and the one way to start a process for it."""

from scanner.gate.process import ProcessResult
from scanner.model.facts.cloud import CLOUD_FACTS
from scanner.model.intent import ProcessIntent
from scanner.model.late_dataclass import dataclass
from scanner.model.observation import Reason
from scanner.model.subject import StackSubject
from scanner.probe import ProbeContext


class NotRun(RuntimeError):
    """The gate refused the process or it could not be started; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """`name` is the input's in the configuration."""

    context: ProbeContext
    name: str
    subject: StackSubject

    def unavailable(self, reason: Reason, detail: str, *kinds: type) -> None:
        """Every fact that this input should have given, with one reason."""
        for kind in kinds or CLOUD_FACTS:
            self.context.record.unavailable(self.subject, kind, reason, detail)

    async def process(self, intent: ProcessIntent) -> ProcessResult:
        """Through the gate.

        Raises: NotRun.
        """
        try:
            result = await self.context.gate.run_process(intent)
        except OSError as error:
            raise NotRun(f"{intent.argv[0]} cannot be started: {error.strerror}") from error
        if not isinstance(result, ProcessResult):
            raise NotRun(result.detail)
        return result
