"""One charge as it was metered: two periods of charging and one of parking, and what each part costs."""

from datetime import datetime, timedelta

from scanner.model.json_value import JsonValue
from scanner.model.late_dataclass import dataclass
from scanner.model.ocpi.builder.draft import Draft, JsonObject, stamp
from scanner.model.ocpi.builder.tariff import Rates, rates

_TENTH = timedelta(minutes=6)  # durations are tenths of an hour, energy hundreds of Wh: costs are whole cents


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge:
    """Durations in tenths of an hour and energy in hundreds of Wh, per period of charging; prices in `rates`."""

    start: datetime
    charging: tuple[int, int]
    energy: tuple[int, int]
    parking: int
    rates: Rates

    @property
    def end(self) -> datetime:
        """When the car was unplugged."""
        return self.start + (sum(self.charging) + self.parking) * _TENTH

    @property
    def kwh(self) -> float:
        """Total energy."""
        return sum(self.energy) / 10

    @property
    def hours(self) -> float:
        """Total time, charging and parking."""
        return (sum(self.charging) + self.parking) / 10

    @property
    def energy_cost(self) -> int:
        """Cents without taxes."""
        return sum(self.energy) * self.rates.energy // 10

    @property
    def time_cost(self) -> int:
        """Cents without taxes."""
        return sum(self.charging) * self.rates.time // 10

    @property
    def parking_cost(self) -> int:
        """Cents without taxes."""
        return self.parking * self.rates.parking // 10

    @property
    def total_cost(self) -> int:
        """Cents without taxes: the sum of the parts."""
        return self.rates.flat + self.energy_cost + self.time_cost + self.parking_cost


def charge(draft: Draft) -> Charge:
    """A charge of some hours with 5 to 10 kW that ended within the last three days."""
    chance = draft.chance
    charging = (chance.randrange(5, 20), chance.randrange(5, 20))
    energy = (charging[0] * chance.randrange(5, 11), charging[1] * chance.randrange(5, 11))
    parking = chance.randrange(1, 10)
    end = draft.now - timedelta(minutes=chance.randrange(60, 3 * 24 * 60))
    start = end - (sum(charging) + parking) * _TENTH
    return Charge(start=start, charging=charging, energy=energy, parking=parking, rates=rates(draft))


def dimension(type: str, volume: float) -> JsonObject:
    """A CdrDimension."""
    return {"type": type, "volume": volume}


def periods(draft: Draft, of: Charge, tariff_id: str) -> list[JsonValue]:
    """The ChargingPeriods of a charge; each ends where the next begins, the last with the charge."""
    first, second = of.charging
    return [
        charging_period(draft, of.start, tariff_id, first, of.energy[0]),
        charging_period(draft, of.start + first * _TENTH, tariff_id, second, of.energy[1]),
        _period(draft, of.start + (first + second) * _TENTH, tariff_id, [dimension("PARKING_TIME", of.parking / 10)]),
    ]


def charging_period(draft: Draft, start: datetime, tariff_id: str, tenths: int, hundreds: int) -> JsonObject:
    """A ChargingPeriod with tenths of an hour and hundreds of Wh."""
    return _period(draft, start, tariff_id, [dimension("ENERGY", hundreds / 10), dimension("TIME", tenths / 10)])


def _period(draft: Draft, start: datetime, tariff_id: str, dimensions: list[JsonValue]) -> JsonObject:
    values = {"start_date_time": stamp(start), "dimensions": dimensions, "tariff_id": tariff_id}
    return draft.shaped("ChargingPeriod", values)
