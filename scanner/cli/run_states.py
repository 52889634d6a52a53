"""A run to compare with others: from its folder, or from the history where the folder is gone."""

from pathlib import Path

from reports.model.run_state import RunState, run_state
from scanner.cli.past_posture import load_posture
from scanner.cli.run_folder import POSTURE
from scanner.cli.talk import Talk
from scanner.errors import RunFolderError, UsageError


def state_of_run(run: str, config: Path, file: Path | None, talk: Talk) -> RunState:
    """By folder, by posture.json, or by id; ids are looked for below `posture/` and then in the history.

    Raises: RunFolderError where neither has it; what opening the history raises, where one is named.
    """
    try:
        return run_state(load_posture(run))
    except RunFolderError as missing:
        if (Path(run) / POSTURE).exists() or Path(run).exists():
            raise
        known = _remembered(run, config, file, talk)
        if known is None:
            raise missing from None
        return known


def _remembered(run: str, config: Path, file: Path | None, talk: Talk) -> RunState | None:
    from scanner.cli.history_store import opened_history, place_of  # noqa: PLC0415 - loads a whole database library
    from scanner.history.reading import state_of  # noqa: PLC0415 - as above

    if file is None and not config.exists():
        return None
    try:
        place = place_of(config, file)
    except UsageError:
        return None  # no history is kept, so the sentence is about the folder
    with opened_history(place, config, talk) as database, database.reading() as connection:
        return state_of(connection, run) if connection else None
