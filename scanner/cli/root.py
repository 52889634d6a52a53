"""The `ocpi-posture` command and its subcommands, listed by hand."""

from importlib.metadata import PackageNotFoundError, version

import rich_click as click

from scanner.cli.checks import checks
from scanner.cli.cleanup import cleanup
from scanner.cli.demo import demo
from scanner.cli.init import init
from scanner.cli.options import talking
from scanner.cli.preflight import preflight
from scanner.cli.report import report
from scanner.cli.scan import scan
from scanner.cli.waive import waive


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


for _command in (demo, init, preflight, scan, checks, report, waive, cleanup):
    root.add_command(_command)
