"""`python -m infra.service`: prepare a deployment folder, and serve it."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Final, TextIO

import click

from infra.service.audit import EventSink, discard, json_lines
from infra.service.deployment.folder import Folder, FolderError, prepare

if TYPE_CHECKING:
    from infra.service.assembly import Ready, ServeOptions

_READ_AT_ONCE: Final = 4096  # bytes of standard input, which says nothing but that it ends


@click.group()
def main() -> None:
    """The reference OCPI service."""


@main.command("prepare")
@click.argument("directory", type=click.Path(path_type=Path, file_okay=False))
@click.option("--host", default="localhost", show_default=True, help="Name that partners reach the service by.")
@click.option("--seed", default=1, show_default=True, help="Other numbers make other objects.")
@click.option("--private-host", multiple=True, help="Handshakes may call this host although its address is private.")
@click.option("--partner-ca", type=click.Path(exists=True, dir_okay=False), help="PEM file to verify partners with.")
@click.option("--role", type=click.Choice(["platform", "hub"]), default="platform", show_default=True,
              help="A hub has several parties behind one token, and says who is connected.")  # fmt: skip
def prepare_command(
    directory: Path, host: str, seed: int, private_host: tuple[str, ...], partner_ca: str | None, role: str
) -> None:
    """Write certificates, settings, tokens and seed data into the empty DIRECTORY.

    Example: python -m infra.service prepare build/service
    """
    ca = None if partner_ca is None else str(Path(partner_ca).resolve())
    try:
        outbound = {"private_hosts": list(private_host), "ca": ca}
        prepare(directory, host=host, seed=seed, outbound=outbound, is_hub=role == "hub")
    except FolderError as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"Prepared {directory}", err=True)


@main.command("serve")
@click.argument("directory", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--address", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=0, show_default=True, help="0 takes a free port.")
@click.option("--plaintext-port", type=int, help="Also listen without TLS, to refuse; 0 takes a free port.")
@click.option("--or-free-port", is_flag=True, help="Take a free port where a named one is taken.")
@click.option("--fault", "faults", multiple=True, metavar="NAME", help="Switch a fault on; `all`, or see `faults`.")
@click.option("--store", type=click.Choice(["memory", "sqlite"]), default="memory", show_default=True)
@click.option(
    "--control", type=click.Path(dir_okay=False, path_type=Path), help="Unix socket for `register` and `command`."
)
@click.option("--log", "log_path", type=click.Path(dir_okay=False, path_type=Path), help="Append events as JSON lines.")
@click.option("--exit-on-stdin-eof", is_flag=True, help="End when standard input is closed.")
def serve_command(  # noqa: PLR0913, PLR0917 - click hands every option over as an argument
    directory: Path,
    address: str,
    port: int,
    plaintext_port: int | None,
    or_free_port: bool,  # noqa: FBT001
    faults: tuple[str, ...],
    store: str,
    control: Path | None,
    log_path: Path | None,
    exit_on_stdin_eof: bool,  # noqa: FBT001
) -> None:
    """Serve DIRECTORY over TLS; print one JSON line when listening.

    Example: python -m infra.service serve build/service --port 8443 --fault no-page-limit
    """
    from uvicorn.loops.auto import auto_loop_factory  # noqa: PLC0415 - `--help` needs no server

    from infra.service.assembly import ServeOptions, StoreKind  # noqa: PLC0415
    from infra.service.faults import UnknownFaultError, select_faults  # noqa: PLC0415

    try:
        chosen = select_faults(faults)
    except UnknownFaultError as error:
        raise click.BadParameter(str(error), param_hint="--fault") from None
    with contextlib.ExitStack() as stack:
        options = ServeOptions(
            folder=Folder(directory),
            address=address,
            port=port,
            plaintext_port=plaintext_port,
            or_free_port=or_free_port,
            faults=chosen,
            store=StoreKind(store),
            events=_events(log_path, stack),
            control=control,
        )
        try:
            # libuv's loop where it is installed: a connection over TLS costs less on it
            with asyncio.Runner(loop_factory=auto_loop_factory()) as runner:
                runner.run(_serve(options, exit_on_stdin_eof=exit_on_stdin_eof))
        except (FolderError, OSError) as error:
            raise click.ClickException(str(error)) from None


@main.command("register")
@click.argument("control", type=click.Path(path_type=Path, exists=True, dir_okay=True))
@click.argument("partner")
@click.argument("versions_url")
def register_command(control: Path, partner: str, versions_url: str) -> None:
    """Register with PARTNER at its VERSIONS_URL; its CREDENTIALS_TOKEN_A is read from standard input.

    Example: python -m infra.service register build/control emsp-a https://partner.example.com/versions < token-a
    """
    from infra.service.starting.door import ask  # noqa: PLC0415 - `--help` needs none of it

    try:
        answer = asyncio.run(ask(control, partner, versions_url, sys.stdin.read().strip()))
    except (OSError, ValueError) as error:
        raise click.ClickException(str(error)) from None
    if answer["outcome"] != "registered":
        raise click.ClickException(answer["reason"])
    click.echo(f"Registered with {partner} in {answer['version']}")


@main.command("command")
@click.argument("control", type=click.Path(path_type=Path, exists=True, dir_okay=True))
@click.argument("partner")
@click.argument("name")
def command_command(control: Path, partner: str, name: str) -> None:
    """Send the command NAME to PARTNER; its body, without a response_url, is read from standard input.

    Example: echo '{"reservation_id": "R-1"}' | python -m infra.service command build/control cpo-c CANCEL_RESERVATION
    """
    from infra.service.starting.door import command  # noqa: PLC0415 - `--help` needs none of it

    try:
        answer = asyncio.run(command(control, partner, name, json.load(sys.stdin)))
    except (OSError, ValueError) as error:
        raise click.ClickException(str(error)) from None
    if answer["outcome"] != "accepted":
        raise click.ClickException(answer["reason"])
    click.echo(f"{partner} accepted {name}; its result may come to {answer['response_url']}")


@main.command("faults")
@click.option("--by-writing", is_flag=True, help="Only those that a partner has to write to see.")
def faults_command(*, by_writing: bool) -> None:
    """List the faults."""
    from infra.service.faults import FAULTS  # noqa: PLC0415

    for fault in FAULTS.values():
        if fault.by_writing or not by_writing:
            click.echo(f"{fault.name:26} {fault.summary}")


def _events(path: Path | None, stack: contextlib.ExitStack) -> EventSink:
    if path is None:
        return discard
    stream: TextIO = stack.enter_context(path.open("a", encoding="utf-8"))
    return json_lines(stream)


async def _serve(options: ServeOptions, *, exit_on_stdin_eof: bool) -> None:
    from infra.service.assembly import serve  # noqa: PLC0415

    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    if exit_on_stdin_eof:
        threading.Thread(target=_stop_at_end_of_input, args=(loop, stop), daemon=True).start()

    def announce(ready: Ready) -> None:
        line = {"versions_url": ready.versions_url, "host": ready.host, "port": ready.port,
                "plaintext_port": ready.plaintext_port, "ca": ready.ca, "pid": os.getpid()}  # fmt: skip
        click.echo(json.dumps(line))

    await serve(options, announce, stop)


def _stop_at_end_of_input(loop: asyncio.AbstractEventLoop, stop: asyncio.Event) -> None:
    """In a thread of its own: loops read pipes, and libuv's ends the process where input is a terminal or a device."""
    with contextlib.suppress(OSError):
        while os.read(sys.stdin.fileno(), _READ_AT_ONCE):
            pass
    with contextlib.suppress(RuntimeError):  # the loop has ended before
        loop.call_soon_threadsafe(stop.set)


if __name__ == "__main__":
    main()
