"""Why no whole answer came."""

import ssl

from scanner.model.exchange import FailureKind

CUT_OFF = "the target closed the connection before the answer was complete"


class NoAnswer(Exception):
    """What went wrong between the connection and the last byte; `kind` and `detail` are those of a `Failed`."""

    def __init__(self, kind: FailureKind, detail: str) -> None:
        super().__init__(detail)
        self.kind = kind
        self.detail = detail


def cut_off(alert: BaseException | None = None) -> NoAnswer:
    """The connection ended before the answer did; `alert`: what TLS said of it, such as a missing certificate."""
    said = f" ({alert.reason or alert})" if isinstance(alert, ssl.SSLError) else ""
    return NoAnswer(FailureKind.RESET, CUT_OFF + said)


def not_http(detail: str) -> NoAnswer:
    """The answer breaks the rules of HTTP/1.1."""
    return NoAnswer(FailureKind.NOT_HTTP, detail)


def not_connected(error: OSError) -> NoAnswer:
    """Why there is no connection."""
    match error:
        case ssl.SSLCertVerificationError():
            return NoAnswer(FailureKind.CERTIFICATE, error.verify_message or str(error))
        case ssl.SSLError():
            return NoAnswer(FailureKind.TLS, str(error))
        case ConnectionResetError() | ConnectionAbortedError():
            return NoAnswer(FailureKind.RESET, "the target closed the connection before it was established")
        case _:
            return NoAnswer(FailureKind.REFUSED, str(error.strerror or error))
