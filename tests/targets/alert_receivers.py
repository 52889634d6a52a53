"""Local receivers of alerts that take, refuse, hang, redirect or break off; a webhook and a mail server."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Webhook:
    """`answers` are given in turn, the last one again and again: a status, `hang` or `break`."""

    url: str = ""
    answers: list[int | str] = field(default_factory=lambda: [200])
    requests: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    released: threading.Event = field(default_factory=threading.Event)


@contextmanager
def running_webhook(*answers: int | str) -> Iterator[Webhook]:
    hook = Webhook(answers=list(answers) or [200])

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            answer = hook.answers[min(len(hook.requests), len(hook.answers) - 1)]
            hook.requests.append(({key.lower(): value for key, value in self.headers.items()}, body))
            if answer == "hang":
                hook.released.wait(20)
            if not isinstance(answer, int):
                self.close_connection = True
                return
            self.send_response(answer)
            if answer in {301, 302, 307}:
                self.send_header("Location", hook.url + "elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        hook.url = f"http://127.0.0.1:{server.server_address[1]}/hook"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield hook
        finally:
            hook.released.set()
            server.shutdown()
            thread.join()


@dataclass
class Mailbox:
    """`reply` is what RCPT is answered with."""

    port: int = 0
    reply: bytes = b"250 ok"
    mails: list[str] = field(default_factory=list)


@contextmanager
def running_mail_server(reply: bytes = b"250 ok") -> Iterator[Mailbox]:
    """As much SMTP (RFC 5321) as a client needs to hand a message over."""
    box = Mailbox(reply=reply)
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.05)
        box.port = server.getsockname()[1]
        stop = threading.Event()

        def serve() -> None:
            while not stop.is_set():
                try:
                    connection, _ = server.accept()
                except TimeoutError:
                    continue
                with connection:
                    _talk(connection, box)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield box
        finally:
            stop.set()
            thread.join()


def _talk(connection: socket.socket, box: Mailbox) -> None:
    connection.settimeout(5)
    stream = connection.makefile("rb")
    connection.sendall(b"220 ready\r\n")
    for line in stream:
        verb = line[:4].upper()
        if verb == b"DATA":
            connection.sendall(b"354 go on\r\n")
            lines = iter(stream.readline, b".\r\n")
            box.mails.append(b"".join(lines).decode())
            connection.sendall(b"250 taken\r\n")
        elif verb == b"RCPT":
            connection.sendall(box.reply + b"\r\n")
        elif verb == b"QUIT":
            connection.sendall(b"221 bye\r\n")
            return
        else:
            connection.sendall(b"250 ok\r\n")
