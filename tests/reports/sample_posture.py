"""Postures for the tests of reports: single findings, and a run that looks like a real one."""

import hashlib
from datetime import UTC, datetime

from checks.checklist.loader import checklist
from checks.model.finding import AppliedWaiver, Finding, fingerprint
from checks.model.verdict import NEEDS_EVIDENCE, Outcome, Population
from reports.model.fold import fold
from reports.model.posture import NotLookedAt, Posture, RunInfo, ToolInfo
from scanner.model.effect import Mode
from scanner.model.evidence import EvidenceRef
from scanner.model.leftover import Leftover
from scanner.model.observation import Reason
from scanner.model.severity import Severity
from scanner.model.subject import InterfaceSubject, ResourceSubject, ServerSubject, Subject
from scanner.model.tool_verdict import SourcePosition
from scanner.model.witness import Witness

BEGAN = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
ENDED = datetime(2026, 3, 4, 5, 6, 19, tzinfo=UTC)
SERVER = ServerSubject(environment="demo", host="ocpi.example", port=443)


def evidence(name: str, title: str = "") -> EvidenceRef:
    """As the scanner stores it: named by the hash of its bytes."""
    digest = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()
    path = f"evidence/{digest[0]}/{digest}.json"
    return EvidenceRef(id=f"ev-{digest[:16]}", sha256=digest, path=path, title=title or "what was answered")


def waiver() -> AppliedWaiver:
    return AppliedWaiver(
        owner="Ada Lindgren, platform security",
        reason="Partner moves to TLS 1.2 in May; traffic only from its fixed address",
        until="2026-05-31",
        kind="accepted",
        place="ocpi-posture.yaml:31",
    )


def finding(
    check: str = "tls-no-plaintext-listener",
    outcome: Outcome = Outcome.PASS,
    *controls: str,
    subject: Subject = SERVER,
    witness: Witness = Witness.TLS,
    severity: Severity = Severity.HIGH,
    message: str = "what was seen",
    **more,
) -> Finding:
    fields = {
        "title": check.replace("-", " ").capitalize(),
        "source": "OCPI 2.2.1, transport and format",
        "remediation": "Close the listener, or answer nothing on it.",
        "evidence": (evidence(f"e-{check}-{subject.label()}"),) if outcome in NEEDS_EVIDENCE else (),
        "waiver": waiver() if outcome is Outcome.WAIVED else None,
        **more,
    }
    field_path = fields.get("field_path", "")
    return Finding(
        fingerprint=fingerprint(check, subject, field_path, fields.get("identity")),
        check=check,
        controls=controls or (("OCPI-TLS-01",) if "tool" not in fields else ()),
        outcome=outcome,
        severity=severity,
        witness=witness,
        subject=subject,
        message=message,
        **fields,
    )


def run(**more) -> RunInfo:
    fields = {
        "id": "20260304T050607Z-7c1e",
        "started_at": BEGAN,
        "finished_at": ENDED,
        "mode": Mode.OBSERVE,
        "config_sha256": hashlib.sha256(b"config").hexdigest(),
        "profile": "deployment",
        "environments": ("demo",),
        "requests_sent": 412,
        "left_behind": (),
        "versions": (("checkov", "3.3.30"), ("ocpi-posture", "0.1.0"), ("sslyze", "6.3.1")),
        "digests": (("catalogue", hashlib.sha256(b"rows").hexdigest()),),
        "redacted": (("secret", 12), ("token_uid", 3)),
    }
    return RunInfo(**{**fields, **more})


def posture_of(*findings: Finding, rows=None, not_looked_at=(), **run_fields) -> Posture:
    return fold(
        tool=ToolInfo(name="ocpi-posture", version="0.1.0"),
        run=run(**run_fields),
        checklist=rows or checklist(),
        findings=findings,
        not_looked_at=not_looked_at,
    )


def interface(module: str, path: str = "", method: str = "GET", version: str = "2.2.1") -> InterfaceSubject:
    return InterfaceSubject(
        environment="demo", endpoint="main", version=version, module=module, method=method, path=path or None
    )


def resource(kind: str, name: str) -> ResourceSubject:
    urn = f"urn:pulumi:test::ocpi::{kind}::{name}"
    return ResourceSubject(environment="demo", stack="test", urn=urn)


MODULES = ("versions", "version_details", "credentials", "locations", "tariffs", "sessions", "cdrs", "tokens")


def _curl(module: str) -> str:
    url = f"https://ocpi.example/ocpi/2.2.1/{module}"
    return f"curl -sS -i -H \"Authorization: Token $OCPI_TOKEN\" '{url}?limit=1000000'"


def _fails() -> list[Finding]:
    protocol, declared = Witness.PROTOCOL, Witness.CLOUD_DECLARED
    return [
        finding(
            "ocpi-access-wrong-token-refused",
            Outcome.FAIL,
            "OCPI-VUL-05",
            "OCPI-TST-05",
            "OCPI-COM-02",
            subject=interface(module),
            witness=protocol,
            severity=Severity.CRITICAL,
            title="A made-up token opens nothing",
            message=f"GET {module} with a made-up token was answered with HTTP 200, OCPI 1000 and 25 objects",
            population=Population(examined=4, unit="request"),
            reproduce=_curl(module),
            source="OCPI 2.2.1, transport and format, authorization header",
            remediation="Check the credentials token on every request before anything else is read, and answer 401 "
            "where it is unknown. In the reference stack this is the Lambda authoriser in front of every route.",
        )
        for module in ("locations", "tariffs", "sessions")
    ] + [
        finding(
            "ocpi-tenant-list-own-objects-only",
            Outcome.FAIL,
            "OCPI-AZ-03",
            subject=interface("sessions"),
            witness=protocol,
            severity=Severity.CRITICAL,
            title="A list holds only objects of the caller's own partners",
            message="the second identity sees 3 of the first identity's 12 sessions on the first two pages",
            population=Population(examined=2, of=7, unit="page"),
            reproduce=_curl("sessions"),
            identity="emsp-two",
            source="OCPI 2.2.1, sessions module",
            remediation="Filter by the party behind the token in the query to the "
            "store, not in the answer; add the owner to the key.",
        ),
        finding(
            "tls-protocol-versions",
            Outcome.FAIL,
            "OCPI-TLS-02",
            "OCPI-VUL-19",
            "OCPI-TST-16",
            title="Only TLS 1.2 and 1.3 can be negotiated",
            severity=Severity.HIGH,
            claim="tls-minimum-version",
            message="TLS 1.0 and TLS 1.1 were accepted (ECDHE-RSA-AES128-SHA)",
            population=Population(examined=6, of=6, unit="protocol version"),
            source="RFC 9325, section 3.1.1",
            remediation="Set the security policy of the domain to TLS 1.2 or later. In the reference stack: "
            '`security_policy="TLS_1_2"` on the custom domain.',
            reproduce="openssl s_client -connect ocpi.example:443 -tls1 </dev/null",
        ),
        finding(
            "ocpi-pagination-limit-capped",
            Outcome.FAIL,
            "OCPI-EXT-10",
            subject=interface("locations"),
            witness=protocol,
            severity=Severity.HIGH,
            title="The platform caps the page size",
            message="limit=1000000 was answered with 5,000 objects and no X-Limit header",
            reproduce=_curl("locations"),
            source="OCPI 2.2.1, transport and format, pagination",
            remediation="Cap `limit` at the server and say the cap in X-Limit.",
        ),
        finding(
            "ocpi-error-no-stack-trace",
            Outcome.FAIL,
            "OCPI-VUL-16",
            subject=interface("cdrs", "/{cdr_id}"),
            witness=protocol,
            severity=Severity.HIGH,
            title="Error answers tell nothing about the inside",
            message="the answer to an unknown id holds a Python traceback with file names and a library version",
            source="OWASP ASVS 5.0, 16.5.1",
            remediation="Answer every unexpected error with OCPI 3000 and an id that "
            "leads to the log entry, nothing more.",
            reproduce=_curl("cdrs/no-such-id"),
        ),
        finding(
            "ocpi-correlation-ids-echoed",
            Outcome.FAIL,
            "OCPI-EXT-12",
            subject=interface("versions"),
            witness=protocol,
            severity=Severity.LOW,
            title="Request and correlation ids are echoed",
            message="X-Request-ID and X-Correlation-ID were sent and are missing in the answer",
            source="OCPI 2.2.1, transport and format, message routing",
            remediation="Copy both headers into the answer.",
            reproduce=_curl("versions"),
        ),
        finding(
            "CKV_AWS_120",
            Outcome.FAIL,
            "OCPI-NET-04",
            subject=resource("aws:apigateway/stage:Stage", "ocpi-stage"),
            witness=declared,
            severity=Severity.MEDIUM,
            title="API Gateway stage has a usage plan with throttling",
            message="Checkov: failed for resource aws_api_gateway_stage.ocpi-stage",
            tool="checkov",
            position=SourcePosition(file="infra/gateway/stage.py", line=41),
            source="Checkov CKV_AWS_120",
            remediation="Attach a usage plan with a rate and a burst to the stage.",
        ),
    ]


def _holds() -> list[Finding]:
    protocol, declared = Witness.PROTOCOL, Witness.CLOUD_DECLARED
    kinds = ("aws:apigateway/domainName:DomainName", "aws:wafv2/webAcl:WebAcl", "aws:dynamodb/table:Table")
    held = [
        finding(
            "cloud-domain-tls-policy",
            Outcome.PASS,
            "OCPI-TLS-02",
            subject=resource(kinds[0], "ocpi-domain"),
            witness=declared,
            claim="tls-minimum-version",
            title="The domain's policy is TLS 1.2 or later",
            message="security_policy is TLS_1_2",
            position=SourcePosition(file="infra/gateway/domain.py", line=18),
        ),
        finding(
            "tls-chain-valid",
            Outcome.PASS,
            "OCPI-TLS-02",
            title="The certificate chain validates",
            message="chain of 2 to the configured CA, name matches, 61 days left",
        ),
        finding(
            "tls-legacy-attacks-closed",
            Outcome.PASS,
            "OCPI-EXT-17",
            title="Known attacks on TLS find nothing",
            message="no Heartbleed, ROBOT, CCS injection, compression or insecure renegotiation",
            population=Population(examined=6, of=6, unit="probe"),
        ),
        finding(
            "tls-no-plaintext-listener",
            Outcome.PASS,
            "OCPI-TLS-01",
            "OCPI-VUL-17",
            title="Nothing answers without TLS",
            message="port 80 is closed",
        ),
        finding(
            "cloud-waf-on-stage",
            Outcome.PASS,
            "OCPI-NET-02",
            subject=resource(kinds[1], "ocpi-waf"),
            witness=declared,
            title="A web ACL stands in front of every stage",
            message="associated with ocpi-stage",
            path=("the internet", "Stage ocpi-stage", "RestApi ocpi", "Integration any", "Function service"),
        ),
        finding(
            "cloud-secrets-rotate",
            Outcome.PASS,
            "OCPI-AUT-03",
            "OCPI-VUL-07",
            witness=declared,
            subject=resource("aws:secretsmanager/secret:Secret", "partner-emsp-one"),
            title="Partner secrets rotate",
            message="rotation every 30 days",
        ),
    ]
    held += [
        finding(
            "ocpi-access-no-token-refused",
            Outcome.PASS,
            "OCPI-VUL-05",
            "OCPI-TST-05",
            subject=interface(module),
            witness=protocol,
            title="No token, no data",
            message="HTTP 401 and no OCPI data",
            reproduce=_curl(module),
            population=Population(examined=1, unit="request"),
        )
        for module in MODULES
    ]
    held += [
        finding(
            "ocpi-urls-https",
            Outcome.PASS,
            "OCPI-TLS-01",
            subject=interface(module),
            witness=protocol,
            title="Every URL in every answer is https",
            message="all URLs are https",
            population=Population(examined=3 * n + 1, of=3 * n + 1, unit="URL"),
        )
        for n, module in enumerate(MODULES)
    ]
    return held


def _open() -> list[Finding]:
    return [
        finding(
            "ocpi-schema-cdrs",
            Outcome.INCONCLUSIVE,
            "OCPI-INT-01",
            subject=interface("cdrs"),
            witness=Witness.PROTOCOL,
            severity=Severity.HIGH,
            title="CDRs are as the specification has them",
            message="unparsable: GET cdrs answered with HTML (text/html, 512 bytes) instead of JSON",
        ),
        finding(
            "cloud-log-retention",
            Outcome.INCONCLUSIVE,
            "OCPI-PRV-03",
            witness=Witness.CLOUD_DECLARED,
            subject=resource("aws:cloudwatch/logGroup:LogGroup", "ocpi-access"),
            severity=Severity.MEDIUM,
            title="Log groups have a retention",
            message="unknown until deploy: retention_in_days is computed",
        ),
        finding(
            "ocpi-hsts",
            Outcome.WAIVED,
            "OCPI-EXT-19",
            severity=Severity.LOW,
            title="HSTS is set",
            message="no Strict-Transport-Security header",
            witness=Witness.TLS,
        ),
        finding(
            "ocpi-commands-off",
            Outcome.NOT_APPLICABLE,
            "OCPI-AZ-04",
            subject=interface("commands"),
            witness=Witness.PROTOCOL,
            title="Commands are off",
            message="looked for commands in the version details: not offered",
        ),
        finding(
            "ocpi-tenant-second-identity",
            Outcome.NOT_TESTED,
            "OCPI-EXT-07",
            subject=interface("tokens"),
            witness=Witness.PROTOCOL,
            title="Owner in URL and token agree",
            message="one identity only: a second identity of ours is needed",
        ),
    ]


def _hygiene(count: int) -> list[Finding]:
    rules = ("CKV_AWS_18", "CKV_AWS_144", "CKV_AWS_117", "CKV_AWS_272", "CKV_AWS_158")
    return [
        finding(
            rules[n % len(rules)],
            Outcome.FAIL if n % 3 else Outcome.PASS,
            tool="checkov",
            witness=Witness.CLOUD_DECLARED,
            subject=resource("aws:s3/bucketV2:BucketV2", f"bucket-{n:03}"),
            severity=Severity.MEDIUM,
            title=f"General rule {rules[n % len(rules)]} of the tool",
            message="Checkov: failed",
            source=f"Checkov {rules[n % len(rules)]}",
            position=SourcePosition(file="infra/storage.py", line=n + 1),
        )
        for n in range(count)
    ]


def not_looked_at() -> tuple[NotLookedAt, ...]:
    rows = (
        (
            Witness.PROTOCOL,
            "CdrPage",
            Reason.UNPARSABLE,
            "GET cdrs answered with HTML instead of JSON",
            ("main 2.2.1 cdrs",),
        ),
        (
            Witness.CLOUD_LIVE,
            "LiveAccount",
            Reason.NOT_CONFIGURED,
            "no account is configured for this environment",
            ("demo",),
        ),
        (
            Witness.PROTOCOL,
            "TenantView",
            Reason.ONE_IDENTITY_ONLY,
            "a second identity of ours is needed",
            ("main tokens", "main cdrs"),
        ),
        (Witness.PROTOCOL, "WriteProbe", Reason.NOT_PERMITTED, "mode observe does not write", ("main locations",)),
    )
    return tuple(
        NotLookedAt(
            environment="demo",
            witness=witness,
            fact=fact,
            reason=reason,
            detail=detail,
            count=len(subjects),
            subjects=subjects,
        )
        for witness, fact, reason, detail, subjects in rows
    )


LEFT_BEHIND = (
    Leftover(what="Token SCAN-7C1E of party NL-TST", environment="demo", identity="emsp-one"),
    Leftover(
        what="Location SCAN-1",
        environment="demo",
        identity="emsp-one",
        undo_method="PUT",
        undo_url="https://ocpi.example/ocpi/2.2.1/locations/NL/TST/SCAN-1",
    ),
)


def realistic(findings: int = 0, **run_fields) -> Posture:
    """A run with everything that a report can show; padded with findings on many locations up to `findings`."""
    real = [*_fails(), *_holds(), *_open(), *_hygiene(20)]
    outcomes = (Outcome.PASS, Outcome.PASS, Outcome.FAIL, Outcome.PASS, Outcome.INCONCLUSIVE)
    padding = [
        finding(
            f"ocpi-schema-locations-{n % 20}",
            outcomes[n % 5],
            "OCPI-INT-01",
            "OCPI-VUL-02",
            subject=interface("locations", f"/{{country_code}}/{{party_id}}/{n}"),
            witness=Witness.PROTOCOL,
            severity=tuple(Severity)[n % 5],
            title=f"Rule {n % 20} of the specification holds for locations",
            message=f"field evses[{n % 7}].connectors[0].max_amperage of 25 locations looked at",
            population=Population(examined=25, of=400, unit="location"),
            reproduce=_curl("locations"),
        )
        for n in range(max(0, findings - len(real)))
    ]
    return posture_of(*real, *padding, not_looked_at=not_looked_at(), **{"left_behind": LEFT_BEHIND, **run_fields})
