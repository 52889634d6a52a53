"""What goes together in one country: codes, time zone, currency, a place, the rate of VAT."""

from typing import Final

from scanner.model.late_dataclass import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Country:
    """`latitude` and `longitude` in millionths of a degree, within `city`; `vat` in whole percent."""

    code: str  # ISO 3166-1 alpha-3
    language: str
    time_zone: str
    currency: str
    vat: int
    city: str
    postal_code: str
    latitude: int
    longitude: int


def _country(words: str, vat: int, latitude: int, longitude: int) -> Country:
    code, language, time_zone, currency, city, postal_code = words.split()
    return Country(
        code=code,
        language=language,
        time_zone=time_zone,
        currency=currency,
        vat=vat,
        city=city,
        postal_code=postal_code,
        latitude=latitude,
        longitude=longitude,
    )


_COUNTRIES: Final = {
    "AT": _country("AUT de Europe/Vienna EUR Wien 1010", 20, 48_208_500, 16_372_100),
    "BE": _country("BEL nl Europe/Brussels EUR Brussel 1000", 21, 50_846_700, 4_352_500),
    "CH": _country("CHE de Europe/Zurich CHF Bern 3011", 8, 46_948_000, 7_447_400),
    "DE": _country("DEU de Europe/Berlin EUR Berlin 10115", 19, 52_520_000, 13_405_000),
    "DK": _country("DNK da Europe/Copenhagen DKK Odense 5000", 25, 55_403_800, 10_402_400),
    "ES": _country("ESP es Europe/Madrid EUR Madrid 28013", 21, 40_416_800, -3_703_800),
    "FR": _country("FRA fr Europe/Paris EUR Lyon 69001", 20, 45_764_000, 4_835_700),
    "GB": _country("GBR en Europe/London GBP Leeds LS1", 20, 53_800_800, -1_549_100),
    "IT": _country("ITA it Europe/Rome EUR Torino 10121", 22, 45_070_300, 7_686_900),
    "NL": _country("NLD nl Europe/Amsterdam EUR Utrecht 3511AB", 21, 52_090_700, 5_121_400),
    "NO": _country("NOR no Europe/Oslo NOK Bergen 5003", 25, 60_392_600, 5_322_000),
    "PL": _country("POL pl Europe/Warsaw PLN Gdynia 81-300", 23, 54_518_900, 18_530_500),
    "PT": _country("PRT pt Europe/Lisbon EUR Porto 4000-001", 23, 41_157_900, -8_629_100),
    "SE": _country("SWE sv Europe/Stockholm SEK Uppsala 75310", 25, 59_858_600, 17_638_900),
}


def country_of(country_code: str) -> Country:
    """The country of a party; the Netherlands for one that is not listed, as a party may operate anywhere."""
    return _COUNTRIES.get(country_code, _COUNTRIES["NL"])
