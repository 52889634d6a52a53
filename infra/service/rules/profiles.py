"""Charging profiles and preferences (mod_charging_profiles, mod_sessions)."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from infra.service.rules.measures import not_negative
from infra.service.strict_json import JsonObject


def profile_rules(profile: JsonObject) -> Iterator[str]:
    """A ChargingProfile: its periods follow each other from the first second on."""
    yield from not_negative(profile, "duration", "min_charging_rate")
    periods = profile.get("charging_profile_period") or []
    for period in periods:
        yield from not_negative(period, "start_period", "limit")
        if round(period["limit"], 1) != period["limit"]:
            yield "charging_profile_period.limit: more than one digit after the point"
    starts = [period["start_period"] for period in periods]
    if any(later <= earlier for earlier, later in pairwise(starts)):
        yield "charging_profile_period: not in order"
    if starts and profile.get("duration") is not None and starts[-1] >= profile["duration"] > 0:
        yield "charging_profile_period: begins after the profile's end"


def preferences_rules(wish: JsonObject) -> Iterator[str]:
    """ChargingPreferences."""
    yield from not_negative(wish, "energy_need")
