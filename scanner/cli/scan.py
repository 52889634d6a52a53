"""`ocpi-posture scan`: look at endpoints and declared clouds, judge, report."""

from pathlib import Path
from typing import TYPE_CHECKING

import rich_click as click

from reports.formats import Format
from scanner.cli.bare_url import BareUrl
from scanner.cli.cadence_reading import cadence_reader
from scanner.cli.chosen_formats import chosen
from scanner.cli.exit_code import ExitCode
from scanner.cli.given import Given
from scanner.cli.one_scan import Asked, one_scan
from scanner.cli.options import config_file, environments, talking, words
from scanner.cli.output import emit
from scanner.cli.probes import WITNESSES, first_probes, later_probes
from scanner.cli.scan_usage import refuse_file_options, refuse_leftover_options, refuse_named_file
from scanner.cli.selection import Selection, select
from scanner.cli.talk import Talk
from scanner.config.configuration import Configuration
from scanner.model.effect import Mode
from scanner.model.severity import Severity

if TYPE_CHECKING:
    from scanner.cli.baseline import Baseline

_WITNESSES = [str(witness) for witness in WITNESSES]


@click.command()
@click.argument("versions_url", required=False)
@click.option(
    "--token", metavar="REFERENCE", help="With VERSIONS_URL: where the token is kept (env:NAME, file:PATH, ...)."
)
@click.option("--party", metavar="CC-PID", help="With VERSIONS_URL: the party that the token belongs to.")
@click.option(
    "--ca-file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="With VERSIONS_URL: the only CA to trust, as PEM.",
)
@click.option("--allow-internal", is_flag=True, help="With VERSIONS_URL: its name may lead to an internal address.")
@config_file
@environments
@click.option(
    "--witness",
    "witnesses",
    multiple=True,
    type=click.Choice(_WITNESSES),
    help="Only this one; repeatable.",
)
@click.option("--mode", type=click.Choice(words(Mode)), help="How far to go, for this run.")
@click.option("--select", "patterns", multiple=True, metavar="ID|GLOB", help="Only these checks or rows; repeatable.")
@click.option("--budget", type=click.IntRange(min=1), metavar="N", help="At most N requests to each host.")
@click.option(
    "--max-refusals",
    type=click.IntRange(min=0),
    metavar="N",
    help="At most N of them without a valid token. [default: 60]",
)
@click.option("--dry-run", is_flag=True, help="Print what would be sent and left behind; send nothing.")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    help="The run's folder. [default: posture/RUN-ID]",
)
@click.option(
    "--format",
    "formats",
    multiple=True,
    type=click.Choice(words(Format)),
    default=[str(Format.HTML)],
    show_default=True,
    help="A report beside posture.json; repeatable. With --dry-run: json for machines.",
)
@click.option(
    "--fail-on",
    type=click.Choice(words(Severity)),
    default=str(Severity.MEDIUM),
    show_default=True,
    help="Exit 1 from here on.",
)
@click.option("--baseline", metavar="RUN", help="Exit 1 for fails only that this earlier run did not have.")
@click.option("--resume", metavar="RUN", help="Take an interrupted run up again; what was finished is not done twice.")
@talking
@click.pass_obj
def scan(  # noqa: PLR0917 - click hands every option over as an argument
    talk: Talk,
    versions_url: str | None,
    token: str | None,
    party: str | None,
    ca_file: Path | None,
    allow_internal: bool,
    config: Path,
    environments: tuple[str, ...],
    witnesses: tuple[str, ...],
    mode: str | None,
    patterns: tuple[str, ...],
    budget: int | None,
    max_refusals: int | None,
    dry_run: bool,
    output: Path | None,
    formats: tuple[str, ...],
    fail_on: str,
    baseline: str | None,
    resume: str | None,
) -> int:
    """Look, judge and report.

    With VERSIONS_URL no configuration is needed: one endpoint is observed, by reads only. Without it, the environments
    of the configuration are scanned.

    Example: ocpi-posture scan https://ocpi.example.com/ocpi/versions --token env:OCPI_TOKEN

    Example: ocpi-posture scan -c ocpi-posture.yaml -e test --fail-on high
    """
    if versions_url is None:
        refuse_leftover_options(token=token, party=party, ca_file=ca_file, allow_internal=allow_internal)
        given = Given(
            file=config, environments=environments, mode=_mode(mode), budget=budget, max_refusals=max_refusals
        )
    else:
        refuse_file_options(environments, mode)
        refuse_named_file()
        bare = BareUrl(
            versions_url=versions_url, token=token, ca_file=ca_file, party=party, allow_internal=allow_internal
        )
        given = Given(bare=bare, budget=budget, max_refusals=max_refusals)
    configuration = given.configuration()
    later = later_probes(cadence_reader(configuration, talk))
    selection = select(first_probes(configuration.tls_profile), witnesses, patterns, later)
    if dry_run:
        return _print_plan(configuration, selection, formats)
    names = tuple(target.name for target in configuration.targets)
    asked = Asked(
        given=given,
        output=output,
        resume=resume,
        formats=chosen(formats),
        fail_on=fail_on,
        baseline=_read_baseline(baseline, names) if baseline else None,
    )
    return one_scan(configuration, selection, asked, talk)


def _read_baseline(run: str, environments: tuple[str, ...]) -> "Baseline":
    from scanner.cli.baseline import read_baseline  # noqa: PLC0415 - the types of posture.json take long to load

    return read_baseline(run, environments)


def _mode(name: str | None) -> Mode | None:
    return Mode(name) if name else None


def _print_plan(configuration: Configuration, selection: Selection, formats: tuple[str, ...]) -> int:
    from scanner.cli.dry_run import as_json, as_text, planned  # noqa: PLC0415 - no scan should wait for it

    lines = planned(configuration, selection)
    emit(as_json(lines) if Format.JSON in formats else as_text(lines, configuration))
    return ExitCode.CLEAN
