"""`ocpi-posture init`: a first configuration that is valid as written."""

import ipaddress
import json
import sys
from datetime import UTC, date, datetime
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import Final
from urllib.parse import urlsplit

import rich_click as click
import structlog
from pydantic import TypeAdapter, ValidationError

from checks.checklist.loader import controls
from scanner.cli.attestation_forms import write_forms
from scanner.cli.options import talking, words
from scanner.cli.terminal import is_terminal
from scanner.config.default_file import DEFAULT_FILE
from scanner.config.load import load_configuration
from scanner.config.strict import Reference
from scanner.config.written import PartyText, UrlText
from scanner.errors import ConfigError, UsageError
from scanner.gate.address import is_internal
from scanner.model.party import Role
from scanner.run.scratch import scratch_folder

log = structlog.get_logger(__name__)

# What the loader would ask of each answer.
_URL: Final = TypeAdapter(UrlText)
_REFERENCE: Final = TypeAdapter(Reference)
_PARTY: Final = TypeAdapter(PartyText)
_ROLE: Final = TypeAdapter[str](Role)


@click.command()
@click.option("--versions-url", metavar="URL", help="The platform's OCPI versions URL.")
@click.option("--token", metavar="REFERENCE", help="Where the credentials token is kept: env:NAME, file:PATH, ...")
@click.option("--party", metavar="CC-PID", help="The party that the scanner speaks as.")
@click.option("--role", type=click.Choice(words(Role), case_sensitive=False), help="Its role.")
@click.option("--environment", metavar="NAME", default="test", show_default=True, help="Name of the environment.")
@click.option(
    "-c",
    "--config",
    "file",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path(DEFAULT_FILE),
    show_default=True,
    help="The file to write; an existing one is never overwritten.",
)
@click.option(
    "--attestations",
    type=click.Path(path_type=Path, file_okay=False),
    is_flag=False,
    flag_value="attestations",
    metavar="[FOLDER]",
    help="Write a form for everything that people attest; the configuration only with --versions-url.",
)
@talking
def init(
    versions_url: str | None,
    token: str | None,
    party: str | None,
    role: str | None,
    environment: str,
    file: Path,
    attestations: Path | None,
) -> None:
    """Write a commented configuration. On a terminal it asks for what no option said.

    Example: ocpi-posture init --versions-url https://ocpi.example.com/ocpi/versions

    Example: ocpi-posture init --attestations
    """
    if attestations is not None:
        _write_forms(attestations, file)
        if versions_url is None:
            return
    _refuse_to_overwrite(file)
    text = _filled(
        file=str(file),
        versions_url=_ask("Versions URL", versions_url, None, _URL),
        token=_ask("Where is the credentials token kept", token, "env:OCPI_TOKEN", _REFERENCE),
        party=_ask("Party that the scanner speaks as (CC-PID)", party, "XX-TST", _PARTY).upper(),
        role=_ask("Its role", role, Role.EMSP, _ROLE).upper(),
        environment=environment,
    )
    _check(text)
    _write(file, text)
    log.info("wrote configuration", file=str(file), next=f"ocpi-posture preflight -c {file}")


def _write_forms(folder: Path, file: Path) -> None:
    try:
        written, kept = write_forms(folder, controls())
    except OSError as error:
        raise UsageError(f"{folder} cannot be written: {(error.strerror or 'failed').lower()}.") from None
    name = f"`attestations: [{folder}]` in {file}"
    log.info("wrote forms for attestations", folder=str(folder), written=written, kept=kept, next=name)


def _refuse_to_overwrite(file: Path) -> None:
    if file.exists():
        raise UsageError(f"{file} exists and is not overwritten.", "Choose another file with -c, or move it away.")


def _ask(question: str, given: str | None, default: str | None, kind: TypeAdapter[str]) -> str:
    """The answer of an option; on a terminal that of a person, who is asked again until it can be used."""
    if given is not None:
        return given
    if is_terminal(sys.stdin) and is_terminal(sys.stderr):
        return str(click.prompt(question, default=default, err=True, value_proc=lambda said: _usable(said, kind)))
    if default is None:
        raise UsageError("--versions-url is missing.", "Example: https://ocpi.example.com/ocpi/versions")
    return default


def _usable(answer: str, kind: TypeAdapter[str]) -> str:
    """The answer as it was given.

    Raises: BadParameter, upon which click shows the sentence and asks again.
    """
    try:
        kind.validate_python(answer if kind is not _ROLE else answer.upper())
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        raise click.BadParameter(str(first.get("ctx", {}).get("error", first["msg"]))) from None
    return answer


def _filled(*, versions_url: str, token: str, environment: str, party: str, role: str, file: str) -> str:
    template = (files("scanner.config") / "template.yaml").read_text(encoding="utf-8")
    today = datetime.now(UTC).date()
    return Template(template).substitute(
        file=file,
        versions_url=json.dumps(versions_url, ensure_ascii=False),
        token=json.dumps(token),
        environment=environment,
        party=json.dumps(party),
        role=role,
        identity="scanner",
        partner="own-test-partner",
        starts=today.isoformat(),
        ends=_in_a_year(today).isoformat(),
        allow_internal="true" if _is_internal(versions_url) else "false",
    )


def _in_a_year(day: date) -> date:
    """The same day of the next year; the 28th where that year has no 29 February."""
    try:
        return day.replace(year=day.year + 1)
    except ValueError:
        return day.replace(year=day.year + 1, day=28)


def _is_internal(url: str) -> bool:
    try:
        host = urlsplit(url).hostname or ""
        return host == "localhost" or is_internal(str(ipaddress.ip_address(host)))
    except ValueError:
        return False


def _check(text: str) -> None:
    """Refuse what the loader would refuse, before anything is written.

    Raises: UsageError.
    """
    with scratch_folder() as folder:
        draft = folder / DEFAULT_FILE
        draft.write_text(text, encoding="utf-8")
        try:
            load_configuration(draft)
        except ConfigError as error:
            said = "\n".join(f"{problem.key}: {problem.message}" for problem in error.problems)
            raise UsageError(f"Nothing was written, because the file would not be valid:\n{said}") from None


def _write(file: Path, text: str) -> None:
    try:
        with file.open("x", encoding="utf-8") as stream:
            stream.write(text)
    except FileExistsError:
        _refuse_to_overwrite(file)
    except OSError as error:
        raise UsageError(f"{file} cannot be written: {(error.strerror or 'failed').lower()}.") from None
