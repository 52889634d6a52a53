"""Cases of the rules on opening hours, energy mix and parking."""

from tests.scanner.model.ocpi.rules.cases.case import SINCE_2_2, T0, T1, T2, V230, case

HOURS = {"weekday": 1, "period_begin": "08:00", "period_end": "20:00"}


SPAN = {"period_begin": T0, "period_end": T1}


PLACES = (
    case(
        "hours-regular-or-always",
        "Hours",
        {"twentyfourseven": False, "regular_hours": [HOURS]},
        {"twentyfourseven": True},
        "/regular_hours",
        SINCE_2_2,
    ),
    case("hours-clock-form", "RegularHours", {"period_begin": "08:00"}, {"period_begin": "8:00"}, "/period_begin"),
    case("hours-end-later", "RegularHours", HOURS, {"period_end": "08:00"}, "/period_end"),
    case("hours-weekday", "RegularHours", HOURS, {"weekday": 0}, "/weekday"),
    case("exceptional-period-begins-before-it-ends", "ExceptionalPeriod", SPAN, {"period_end": T0}, "/period_end"),
    case(
        "exceptional-periods-apart",
        "Hours",
        {"exceptional_openings": [SPAN], "exceptional_closings": [{"period_begin": T1, "period_end": T2}]},
        {"exceptional_closings": [{"period_begin": T0, "period_end": T2}]},
        "/exceptional_closings/0",
    ),
    case(
        "status-schedule-begins-before-it-ends",
        "StatusSchedule",
        {"period_begin": T1, "period_end": T2},
        {"period_end": T0},
        "/period_end",
    ),
    case(
        "green-energy-has-green-sources",
        "EnergyMix",
        {"is_green_energy": False, "energy_sources": [{"source": "COAL", "percentage": 100}]},
        {"is_green_energy": True},
        "/energy_sources/0/percentage",
    ),
    case(
        "energy-sources-add-up",
        "EnergyMix",
        {"energy_sources": [{"percentage": 60}, {"percentage": 40}]},
        {"energy_sources": [{"percentage": 60}, {"percentage": 60}]},
        "/energy_sources",
    ),
    case("energy-share-in-range", "EnergySource", {"percentage": 0}, {"percentage": -1}, "/percentage"),
    case("environmental-impact-not-negative", "EnvironmentalImpact", {"amount": 0}, {"amount": -1}, "/amount"),
    case(
        "parking-id-unique",
        "Location",
        {"parking_places": [{"id": "1"}, {"id": "2"}]},
        {"parking_places": [{"id": "1"}, {"id": "1"}]},
        "/parking_places/1/id",
        V230,
    ),
    case(
        "parking-id-known",
        "Location",
        {"coordinates": {}, "parking_places": [{"id": "P1"}], "evses": [{"parking": [{"parking_id": "p1"}]}]},
        {"evses": [{"parking": [{"parking_id": "P2"}]}]},
        "/evses/0/parking/0/parking_id",
        V230,
    ),
    case(
        "parking-sizes-given",
        "Parking",
        {
            "vehicle_types": ["BUS"],
            "max_vehicle_weight": 1,
            "max_vehicle_height": 1,
            "max_vehicle_length": 1,
            "max_vehicle_width": 1,
            "parking_space_length": 1,
            "parking_space_width": 1,
            "dangerous_goods_allowed": False,
        },
        {"max_vehicle_width": None},
        "/max_vehicle_width",
        V230,
    ),
    case(
        "parking-photograph-given",
        "Parking",
        {"vehicle_types": ["PERSONAL_VEHICLE"]},
        {
            "vehicle_types": ["DISABLED"],
            "max_vehicle_weight": 1,
            "max_vehicle_height": 1,
            "max_vehicle_length": 1,
            "max_vehicle_width": 1,
            "parking_space_length": 1,
            "parking_space_width": 1,
            "dangerous_goods_allowed": False,
        },
        "/images",
        V230,
    ),
    case("parking-sizes-positive", "Parking", {"time_limit": 1}, {"time_limit": 0}, "/time_limit", V230),
)
