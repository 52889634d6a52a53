"""`ocpi-posture demo`: the whole of it on an embedded target."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Final

import rich_click as click
import structlog

from reports.formats import Format
from scanner.cli.demo_config import write_configuration
from scanner.cli.demo_faults import Faults, chosen_faults
from scanner.cli.demo_load import CHECKS as LOAD_CHECKS
from scanner.cli.demo_load import RATES, in_brief
from scanner.cli.demo_service import prepare, served
from scanner.cli.options import talking
from scanner.cli.output import emit
from scanner.cli.probes import all_probes, first_probes, later_probes
from scanner.cli.run_folder import NOTE, POSTURE, cannot_write, refuse_used
from scanner.cli.run_note import new_note, open_folder, read_note
from scanner.cli.scanning import Scan, code_of, run
from scanner.cli.selection import Selection, select
from scanner.cli.summary import show
from scanner.cli.talk import Talk
from scanner.cli.tokens import resolved
from scanner.config.configuration import Configuration
from scanner.config.load import load_configuration
from scanner.evidence_store import FOLDER as EVIDENCE
from scanner.gate.journal import FILE_NAME as JOURNAL
from scanner.model.severity import Severity
from scanner.run.temporary_files import temporary_place

_OF_THE_PACK: Final = ("pack.zip", "pack.pub")  # as demo_pack names them

log = structlog.get_logger(__name__)


@click.command()
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("demo-run"),
    show_default=True,
    help="The run's folder; that of an earlier demo is replaced.",
)
@click.option("--faults", metavar="all|NAME,..", help="Switch known faults on, in the service and in the stack.")
@click.option("--load", is_flag=True, help="Put the service under load, and look at nothing else (two minutes).")
@talking
@click.pass_obj
def demo(talk: Talk, output: Path, faults: str | None, load: bool) -> int:
    """Scan an embedded target: the reference OCPI service over TLS, and the reference stack; ends in a signed pack.

    Nothing leaves this machine. Clean without faults (exit code 0); with --faults each of them is found (1).
    `all` leaves out the certificates that a client refuses: behind them nothing else could be seen. Name them alone.
    It also leaves out what only a partner who writes or registers can see; where such a fault is named, the scan does.
    Faults that show under load alone take --load, which draws load.html: the service's answers before, during and
    after each load (docs/stress.md).

    Example: ocpi-posture demo --faults all -o demo-run
    """
    switched_on = _without_writing(chosen_faults(faults)) if load else chosen_faults(faults)
    with _private_folder() as folder:
        settings = prepare(folder / "service", calls_back=switched_on.by_registering, rates=RATES if load else None)
        log.info("reference service prepared", faults=", ".join((*switched_on.service, *switched_on.stack)) or "none")
        with served(folder / "service", switched_on.service) as service:
            make_room(output)
            file = write_configuration(
                folder,
                settings,
                service,
                switched_on.stack,
                writes=switched_on.by_writing,
                registers=switched_on.by_registering,
                load=load,
            )
            return _scan(load_configuration(file, with_files=True), output, talk, load=load)


def _without_writing(faults: Faults) -> Faults:
    """Who puts it under load pushes no object and registers nowhere."""
    return replace(faults, by_writing=False, by_registering=False)


def _scan(configuration: Configuration, output: Path, talk: Talk, *, load: bool) -> int:
    tokens = resolved(configuration, talk)
    note = new_note(configuration, is_demo=True)
    open_folder(output, note)
    scan = Scan(
        configuration=configuration,
        selection=_under_load(configuration) if load else _whole(configuration),
        tokens=tokens,
        folder=output,
        note=note,
    )
    ended = run(scan, talk, [Format.HTML, *([Format.LOAD] if load else [])])
    show(ended)
    from scanner.cli.demo_pack import demo_pack  # noqa: PLC0415 - it loads what looking does not need

    emit(f"\n{demo_pack(output)}")
    return code_of(ended, scan, Severity.LOW)


def _whole(configuration: Configuration) -> Selection:
    return select(first_probes(configuration.tls_profile), (), (), later_probes())


def _under_load(configuration: Configuration) -> Selection:
    return select(in_brief(all_probes(configuration.tls_profile)), (), LOAD_CHECKS)


def make_room(output: Path) -> None:
    """Take an earlier demo away, and nothing but a demo: what a real scan left behind must not be forgotten.

    Raises: UsageError if another run is there.
    """
    if not (output / NOTE).is_file() or not read_note(output).is_demo:
        refuse_used(output)
        return
    try:
        for name in (POSTURE, *(format_.file_name for format_ in Format), *_OF_THE_PACK, JOURNAL, NOTE):
            (output / name).unlink(missing_ok=True)
        shutil.rmtree(output / EVIDENCE, ignore_errors=True)
    except OSError as error:
        raise cannot_write(output, error) from None


@contextmanager
def _private_folder() -> Iterator[Path]:
    """Readable by its owner only, as mkdtemp makes it; its name is resolved, because programs report real paths."""
    with tempfile.TemporaryDirectory(prefix="ocpi-posture-demo-", dir=temporary_place()) as name:
        yield Path(name).resolve()
