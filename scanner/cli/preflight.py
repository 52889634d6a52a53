"""`ocpi-posture preflight`: what a scan would need, send, leave behind and take; judges nothing."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path

import rich_click as click

from scanner.cli import dry_run
from scanner.cli.exit_code import ExitCode
from scanner.cli.options import config_file, environments, output_format, talking
from scanner.cli.output import emit, emit_safe
from scanner.cli.partner_readiness import partners_ready, sinks_ready
from scanner.cli.probes import all_probes
from scanner.cli.readiness import Ready, endpoints_ready, inputs_ready, secrets_ready
from scanner.cli.selection import select
from scanner.cli.talk import Talk
from scanner.config.configuration import Configuration
from scanner.config.load import load_configuration
from scanner.model.intent import PlannedRequest


@click.command()
@config_file
@environments
@output_format
@talking
@click.pass_obj
def preflight(talk: Talk, config: Path, environments: tuple[str, ...], format_: str) -> int:
    """Ask whether a scan could begin: secrets, endpoints, identities, programs, permissions, plan.

    Sends a handful of reads. Where tokens may be renewed, it proves that new ones can be kept. Exit code 3 if something
    is missing.

    Example: ocpi-posture preflight -c ocpi-posture.yaml -e test
    """
    configuration = load_configuration(config, with_files=True).only(environments)
    rows, tokens = secrets_ready(configuration, talk)
    rows += inputs_ready(configuration)
    rows += endpoints_ready(configuration, tokens, talk)
    rows += sinks_ready(configuration)
    rows += partners_ready(configuration, talk)
    plan = dry_run.planned(configuration, select(all_probes(configuration.tls_profile), (), ()))
    if format_ == "json":
        emit(_json(rows, plan, configuration))
    else:
        emit_safe(_text(rows, plan, configuration))
    return ExitCode.CLEAN if all(row.ok for row in rows) else ExitCode.INCONCLUSIVE


def _json(rows: Sequence[Ready], plan: Sequence[PlannedRequest], configuration: Configuration) -> str:
    document = {
        "ready": all(row.ok for row in rows),
        "needs": [asdict(row) for row in rows],
        "permissions": _permissions(configuration),
        "plan": [asdict(line) for line in plan],
        "seconds": _seconds(plan, configuration),
    }
    return json.dumps(document, indent=1)


def _text(rows: Sequence[Ready], plan: Sequence[PlannedRequest], configuration: Configuration) -> str:
    width = max((len(f"{row.environment}: {row.about}") for row in rows), default=0)
    said = []
    for row in rows:
        said.append(f"{'ok' if row.ok else 'not yet':<9}{f'{row.environment}: {row.about}':<{width}}  {row.detail}")
        if not row.ok and row.deed:
            said.append(f"{'':<9}what to do: {row.deed}")
    said.append("")
    said += [f"{name}: {permission}" for name, permission in _permissions(configuration).items()]
    least, most = _seconds(plan, configuration)
    said += [
        "",
        dry_run.as_text(plan, configuration).rstrip(),
        f"Time for requests alone: {least:.0f} to {most:.0f} s.",
    ]
    return "\n".join(said)


def _permissions(configuration: Configuration) -> dict[str, str]:
    """What each environment permits beyond reads, in words."""
    return {target.name: f"mode {target.mode}{_allowed(target.allow)}" for target in configuration.targets}


def _allowed(effects: Iterable[str]) -> str:
    names = ", ".join(sorted(effects))
    return f", also {names}" if names else ""


def _seconds(plan: Sequence[PlannedRequest], configuration: Configuration) -> tuple[float, float]:
    """At least and at most, from the rate that each environment allows; environments run side by side."""
    rates = {target.name: target.limits.requests_per_second for target in configuration.targets}
    lines = {name: [line for line in plan if line.environment == name] for name in rates}
    least = max(sum(line.at_least for line in lines[name]) / rate for name, rate in rates.items())
    most = max(sum(line.at_most for line in lines[name]) / rate for name, rate in rates.items())
    return least, most
