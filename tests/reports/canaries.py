"""A run in which everything that a partner must not see has a name that is found again."""

from dataclasses import replace

from checks.checklist.loader import checklist
from checks.model.control import Checklist
from checks.model.finding import AppliedWaiver
from checks.model.verdict import Outcome, Population
from reports.model.access import AccessEntry, AccessState
from reports.model.control_status import ControlStatus
from reports.model.posture import NotLookedAt, Posture
from reports.model.trend import ControlTrend, Trend, TrendRun
from scanner.model.evidence import EvidenceRef
from scanner.model.leftover import Leftover
from scanner.model.observation import Reason
from scanner.model.subject import InterfaceSubject, PartySubject, RecordSubject, ResourceSubject, ServerSubject
from scanner.model.tool_verdict import SourcePosition
from scanner.model.witness import Witness
from tests.reports.sample_posture import BEGAN, finding, posture_of

CANARIES = (
    *("canarybucket", "canarystack", "canaryfile", "canaryhost", "canaryidentity", "canaryplatform", "canaryowner"),
    *(
        "canaryreason",
        "canaryplace",
        "canaryrecord",
        "canarycause",
        "canaryobject",
        "canaryrun",
        "canaryuser",
        "canaryhop",
    ),
    *("CKV_CANARY_1", "QQC", "QQD", "QQE", "10.77.88.99", "203.0.113.77", "123456789012", "OCPI_TOKEN_CANARY"),
    "evidence/",
)
PUBLIC = "ocpi.charging.example"
ONE_LAYER = Checklist(
    layers=checklist().layers[:1],
    controls=tuple(row for row in checklist().controls if row.layer == checklist().layers[0].id),
)
_ROW = "OCPI-TLS-01"


def proof(number: int) -> tuple[EvidenceRef, ...]:
    digest = f"{number:064x}"
    path = f"evidence/{digest[0]}/{digest}.json"
    return (EvidenceRef(id=f"ev-{number:04}", sha256=digest, path=path, title="asked by canaryidentity"),)


def _inside():
    bucket = ResourceSubject(
        environment="demo",
        stack="canarystack",
        urn="urn:pulumi:canarystack::ocpi::aws:s3/bucket:Bucket::canarybucket",
    )
    record = RecordSubject(environment="demo", record_type="cdr", owner="DE-QQD", record_id="canaryrecord")
    position = SourcePosition(file="infra/canaryfile.py", line=7)
    waiver = AppliedWaiver(
        owner="canaryowner", reason="canaryreason", until="2026-05-31", kind="accepted", place="canaryplace.yaml:3"
    )
    return [
        finding("CKV_CANARY_1", Outcome.FAIL, _ROW, subject=bucket, witness=Witness.CLOUD_DECLARED, tool="checkov",
                message="canarybucket is open", position=position,
                path=("internet", "canaryhop"), evidence=proof(1), claim="tls-minimum-version"),
        finding("CKV_CANARY_1", Outcome.PASS, tool="checkov", subject=replace(bucket, urn="urn:canarybucket-two"),
                witness=Witness.CLOUD_DECLARED, evidence=proof(2)),
        finding("cloud-live-canarybucket", Outcome.INCONCLUSIVE, "OCPI-TLS-02", subject=bucket,
                witness=Witness.CLOUD_LIVE, message="role arn:aws:iam::123456789012:role/canaryuser may not read"),
        finding("records-owner-known", Outcome.WAIVED, "OCPI-TLS-03", subject=record, witness=Witness.RECORDS,
                message="a CDR of DE-QQD names canaryrecord", waiver=waiver, evidence=proof(3)),
    ]  # fmt: skip


def _outside():
    interface = InterfaceSubject(
        environment="demo", endpoint="canaryplatform", version="2.2.1", module="cdrs", method="GET", party="NL-QQC"
    )
    said = 'answered File "/srv/canaryfile/views.py" at canaryhost.corp (10.77.88.99) to canaryuser@canaryhost.example'
    return [
        finding("ocpi-error-no-stack-trace", Outcome.FAIL, "OCPI-VUL-17", subject=interface, witness=Witness.PROTOCOL,
                identity="canaryidentity", message=f"{said} with objects of FR-QQE and NL*QQC", evidence=proof(4),
                population=Population(examined=4, unit="request"), path=("canaryhop",),
                reproduce=f"curl -H \"Authorization: Token $OCPI_TOKEN_CANARY\" 'https://{PUBLIC}/x'"),
        finding("tls-no-plaintext-listener", Outcome.PASS, _ROW, message=f"port 80 of {PUBLIC} is closed",
                subject=ServerSubject(environment="demo", host=PUBLIC, port=443, address="203.0.113.77"),
                evidence=proof(5), claim="tls-minimum-version", reproduce=f"openssl s_client -connect {PUBLIC}:443"),
        finding("tls-chain-valid", Outcome.FAIL, "OCPI-TLS-02", evidence=proof(6), message="canaryhost.internal fails",
                subject=ServerSubject(environment="demo", host="canaryhost.internal", port=8443)),
        finding("ocpi-party-known", Outcome.FAIL, "OCPI-VUL-18", witness=Witness.PROTOCOL, evidence=proof(7),
                subject=PartySubject(environment="demo", country_code="DE", party_id="QQD"), message="DE QQD, DE-QQD"),
    ]  # fmt: skip


def canary_posture() -> Posture:
    """Everything of one layer, so that a PDF of it is quick."""
    gaps = tuple(
        NotLookedAt(
            environment="demo",
            witness=witness,
            fact="CdrPage",
            reason=Reason.UNPARSABLE,
            detail="canarycause" if witness is Witness.CLOUD_LIVE else "canaryhost.corp answered with HTML",
            count=2,
            subjects=("canaryplatform cdrs as canaryidentity",),
        )
        for witness in (Witness.PROTOCOL, Witness.CLOUD_LIVE)
    )
    leftover = Leftover(
        what="Token SCAN-1 of NL-QQC",
        environment="demo",
        identity="canaryidentity",
        owner="NL-QQC",
        undo_method="PUT",
        undo_url="https://canaryhost.corp/tokens/canaryobject",
        undo_body="canaryobject",
        session_list="https://canaryhost.corp/sessions?canaryobject",
        session_mark="canaryobject",
        evse="canaryobject",
    )
    access = AccessEntry(
        environment="demo",
        endpoint="canaryplatform",
        version="2.2.1",
        module="cdrs",
        side="sender",
        method="GET",
        identity="canaryidentity",
        state=AccessState.OPEN,
        said="canaryhost.corp said HTTP 200",
    )
    trend = Trend(
        runs=(TrendRun(id="canaryrun", started_at=BEGAN, profile="deployment", score=None, coverage=None, fails=1),),
        controls=(ControlTrend(environment="demo", control=_ROW, statuses=(ControlStatus.FAIL,)),),
        open_since=(),
        previous=None,
    )
    posture = posture_of(
        *_inside(),
        *_outside(),
        rows=ONE_LAYER,
        not_looked_at=gaps,
        left_behind=(leftover,),
        narrowed=("--select", "canaryfile/x.yaml"),
    )
    return replace(posture, access=(access,), trend=trend)
