"""Where charging takes place: coordinates, opening hours, energy, pictures, whom it belongs to."""

from scanner.model.ocpi.builder.draft import SITE, Draft, JsonObject

_SPREAD = 20_000  # millionths of a degree: within two kilometres of the middle of the city


def coordinates(draft: Draft) -> JsonObject:
    """A GeoLocation with six decimals in the city of the country."""
    latitude, longitude = (
        around + draft.chance.randrange(-_SPREAD, _SPREAD)
        for around in (draft.country.latitude, draft.country.longitude)
    )
    return {"latitude": f"{latitude / 1e6:.6f}", "longitude": f"{longitude / 1e6:.6f}"}


def additional_coordinates(draft: Draft) -> JsonObject:
    """An AdditionalGeoLocation."""
    return draft.shaped("AdditionalGeoLocation", {**coordinates(draft), "name": draft.text("Entrance")})


def image(draft: Draft, category: str = "LOCATION") -> JsonObject:
    """An Image."""
    url = f"{SITE}/images/{draft.chance.getrandbits(32):08x}"
    values: JsonObject = {"url": f"{url}.png", "thumbnail": f"{url}-small.png", "category": category, "type": "png"}
    return draft.shaped("Image", {**values, "width": 1600, "height": 900})


def business_details(draft: Draft) -> JsonObject:
    """BusinessDetails of the owner of the objects."""
    values: JsonObject = {"name": f"POSTURE {draft.party}", "website": SITE}
    return draft.shaped("BusinessDetails", {**values, "logo": image(draft, "OPERATOR")})


def regular_hours(weekday: int) -> JsonObject:
    """RegularHours of one day; Monday is 1."""
    return {"weekday": weekday, "period_begin": "08:00", "period_end": "20:00"}


def exceptional_period(draft: Draft, days: int) -> JsonObject:
    """An ExceptionalPeriod of eight hours, so many days from now."""
    return {"period_begin": draft.at(days=days), "period_end": draft.at(days=days, hours=8)}


def hours(draft: Draft) -> JsonObject:
    """Opening hours: on working days where everything is said, else round the clock; the two exclude each other."""
    if not draft.full:
        return draft.shaped("Hours", {"twentyfourseven": True}, "twentyfourseven")
    values: JsonObject = {
        "regular_hours": [regular_hours(day) for day in range(1, 6)],
        "exceptional_openings": [exceptional_period(draft, 20)],
        "exceptional_closings": [exceptional_period(draft, 40)],
    }
    if draft.since("2.2.1"):  # before, one of the two was left out
        values["twentyfourseven"] = False
    return draft.shaped("Hours", values)


def energy_mix(draft: Draft) -> JsonObject:
    """An EnergyMix from wind and sun, of 100 percent."""
    wind = draft.chance.randrange(20, 81)
    values: JsonObject = {
        "is_green_energy": True,
        "energy_sources": [energy_source("WIND", wind), energy_source("SOLAR", 100 - wind)],
        "environ_impact": [environmental_impact(draft)],
        "supplier_name": "POSTURE Energy",
        "energy_product_name": "POSTURE Green",
    }
    return draft.shaped("EnergyMix", values)


def energy_source(source: str, percentage: int) -> JsonObject:
    """An EnergySource with its share."""
    return {"source": source, "percentage": percentage}


def environmental_impact(draft: Draft) -> JsonObject:
    """An EnvironmentalImpact; its category was called source before 2.2."""
    values: JsonObject = {"source": "CARBON_DIOXIDE", "category": "CARBON_DIOXIDE", "amount": 12.5}
    return draft.shaped("EnvironmentalImpact", values)


def parking(draft: Draft) -> JsonObject:
    """A Parking place for cars, in kilograms, centimetres and minutes."""
    values: JsonObject = {
        "id": draft.id(),
        "physical_reference": f"P{draft.chance.randrange(1, 100)}",
        "vehicle_types": ["PERSONAL_VEHICLE"],
        "max_vehicle_weight": 3500,
        "max_vehicle_height": 210,
        "max_vehicle_length": 550,
        "max_vehicle_width": 220,
        "parking_space_length": 560,
        "parking_space_width": 250,
        "dangerous_goods_allowed": False,
        "direction": "PERPENDICULAR",
        "drive_through": False,
        "restricted_to_type": True,
        "reservation_required": False,
        "time_limit": 240,
        "roofed": True,
        "images": [image(draft)],
        "lighting": True,
        "refrigeration_outlet": False,
        "standards": ["PAS 1899"],
        "apds_reference": draft.id(),
    }
    return draft.shaped("Parking", values)


def publish_token_type(draft: Draft) -> JsonObject:
    """A PublishTokenType that names one token; uid and type, visual number and issuer go together."""
    values = {"uid": draft.id(), "type": "APP_USER", "visual_number": draft.id(), "issuer": "POSTURE"}
    return draft.shaped("PublishTokenType", {**values, "group_id": draft.id()}, "uid", "type")
