"""Rules on connectors: standard, power, voltage, current."""

from collections.abc import Iterable, Iterator
from typing import Final

from scanner.model.ocpi.rules.evse import NOT_AVAILABLE
from scanner.model.ocpi.rules.read import JsonObject, folded, number, text, texts
from scanner.model.ocpi.rules.rule import EVERY, SINCE_2_2, Basis, Scope, SemanticRule
from scanner.model.ocpi.rules.shape import positive
from scanner.model.severity import Severity

DIRECT: Final = frozenset({"CHADEMO", "CHAOJI", "GBT_DC", "IEC_62196_T1_COMBO", "IEC_62196_T2_COMBO"})
SINGLE_PHASE: Final = frozenset({"IEC_60309_2_single_16"})
THREE_PHASE: Final = frozenset({"IEC_60309_2_three_16", "IEC_60309_2_three_32", "IEC_60309_2_three_64"})
AMPERES: Final = {"IEC_60309_2_single_16": 16, "IEC_60309_2_three_16": 16, "IEC_60309_2_three_32": 32}
_AMPERES: Final = {**AMPERES, "IEC_60309_2_three_64": 64, "NEMA_14_30": 30, "NEMA_14_50": 50}
_CONDUCTORS: Final = {"AC_1_PHASE": 1, "AC_2_PHASE": 2, "AC_2_PHASE_SPLIT": 2, "AC_3_PHASE": 3, "DC": 1}
_LINE_TO_NEUTRAL: Final = 350  # volt; 347 is the highest of the public networks, the next are line to line


def _allowed(standard: str, power: str) -> bool:
    """Only what the table of the standards says: DC, single phase, three phases."""
    if standard in DIRECT:
        return power == "DC"
    if standard in SINGLE_PHASE:
        return power == "AC_1_PHASE"
    if standard in THREE_PHASE:
        return power == "AC_3_PHASE"
    return power != "DC" or not (standard == "GBT_AC" or standard.startswith("DOMESTIC_"))


def _power_of_standard(of: JsonObject, _: Scope) -> Iterable[str]:
    if text(of, "connector_id") == NOT_AVAILABLE:  # a reservation without session: to be ignored
        return ()
    for prefix in ("", "connector_"):
        standard, power = text(of, f"{prefix}standard"), text(of, f"{prefix}power_type")
        if standard is not None and power is not None and not _allowed(standard, power):
            return (f"/{prefix}power_type",)
    return ()


def _amperes_of_standard(of: JsonObject, _: Scope) -> Iterator[str]:
    most = _AMPERES.get(text(of, "standard") or "")
    for key in ("amperage", "max_amperage"):
        found = number(of, key)
        if most is not None and found is not None and found > most:
            yield f"/{key}"


def _direct_on_cable(of: JsonObject, _: Scope) -> Iterable[str]:
    return ("/format",) if text(of, "standard") in DIRECT and text(of, "format") == "SOCKET" else ()


def _line_to_neutral(of: JsonObject, _: Scope) -> Iterator[str]:
    for key in ("voltage", "max_voltage"):
        volts = number(of, key)
        if volts is not None and volts > _LINE_TO_NEUTRAL and text(of, "power_type") == "AC_3_PHASE":
            yield f"/{key}"


def _power_within_reach(of: JsonObject, _: Scope) -> Iterable[str]:
    watts, volts, amperes = (number(of, key) for key in ("max_electric_power", "max_voltage", "max_amperage"))
    conductors = _CONDUCTORS.get(text(of, "power_type") or "")
    if watts is None or volts is None or amperes is None or conductors is None:
        return ()
    reach = conductors * volts * amperes
    return ("/max_electric_power",) if watts > reach * 1.05 else ()  # nominal values: 5 % for their rounding


def _tariffs_once(of: JsonObject, _: Scope) -> Iterator[str]:
    seen: set[str] = set()
    for pointer, name in texts(of, "tariff_ids"):
        if folded(name) in seen:
            yield pointer
        seen.add(folded(name))


RULES: Final = (
    SemanticRule(
        id="connector-standard-has-power-type",
        versions=EVERY,
        classes=("CdrLocation", "Connector"),
        section="locations, ConnectorType and PowerType enum",
        basis=Basis.REQUIRED,
        severity=Severity.LOW,
        sentence="power_type is one that the connector's standard has",
        judge=_power_of_standard,
    ),
    SemanticRule(
        id="connector-amperes-of-standard",
        versions=EVERY,
        classes=("Connector",),
        section="locations, ConnectorType enum",
        basis=Basis.PLAUSIBLE,
        severity=Severity.LOW,
        sentence="the current is not above the rating in the standard's name",
        judge=_amperes_of_standard,
    ),
    SemanticRule(
        id="connector-direct-current-on-cable",
        versions=EVERY,
        classes=("Connector",),
        section="locations, ConnectorFormat and ConnectorType enum",
        basis=Basis.PLAUSIBLE,
        severity=Severity.INFO,
        sentence="a DC standard has an attached cable",
        judge=_direct_on_cable,
    ),
    SemanticRule(
        id="connector-voltage-line-to-neutral",
        versions=EVERY,
        classes=("Connector",),
        section="locations, Connector object",
        basis=Basis.PLAUSIBLE,
        severity=Severity.INFO,
        sentence="the voltage of three phases is that from line to neutral",
        judge=_line_to_neutral,
    ),
    SemanticRule(
        id="connector-ratings-positive",
        versions=EVERY,
        classes=("Connector",),
        section="locations, Connector object",
        basis=Basis.REQUIRED,
        severity=Severity.LOW,
        sentence="voltage, current and power are above zero",
        judge=positive("voltage", "amperage", "max_voltage", "max_amperage", "max_electric_power"),
    ),
    SemanticRule(
        id="connector-power-within-reach",
        versions=SINCE_2_2,
        classes=("Connector",),
        section="locations, Connector object",
        basis=Basis.PLAUSIBLE,
        severity=Severity.LOW,
        sentence="max_electric_power is not above what voltage, current and phases give",
        judge=_power_within_reach,
    ),
    SemanticRule(
        id="connector-tariff-once",
        versions=SINCE_2_2,
        classes=("Connector",),
        section="locations, Connector object",
        basis=Basis.PLAUSIBLE,
        severity=Severity.INFO,
        sentence="no tariff is named twice",
        judge=_tariffs_once,
    ),
)
