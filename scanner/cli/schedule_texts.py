"""The texts of the schedulers; each begins with where to put it."""

import shlex
from pathlib import PurePosixPath
from typing import Any, Final

import yaml

from scanner.cli.schedule_plan import Plan
from scanner.errors import UsageError

_SECRETS_FILE: Final = "secrets.env"
_SECRET: Final = "ocpi-posture"
_DAY_S: Final = 86_400

# GitHub shows every result as an alert, also what passes or is suppressed. It closes what is no longer there, so that
# what could not be decided stays.
_TO_ALERT: Final = (
    """jq '.runs[].results |= map(select(.properties.outcome | . == "fail" or . == "inconclusive"))' """
    "posture/run/report.sarif > posture/run/code-scanning.sarif"
)


def cron(plan: Plan) -> str:
    """A line of a crontab; `flock` is not needed, for a scan holds a lock of its own."""
    load = f"set -a && . ./{_SECRETS_FILE} && set +a && " if plan.secrets else ""
    command = f"cd {plan.directory} && {load}ocpi-posture {' '.join(plan.arguments)} --log-format json"
    return _lines(
        "# Put this into the crontab of a user of its own (crontab -e). PATH must lead to ocpi-posture.",
        *_file_of_secrets(plan),
        "SHELL=/bin/sh",
        f"{plan.cron} {command} >>scan.log 2>&1",
    )


def systemd(plan: Plan) -> str:
    """A service and its timer, one after the other."""
    service = _lines(
        f"# /etc/systemd/system/{plan.name}.service",
        *_file_of_secrets(plan),
        "[Unit]",
        "Description=OCPI posture scan",
        "Wants=network-online.target",
        "After=network-online.target",
        "",
        "[Service]",
        "Type=oneshot",
        "User=ocpi-posture",
        f"WorkingDirectory={plan.directory}",
        *((f"EnvironmentFile={plan.directory}/{_SECRETS_FILE}",) if plan.secrets else ()),
        f"ExecStart=/usr/bin/env ocpi-posture {' '.join(plan.arguments)} --log-format json",
        "# 1 is a fail of the target and 3 an open question: both are answers, and no failure of the service.",
        "SuccessExitStatus=1 3",
        "NoNewPrivileges=true",
        "ProtectSystem=strict",
        "# /tmp holds the locks that keep scans of one user apart; a private one would hide them.",
        f"ReadWritePaths={plan.directory} /tmp",
    )
    timer = _lines(
        f"# /etc/systemd/system/{plan.name}.timer",
        f"# systemctl daemon-reload && systemctl enable --now {plan.name}.timer",
        "[Unit]",
        "Description=When to scan",
        "",
        "[Timer]",
        f"OnCalendar={plan.calendar}",
        "# A scan that was missed while the machine was off is made up for.",
        "Persistent=true",
        "RandomizedDelaySec=120",
        "",
        "[Install]",
        "WantedBy=timers.target",
    )
    return f"{service}\n{timer}"


def github(plan: Plan) -> str:
    """A workflow; what fails, or could not be decided, goes into code scanning, and the job fails as `scan` does.

    What it installs is said by the user: under a name that nobody owns in an index, anybody could offer a program, and
    it would see the tokens.
    """
    if plan.package is None:
        raise UsageError(
            "A workflow needs --package: what pip installs there.",
            "The wheel of `make build` in your repository, its URL, or a name with its version in your own index.",
        )
    scan = " ".join(("ocpi-posture", *plan.arguments, "-o posture/run --format html --format sarif"))
    steps: list[dict[str, Any]] = [
        {"uses": "actions/checkout@v4"},
        {"uses": "actions/setup-python@v5", "with": {"python-version": "3.12"}},
        {"run": f"pip install {shlex.quote(plan.package)}"},
        {"run": scan, **({"env": {n: f"${{{{ secrets.{n} }}}}" for n in plan.secrets}} if plan.secrets else {})},
        {"run": _TO_ALERT, "if": "always()"},
        {
            "uses": "github/codeql-action/upload-sarif@v3",
            "if": "always()",
            "with": {"sarif_file": "posture/run/code-scanning.sarif"},
        },
        {"uses": "actions/upload-artifact@v4", "if": "always()", "with": {"name": "posture", "path": "posture/run"}},
    ]
    document = {
        "name": "OCPI posture",
        "on": {"schedule": [{"cron": plan.cron}], "workflow_dispatch": None},
        "permissions": {"contents": "read", "security-events": "write"},
        "concurrency": {"group": plan.name, "cancel-in-progress": False},
        "jobs": {"scan": {"runs-on": "ubuntu-latest", "timeout-minutes": 60, "steps": steps}},
    }
    return _lines(
        f"# .github/workflows/{plan.name}.yml - times are UTC. Pin the actions to the commits that you have reviewed.",
        *(f"# Secret of the repository or environment: {name}" for name in plan.secrets),
        *_without_secrets(plan),
    ) + _yaml(document)


def kubernetes(plan: Plan) -> str:
    """A CronJob that reads its configuration from a ConfigMap and its secrets from a Secret."""
    if plan.image is None:
        raise UsageError("A CronJob needs --image: a container image with ocpi-posture in it.")
    keys = [{"name": name, "valueFrom": {"secretKeyRef": {"name": _SECRET, "key": name}}} for name in plan.secrets]
    container = {
        "name": "scan",
        "image": plan.image,
        "command": ["ocpi-posture"],
        "args": [*plan.arguments, "--log-format", "json"],
        "workingDir": "/work",
        **({"env": keys} if keys else {}),
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        },
        "volumeMounts": [
            {"name": "work", "mountPath": "/work"},
            {
                "name": "config",
                "mountPath": str(PurePosixPath("/work") / plan.config),
                "subPath": "ocpi-posture.yaml",
                "readOnly": True,
            },
            {"name": "tmp", "mountPath": "/tmp"},  # noqa: S108 - of the container
        ],
    }
    pod = {
        "restartPolicy": "Never",
        "automountServiceAccountToken": False,
        "securityContext": {"runAsNonRoot": True, "runAsUser": 10001, "fsGroup": 10001},
        "containers": [container],
        "volumes": [
            {"name": "work", "persistentVolumeClaim": {"claimName": "ocpi-posture"}},
            {"name": "config", "configMap": {"name": "ocpi-posture"}},
            {"name": "tmp", "emptyDir": {}},
        ],
    }
    document = {
        "apiVersion": "batch/v1",
        "kind": "CronJob",
        "metadata": {"name": plan.name},
        "spec": {
            "schedule": plan.cron,
            "concurrencyPolicy": "Forbid",
            "startingDeadlineSeconds": 3600,
            "jobTemplate": {
                "spec": {
                    "backoffLimit": 0,
                    "activeDeadlineSeconds": _DAY_S // 4,
                    "template": {"spec": pod},
                }
            },
        },
    }
    return _lines(
        "# kubectl apply -f FILE. Times are those of the control plane, mostly UTC. It needs a ConfigMap, a claim for",
        "# the runs and their history, and, where secrets are named, a Secret, all called ocpi-posture.",
        *_without_secrets(plan),
    ) + _yaml(document)


def _without_secrets(plan: Plan) -> tuple[str, ...]:
    """What would otherwise show at the first scan: that its token is not there."""
    if plan.secrets:
        return ()
    return (
        "# No variable is handed to the scan: where the configuration says env:NAME, print this with --secret NAME.",
    )


def _file_of_secrets(plan: Plan) -> tuple[str, ...]:
    if not plan.secrets:
        return _without_secrets(plan)
    names = ", ".join(plan.secrets)
    return (f"# {plan.directory}/{_SECRETS_FILE} (mode 0600, NAME='value' a line) has to hold: {names}",)


def _yaml(document: dict[str, Any]) -> str:
    return yaml.safe_dump(document, sort_keys=False, width=200)


def _lines(*lines: str) -> str:
    return "".join(f"{line}\n" for line in lines)
