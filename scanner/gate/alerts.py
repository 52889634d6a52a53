"""The ways to those who are told of a change: one POST, one mail, or a call to SNS or Security Hub, all the user's own.

They are no part of a scan and go past the gate, which decides about targets: docs/decisions/0014. What bounds them is
here: no redirect, ten seconds, little of the answer is read, TLS is verified, no evidence of a target goes out.
"""

import hashlib
import hmac
import smtplib
import socket
import ssl
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from email.message import EmailMessage
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from threading import Timer
from typing import Any, Final
from urllib.parse import urlsplit

from scanner.model.late_dataclass import dataclass
from scanner.model.secret import Secret

SECONDS: Final = 10.0
_MOST_BYTES: Final = 64 << 10
_ACCEPTED: Final = range(200, 300)
_FINDINGS_A_CALL: Final = 100  # BatchImportFindings


class NotDelivered(Exception):
    """The target did not take it; the text says why, and holds no secret."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MailServer:
    """`security` is `starttls`, `tls` or `none`; without `user` nobody logs in."""

    host: str
    port: int
    security: str
    user: str | None
    password: Secret | None


def signature(secret: Secret, body: bytes, at: int) -> str:
    """`t=SECONDS,v1=HEX`: HMAC-SHA-256 over `SECONDS.BODY`, so that nobody can send an old message as a new one."""
    digest = hmac.new(secret.reveal().encode(), f"{at}.".encode() + body, hashlib.sha256)
    return f"t={at},v1={digest.hexdigest()}"


def post_signed(url: str, body: bytes, key: str, secret: Secret, seconds: float = SECONDS) -> None:
    """POST JSON with its signature; `key` is the same for every attempt, so a receiver can tell a repetition.

    Raises: NotDelivered.
    """
    headers = {"Idempotency-Key": key, "X-OCPI-Posture-Signature": signature(secret, body, int(time.time()))}
    _post(url, body, headers, seconds)


def post_to_slack(url: Secret, body: bytes, key: str, seconds: float = SECONDS) -> None:
    """POST JSON to an incoming webhook, whose URL is the secret.

    Raises: NotDelivered.
    """
    _post(url.reveal(), body, {"Idempotency-Key": key}, seconds)


def _post(url: str, body: bytes, headers: Mapping[str, str], seconds: float) -> None:
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise NotDelivered("its URL is not one of http or https")
    try:
        kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
        connection = kind(parts.hostname, parts.port, timeout=seconds)
        connection.connect()
    except (OSError, ValueError) as error:
        raise NotDelivered(_why(error)) from None
    closer = Timer(seconds, _hang_up, [connection.sock])  # a server may also trickle
    closer.start()
    try:
        path = f"{parts.path or '/'}{f'?{parts.query}' if parts.query else ''}"
        connection.request("POST", path, body=body, headers={"Content-Type": "application/json", **headers})
        response = connection.getresponse()
        response.read(_MOST_BYTES)
    except (OSError, HTTPException, ValueError) as error:
        raise NotDelivered(_why(error)) from None
    finally:
        closer.cancel()
        closer.join()
        connection.close()
    if response.status not in _ACCEPTED:
        raise NotDelivered(f"it answered HTTP {response.status}")


def send_mail(server: MailServer, message: EmailMessage, seconds: float = SECONDS) -> None:
    """Hand one message over; if only some of its recipients are refused, it counts as not delivered.

    Raises: NotDelivered.
    """
    context = ssl.create_default_context()
    try:
        if server.security == "tls":
            client: smtplib.SMTP = smtplib.SMTP_SSL(server.host, server.port, timeout=seconds, context=context)
        else:
            client = smtplib.SMTP(server.host, server.port, timeout=seconds)
        with client:
            if server.security == "starttls":
                client.starttls(context=context)
            if server.user is not None and server.password is not None:
                client.login(server.user, server.password.reveal())
            refused = client.send_message(message)
    except smtplib.SMTPResponseException as error:
        raise NotDelivered(f"the mail server answered {error.smtp_code}") from None
    except (OSError, smtplib.SMTPException, ValueError) as error:
        raise NotDelivered(_why(error)) from None
    if refused:
        raise NotDelivered(f"the mail server refused {len(refused)} of the recipients")


def publish(topic: str, subject: str, message: str, key: str) -> None:
    """One SNS message; a FIFO topic takes the same `key` only once in five minutes.

    Raises: NotDelivered.
    """
    fifo: dict[str, Any] = {"MessageGroupId": "ocpi-posture", "MessageDeduplicationId": key}
    attributes = {"idempotency_key": {"DataType": "String", "StringValue": key}}
    more = fifo if topic.endswith(".fifo") else {}
    with _calling("sns", topic.split(":")[3]) as client:
        client.publish(TopicArn=topic, Subject=subject, Message=message, MessageAttributes=attributes, **more)


def import_findings(region: str, findings: Sequence[Mapping[str, Any]]) -> None:
    """Findings in ASFF into AWS Security Hub, 100 a call; one that is there already is updated by its id.

    Raises: NotDelivered, also where some of them are refused: all are sent again then, which changes nothing.
    """
    with _calling("securityhub", region) as client:
        for start in range(0, len(findings), _FINDINGS_A_CALL):
            answer = client.batch_import_findings(Findings=list(findings[start : start + _FINDINGS_A_CALL]))
            if answer.get("FailedCount"):
                codes = sorted({str(one.get("ErrorCode", "")) for one in answer.get("FailedFindings", ())})
                raise NotDelivered(f"Security Hub refused {answer['FailedCount']} findings: {', '.join(codes)[:200]}")


@contextmanager
def _calling(service: str, region: str) -> Iterator[Any]:
    """A client of the caller's own credentials; its errors are NotDelivered, by operation and code."""
    import boto3  # noqa: PLC0415 - takes half a second to load
    from botocore.config import Config  # noqa: PLC0415 - as boto3
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - as boto3

    bounded = Config(retries={"max_attempts": 1}, connect_timeout=5, read_timeout=SECONDS)
    session: Any = boto3.session.Session()
    try:
        yield session.client(service, region_name=region, config=bounded)
    except ClientError as error:
        said = f"{service}:{error.operation_name}: {error.response.get('Error', {}).get('Code', '')}"
        raise NotDelivered(said) from None
    except BotoCoreError as error:
        raise NotDelivered(type(error).__name__) from None


def mail(sender: str, to: Sequence[str], subject: str, text: str, key: str) -> EmailMessage:
    """The message; `key` makes its Message-ID, the same for every attempt, so that mailboxes can drop a repetition."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, ", ".join(to), " ".join(subject.split())
    message["Message-ID"] = f"<{key}@{sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no holiday replies
    message.set_content(text)
    return message


def _why(error: Exception) -> str:
    """The kind of failure only: texts of libraries may repeat a URL."""
    reason = error.strerror if isinstance(error, OSError) else None
    return f"{type(error).__name__}: {reason.lower()}" if reason else type(error).__name__


def _hang_up(connected: socket.socket) -> None:
    with suppress(OSError):
        connected.shutdown(socket.SHUT_RDWR)
