"""Rules on locations: where they are, to whom they are shown, and what they hold."""

from collections.abc import Iterable, Iterator
from functools import cache
from typing import Final
from zoneinfo import available_timezones

from scanner.model.ocpi.rules.codes import COUNTRIES_ALPHA_3
from scanner.model.ocpi.rules.read import JsonObject, flag, items, moment, text
from scanner.model.ocpi.rules.rule import EVERY, SINCE_2_2, Basis, Judge, Scope, SemanticRule
from scanner.model.ocpi.rules.shape import distinct, of_form, positive, that
from scanner.model.severity import Severity

_WHERE: Final = ("AdditionalGeoLocation", "GeoLocation")


@cache
def _zones() -> frozenset[str]:
    """The names of the tz database of this machine; empty where it has none."""
    return frozenset(available_timezones())


def _is_zone(value: str) -> bool:
    return value in _zones() or not _zones()


def _on_earth(of: JsonObject, _: Scope) -> Iterator[str]:
    for key, most in (("latitude", 90.0), ("longitude", 180.0)):
        try:
            degrees = float(text(of, key) or 0)
        except ValueError:
            continue
        if not -most <= degrees <= most:
            yield f"/{key}"


def _only_if_hidden(of: JsonObject, _: Scope) -> Iterable[str]:
    return ("/publish_allowed_to",) if flag(of, "publish") and of.get("publish_allowed_to") else ()


def _identifies(of: JsonObject, _: Scope) -> Iterator[str]:
    if not any(of.get(key) is not None for key in ("uid", "visual_number", "group_id")):
        yield ""
    for key, needed in (("uid", "type"), ("visual_number", "issuer")):
        if of.get(key) is not None and of.get(needed) is None:
            yield f"/{needed}"


def newest_of(key: str) -> Judge:
    """last_updated is not before that of any object in the list `key`."""

    def judge(of: JsonObject, _: Scope) -> Iterable[str]:
        own = moment(of, "last_updated")
        inside = (moment(item, "last_updated") for _, item in items(of, key))
        newest = max((at for at in inside if at is not None), default=None)
        return ("/last_updated",) if own is not None and newest is not None and own < newest else ()

    return judge


RULES: Final = (
    SemanticRule(
        id="location-country-iso-3166",
        versions=EVERY,
        classes=("CdrLocation", "Location"),
        section="locations, Location object; cdrs, CdrLocation class",
        basis=Basis.REQUIRED,
        severity=Severity.LOW,
        sentence="country is an ISO 3166-1 alpha-3 code",
        judge=that(lambda value: value.upper() in COUNTRIES_ALPHA_3, "country"),
    ),
    SemanticRule(
        id="time-zone-known",
        versions=EVERY,
        classes=("Location",),
        section="locations, Location object",
        basis=Basis.REQUIRED,
        severity=Severity.MEDIUM,
        sentence="time_zone is a name of the IANA tz database",
        judge=that(_is_zone, "time_zone"),
    ),
    SemanticRule(
        id="coordinate-form",
        versions=("2.1.1",),
        classes=_WHERE,
        section="locations, GeoLocation class",
        basis=Basis.REQUIRED,
        severity=Severity.LOW,
        sentence="a coordinate has six decimals after a point",
        judge=of_form(r"-?[0-9]{1,3}\.[0-9]{6}", "latitude", "longitude"),
    ),
    SemanticRule(
        id="coordinate-decimals",
        versions=SINCE_2_2,
        classes=_WHERE,
        section="locations, GeoLocation class",
        basis=Basis.REQUIRED,
        severity=Severity.LOW,
        sentence="a coordinate has five to seven decimals after a point",
        judge=of_form(r"-?[0-9]{1,3}\.[0-9]{5,7}", "latitude", "longitude"),
    ),
    SemanticRule(
        id="coordinate-on-earth",
        versions=EVERY,
        classes=_WHERE,
        section="locations, GeoLocation class",
        basis=Basis.REQUIRED,
        severity=Severity.MEDIUM,
        sentence="latitude lies within 90 degrees, longitude within 180 (WGS 84)",
        judge=_on_earth,
    ),
    SemanticRule(
        id="publish-allowed-to-only-if-hidden",
        versions=SINCE_2_2,
        classes=("Location",),
        section="locations, Location object",
        basis=Basis.REQUIRED,
        severity=Severity.MEDIUM,
        sentence="publish_allowed_to is used only where publish is false",
        judge=_only_if_hidden,
    ),
    SemanticRule(
        id="publish-token-identifies",
        versions=SINCE_2_2,
        classes=("PublishTokenType",),
        section="locations, PublishTokenType class",
        basis=Basis.REQUIRED,
        severity=Severity.MEDIUM,
        sentence="uid with type, visual_number with issuer, or group_id is set",
        judge=_identifies,
    ),
    SemanticRule(
        id="evse-uid-unique",
        versions=EVERY,
        classes=("Location",),
        section="locations, EVSE object",
        basis=Basis.REQUIRED,
        severity=Severity.MEDIUM,
        sentence="no two EVSEs have the same uid",
        judge=distinct("evses", "uid"),
    ),
    SemanticRule(
        id="location-updated-with-its-evses",
        versions=EVERY,
        classes=("Location",),
        section="locations, Location object",
        basis=Basis.REQUIRED,
        severity=Severity.LOW,
        sentence="last_updated is not before that of an EVSE",
        judge=newest_of("evses"),
    ),
    SemanticRule(
        id="image-size-positive",
        versions=EVERY,
        classes=("Image",),
        section="locations, Image class",
        basis=Basis.PLAUSIBLE,
        severity=Severity.INFO,
        sentence="width and height are above zero",
        judge=positive("width", "height"),
    ),
)
