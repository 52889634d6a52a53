"""What a detector of secrets points at in a stack: its files, its configuration, its values, the code it hands over."""

from collections.abc import Iterable
from typing import Final

from checks.model.check import Case, Check, Need
from checks.model.verdict import Population, Verdict
from scanner.model.facts.cloud_secrets import SuspectedSecret, SuspectedSecrets
from scanner.model.severity import Severity
from scanner.model.subject import ResourceSubject
from scanner.model.tool_verdict import SourcePosition
from scanner.model.witness import Witness


def _none_suspected(case: Case[SuspectedSecrets]) -> Iterable[Verdict]:
    fact = case.driver.fact
    looked = f"{fact.values} values of resources and {len(fact.files)} files"
    for one in fact.found:
        yield _told(case, one)
    if fact.found:
        return
    if fact.missing or fact.unread:
        yield case.inconclusive(f"no secret among {looked}; but {(*fact.missing, *fact.unread)[0]}")
    elif fact.values + len(fact.files) == 0:
        yield case.inconclusive("the stack has neither values nor files to look at")
    else:
        population = Population(examined=fact.values + len(fact.files), unit="text")
        left_out = f"; not looked at: {'; '.join(fact.skipped)}" if fact.skipped else ""
        yield case.passes(f"no text of the form of a secret among {looked}{left_out}", population=population)


def _told(case: Case[SuspectedSecrets], one: SuspectedSecret) -> Verdict:
    """The place and the form, never the text."""
    if one.urn:
        subject = ResourceSubject(environment=case.subject.environment, stack=case.driver.fact.stack, urn=one.urn)
        return case.fails(f"{one.path} has the form of a secret ({one.kind})", subject=subject, field_path=one.path)
    position = SourcePosition(file=one.file, line=one.line)
    said = f"{one.file} holds what has the form of a secret ({one.kind}), at line {one.line}"
    # the place in a file moves with every edit: the fingerprint names the file and what was found in it
    return case.fails(said, field_path=f"{one.file} {one.kind} {_number(case.driver.fact, one)}", position=position)


def _number(fact: SuspectedSecrets, one: SuspectedSecret) -> int:
    """The how-manieth of its kind in its file."""
    alike = [each for each in fact.found if (each.file, each.kind) == (one.file, one.kind)]
    return alike.index(one) + 1


SUSPECTS: Final = Check(
    id="cloud-secrets-none-suspected",
    title="No text of the stack has the form of a secret: not in its values, program, configuration or code",
    controls=("OCPI-VUL-07",),
    severity=Severity.CRITICAL,
    source="OWASP ASVS 5.0, 13.3; patterns of detect-secrets",
    looks_at=Need(fact=SuspectedSecrets, witness=Witness.CLOUD_DECLARED),
    judge=_none_suspected,
    remediation="Take the value out, revoke it, and set it as secret config or read it from Secrets Manager.",
    witness=Witness.CLOUD_DECLARED,
)
CHECKS: Final = (SUSPECTS,)
