"""`ocpi-posture evidence`: signed packs of a run, verified offline."""

import rich_click as click

from scanner.cli.evidence_pack import pack
from scanner.cli.evidence_sign import sign
from scanner.cli.evidence_upload import upload
from scanner.cli.evidence_verify import verify
from scanner.cli.options import talking


@click.group()
@talking
def evidence() -> None:
    """Make, sign, verify and keep evidence packs: a whole run in one file, for an auditor.

    Example: ocpi-posture evidence verify pack.zip --key posture.pub
    """


for _command in (pack, sign, verify, upload):
    evidence.add_command(_command)
