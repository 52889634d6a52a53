"""The configuration of the demo: two identities of the reference service, their contracts, and the reference stack."""

import json
from collections.abc import Mapping, Sequence
from ipaddress import ip_network
from pathlib import Path
from typing import Any, Final

from scanner.cli.demo_load import AGREED, with_load
from scanner.cli.demo_service import Served, infra_folder

ENVIRONMENT: Final = "demo"
IDENTITIES: Final = {"emsp-one": "emsp-a", "emsp-two": "emsp-b"}
_WRITER: Final = {"cpo-one": "cpo-c"}  # pushes locations, tariffs, sessions and CDRs
_STACK: Final = "example-test"
_ADMITTED: Final = {"requests_per_second": 20, "rotation": "handshake"}
_MOVES_HARDWARE: Final = {"commands", "chargingprofiles"}  # on by a dated clause only
_WRITING: Final[dict[str, Any]] = {"mode": "exercise", "allow": ["lasting"]}
_NEWCOMER: Final = "newcomer"  # holds a CREDENTIALS_TOKEN_A, and registers
_REGISTERING: Final[dict[str, Any]] = {
    "mode": "exercise",
    "allow": ["registration"],
    "absent_parties": ["XX-NIL"],
    "partner_server": {
        "certificate_file": "service/server.pem",
        "key_file": "service/server-key.pem",
        "hostile": True,
        "issuer_certificate_file": "service/issuing-ca.pem",
        "issuer_key_file": "service/issuing-ca-key.pem",
    },
}


def write_configuration(
    folder: Path,
    settings: dict[str, Any],
    served: Served,
    weaknesses: Sequence[str],
    *,
    writes: bool = False,
    registers: bool = False,
    load: bool = False,
) -> Path:
    """Write ocpi-posture.yaml into `folder`, beside the deployment `service/`, as JSON (which is YAML).

    `writes`: the scan also pushes objects, valid and malformed, as a third partner. `registers`: it registers as one
    more, whose platform is also a hostile one. `load`: the service is put under load, and its stack is not looked at.
    """
    identities = {**IDENTITIES, **_WRITER} if writes else IDENTITIES
    # also those whose token the scan does not have: the routes of the gateway are held against every contract
    partners = {partner["id"]: _partner(partner) for partner in settings["partners"]}
    environment = _environment(served, weaknesses, identities, partners)
    if load:
        environment = with_load(environment, served.versions_url)
        partners = {name: {**contract, "requests_per_second": AGREED} for name, contract in partners.items()}
    document = {
        "environments": {ENVIRONMENT: _allowed(environment, writes=writes, registers=registers)},
        "partners": partners,
        "seed": 1,
    }
    file = folder / "ocpi-posture.yaml"
    file.write_text(json.dumps(document, indent=2), encoding="utf-8")
    return file


def _allowed(environment: dict[str, Any], *, writes: bool, registers: bool) -> dict[str, Any]:
    """The environment with what the scan may do there beside looking."""
    if not registers:
        return environment | (_WRITING if writes else {})
    newcomer = {
        "token": f"file:service/tokens/{_NEWCOMER}",
        "kind": "bootstrap",
        "partner": _NEWCOMER,
        "disposable": True,
        "sink": f"file:{_NEWCOMER}-token",
        "unregister": True,
    }
    allow = [*_REGISTERING["allow"], *(_WRITING["allow"] if writes else ())]
    identities = {**environment["identities"], _NEWCOMER: newcomer}
    return environment | _REGISTERING | {"allow": allow, "identities": identities}


def _environment(
    served: Served, weaknesses: Sequence[str], identities: Mapping[str, str], partners: Mapping[str, dict[str, Any]]
) -> dict[str, Any]:
    return {
        "endpoints": {
            "main": {
                "versions_url": served.versions_url,
                "ca_file": str(served.ca),
                "plaintext_ports": [served.plaintext_port],
                "allow_internal": True,
            }
        },
        "identities": {
            name: {"token": f"file:service/tokens/{partner}", "partner": partner, "disposable": True}
            for name, partner in identities.items()
        },
        "cloud": {"programs": {"reference-stack": _program(weaknesses, partners)}},
        # Nobody else is served here, so there is no need to be gentle.
        "limits": {
            "requests_per_second": 1000,
            "burst": 200,
            "max_refusals": 1000,
            "max_guesses": 60,
            "max_requests": 8000,
        },
    }


def _partner(partner: dict[str, Any]) -> dict[str, Any]:
    """A contract of the service in the words of our configuration."""
    (role,) = partner["roles"]
    term = {"starts": partner["contract_from"][:10], "ends": partner["contract_until"][:10]}
    modules: dict[str, dict[str, Any]] = {}
    for scope in partner["scopes"]:
        dated = term if scope["module"] in _MOVES_HARDWARE else {}
        module = modules.setdefault(scope["module"], {"sides": [], "rights": scope["rights"], **dated})
        module["sides"].append(scope["side"].lower())
    return {
        "party": f"{role['country_code']}-{role['party_id']}",
        "roles": [role["role"]],
        "contract": term,
        "modules": modules,
    }


def _program(weaknesses: Sequence[str], partners: Mapping[str, dict[str, Any]]) -> dict[str, Any]:
    """The project lies beside its program `infra/`, in a checkout as in an installed package.

    The stack is deployed for the same partners as the service has; each comes from a network of its own (RFC 5737).
    """
    networks = ip_network("192.0.2.0/24").subnets(new_prefix=28)
    admitted = {
        name: {**contract, "name": name, "contact": f"{name}@example.com", **_ADMITTED, "addresses": [str(network)]}
        for (name, contract), network in zip(partners.items(), networks, strict=False)
    }
    return {
        "directory": str(infra_folder().parent),
        "stack": _STACK,
        "config": {
            "ocpi-posture:weaken": list(weaknesses),
            "ocpi-posture:partners": admitted,
            "ocpi-posture:scannerSecret": {},  # the example's scanner is no partner of this service
        },
    }
