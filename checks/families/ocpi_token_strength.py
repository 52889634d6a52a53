"""Credentials tokens are random, long, of one partner and of one environment; judged by their shape, never the value.

The bits are an upper bound, estimated from the form: a token with fewer is certainly weak, one with more may be.
"""

from collections.abc import Callable, Iterable
from typing import Any, Final

from checks.model.check import Case, Check, Need
from checks.model.verdict import Population, Verdict
from scanner.model.facts.ocpi.tokens import TokenStrength
from scanner.model.severity import Severity
from scanner.model.token_shape import Likeness, OtherToken
from scanner.model.witness import Witness

_LEAST_BITS: Final = 112.0  # NIST SP 800-131A: the least security strength
_GOOD_BITS: Final = 128.0  # OWASP ASVS 5.0, 7.2.3
_TELLING: Final = frozenset({Likeness.UUID_V1, Likeness.WORDS, Likeness.RUN, Likeness.REPEATED, Likeness.TIME})
_MAKE: Final = "Make tokens of at least 128 bits from the system's random generator, and replace this one."


def _bits(least: float) -> Callable[[Case[TokenStrength]], Iterable[Verdict]]:
    def judge(case: Case[TokenStrength]) -> Iterable[Verdict]:
        shape = case.driver.fact.shape
        said = f"{shape.length} characters, {shape.alphabet}"
        yield case.holds(
            shape.entropy_bits >= least,
            f"its form leaves room for {shape.entropy_bits:g} bits ({said}), at least {least:g} are needed",
            f"at most {shape.entropy_bits:g} bits can be random ({said}), at least {least:g} are needed",
        )

    return judge


def _tells_nothing(case: Case[TokenStrength]) -> Iterable[Verdict]:
    telling = [likeness for likeness in case.driver.fact.shape.looks_like if likeness in _TELLING]
    yield case.holds(
        not telling,
        "no words, times, runs or repetitions in it, and no UUID that is made of time and address",
        f"it can be guessed in part: {', '.join(telling)}",
    )


def _form(case: Case[TokenStrength]) -> Iterable[Verdict]:
    shape = case.driver.fact.shape
    broken = [] if shape.printable_ascii else ["it has characters that are not printable ASCII"]
    broken += [] if shape.at_most_64 else [f"it has {shape.length} characters, at most 64 are allowed"]
    yield case.holds(not broken, "printable ASCII, at most 64 characters", "; ".join(broken))


def _unrelated(case: Case[TokenStrength]) -> Iterable[Verdict]:
    shape, compared = case.driver.fact.shape, case.driver.fact.compared
    population = Population(examined=compared, unit="other token")
    if not compared:
        yield case.not_tested("there is no second token in this run to compare with")
    elif shape.in_sequence_with:
        said = f"it is next to the token of {_names(shape.in_sequence_with)}: tokens are counted up"
        yield case.fails(said, population=population)
    elif shape.alike:
        said = f"at least half of it is the same as in the token of {_names(shape.alike)}"
        yield case.fails(said, population=population)
    else:
        yield case.passes("it shares neither beginning, end, nor sequence with another token", population=population)


def _of_one_identity(case: Case[TokenStrength]) -> Iterable[Verdict]:
    fact = case.driver.fact
    here = case.subject.environment
    same = tuple(other for other in fact.shape.same_as if other[0] == here)
    population = Population(examined=fact.compared, unit="other token")
    if same:
        yield case.fails(f"{_names(same)} holds the very same token", population=population)
    elif not fact.compared:
        yield case.not_tested("there is no second token in this run to compare with")
    else:
        yield case.passes("no other identity of the environment holds it", population=population)


def _of_one_environment(case: Case[TokenStrength]) -> Iterable[Verdict]:
    fact = case.driver.fact
    here = case.subject.environment
    same = tuple(other for other in fact.shape.same_as if other[0] != here)
    others = [name for name in fact.environments if name != here]
    population = Population(examined=len(others), unit="other environment")
    if same:
        yield case.fails(f"{_names(same)} holds the very same token", population=population)
    elif not others:
        yield case.not_tested("this run looks at one environment only: there is none to compare with")
    else:
        yield case.passes(f"it is not used in {', '.join(others)}", population=population)


def _names(others: tuple[OtherToken, ...]) -> str:
    return ", ".join(f"{identity} in {environment}" for environment, identity in others)


def _check(
    id: str,
    title: str,
    judge: Callable[[Case[Any]], Iterable[Verdict]],
    controls: tuple[str, ...],
    severity: Severity,
    source: str,
    remediation: str = _MAKE,
) -> Check[Any]:
    return Check(
        id=id,
        title=title,
        controls=controls,
        severity=severity,
        looks_at=Need(fact=TokenStrength),
        judge=judge,
        source=source,
        remediation=remediation,
        witness=Witness.PROTOCOL,
    )


CHECKS: Final = (
    _check(
        "ocpi-token-not-weak",
        "A credentials token may hold 112 random bits",
        _bits(_LEAST_BITS),
        ("OCPI-VUL-06",),
        Severity.HIGH,
        "NIST SP 800-131A Rev. 2: security strength; NIST SP 800-63B, 5.1.2",
    ),
    _check(
        "ocpi-token-128-bits",
        "A credentials token may hold 128 random bits",
        _bits(_GOOD_BITS),
        ("OCPI-VUL-06",),
        Severity.LOW,
        "OWASP ASVS 5.0, 7.2.3 and 11.5.1",
    ),
    _check(
        "ocpi-token-tells-nothing",
        "No words, times or counters are in a credentials token",
        _tells_nothing,
        ("OCPI-VUL-06",),
        Severity.MEDIUM,
        "OWASP ASVS 5.0, 7.2.3; RFC 9562, 8: UUIDs are no secrets",
    ),
    _check(
        "ocpi-token-form-allowed",
        "A credentials token is printable ASCII of at most 64 characters",
        _form,
        ("OCPI-VUL-06",),
        Severity.LOW,
        "OCPI 2.2.1 and 2.3.0, credentials: credentials object",
    ),
    _check(
        "ocpi-token-unrelated",
        "Credentials tokens of several identities have nothing in common",
        _unrelated,
        ("OCPI-VUL-06", "OCPI-AUT-02"),
        Severity.HIGH,
        "OWASP ASVS 5.0, 11.5.1",
    ),
    _check(
        "ocpi-token-of-one-identity",
        "No credentials token is held by two identities",
        _of_one_identity,
        ("OCPI-AUT-02",),
        Severity.CRITICAL,
        "OCPI 2.2.1 and 2.3.0, transport_and_format: a token identifies the requesting party",
        "Give each partner a token of its own: with a shared one nobody can say who asked, nor revoke one of them.",
    ),
    _check(
        "ocpi-token-of-one-environment",
        "No credentials token is used in two environments",
        _of_one_environment,
        ("OCPI-AUT-04", "OCPI-PIT-03"),
        Severity.HIGH,
        "OWASP ASVS 5.0, 13.4; ISO/IEC 27001:2022, A.8.31",
        "Issue tokens for each environment by itself; what leaks from a test must open nothing in production.",
    ),
)
