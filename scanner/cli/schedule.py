"""`ocpi-posture schedule`: ready-made schedules, printed and never installed."""

import rich_click as click

from scanner.cli.exit_code import ExitCode
from scanner.cli.options import talking
from scanner.cli.output import emit
from scanner.cli.schedule_plan import Every, Plan, new_plan
from scanner.cli.schedule_texts import cron, github, kubernetes, systemd

_WRITERS = {"cron": cron, "systemd": systemd, "github": github, "kubernetes": kubernetes}


@click.command()
@click.argument("scheduler", type=click.Choice(list(_WRITERS)))
@click.option(
    "-c", "--config", "config", default="ocpi-posture.yaml", show_default=True, help="The configuration file, there."
)
@click.option("-e", "--environment", default=None, metavar="ENV", help="Only this environment.")
@click.option(
    "--every", type=click.Choice([str(every) for every in Every]), default="day", show_default=True, help="How often."
)
@click.option("--at", default="03:17", show_default=True, metavar="HH:MM", help="When, in the scheduler's time zone.")
@click.option(
    "--secret",
    "secrets",
    multiple=True,
    metavar="NAME",
    help="An environment variable that the configuration refers to (env:NAME); repeatable. Never a value.",
)
@click.option("--directory", default="/etc/ocpi-posture", show_default=True, help="Where it runs: cron, systemd.")
@click.option(
    "--package", default=None, metavar="SPEC", help="GitHub: what pip installs, such as your wheel's path or URL."
)
@click.option("--image", default=None, help="Kubernetes: the container image, with its digest.")
@talking
def schedule(  # noqa: PLR0917 - click hands every option over as an argument
    scheduler: str,
    config: str,
    environment: str | None,
    every: str,
    at: str,
    secrets: tuple[str, ...],
    directory: str,
    package: str | None,
    image: str | None,
) -> int:
    """Print a schedule for cron, systemd, GitHub Actions or Kubernetes; put it where its first lines say.

    Secrets are named and never printed: the text says where each scheduler keeps them.

    Example: ocpi-posture schedule systemd -e prod --every day --at 03:17 --secret OCPI_TOKEN
    """
    plan: Plan = new_plan(
        config=config,
        environment=environment,
        every=Every(every),
        at=at,
        secrets=secrets,
        directory=directory,
        package=package,
        image=image,
    )
    emit(_WRITERS[scheduler](plan))
    return ExitCode.CLEAN
