"""The gate's word on an intent: stopped or not, the policy's decision, and whether it carries a secret."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

from scanner.gate.asked import AskedResults
from scanner.gate.permitted import Permitted, looks_at
from scanner.gate.policy import decide
from scanner.gate.record import IntentRecord
from scanner.gate.redaction import Redactor
from scanner.model.credential import CredentialsBody, MadeUpCredential, MisplacedCredential, TwoHeadersCredential
from scanner.model.exchange import RefusalKind, Refused
from scanner.model.intent import HttpIntent, Intent
from scanner.model.target import EnvironmentTarget


class Decisions:
    """Decides for the environments of one run, until it is stopped."""

    def __init__(self, targets: Mapping[str, EnvironmentTarget], redactor: Redactor, record: IntentRecord) -> None:
        self._targets = targets
        self._redactor = redactor
        self._record = record
        self.asked = AskedResults()
        self._permitted = Permitted()
        self._stopped: str | None = None

    def stop(self, why: str) -> None:
        """Let nothing out from now on but what takes something back; the first reason counts."""
        self._stopped = self._stopped or why

    def stopped(self, intent: Intent) -> Refused | None:
        """Why nothing goes out any more, or None; what was announced as the way back may go out even then."""
        if self._stopped and not self._record.takes_back(intent):
            return Refused(kind=RefusalKind.STOPPED, detail=self._stopped)
        return None

    def refusal(self, intent: Intent) -> Refused | None:
        """Why the intent may not go out, or None."""
        refused = self.stopped(intent) or self._decided(intent)
        return refused or self.asked.refusal(intent) or self._of_a_stranger(intent) or self._leak(intent)

    def _decided(self, intent: Intent) -> Refused | None:
        """The policy's decision; what it permitted once it permits again, as long as it would look at the same."""
        looked_at = looks_at(intent)
        if looked_at is not None and looked_at in self._permitted:
            return None
        refused = decide(intent, self._targets.get(intent.environment), datetime.now(UTC))
        if looked_at is not None and refused is None:
            self._permitted.add(looked_at)
        return refused

    def _of_a_stranger(self, intent: Intent) -> Refused | None:
        """A session is stopped by the mark of the command that began it, which went out here: it may be a driver's."""
        if not isinstance(intent, HttpIntent) or intent.begun_with is None or self._record.began(intent):
            return None
        detail = "no command of ours went to this EVSE with the mark that the session is to be stopped by"
        return Refused(kind=RefusalKind.NOT_ALLOWED, detail=detail)

    def carries_secret(self, *texts: str) -> Refused | None:
        """A known secret in any of the texts is a refusal."""
        if self._redactor.holds_secret("\n".join(texts)):
            return Refused(kind=RefusalKind.CREDENTIAL, detail="a known secret stands outside the Authorization header")
        return None

    def _leak(self, intent: Intent) -> Refused | None:
        """A real token stands where the gate puts it and nowhere else."""
        if not isinstance(intent, HttpIntent):
            return None
        texts = [intent.url, *intent.headers.values()]
        if intent.body is not None:
            body = intent.body.json if isinstance(intent.body, CredentialsBody) else intent.body
            texts.append(body.decode(errors="replace"))
        match intent.credential:
            case MadeUpCredential(header_value=value) | TwoHeadersCredential(made_up=value):
                texts.append(value)
            case MisplacedCredential(parameter=name, beside=beside):
                texts += [name, beside or ""]
            case _:
                pass
        return self.carries_secret(*texts)


def with_true_sinks(target: EnvironmentTarget, sinks: Mapping[tuple[str, str], object]) -> EnvironmentTarget:
    """The environment with `has_sink` as it is: true where there is a sink, whatever was configured."""
    identities = tuple(
        replace(identity, has_sink=(target.name, identity.name) in sinks) for identity in target.identities
    )
    return replace(target, identities=identities)
