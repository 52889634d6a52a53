"""The fold: findings -> controls -> posture. Pure; the order of the findings changes nothing.

A control takes the findings that name it. A roll-up takes its own and those of the rows it folds, and their
requirements: a folded row that was not judged, or only partly, makes it `partial`, never `pass`.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence

from checks.model.control import Checklist, Control
from checks.model.finding import Finding
from checks.model.verdict import Outcome
from reports.model.access import AccessEntry
from reports.model.control_status import ControlStatus
from reports.model.disagreement import disagreements
from reports.model.posture import ControlPosture, Disagreement, NotLookedAt, Posture, RunInfo, Summary, ToolInfo
from reports.model.requirement import left_open, missing_names, scope_of
from reports.model.score import coverage_of, score_of
from reports.model.status import JUDGED, status_of
from scanner.model.late_dataclass import dataclass
from scanner.model.witness import Witness

Frameworks = tuple[tuple[str, tuple[str, ...]], ...]
"""Short name of a framework, and ids of it."""


class DuplicateFingerprint(ValueError):
    """Two findings have one fingerprint: a check judged one subject twice."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Fold:
    """What the rows of one environment are folded from."""

    checklist: Checklist
    profile: str
    environment: str
    scope: frozenset[Witness]
    findings: Mapping[str, Sequence[Finding]]  # by control, sorted
    places: Mapping[str, int]  # among all findings, by fingerprint
    disagreements: Sequence[Disagreement]
    frameworks: Callable[[str], Frameworks]

    def folded_rows(self, control: Control) -> tuple[Control, ...]:
        """The control itself, then every row that it rolls up, directly or through another roll-up."""
        rows = {control.id: control}
        for folded in control.folds:
            rows.update({row.id: row for row in self.folded_rows(self.checklist.control(folded))})
        return tuple(rows.values())

    def findings_of(self, rows: Iterable[Control]) -> tuple[Finding, ...]:
        """The findings of several rows, each once, sorted."""
        found = {f.fingerprint: f for row in rows for f in self.findings.get(row.id, ())}
        return tuple(sorted(found.values(), key=lambda finding: self.places[finding.fingerprint]))

    def judge(self, control: Control) -> ControlPosture:
        """One control in this environment."""
        rows = self.folded_rows(control)
        findings = self.findings_of(rows)
        gaps = self._gaps(control, rows)
        outcomes = [finding.outcome for finding in findings]
        status, gaps = self._unless_left_out(control, status_of(outcomes, incomplete=bool(gaps)), gaps)
        return ControlPosture(
            id=control.id,
            layer=control.layer,
            title=control.title,
            severity=control.severity,
            verify=control.verify,
            environment=self.environment,
            status=status,
            witnesses=self._witnesses(rows, findings),
            required=tuple(dict.fromkeys(n for row in rows for n in row.required_by(self.profile).names)),
            missing=tuple(dict.fromkeys(n for row in rows for n in self._missing(row))),
            note=self._note(control, status, gaps, findings),
            rolled_up=control.folds,
            disagreement=tuple(d.claim for d in self.disagreements if {r.id for r in rows} & set(d.controls)),
            findings=tuple(finding.fingerprint for finding in findings),
            frameworks=self.frameworks(control.id),
        )

    def _unless_left_out(
        self, control: Control, status: ControlStatus, gaps: tuple[str, ...]
    ) -> tuple[ControlStatus, tuple[str, ...]]:
        """What was judged all the same stands; a row that nobody could judge, and nobody has to, does not apply."""
        if control.left_out and status is ControlStatus.NOT_TESTED:
            return ControlStatus.NOT_APPLICABLE, (f"left out by the profile {self.profile}: {control.left_out}",)
        return status, gaps

    def _missing(self, row: Control) -> tuple[str, ...]:
        return missing_names(row.required_by(self.profile), self.findings.get(row.id, ()))

    def _witnesses(
        self, rows: Iterable[Control], findings: Sequence[Finding]
    ) -> tuple[tuple[Witness, ControlStatus], ...]:
        able = {witness for row in rows for witness in row.witnesses} | {finding.witness for finding in findings}
        return tuple((w, self._said([f for f in findings if f.witness is w])) for w in Witness if w in able)

    def _said(self, findings: Sequence[Finding]) -> ControlStatus:
        """What one witness says all in all, by the rules of a row; what the profile does not ask of it is no gap."""
        untried = left_open(findings, self.scope, self.profile)
        return status_of([finding.outcome for finding in findings], incomplete=bool(untried))

    def _gaps(self, control: Control, rows: Sequence[Control]) -> tuple[str, ...]:
        """Why the control could at best be `partial`, one clause a reason."""
        gaps: list[str] = []
        for row in rows:
            where = "" if row is control else f"{row.id}: "
            own = self.findings.get(row.id, ())
            gaps += [f"{where}required and not judged: {name}" for name in self._missing(row)]
            untested = {f.check for f in left_open(own, self.scope, self.profile)}
            gaps += [f"{where}not tested: {check}" for check in sorted(untested)]
            judged = any(finding.outcome in JUDGED for finding in own)
            if row is not control and not row.folds and not judged and not row.left_out:
                gaps.append(f"{row.id}: not judged")
            if row.not_yet_seen:
                gaps.append(f"{where}no check sees yet: {row.not_yet_seen}")
            if row.own_part and not judged:
                gaps.append(f"{where}not judged: {row.own_part}")
        return tuple(dict.fromkeys(gaps))

    def _note(self, control: Control, status: ControlStatus, gaps: Sequence[str], findings: Sequence[Finding]) -> str:
        judged = any(finding.outcome in JUDGED for finding in findings)
        if status is ControlStatus.NOT_APPLICABLE and control.left_out:
            return "; ".join(gaps)
        if status is ControlStatus.NOT_TESTED and control.folds and not judged:
            return "none of the rows that it folds was judged"
        if status in {ControlStatus.PARTIAL, ControlStatus.NOT_TESTED} and gaps:
            return "; ".join(gaps)
        if status is ControlStatus.NOT_TESTED and judged:
            untested = sorted({finding.check for finding in findings if finding.outcome is Outcome.NOT_TESTED})
            return f"what was judged does not apply; not tested: {', '.join(untested)}"
        if status is ControlStatus.NOT_TESTED:
            return f"no check of the profile {self.profile} judges it"
        return ""


def _by_control(findings: Iterable[Finding]) -> dict[str, dict[str, list[Finding]]]:
    """Environment -> control -> findings."""
    found: dict[str, dict[str, list[Finding]]] = defaultdict(lambda: defaultdict(list))
    for finding in findings:
        for control in finding.controls:
            found[finding.environment][control].append(finding)
    return found


def _each_once(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    ordered = tuple(sorted(findings, key=Finding.sort_key))
    for fingerprint, times in Counter(finding.fingerprint for finding in ordered).items():
        if times > 1:
            check = next(finding.check for finding in ordered if finding.fingerprint == fingerprint)
            raise DuplicateFingerprint(f"{check} has {times} findings with the fingerprint {fingerprint}")
    return ordered


def summarise(controls: Sequence[ControlPosture], findings: Sequence[Finding]) -> Summary:
    """Totals of every status and every outcome, zeros included."""
    statuses = Counter(control.status for control in controls)
    outcomes = Counter(finding.outcome for finding in findings)
    return Summary(
        controls={status: statuses[status] for status in ControlStatus},
        findings={outcome: outcomes[outcome] for outcome in Outcome},
        score=score_of(controls),
        coverage=coverage_of(controls),
    )


def fold(
    *,
    tool: ToolInfo,
    run: RunInfo,
    checklist: Checklist,
    findings: Iterable[Finding],
    not_looked_at: Iterable[NotLookedAt] = (),
    access: Iterable[AccessEntry] = (),
    frameworks: Callable[[str], Frameworks] = lambda _row: (),
) -> Posture:
    """The posture of a run: one control entry per row of the checklist and environment.

    Environments are those of the run, then those that findings bring along. `frameworks`: what a row speaks to.
    Raises: DuplicateFingerprint; ValueError where a finding names a control that the checklist lacks.
    """
    ordered = _each_once(findings)
    unknown = {c for f in ordered for c in f.controls} - {control.id for control in checklist.controls}
    if unknown:
        raise ValueError(f"no such row in the checklist: {', '.join(sorted(unknown))}")
    contradictions = disagreements(ordered)
    by_control, scope = _by_control(ordered), scope_of(checklist, run.profile)
    places = {finding.fingerprint: place for place, finding in enumerate(ordered)}
    controls = tuple(
        _Fold(
            checklist=checklist,
            profile=run.profile,
            environment=environment,
            scope=scope,
            findings=by_control.get(environment, {}),
            places=places,
            disagreements=[d for d in contradictions if d.environment == environment],
            frameworks=frameworks,
        ).judge(control)
        for environment in dict.fromkeys((*run.environments, *sorted(by_control)))
        for control in checklist.controls
    )
    return Posture(
        tool=tool,
        run=run,
        summary=summarise(controls, ordered),
        layers=checklist.layers,
        controls=controls,
        findings=ordered,
        disagreements=contradictions,
        not_looked_at=tuple(not_looked_at),
        access=tuple(access),
    )
