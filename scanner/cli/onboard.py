"""`ocpi-posture onboard`: a partner's way in, as one signed record."""

import hashlib
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final, TypeVar

import rich_click as click

from reports.pack.onboarding import Decision, OnboardingRecord
from reports.read import FILE_NAME, UnreadablePosture, read_posture
from reports.wire.base import ToolDocument
from scanner.cli.evidence_keys import SigningKey, signing
from scanner.cli.judging import NAME, tool_version
from scanner.cli.onboarding_challenge import kept_challenge, make_challenge
from scanner.cli.onboarding_parts import contact, credentials, ownership, requirements, tested
from scanner.cli.onboarding_record import sign, verify
from scanner.cli.options import config_file, talking, words
from scanner.cli.run_folder import find_run
from scanner.cli.scan_lock import Owner, only_scan
from scanner.cli.talk import Talk
from scanner.config.configuration import Configuration
from scanner.config.load import load_configuration
from scanner.config.nearest import suggestion
from scanner.errors import UsageError
from scanner.model.late_dataclass import dataclass
from scanner.model.severity import Severity

F = TypeVar("F", bound=Callable[..., Any])

_FILE: Final = click.Path(path_type=Path, dir_okay=False, exists=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Decided:
    """What the options say about the decision."""

    outcome: str
    by: str
    function: str
    until: date


def _decision(function: F) -> F:
    options = (
        click.option("--run", metavar="RUN", help="The scan of the partner's test endpoint."),
        click.option("--requirements", "demanded", type=_FILE, help="The security requirements, as accepted."),
        click.option("--accepted-by", metavar="NAME", help="Who accepted them for the partner."),
        click.option("--contact", "named", metavar="TEXT", help="Who answers for security there, and how to reach it."),
        click.option("--decision", "outcome", type=click.Choice(["admit", "refuse"]), help="What was decided."),
        click.option("--decided-by", "by", metavar="NAME", help="Who decided."),
        click.option("--function", "function_", metavar="TEXT", help="In which function."),
        click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="The last day of it."),
        click.option("--fail-on", type=click.Choice(words(Severity)), default="high", show_default=True,
                     help="A fail from here on keeps the partner out."),
    )  # fmt: skip
    for option in reversed(options):
        function = option(function)
    return function


@click.command()
@click.argument("partner")
@config_file
@click.option("-e", "--env", "environment", required=True, metavar="NAME", help="The partner's test environment.")
@click.option(
    "-o",
    "--output",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("onboarding"),
    show_default=True,
    help="Where challenge, record and its attestation are kept.",
)
@click.option("--challenge", is_flag=True, help="Make a text that the partner puts on its server, and end.")
@click.option("--verify", "record", type=_FILE, help="Verify this record with --public-key, and end; nothing is sent.")
@_decision
@signing
@talking
@click.pass_obj
def onboard(  # noqa: PLR0917 - click hands every option over as an argument
    talk: Talk,
    partner: str,
    config: Path,
    environment: str,
    folder: Path,
    challenge: bool,
    record: Path | None,
    run: str | None,
    demanded: Path | None,
    accepted_by: str | None,
    named: str | None,
    outcome: str | None,
    by: str | None,
    function_: str | None,
    until: datetime | None,
    fail_on: str,
    key: str | None,
    new_key: Path | None,
    public_key: Path | None,
    passphrase: str | None,
) -> int:
    """Admit a roaming partner, or refuse it, by one signed record; an admission with something missing is not signed.

    Exit codes: 0 done; 1 a record that does not verify; 3 something required is missing, by name.

    Example: ocpi-posture onboard north -e test --challenge

    Example: ocpi-posture onboard north -e test --run posture/RUN-ID --requirements rules.pdf --accepted-by "A. Partner"
    --contact "duty officer" --decision admit --decided-by "Ada Example" --function "head of roaming"
    --until 2027-06-30 --key posture.pem
    """
    if record is not None:
        return verify(partner, record, public_key)
    configuration = load_configuration(config, with_files=True).only([environment])
    party = _party_of(partner, configuration)
    if challenge:
        return make_challenge(partner, configuration, folder)
    decided = _decided(outcome, by, function_, until)
    if run is None:
        raise UsageError("--run is missing.", "Scan the partner's test endpoint first: ocpi-posture scan -e NAME.")
    document, content = _posture(run)
    folder.mkdir(parents=True, exist_ok=True)
    accepted, sha256 = requirements(demanded, accepted_by)
    now = datetime.now(UTC)
    with only_scan(configuration, Owner(run=f"onboarding of {partner}", folder=folder), talk):
        owned = ownership(configuration, kept_challenge(folder, partner), folder, talk)
    parts = (
        owned,
        credentials(document, environment),
        tested(document, environment, Severity(fail_on), now),
        contact(named),
        accepted,
    )
    digest = hashlib.sha256(content).hexdigest()
    made = OnboardingRecord(
        partner=partner,
        party=party,
        environment=environment,
        run=document.run.id,
        posture_sha256=digest,
        parts=parts,
        contact=named or "",
        decision=Decision(
            outcome=_word(decided), by=decided.by, function=decided.function, at=now, until=decided.until
        ),
        made_by=ToolDocument(name=NAME, version=tool_version()),
    )
    files = [(FILE_NAME, digest), *([(demanded.name, sha256)] if demanded and sha256 else [])]
    asked = SigningKey(key=key, new_key=new_key, public_key=public_key, passphrase=passphrase)
    return sign(made, files, asked, folder)


def _party_of(partner: str, configuration: Configuration) -> str:
    (target,) = configuration.targets
    known = {contract.partner: contract.party for contract in target.contracts}
    if partner not in known:
        near = suggestion(partner, known)
        raise UsageError(f"No partner is called {partner!r}{near}.", "Partners stand under `partners` in the file.")
    return f"{known[partner].country_code}-{known[partner].party_id}"


def _decided(outcome: str | None, by: str | None, function: str | None, until: datetime | None) -> _Decided:
    for option, value in (("--decision", outcome), ("--decided-by", by), ("--function", function), ("--until", until)):
        if not value:
            raise UsageError(f"{option} is missing: a record says what was decided, by whom, until when.")
    if until is None or until.date() < datetime.now(UTC).date():
        raise UsageError("--until lies in the past.")
    return _Decided(outcome=str(outcome), by=str(by), function=str(function), until=until.date())


def _word(decided: _Decided) -> Any:  # noqa: ANN401 - click has held it against the two words
    return decided.outcome


def _posture(run: str) -> tuple[Any, bytes]:
    file = find_run(run) / FILE_NAME
    try:
        content = file.read_bytes()
        return read_posture(content, str(file)), content
    except (OSError, UnreadablePosture) as error:
        raise UsageError(f"{file} cannot be used: {error}") from None
