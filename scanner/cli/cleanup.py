"""`ocpi-posture cleanup`: take back what a run left at its targets."""

import asyncio
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import rich_click as click

from scanner.cli.exit_code import ExitCode
from scanner.cli.gate_context import asking_outside_a_run
from scanner.cli.opened_gate import opened_gate
from scanner.cli.options import config_file, talking
from scanner.cli.output import emit_safe
from scanner.cli.run_folder import cannot_write, find_run
from scanner.cli.scan_lock import Owner, only_scan
from scanner.cli.talk import Talk
from scanner.cli.tokens import resolved, standing_offers
from scanner.config.configuration import Configuration
from scanner.config.load import load_configuration
from scanner.errors import RunFolderError
from scanner.gate.gate import Gate
from scanner.gate.journal import FILE_NAME, JournalBroken, read_journal
from scanner.ocpi.invitation.standing import Settling, settle_standing
from scanner.run.cleanup import CleanUp, clean_up
from scanner.run.leftovers import left_behind
from scanner.run.resume import journalled
from scanner.run.scratch import scratch_folder


@click.command()
@click.argument("run", metavar="RUN")
@config_file
@talking
@click.pass_obj
def cleanup(talk: Talk, run: str, config: Path) -> int:
    """Remove what a run left behind, newest first, and say what cannot be removed.

    The configuration says who may write and where, as for a scan. Exit code 1 if something stayed. Where a registration
    that the platform started was cut off, the platform is asked first which of the kept tokens is valid, whichever run
    took it.

    Example: ocpi-posture cleanup posture/20270131T090000Z-1f2e -c ocpi-posture.yaml
    """
    folder = find_run(run)
    entries = _journal(folder)
    undone = bool(left_behind(entries))
    # Without a configuration there is no sink in which a token could stand that nobody settled, whichever run took it.
    configuration = load_configuration(config, with_files=True) if undone or config.exists() else None
    if configuration is None or not (undone or standing_offers(configuration, configuration.sinks)):
        emit_safe("The run left nothing behind.")
        return ExitCode.CLEAN
    settled, done = _clean_up(entries, folder, configuration, talk)
    for environment, one in settled:
        emit_safe(f"{'settled' if one.is_done else 'stays':<9}{environment}: tokens of {one.identity} ({one.said})")
    for leftover in done.removed:
        emit_safe(f"removed  {leftover.environment}: {leftover.what}")
    for leftover, why in done.remaining:
        emit_safe(f"stays    {leftover.environment}: {leftover.what} ({why})")
    stays = done.remaining or not all(one.is_done for _, one in settled)
    return ExitCode.FAILED if stays else ExitCode.CLEAN


def _journal(folder: Path) -> list[dict[str, Any]]:
    try:
        return list(read_journal(folder / FILE_NAME))
    except OSError:
        raise RunFolderError(f"{folder} has no journal, so nobody knows what the run left behind.") from None
    except JournalBroken as broken:
        raise RunFolderError(f"The journal is damaged: {broken}.", "Look at the target itself.") from None


def _clean_up(
    entries: Sequence[dict[str, Any]], folder: Path, configuration: Configuration, talk: Talk
) -> tuple[list[tuple[str, Settling]], CleanUp]:
    tokens = resolved(configuration, talk)

    async def clean() -> tuple[list[tuple[str, Settling]], CleanUp]:
        number = journalled(entries).last_number + 1
        async with opened_gate(configuration, tokens, talk.redactor, folder, number) as gate:
            settled = await _settle(configuration, gate, talk)  # first: what is taken back takes a token that is let in
            undone = [{"kind": "removed", **asdict(one.undone)} for _, one in settled if one.undone]
            return settled, await clean_up([*entries, *undone], gate)

    with only_scan(configuration, Owner(run=folder.name, folder=folder), talk):
        try:
            return asyncio.run(clean())
        except OSError as error:
            raise cannot_write(folder, error) from None


async def _settle(configuration: Configuration, gate: Gate, talk: Talk) -> list[tuple[str, Settling]]:
    """What stands beside the tokens of identities since a registration that the platform started."""
    with scratch_folder() as scratch:
        asking = {t.name: asking_outside_a_run(gate, t, scratch, talk) for t in configuration.targets}
        found = [(name, await settle_standing(asking[name], identity)) for name, identity in configuration.sinks]
        return [(name, settling) for name, settling in found if settling is not None]
