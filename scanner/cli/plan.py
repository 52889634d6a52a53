"""`ocpi-posture plan`: what Pulumi declares, as the Terraform plan that any Checkov reads."""

import json
from pathlib import Path

import rich_click as click
import structlog

from scanner.cli.exit_code import ExitCode
from scanner.cli.options import talking
from scanner.cli.output import emit
from scanner.cli.plan_input import STDIN, PlanInput, declared_by
from scanner.cli.plan_map import left_out, plan_map
from scanner.cli.run_folder import cannot_write, is_special, write_named
from scanner.cli.talk import Talk
from scanner.cloud.bridge.plan_writer import WrittenPlan, write_plan
from scanner.cloud.bridge.token_map import token_map
from scanner.cloud.clear_secrets import clear_secrets
from scanner.cloud.declared import Declared
from scanner.cloud.native.translated import translated
from scanner.cloud.secret_detection import detected_in_values
from scanner.errors import UsageError

log = structlog.get_logger(__name__)
_FILE = click.Path(path_type=Path, dir_okay=False)
_IN_CLEAR = "as their author wrote them: a policy on hard-coded secrets would pass the plan without them"


@click.command()
@click.argument("input", metavar="PREVIEW.json|STATE.json|PROGRAM_DIR", type=click.Path(path_type=Path))
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False, allow_dash=True),
    default=STDIN,
    help="The file to write; beside plan.json stands plan.map.json. [default: stdout]",
)
@click.option("--map", "map_file", type=_FILE, help="The file for the way back: address to URN, source file and line.")
@click.option("--state", type=_FILE, help="An export of the same stack, for what a preview does not show.")
@click.option("--stack", metavar="NAME", help="The stack of a program. [default: the one that has a Pulumi.NAME.yaml]")
@click.option("--python", type=_FILE, help="The Python of a program. [default: as its Pulumi.yaml says]")
@talking
@click.pass_obj
def plan(
    talk: Talk,
    input: Path,
    output: Path,
    map_file: Path | None,
    state: Path | None,
    stack: str | None,
    python: Path | None,
) -> int:
    """Turn a Pulumi preview, state or Python program into the Terraform plan that any Checkov reads.

    The form is told by the content; - is stdin. Nothing is deployed and nobody is asked. Exit code 3 where the plan is
    written but known to be incomplete: stderr says why.

    Example: ocpi-posture plan preview.json -o plan.json && checkov -f plan.json --framework terraform_plan
    """
    declared = translated(declared_by(PlanInput(place=input, state=state, stack=stack, python=python), talk))
    written = write_plan(declared.resources, token_map())
    if not written.document["planned_values"]["root_module"]["resources"]:
        raise UsageError(_nothing(written, declared))
    text = json.dumps(written.document, indent=1, ensure_ascii=False) + "\n"
    if output == STDIN:
        emit(text)
    else:
        _write(output, text)
        map_file = map_file or (None if is_special(output) else output.with_name(f"{output.stem}.map.json"))
    if map_file is not None:
        _write(map_file, plan_map(written, declared))
    _say(written, declared, output, map_file)
    return ExitCode.INCONCLUSIVE if declared.missing else ExitCode.CLEAN


def _nothing(written: WrittenPlan, declared: Declared) -> str:
    lines = list(left_out(written.coverage, written.resources))
    there = f" There are: {'; '.join(lines[:5])}." if lines else ""
    return f"The {declared.source} declares no AWS resource that a plan could hold: nothing was written.{there}"


def _write(file: Path, text: str) -> None:
    try:
        write_named(file, text.encode(errors="replace"))
    except OSError as error:
        raise cannot_write(file, error) from None


def _say(written: WrittenPlan, declared: Declared, output: Path, map_file: Path | None) -> None:
    for line in left_out(written.coverage, written.resources):
        log.warning("not in the plan", what=line)
    for sentence in declared.unmapped:
        log.warning("not in the plan", what=sentence)
    for sentence in declared.missing:
        log.warning("incomplete", why=sentence)
    held = clear_secrets(declared, detected_in_values(declared))
    if held:
        log.warning("holds secrets in clear", texts=len(held), why=_IN_CLEAR)
    planned = len(written.document["planned_values"]["root_module"]["resources"])
    files = {"plan": "stdout" if output == STDIN else str(output), **({"map": str(map_file)} if map_file else {})}
    log.info("wrote", resources=planned, source=declared.source, **files)
