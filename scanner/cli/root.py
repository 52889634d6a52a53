"""The `ocpi-posture` command and its subcommands, listed by hand."""

from importlib.metadata import PackageNotFoundError, version
from typing import Final

import rich_click as click

from scanner.cli.on_demand import OnDemand
from scanner.cli.options import talking

# By name and with the first sentences of its help: neither a scan nor the list should wait for every module.
_COMMANDS: Final = {
    "demo": (
        "Scan an embedded target: the reference OCPI service over TLS, and the reference stack; ends in a signed pack."
    ),
    "init": "Write a commented configuration. On a terminal it asks for what no option said.",
    "preflight": "Ask whether a scan could begin: secrets, endpoints, identities, programs, permissions, plan.",
    "scan": "Look, judge and report.",
    "plan": "Turn a Pulumi preview, state or Python program into the Terraform plan that any Checkov reads.",
    "checks": "Show what is checked, and which rows of the checklist are covered.",
    "report": "Render the report of a run again; nothing is looked at and nothing is judged.",
    "diff": "Compare the fails of two runs, the earlier one first: by folder, or by id where a history has them.",
    "history": "Show the recorded runs: scores, the trend of each row, repairs, and how long each fail has been there.",
    "replay": "Look at one finding again, and say whether it is still there.",
    "waive": "Write a waiver into the configuration; everything else in the file stays as it is.",
    "cleanup": "Remove what a run left behind, newest first, and say what cannot be removed.",
    "onboard": (
        "Admit a roaming partner, or refuse it, by one signed record; "
        "an admission with something missing is not signed."
    ),
    "evidence": "Make, sign, verify and keep evidence packs: a whole run in one file, for an auditor.",
    "schedule": "Print a schedule for cron, systemd, GitHub Actions or Kubernetes; put it where its first lines say.",
}


def _version() -> str:
    try:
        return version("ocpi-posture")
    except PackageNotFoundError:
        return "from a source folder"


class _Listing(click.RichGroup):
    """A group whose help loads none of its commands."""

    def get_help(self, ctx: click.Context) -> str:
        """The help, which lists the commands by what is said of them here."""
        whole = self.commands
        self.commands = {name: click.RichCommand(name=name, help=told) for name, told in _COMMANDS.items()}
        try:
            return super().get_help(ctx)
        finally:
            self.commands = whole


@click.group(cls=_Listing, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 120})
@click.version_option(_version(), "-V", "--version", prog_name="ocpi-posture")
@talking
def root() -> None:
    """Know, with proof, whether an OCPI interface is secure.

    Exit codes: 0 judged and clean; 1 a fail at or above --fail-on; 2 wrong usage, configuration or input file;
    3 no such fail, but something required was inconclusive or not judged; 4 a bug of ours.

    Example: ocpi-posture scan https://ocpi.example.com/ocpi/versions --token env:OCPI_TOKEN
    """


# not as an argument: rich-click would ask for each of them
root.commands = OnDemand({name: f"scanner.cli.{name}" for name in _COMMANDS})
