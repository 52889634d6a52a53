"""Rules on charging profiles."""

from collections.abc import Iterable, Iterator
from typing import Final

from scanner.model.ocpi.rules.read import JsonObject, items, number, text
from scanner.model.ocpi.rules.rule import SINCE_2_2, Basis, Judge, Scope, SemanticRule
from scanner.model.ocpi.rules.shape import not_negative, positive
from scanner.model.severity import Severity

_LARGEST: Final = 1e12  # above it, a float has no room for the digit that is asked for


def _first_at_zero(of: JsonObject, _: Scope) -> Iterator[str]:
    for pointer, period in items(of, "charging_profile_period"):
        if number(period, "start_period"):
            yield f"{pointer}/start_period"
        return


def _ordered(of: JsonObject, _: Scope) -> Iterator[str]:
    before: float | None = None
    for pointer, period in items(of, "charging_profile_period"):
        at = number(period, "start_period")
        if at is not None and before is not None and at <= before:
            yield f"{pointer}/start_period"
        before = before if at is None else at


def _within_duration(of: JsonObject, _: Scope) -> Iterator[str]:
    duration = number(of, "duration")
    for pointer, period in items(of, "charging_profile_period"):
        at = number(period, "start_period")
        if duration is not None and at is not None and at >= max(duration, 1):
            yield f"{pointer}/start_period"


def _one_digit(key: str) -> Judge:
    def judge(of: JsonObject, _: Scope) -> Iterable[str]:
        value = number(of, key)
        if value is None or abs(value) > _LARGEST:
            return ()
        return (f"/{key}",) if abs(value * 10 - round(value * 10)) > 1e-6 * max(1.0, abs(value)) else ()

    return judge


def _only_if_accepted(of: JsonObject, _: Scope) -> Iterable[str]:
    result = text(of, "result")
    wrong = result is not None and result != "ACCEPTED" and of.get("profile") is not None
    return ("/profile",) if wrong else ()


RULES: Final = (
    SemanticRule(
        id="profile-starts-at-zero",
        versions=SINCE_2_2,
        classes=("ChargingProfile",),
        section="charging profiles, ChargingProfilePeriod class",
        basis=Basis.PLAUSIBLE,
        severity=Severity.LOW,
        sentence="the first period starts with the profile",
        judge=_first_at_zero,
    ),
    SemanticRule(
        id="profile-periods-in-order",
        versions=SINCE_2_2,
        classes=("ChargingProfile",),
        section="charging profiles, ChargingProfilePeriod class",
        basis=Basis.REQUIRED,
        severity=Severity.MEDIUM,
        sentence="a period, which ends the one before, starts after it",
        judge=_ordered,
    ),
    SemanticRule(
        id="profile-periods-within-duration",
        versions=SINCE_2_2,
        classes=("ChargingProfile",),
        section="charging profiles, ChargingProfile class",
        basis=Basis.PLAUSIBLE,
        severity=Severity.LOW,
        sentence="a period starts before the profile is over",
        judge=_within_duration,
    ),
    SemanticRule(
        id="profile-duration-positive",
        versions=SINCE_2_2,
        classes=("ChargingProfile",),
        section="charging profiles, ChargingProfile class",
        basis=Basis.PLAUSIBLE,
        severity=Severity.LOW,
        sentence="a duration is above zero",
        judge=positive("duration"),
    ),
    SemanticRule(
        id="profile-rate-not-negative",
        versions=SINCE_2_2,
        classes=("ChargingProfile",),
        section="charging profiles, ChargingProfile class",
        basis=Basis.PLAUSIBLE,
        severity=Severity.MEDIUM,
        sentence="min_charging_rate is not negative",
        judge=not_negative("min_charging_rate"),
    ),
    SemanticRule(
        id="profile-rate-one-digit",
        versions=SINCE_2_2,
        classes=("ChargingProfile",),
        section="charging profiles, ChargingProfile class",
        basis=Basis.REQUIRED,
        severity=Severity.LOW,
        sentence="min_charging_rate has at most one digit after the point",
        judge=_one_digit("min_charging_rate"),
    ),
    SemanticRule(
        id="profile-limit-not-negative",
        versions=SINCE_2_2,
        classes=("ChargingProfilePeriod",),
        section="charging profiles, ChargingProfilePeriod class",
        basis=Basis.PLAUSIBLE,
        severity=Severity.MEDIUM,
        sentence="a limit and the start of its period are not negative",
        judge=not_negative("limit", "start_period"),
    ),
    SemanticRule(
        id="profile-limit-one-digit",
        versions=SINCE_2_2,
        classes=("ChargingProfilePeriod",),
        section="charging profiles, ChargingProfilePeriod class",
        basis=Basis.REQUIRED,
        severity=Severity.LOW,
        sentence="a limit has at most one digit after the point",
        judge=_one_digit("limit"),
    ),
    SemanticRule(
        id="profile-only-if-accepted",
        versions=SINCE_2_2,
        classes=("ActiveChargingProfileResult",),
        section="charging profiles, ActiveChargingProfileResult object",
        basis=Basis.REQUIRED,
        severity=Severity.LOW,
        sentence="a profile is given only where the result is ACCEPTED",
        judge=_only_if_accepted,
    ),
)
