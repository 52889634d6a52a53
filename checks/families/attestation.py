"""What people state: one question for each item that the checklist takes an attestation for.

An attestation in force passes, or fails where its owner states that the control does not hold; one that lapsed, is too
old, incomplete or unreadable, or whose file changed, decides nothing; one that nobody declared was not tested.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from typing import Final

from checks.attested import in_words, newest
from checks.checklist.loader import checklist
from checks.model.check import Case, Check, Need, Sighting, VerdictOptions
from checks.model.control import AttestedItem
from checks.model.verdict import Population, Verdict
from scanner.model.facts.attestation import AttestationRead
from scanner.model.facts.run import ContractsAgreed, ScanTime
from scanner.model.severity import Severity
from scanner.model.subject import EnvironmentSubject
from scanner.model.witness import Witness

Files = Sequence[Sighting[AttestationRead]]

_SOURCE: Final = "OCPI security-layer checklist, what an attestation of the row contains"
_HOW: Final = "`ocpi-posture init --attestations FOLDER` writes a form for it"


def _attested(control: str, item: str, case: Case[AttestationRead]) -> Iterable[Verdict]:
    asked = checklist().control(control).attested(item)
    about = [one for one in case.drivers if one.fact.speaks_of(control, item)]
    for partner in _subjects(asked, case, about):
        mine = [one for one in about if _is_about(one, partner)]
        if mine:
            yield _judged(asked, case, mine, partner)
        else:
            yield _undeclared(asked, case, partner)


def _subjects(asked: AttestedItem, case: Case[AttestationRead], about: Files) -> Iterator[str]:
    """The partners that need one each, configured or named; the empty name where it is not about partners."""
    if not asked.per_partner:
        yield ""
        return
    agreed = {contract.partner for one in case.all(ContractsAgreed) for contract in one.fact.contracts}
    named = {one.fact.attestation.partner for one in about if one.fact.attestation}
    yield from sorted({*agreed, *(name for name in named if name)}) or [""]


def _is_about(one: Sighting[AttestationRead], partner: str) -> bool:
    """What cannot be read may be about anybody."""
    attestation = one.fact.attestation
    return attestation is None or not partner or attestation.partner in {None, partner}


def _judged(asked: AttestedItem, case: Case[AttestationRead], files: Files, partner: str) -> Verdict:
    """The newest of several stands for all."""
    said = newest([one.fact for one in files], asked, case.one(ScanTime).fact.now.date())
    speaking = next(one for one in files if one.fact.name == said.name)
    speaker = _speaker(case, speaking, len(files), partner)
    if said.attestation is None or said.doubts:
        return case.inconclusive("; ".join(said.doubts), **speaker)
    words = in_words(said.attestation, asked)
    return case.holds(said.attestation.holds, words, f"stated not to hold: {words}", **speaker)


def _undeclared(asked: AttestedItem, case: Case[AttestationRead], partner: str) -> Verdict:
    lost = [one for one in case.drivers if one.fact.speaks_of_nothing_known]
    if lost:
        said = f"{lost[0].fact.name} may be about it, and cannot be read: {lost[0].fact.problems[0]}"
        return case.inconclusive(said, **_speaker(case, lost[0], len(lost), partner))
    whose = f" for {partner}" if partner else ""
    why = f"nobody attested it{whose}: {asked.about}; {_HOW}"
    return case.not_tested(why, subject=_environment(case), evidence=(), field_path=partner)


def _environment(case: Case[AttestationRead]) -> EnvironmentSubject:
    return EnvironmentSubject(environment=case.subject.environment)


def _speaker(case: Case[AttestationRead], one: Sighting[AttestationRead], of: int, partner: str) -> VerdictOptions:
    return {
        "subject": _environment(case),
        "evidence": one.evidence,
        "population": Population(examined=1, of=of, unit="attestation"),
        "field_path": partner,
    }


def _check(item: str, control: str, severity: Severity, title: str) -> Check[AttestationRead]:
    return Check(
        id=f"attestation-{item}",
        title=title,
        controls=(control,),
        severity=severity,
        source=_SOURCE,
        looks_at=Need(fact=AttestationRead, witness=Witness.ATTESTATION),
        joins=(Need(fact=ScanTime), Need(fact=ContractsAgreed)),
        group_by=("environment",),
        judge=partial(_attested, control, item),
        remediation="Bring about what its owner states is missing, and have it attested again.",
        witness=Witness.ATTESTATION,
    )


CHECKS: Final = (
    _check("revocation-drill", "OCPI-AUT-03", Severity.HIGH, "Tokens are revoked within minutes, as a drill showed"),
    _check("credential-policy", "OCPI-BP-02", Severity.MEDIUM, "A written policy rules credentials"),
    _check("dangerous-functions-decision", "OCPI-AZ-04", Severity.HIGH, "Dangerous functions are decided by partner"),
    _check("backend-claims-review", "OCPI-VUL-22", Severity.MEDIUM, "What is believed of backends was reviewed"),
    _check("marked-value-trace", "OCPI-VUL-21", Severity.MEDIUM, "Marked values of backends were traced to partners"),
    _check("recovery-drill", "OCPI-TST-22", Severity.MEDIUM, "After an outage of a backend everything came in once"),
    _check("rule-set-version", "OCPI-BP-04", Severity.MEDIUM, "One versioned rule set is the one deployed"),
    _check("alert-recipients", "OCPI-LOG-03", Severity.HIGH, "Alerts reach a person who can act"),
    _check("detection-times", "OCPI-BP-07", Severity.MEDIUM, "Times of detection and notification were measured"),
    _check("onboarding-record", "OCPI-OPS-01", Severity.MEDIUM, "Each partner has a signed onboarding record"),
    _check("incident-playbooks", "OCPI-OPS-02", Severity.MEDIUM, "Playbooks exist and were exercised"),
    _check("penetration-test", "OCPI-OPS-03", Severity.HIGH, "A penetration test is recent and dealt with"),
    _check("patch-policy", "OCPI-OPS-03", Severity.HIGH, "Images and dependencies are patched in time"),
    _check(
        "administrators-review", "OCPI-OPS-04", Severity.HIGH, "Administrators were reviewed, second factor included"
    ),
    _check("test-calendar", "OCPI-CAD-01", Severity.MEDIUM, "The interface is tested on a calendar"),
    _check("evidence-keeping", "OCPI-EXT-26", Severity.MEDIUM, "Evidence of audits is signed and kept locked"),
    _check("data-protection-assessment", "OCPI-PRV-01", Severity.MEDIUM, "Effects on drivers were assessed"),
    _check("retention-decision", "OCPI-PRV-03", Severity.MEDIUM, "How long records are kept is decided"),
    _check("peer-trust-decision", "OCPI-TLS-03", Severity.MEDIUM, "Trust in each peer is decided"),
    _check("certificate-transparency-watch", "OCPI-EXT-15", Severity.LOW, "Surprise certificates are noticed"),
    _check("flood-protection-decision", "OCPI-NET-04", Severity.MEDIUM, "Protection against floods is decided"),
)
