"""What of a run's folder goes into its pack, and what the pack says about it.

The journal stays behind: `--resume` and `cleanup` need it as it is, and it may name objects of other people by id.
"""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final

from reports.formats import Format, render
from reports.model.posture import Posture
from reports.pack.layout import Entry
from reports.pack.statement import PackedRun, PackedTool, Predicate, PreviousPack
from reports.pack.write import BLOCK
from reports.wire.base import ToolDocument
from scanner.cli.judging import NAME, tool_version
from scanner.cli.provenance import CATALOGUE, PROGRAM
from scanner.cli.run_folder import POSTURE
from scanner.errors import RunFolderError
from scanner.evidence_store import FOLDER

_CONFIGURATION: Final = b'{\n "title": "configuration",'
Files = dict[str, Iterable[bytes]]


def files_of(folder: Path, posture: Posture) -> Files:
    """The files of a run by name, read when they are asked for; the HTML report is rendered where there is none.

    Raises: RunFolderError where a finding points to evidence that is not there.
    """
    files: Files = {POSTURE: _blocks(folder / POSTURE)}
    for format_ in Format:
        if format_ is not Format.JSON and (folder / format_.file_name).is_file():
            files[format_.file_name] = _blocks(folder / format_.file_name)
    files.setdefault(Format.HTML.file_name, _rendered(posture))
    for file in (folder / FOLDER).glob("*/*"):
        if file.suffix != ".part":
            files[file.relative_to(folder).as_posix()] = _blocks(file)
    _refuse_lost(posture, files)
    return files


def refuse_altered(entries: Iterable[Entry]) -> None:
    """Evidence is called by its SHA-256; raises: RunFolderError where one is not what it was called."""
    for entry in entries:
        if entry.name.startswith(f"{FOLDER}/") and Path(entry.name).stem != entry.sha256:
            raise RunFolderError(
                f"{entry.name} was changed since the run.", "What was seen is no longer known: scan again."
            )


def predicate_of(folder: Path, posture: Posture, previous: PreviousPack | None) -> Predicate:
    """What the pack says about the run."""
    run, digests = posture.run, dict(posture.run.digests)
    return Predicate(
        run=PackedRun(
            id=run.id,
            started_at=run.started_at,
            finished_at=run.finished_at,
            environments=run.environments,
            mode=run.mode,
            profile=run.profile,
            config_sha256=run.config_sha256,
        ),
        made_by=ToolDocument(name=posture.tool.name, version=posture.tool.version),
        packed_by=ToolDocument(name=NAME, version=tool_version()),
        tools=_tools(posture, digests),
        catalogue_sha256=digests.get(CATALOGUE),
        configuration=_configuration(folder),
        redacted=dict(run.redacted),
        previous=previous,
    )


def _tools(posture: Posture, digests: Mapping[str, str]) -> tuple[PackedTool, ...]:
    own = PackedTool(name=posture.tool.name, version=posture.tool.version, sha256=digests.get(PROGRAM))
    others = (
        PackedTool(name=name, version=version, sha256=digests.get(name))
        for name, version in sorted(posture.run.versions)
        if name != own.name
    )
    return (own, *others)


def _configuration(folder: Path) -> str | None:
    """Where the configuration lies among the evidence; the last one, in order of name, of a run that was resumed."""
    found = None
    for file in sorted((folder / FOLDER).glob("*/*.json")):
        with file.open("rb") as stream:
            if stream.read(len(_CONFIGURATION)) == _CONFIGURATION:
                found = file.relative_to(folder).as_posix()
    return found


def _refuse_lost(posture: Posture, files: Files) -> None:
    for finding in posture.findings:
        for ref in finding.evidence:
            if ref.path not in files:
                raise RunFolderError(f"{finding.check} points to {ref.path}, which is not in the run's folder.")


def _blocks(file: Path) -> Iterator[bytes]:
    try:
        with file.open("rb", buffering=0) as stream:
            while block := stream.read(BLOCK):
                yield block
    except OSError as error:
        raise RunFolderError(f"{file} cannot be read: {(error.strerror or 'failed').lower()}.") from None


def _rendered(posture: Posture) -> Iterator[bytes]:
    yield render(posture, Format.HTML)
