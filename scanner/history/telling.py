"""From a recorded run to messages for its targets, and each message on its way."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from email.message import EmailMessage

from sqlalchemy import Connection

from reports.asff import asff_findings
from reports.model.aws_account import AwsAccount
from reports.model.posture import Posture
from reports.model.run_state import RunState, run_state
from reports.model.status import JUDGED
from reports.text import storable
from scanner.config.alert_targets import (
    AlertTarget,
    EmailConfig,
    SecurityHubConfig,
    SlackConfig,
    SnsConfig,
    WebhookConfig,
)
from scanner.gate.alerts import (
    MailServer,
    NotDelivered,
    import_findings,
    mail,
    post_signed,
    post_to_slack,
    publish,
    send_mail,
)
from scanner.history.alert import Alert, alert_of
from scanner.history.outbox import Message, Undelivered, overtake, post
from scanner.history.reading import PastRun, past_runs, state_of
from scanner.history.recording import microseconds
from scanner.model.secret import Secret

_LOOKED_BACK = 30  # narrowed runs, where there was never a whole one
SLACK_CHARACTERS = 3_000
SUBJECT_CHARACTERS = 95  # SNS takes 100, of ASCII


def announce(connection: Connection, posture: Posture, targets: tuple[AlertTarget, ...], now: datetime) -> int:
    """Put what changed with this run into the outbox, in the transaction that records it; how many messages are new."""
    state = run_state(posture)
    earlier = past_runs(connection, state.environments, before=microseconds(state.started_at), without=state.run_id)
    whole = [run for run in earlier if set(state.environments) <= set(run.environments)]
    before = _before(connection, whole)
    alerts = ((target, _fitting(target, alert_of(before, state, target.at_least), posture)) for target in targets)
    return sum(_posted(connection, target, alert, now) for target, alert in alerts if alert is not None)


def _posted(connection: Connection, target: AlertTarget, alert: Alert, now: datetime) -> bool:
    is_new = post(connection, target.name, alert, now)
    if is_new and isinstance(target.how, SecurityHubConfig):
        overtake(connection, target.name, alert)
    return is_new


def _before(connection: Connection, runs: Sequence[PastRun]) -> RunState | None:
    """The last run that left nothing out, and what narrowed ones have judged since, so that neither is told twice."""
    first = max((place for place, run in enumerate(runs) if not run.narrowed), default=max(len(runs) - _LOOKED_BACK, 0))
    states = [state for run in runs[first:] if (state := state_of(connection, run.id)) is not None]
    if not states:
        return None
    later = (finding for state in states[1:] for finding in state.findings.values() if finding.outcome in JUDGED)
    return replace(states[0], findings={**states[0].findings, **{finding.fingerprint: finding for finding in later}})


def _fitting(target: AlertTarget, alert: Alert | None, posture: Posture) -> Alert | None:
    """Security Hub takes the findings themselves; what is not among the findings of now, it keeps as it has it."""
    if alert is None or not isinstance(target.how, SecurityHubConfig):
        return alert
    account = AwsAccount(account=target.how.account, region=target.how.region)
    told = [finding for finding in posture.findings if finding.fingerprint in alert.fingerprints]
    findings = asff_findings(posture, told, account)
    return replace(alert, document={"findings": storable(findings)}) if findings else None


def send(message: Message, targets: Mapping[str, AlertTarget], secrets: Mapping[str, Secret]) -> None:
    """Send one message to its target; `secrets` by name of the target.

    Raises: Undelivered.
    """
    target = targets[message.target]
    if target.reference is not None and target.name not in secrets:
        raise Undelivered(f"its secret is not at {target.reference}")
    try:
        _send(message, target, secrets)
    except NotDelivered as error:
        raise Undelivered(str(error)) from None


def _send(message: Message, target: AlertTarget, secrets: Mapping[str, Secret]) -> None:
    match target.how:
        case WebhookConfig(url=url):
            post_signed(url, message.document.encode(), message.key, secrets[target.name])
        case SlackConfig():
            post_to_slack(secrets[target.name], slack_body(message), message.key)
        case EmailConfig() as how:
            server = MailServer(
                host=how.host,
                port=how.port,
                security=how.security,
                user=how.user,
                password=secrets.get(target.name),
            )
            send_mail(server, _mail(message, how))
        case SnsConfig(topic=topic):
            subject = message.title.encode("ascii", "replace").decode()[:SUBJECT_CHARACTERS]
            publish(topic, subject, f"{message.text}\n\n{message.document}", message.key)
        case SecurityHubConfig(region=region):
            import_findings(region, json.loads(message.document)["findings"])


def slack_body(message: Message) -> bytes:
    """The text with Slack's three special characters escaped, so that a name cannot ping anybody or be a link."""
    text = f"{message.title}\n{message.text}"[:SLACK_CHARACTERS]
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return json.dumps({"text": escaped, "unfurl_links": False}).encode()


def _mail(message: Message, how: EmailConfig) -> EmailMessage:
    return mail(how.sender, how.to, message.title, message.text, message.key.partition("-")[0])
