"""The `ocpi-posture` command and its subcommands, listed by hand."""

from importlib.metadata import PackageNotFoundError, version
from typing import Final

import rich_click as click

from scanner.cli.on_demand import OnDemand
from scanner.cli.options import talking

# By name, because a scan should not wait for the modules of every other command.
_COMMANDS: Final = {
    "demo": "scanner.cli.demo",
    "init": "scanner.cli.init",
    "preflight": "scanner.cli.preflight",
    "scan": "scanner.cli.scan",
    "plan": "scanner.cli.plan",
    "checks": "scanner.cli.checks",
    "report": "scanner.cli.report",
    "diff": "scanner.cli.diff",
    "history": "scanner.cli.history",
    "replay": "scanner.cli.replay",
    "waive": "scanner.cli.waive",
    "cleanup": "scanner.cli.cleanup",
    "onboard": "scanner.cli.onboard",
    "evidence": "scanner.cli.evidence",
    "schedule": "scanner.cli.schedule",
}


def _version() -> str:
    try:
        return version("ocpi-posture")
    except PackageNotFoundError:
        return "from a source folder"


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 120})
@click.version_option(_version(), "-V", "--version", prog_name="ocpi-posture")
@talking
def root() -> None:
    """Know, with proof, whether an OCPI interface is secure.

    Exit codes: 0 judged and clean; 1 a fail at or above --fail-on; 2 wrong usage, configuration or input file;
    3 no such fail, but something required was inconclusive or not judged; 4 a bug of ours.

    Example: ocpi-posture scan https://ocpi.example.com/ocpi/versions --token env:OCPI_TOKEN
    """


root.commands = OnDemand(_COMMANDS)  # not as an argument: rich-click would ask for each of them
