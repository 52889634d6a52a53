"""Read sslyze's JSON document (6.3): which servers it reached, and the answer of each scan command.

sslyze exits 0 for hosts that it could not reach and files a command's own failure under `status`; both become
`NoAnswer` here, so that nothing downstream can take silence for an answer.
"""

import json
import re
from collections.abc import Mapping
from typing import Any, Final, TypeVar

import msgspec

from scanner.model.json_value import JsonValue
from scanner.model.late_dataclass import dataclass
from scanner.model.observation import Reason

A = TypeVar("A")

_SHOWN_CHARACTERS: Final = 200
_REFUSED: Final = "errors.ServerRejectedConnection"
_NO_VERSION: Final = "could not find a TLS version and cipher suite supported by the server"
_MESSAGE: Final = re.compile(r'-> "(.+)"\.?$')


class NoAnswer(Exception):
    """There is no answer to read a fact from: why, and one sentence for the report."""

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail


class _Location(msgspec.Struct):
    hostname: str
    port: int
    ip_address: str | None = None


class _Connectivity(msgspec.Struct):
    highest_tls_version_supported: str
    client_auth_requirement: str | None = None


class _Attempt(msgspec.Struct):
    status: str
    error_reason: str | None = None
    error_trace: str | None = None
    result: dict[str, Any] | None = None


class _Server(msgspec.Struct):
    server_location: _Location
    connectivity_status: str
    scan_status: str
    connectivity_error_trace: str | None = None
    connectivity_result: _Connectivity | None = None
    scan_result: dict[str, Any] | None = None


class _Document(msgspec.Struct):
    server_scan_results: list[dict[str, Any]]
    sslyze_version: str
    invalid_server_strings: list[dict[str, Any]] = []


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerScan:
    """What sslyze says of one server. `document` is its part of the JSON; `refusing`: TCP connections are refused.

    `client_certificate` is DISABLED, OPTIONAL or REQUIRED, and DISABLED as well wherever sslyze shows one itself.
    """

    host: str
    port: int
    address: str
    document: JsonValue
    highest_version: str | None
    no_connection: NoAnswer | None
    refusing: bool
    client_certificate: str | None
    commands: Mapping[str, Any]

    def answer(self, command: str, shape: type[A]) -> A:
        """The result of one scan command, in the expected shape.

        Raises: NoAnswer where the server was not reached, the command failed, or its result has another shape.
        """
        if self.no_connection is not None:
            raise self.no_connection
        try:
            attempt = msgspec.convert(self.commands.get(command), _Attempt)
            if attempt.status == "COMPLETED" and attempt.result is not None:
                return msgspec.convert(attempt.result, shape)
        except (msgspec.ValidationError, ValueError, RecursionError) as error:
            raise NoAnswer(Reason.UNPARSABLE, f"sslyze's answer to {command} cannot be read: {error}") from None
        raise _failed_command(command, attempt)


@dataclass(frozen=True, slots=True, kw_only=True)
class SslyzeReport:
    """A whole run of sslyze."""

    version: str
    servers: tuple[ServerScan, ...]


def read_report(output: bytes) -> SslyzeReport:
    """Read the standard output of sslyze with `--json_out -`.

    Raises: NoAnswer (UNPARSABLE) if it is not such a document.
    """
    try:
        document = msgspec.convert(json.loads(output), _Document)
        servers = tuple(_server(entry) for entry in document.server_scan_results)
    except (msgspec.ValidationError, ValueError, RecursionError) as error:
        said = _first_line(output.decode(errors="replace"))
        raise NoAnswer(Reason.UNPARSABLE, f"sslyze gave no readable document ({error}): {said!r}") from None
    return SslyzeReport(version=document.sslyze_version, servers=servers)


def _server(entry: dict[str, Any]) -> ServerScan:
    server = msgspec.convert(entry, _Server)
    trace = server.connectivity_error_trace or ""
    where, reached = server.server_location, server.connectivity_result
    return ServerScan(
        host=where.hostname,
        port=where.port,
        address=where.ip_address or "",
        document=entry,
        highest_version=reached.highest_tls_version_supported if reached else None,
        no_connection=_no_connection(server, trace),
        client_certificate=reached.client_auth_requirement if reached else None,
        refusing=_REFUSED in trace,
        commands=server.scan_result or {},
    )


def _no_connection(server: _Server, trace: str) -> NoAnswer | None:
    if server.connectivity_status == "COMPLETED" and server.scan_result is not None:
        return None
    where = server.server_location
    said = _quoted(trace) or f"sslyze reports {server.scan_status}"
    if _NO_VERSION in said:  # so it says, too, of a server that hangs, and of one that answers without TLS
        said = "in no version was a handshake taken: refused, answered without TLS, or not answered in time"
    timed_out = "ConnectionToServerTimedOut" in trace or "TlsHandshakeTimedOut" in trace
    reason = Reason.TIMED_OUT if timed_out else Reason.UNREACHABLE
    return NoAnswer(reason, f"no TLS connection to {where.hostname}:{where.port} came up: {said}")


def _failed_command(command: str, attempt: _Attempt) -> NoAnswer:
    said = _quoted(attempt.error_trace or "")
    match attempt.error_reason:
        case "CLIENT_CERTIFICATE_NEEDED":
            wanted = "name one that it takes as client_certificate_file"
            return NoAnswer(Reason.ACCESS_DENIED, f"the server wants a client certificate before {command}: {wanted}")
        case "CONNECTIVITY_ISSUE" if "TimedOut" in (attempt.error_trace or ""):
            return NoAnswer(Reason.TIMED_OUT, f"the server stopped answering during {command}: {said}")
        case "CONNECTIVITY_ISSUE":
            return NoAnswer(Reason.UNREACHABLE, f"the server broke off during {command}: {said}")
        case _ if _REFUSED in (attempt.error_trace or ""):  # sslyze calls that a bug of its own
            return NoAnswer(Reason.UNREACHABLE, f"the server refused connections during {command}")
        case _:
            why = f": {said}" if said else ""
            return NoAnswer(Reason.NOT_EVALUATED, f"sslyze gave no answer to {command} ({attempt.status}{why})")


def _first_line(text: str) -> str:
    return next((line.strip() for line in text.splitlines() if line.strip()), "")[:_SHOWN_CHARACTERS]


def _quoted(trace: str) -> str:
    """The message at the end of a trace, without the class and the place that sslyze puts in front of it."""
    last = next((line.strip() for line in reversed(trace.splitlines()) if line.strip()), "")
    message = _MESSAGE.search(last)
    return (message.group(1) if message else last)[:_SHOWN_CHARACTERS]
