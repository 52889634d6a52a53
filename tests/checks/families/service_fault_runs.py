"""The reference service with one fault, looked at by the protocol witness and, if that takes it, by the TLS witness."""

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import yaml

from checks.catalog import CATALOG
from checks.model.finding import Finding
from checks.model.verdict import Outcome
from scanner.gate.journal import FILE_NAME
from scanner.model.effect import Effect, Mode
from scanner.model.party import Contract, Grant, Identity, Party, Right, Role
from scanner.model.secret import Secret
from scanner.model.subject import Side
from scanner.model.witness import Witness
from scanner.ocpi.probes import PROBES
from scanner.run.plan import ScanPlan
from scanner.run.runner import run_scan
from scanner.tls.probe import TlsProbe
from tests.targets.brought import brought_unsaid
from tests.targets.judged import findings_from
from tests.targets.once import once_a_run
from tests.targets.protocol_runs import CHECKS, ENOUGH_GUESSES, target_of
from tests.targets.reference_service import running_service

ALL_VERSIONS = ("2.1.1", "2.2.1", "2.3.0")
_TABLES = Path(__file__).parents[2] / "expected_findings"
OF_TLS = yaml.safe_load((_TABLES / "service_tls.yaml").read_text(encoding="utf-8"))
# Faults that are switched on together: none of them hides another, and no check is in the tables of two. `make verify`
# shows each alone.
TOGETHER = (
    (
        "cacheable-answers",
        "leaking-version-header",
        "missing-pagination-headers",
        "module-beyond-contract",
        "no-correlation-id",
        "no-token-accepted",
        "token-prefix-match",
        "wrong-content-type",
    ),
    (
        "commands-always-on",
        "forbidden-as-bad-request",
        "invalid-enum-served",
        "leaking-stack-trace",
        "link-to-foreign-host",
        "other-tenant-readable",
        "scheme-ignored",
        "surplus-module",
    ),
    (
        "both-encodings-accepted",
        "default-token-left-in",
        "no-lock-out",
        "repeated-message-crashes",
        "slow-token-compare",
    ),
    (
        "agreed-list-closed",
        "claimed-party-ignored",
        "connection-bound-authentication",
        "first-of-two-headers-taken",
        "no-page-limit",
        "other-scheme-accepted",
        "plaintext-url-advertised",
        "token-case-ignored",
        "token-in-query-accepted",
    ),
    (
        "missing-mandatory-field",
        "objects-need-no-token",
        "other-tenants-counted",
        "telling-token-refusal",
        "token-in-cookie-accepted",
        "token-whitespace-stripped",
    ),
    ("client-renegotiation", "framing-allowed", "missing-hsts", "plaintext-listener"),
    ("long-lived-certificate", "weak-cipher-suites", "weak-tls"),
)
SEVERAL = {"accept-any-token"}  # faults that one version alone does not show
CPO = Party(country_code="BE", party_id="GRN")  # the CPO of the prepared deployment, and what it may do there
_WRITING = {"ocpi-discovery", "ocpi-mutation"}
_PUSHED = ("locations", "tariffs", "sessions", "cdrs")
_ANSWERED = ("tokens", "commands", "chargingprofiles")


def together(fault: str) -> tuple[str, ...]:
    """The faults of the run that shows this one."""
    return next((faults for faults in TOGETHER if fault in faults), (fault,))


def service_findings(fault: str | None = None) -> tuple[Finding, ...]:
    """All findings: of all versions without a fault, of the version that shows most with one and those `together`.

    sslyze takes as long as all else: it looks at what has no fault, or one of TLS.
    """
    faults = () if fault is None else together(fault)
    has_tls = not faults or any(fault in OF_TLS for fault in faults)
    return _findings(ALL_VERSIONS if SEVERAL.issuperset(faults) else ("2.2.1",), faults, has_tls)


def findings_in(versions: tuple[str, ...], *faults: str) -> tuple[Finding, ...]:
    """All findings of both witnesses."""
    return _findings(versions, faults, True)


@once_a_run
def _findings(versions: tuple[str, ...], faults: tuple[str, ...], has_tls: bool) -> tuple[Finding, ...]:
    """What is found; a bug of a probe or a check is an error of the test."""
    probes = (TlsProbe(), *PROBES) if has_tls else PROBES
    witnesses = {Witness.TLS, Witness.PROTOCOL} if has_tls else {Witness.PROTOCOL}
    with running_service(faults=faults, versions=versions) as service, TemporaryDirectory() as folder:
        target = target_of(service)
        endpoint = replace(target.endpoints[0], plaintext_ports=(service.plaintext_port or _closed_port(),))
        target = replace(
            target, endpoints=(endpoint,), limits=replace(target.limits, max_requests=5000, max_guesses=ENOUGH_GUESSES)
        )
        plan = ScanPlan(
            run_id="run",
            folder=Path(folder),
            started_at=datetime.now(UTC),
            targets=(target,),
            probes=probes,
            tokens={(target.name, name): Secret(service.tokens[name]) for name in ("emsp-a", "emsp-b")},
        )
        result = asyncio.run(run_scan(plan))
        assert not brought_unsaid(plan.folder / FILE_NAME, plan.probes)
    assert not result.bugs, result.bugs
    checks = [check for check in CATALOG if check.witness in witnesses]
    return findings_from(checks, result.facts, target.name)


def protocol_findings(fault: str | None = None) -> tuple[Finding, ...]:
    """The findings of `service_findings` that are about how the service speaks OCPI to a reader."""
    of_protocol = {check.id for check in CHECKS}
    return tuple(finding for finding in service_findings(fault) if finding.check in of_protocol)


@once_a_run
def findings_of_writing(
    *faults: str,
    versions: tuple[str, ...] = ALL_VERSIONS,
    modules: tuple[str, ...] = ("tariffs",),
    max_requests: int = 2000,
) -> tuple[Finding, ...]:
    """Findings of the protocol witness where a CPO pushes objects of these modules, valid and malformed.

    Tariffs can be taken back; other modules leave what OCPI cannot take back. With the probes that this takes.
    """
    rights = {name: frozenset(Right) if name in modules else frozenset({Right.READ}) for name in _PUSHED}
    pushed = (Grant(module=name, side=Side.RECEIVER, rights=granted) for name, granted in rights.items())
    answered = (Grant(module=name, side=Side.SENDER, rights=frozenset(Right)) for name in _ANSWERED)
    contract = Contract(
        partner="cpo-c", party=CPO, roles=(Role.CPO,), grants=(*pushed, *answered), ends=date(2036, 1, 1)
    )
    pusher = Identity(name="cpo-c", party=CPO, role=Role.CPO, partner="cpo-c", disposable=True)
    with running_service(faults=faults, versions=versions) as service, TemporaryDirectory() as folder:
        target = target_of(service)
        target = replace(
            target,
            identities=(pusher,),
            contracts=(contract,),
            mode=Mode.EXERCISE,
            allow=frozenset() if modules == ("tariffs",) else frozenset({Effect.LASTING}),
            limits=replace(target.limits, max_requests=max_requests),
        )
        plan = ScanPlan(
            run_id="run",
            folder=Path(folder),
            started_at=datetime.now(UTC),
            targets=(target,),
            probes=tuple(probe for probe in PROBES if probe.name in _WRITING),
            tokens={(target.name, pusher.name): Secret(service.tokens["cpo-c"])},
        )
        result = asyncio.run(run_scan(plan))
        assert not brought_unsaid(plan.folder / FILE_NAME, plan.probes)
    assert not result.bugs, result.bugs
    checks = [check for check in CATALOG if check.witness is Witness.PROTOCOL]
    return findings_from(checks, result.facts, target.name)


def failing(findings: tuple[Finding, ...]) -> list[str]:
    """Ids of the checks that fail somewhere, sorted."""
    return sorted({finding.check for finding in findings if finding.outcome is Outcome.FAIL})


def _closed_port() -> int:
    return 1  # tcpmux: nobody listens there, and nobody but root could
