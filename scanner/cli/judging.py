"""From what was seen to the posture: judge, waive, fold."""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC
from importlib.metadata import PackageNotFoundError, version
from typing import Final

import structlog

from checks.accepted_in_code import accepted_in_code
from checks.checklist.loader import checklist
from checks.engine import judge
from checks.mappings.frameworks import frameworks, verified_ids
from checks.model.finding import Finding
from checks.tool_findings import tool_findings
from checks.waiving import AnyWaiver, MalformedWaiver, waived, waiver_findings
from reports.json_document import whole_object
from reports.model.access import access_entries
from reports.model.blind_spots import not_looked_at
from reports.model.fold import fold
from reports.model.posture import Posture, RunInfo, ToolInfo
from reports.text import storable
from scanner.cli.provenance import digests
from scanner.cli.run_note import RunNote
from scanner.cli.selection import Selection
from scanner.config.configuration import Configuration
from scanner.gate.redaction import Redactor
from scanner.model.effect import Mode
from scanner.model.evidence import EvidenceRef
from scanner.model.facts.cloud import CodeComments
from scanner.model.facts.run import ScanTime
from scanner.model.json_value import JsonValue
from scanner.model.observation import Seen
from scanner.run.plan import ScanResult

log = structlog.get_logger(__name__)

NAME: Final = "ocpi-posture"
_OUR_WORDS: Final = frozenset({"check", "controls", "method", "outcome", "severity", "witness"})
_TABLES_OF_OURS: Final = frozenset({"digests", "redacted"})
_DIGEST_KEYS: Final = _OUR_WORDS | _TABLES_OF_OURS | {"fingerprint", "findings", "config_sha256"}
_EVIDENCE_KEYS: Final = _TABLES_OF_OURS | {"id", "sha256", "path"}


def tool_version() -> str:
    """The version of this program, `0+source` where it was never installed."""
    try:
        return version(NAME)
    except PackageNotFoundError:
        return "0+source"


def prepare(selection: Selection) -> None:
    """Load what judging needs and no result changes, for whoever waits for results anyway."""
    selection.judges()
    checklist()
    frameworks()
    digests({})  # of a thousand files, which are kept in mind


def posture_of(
    configuration: Configuration, selection: Selection, note: RunNote, result: ScanResult, redactor: Redactor
) -> tuple[Posture, tuple[str, ...]]:
    """The posture of a run, without any known secret, and the bugs of ours that judging met."""
    bugs: list[str] = []
    environments = [target.name for target in configuration.targets]
    own = judge(selection.checks, result.facts, environments, lambda check, trace: bugs.append(f"{check}: {trace}"))
    others = (verdict for verdict in result.tool_verdicts if selection.wants_rule(verdict.rule))
    judged = (*own, *tool_findings(others, selection.rules))
    posture = fold(
        tool=ToolInfo(name=NAME, version=tool_version()),
        run=_run_info(configuration, selection, note, result, redactor),
        checklist=checklist().about(configuration.platform),
        findings=_with_waivers(configuration, selection, judged, note, result),
        not_looked_at=not_looked_at(result.facts),
        access=access_entries(result.facts),
        frameworks=verified_ids,
    )
    return _without_secrets(posture, redactor), tuple(bugs)


def _without_secrets(posture: Posture, redactor: Redactor) -> Posture:
    """What a target said may hold a token; every report is made from what is returned here."""
    before = redactor.counts
    safe = masked(whole_object(posture), redactor)
    if redactor.counts == before:
        return posture
    from reports.read import read_posture  # noqa: PLC0415 - loading its types takes longer than most runs need them

    return read_posture(json.dumps(storable(safe)).encode())


def masked(value: JsonValue, redactor: Redactor) -> JsonValue:
    """Each text by itself, so that the document stays a document; keys, digests and fingerprints are ours."""
    return _Masking(redactor).masked(value)


class _Masking:
    """Of one document: what held nothing once holds nothing where it comes again, for nothing is learned meanwhile."""

    def __init__(self, redactor: Redactor) -> None:
        self._redactor = redactor
        self._clean: set[str] = set()

    def masked(self, value: JsonValue) -> JsonValue:
        """See the function."""
        if isinstance(value, str):
            return value if value in self._clean else self._text(value)
        if value is None or isinstance(value, bool | int | float):  # seen at once, unlike an abstract class
            return value
        if isinstance(value, dict) or (not isinstance(value, list) and isinstance(value, Mapping)):
            ours = _EVIDENCE_KEYS if "sha256" in value else _DIGEST_KEYS
            return {
                key: inner if key in ours and _is_ours(key, inner) else self.masked(inner)
                for key, inner in value.items()
            }
        return [self.masked(inner) for inner in value]

    def _text(self, text: str) -> str:
        masked = self._redactor.personal.text(self._redactor.known(text))
        if masked == text:
            self._clean.add(text)
        return masked


def _is_ours(key: str, value: JsonValue) -> bool:
    """Ids and hexadecimal of our own making, which may end like a secret begins; `findings` may be fingerprints."""
    if isinstance(value, str):
        return key not in _TABLES_OF_OURS
    if key in _TABLES_OF_OURS:
        return isinstance(value, Mapping)
    return isinstance(value, list | tuple) and all(isinstance(one, str) for one in value)


def _run_info(
    configuration: Configuration, selection: Selection, note: RunNote, result: ScanResult, redactor: Redactor
) -> RunInfo:
    modes = [target.mode for target in configuration.targets]
    return RunInfo(
        id=note.run_id,
        started_at=note.started_at.astimezone(UTC),
        finished_at=result.finished_at.astimezone(UTC),
        mode=max(modes, key=tuple(Mode).index),
        config_sha256=configuration.sha256,
        profile=configuration.profile_name,
        environments=tuple(target.name for target in configuration.targets),
        requests_sent=result.requests_sent,
        left_behind=tuple(left.leftover for left in result.left_behind),
        versions=tuple(result.tool_versions.items()),
        narrowed=selection.narrowed,
        digests=tuple(digests(result.tool_versions).items()),
        redacted=tuple(redactor.counts.items()),
        catalogue=configuration.catalogue_url,
    )


def _with_waivers(
    configuration: Configuration, selection: Selection, findings: tuple[Finding, ...], note: RunNote, result: ScanResult
) -> tuple[Finding, ...]:
    day = note.started_at.astimezone(UTC).date()
    malformed = [
        MalformedWaiver(place=problem.key, what=f"line {problem.line}: {problem.message}")
        for problem in configuration.malformed_waivers
    ]
    in_code, misplaced = accepted_in_code(_comments(result))
    waivers: tuple[AnyWaiver, ...] = (*configuration.waivers, *in_code)
    about = waiver_findings(
        findings,
        waivers,
        [*malformed, *misplaced],
        day,
        configuration.targets[0].name,
        _configuration_evidence(result),
        is_whole=selection.is_whole and not configuration.left_out,
    )
    return (*waived(findings, waivers, day), *about)


def _comments(result: ScanResult) -> Iterator[tuple[str, CodeComments]]:
    """Those of every stack, with its environment."""
    for observation in result.facts.of(CodeComments):
        if isinstance(observation.result, Seen):
            yield observation.key.subject.environment, observation.result.fact


def _configuration_evidence(result: ScanResult) -> tuple[EvidenceRef, ...]:
    """The configuration is stored as the evidence of the run's own facts."""
    results = [observation.result for observation in result.facts.of(ScanTime)]
    return tuple(sorted({ref for seen in results if isinstance(seen, Seen) for ref in seen.evidence}))
