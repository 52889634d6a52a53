"""The posture of a run that is over, for every command that reads one."""

from pathlib import Path

from reports.model.posture import Posture
from scanner.cli.run_folder import find_run
from scanner.errors import RunFolderError


def load_posture(run: str) -> Posture:
    """The posture of a run, by folder, by its posture.json, or by id.

    Raises: RunFolderError.
    """
    place = Path(run) if Path(run).is_file() else find_run(run)
    from reports.read import UnreadablePosture, read_run  # noqa: PLC0415 - nobody who finds no folder waits for it

    try:
        return read_run(place)
    except UnreadablePosture as error:
        raise RunFolderError(f"{error}.") from None
    except FileNotFoundError:
        hint = f"Finish it first: ocpi-posture scan ... --resume {place}"
        raise RunFolderError(f"The run in {place} was not finished, so there is no posture.json.", hint) from None
    except OSError as error:
        raise RunFolderError(f"{place} cannot be read: {(error.strerror or 'failed').lower()}.") from None
