"""Cases of the rules on charging profiles."""

from tests.scanner.model.ocpi.rules.cases.case import SINCE_2_2, case


def profile(*starts, **more):
    return {"charging_profile_period": [{"start_period": at, "limit": 1} for at in starts], **more}


PROFILES = (
    case(
        "profile-starts-at-zero",
        "ChargingProfile",
        profile(0, 60),
        profile(30, 60),
        "/charging_profile_period/0/start_period",
        SINCE_2_2,
    ),
    case(
        "profile-periods-in-order",
        "ChargingProfile",
        profile(0, 60),
        profile(0, 60, 60),
        "/charging_profile_period/2/start_period",
        SINCE_2_2,
    ),
    case(
        "profile-periods-within-duration",
        "ChargingProfile",
        profile(0, 60, duration=61),
        {"duration": 60},
        "/charging_profile_period/1/start_period",
        SINCE_2_2,
    ),
    case("profile-duration-positive", "ChargingProfile", {"duration": 1}, {"duration": 0}, "/duration", SINCE_2_2),
    case(
        "profile-rate-not-negative",
        "ChargingProfile",
        {"min_charging_rate": 0},
        {"min_charging_rate": -1},
        "/min_charging_rate",
        SINCE_2_2,
    ),
    case(
        "profile-rate-one-digit",
        "ChargingProfile",
        {"min_charging_rate": 8.1},
        {"min_charging_rate": 8.12},
        "/min_charging_rate",
        SINCE_2_2,
    ),
    case("profile-limit-not-negative", "ChargingProfilePeriod", {"limit": 0}, {"limit": -1}, "/limit", SINCE_2_2),
    case("profile-limit-one-digit", "ChargingProfilePeriod", {"limit": 8.1}, {"limit": 8.15}, "/limit", SINCE_2_2),
    case(
        "profile-only-if-accepted",
        "ActiveChargingProfileResult",
        {"result": "ACCEPTED", "profile": {}},
        {"result": "REJECTED"},
        "/profile",
        SINCE_2_2,
    ),
)
