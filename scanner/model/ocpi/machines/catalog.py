"""Every state machine of every version, by name."""

from collections.abc import Mapping
from functools import cache

from scanner.model.ocpi.machines.cdr import cdr_machine
from scanner.model.ocpi.machines.charging_profile import charging_profile_machine
from scanner.model.ocpi.machines.command import command_machine
from scanner.model.ocpi.machines.credentials import credentials_machine
from scanner.model.ocpi.machines.location import evse_machine, location_machine
from scanner.model.ocpi.machines.machine import Machine
from scanner.model.ocpi.machines.remote_session import remote_session_machine
from scanner.model.ocpi.machines.reservation import reservation_machine
from scanner.model.ocpi.machines.session import session_machine
from scanner.model.ocpi.machines.tariff import tariff_machine
from scanner.model.ocpi.machines.token import token_machine
from scanner.model.ocpi.specification import specification

_PLAIN = (
    cdr_machine,
    credentials_machine,
    evse_machine,
    location_machine,
    remote_session_machine,
    reservation_machine,
    session_machine,
    tariff_machine,
    token_machine,
)


@cache
def machines(version: str) -> Mapping[str, Machine]:
    """The machines of one version: modules by their id, and `evses`, `reservations`, `remote-sessions`, and commands.

    Raises: KeyError if the version is not known.
    """
    known = specification(version)
    made = [make(version) for make in _PLAIN]
    made += [command_machine(version, command) for command in sorted(known.enums["CommandType"].values)]
    if "chargingprofiles" in known.modules:
        made.append(charging_profile_machine(version))
    return {machine.name: machine for machine in made}


def machine(version: str, name: str) -> Machine:
    """One machine. Raises: KeyError if the version does not have it."""
    return machines(version)[name]
