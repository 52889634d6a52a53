"""Routes of the gateway, held against the routes of the service that stands behind it."""

import re
from collections.abc import Iterable
from datetime import date

import pytest

from infra.contracts import ModuleGrant, Partner
from infra.routes import Route, routes
from infra.service.supported import VERSIONS
from infra.service.versions import VERSIONS_PATH

CONFIGURATION = {"credentials", "versions"}
MODULES = ("cdrs", "chargingprofiles", "commands", "hubclientinfo", "locations", "sessions", "tariffs", "tokens")
SIDES = ("SENDER", "RECEIVER")
RIGHTS = ("read", "write")


def partner(*grants: tuple[str, str, str]) -> Partner:
    modules = tuple(ModuleGrant(module=module, side=side, rights=(right,)) for module, side, right in grants)
    return Partner(
        id="partner",
        roles=(),
        modules=modules,
        addresses=(),
        contract_from=date(2026, 1, 1),
        contract_until=date(2027, 1, 1),
        requests_per_second=1,
    )


def lets_through(found: Iterable[Route], verb: str, path: str) -> bool:
    return any(route.verb == verb and _pattern(route).fullmatch(path) for route in found)


def _pattern(route: Route) -> re.Pattern[str]:
    parts = (".+" if part.endswith("+}") else "[^/]+" if part.startswith("{") else part for part in route.path)
    return re.compile("/" + "/".join(parts))


def test_a_partner_without_modules_gets_versions_and_credentials():
    found = {(route.verb, "/".join(route.path)) for route in routes([partner()])}
    credentials = {(verb, "ocpi/{version}/credentials") for verb in ("GET", "POST", "PUT", "DELETE")}
    assert found == {("GET", "ocpi/versions"), ("GET", "ocpi/{version}"), *credentials}


@pytest.mark.parametrize("version", VERSIONS, ids=lambda version: version.number)
def test_whatever_the_service_answers_under_a_contract_the_gateway_lets_through(version):
    for served in version.routes:
        side = str(served.side.value) if served.side else ""
        granted = [] if served.module in CONFIGURATION else [(served.module, side, str(served.right.value))]
        path = re.sub(r"\{\w+\}", "x", served.template)
        assert lets_through(routes([partner(*granted)]), served.method, path), f"{served.method} {served.template}"
        others = [grant for grant in every_grant() if grant not in granted]
        reached = lets_through(routes([partner(*others)]), served.method, path)
        assert reached is (not granted), f"without its grant: {served.method} {served.template}"


def test_the_list_of_versions_is_let_through():
    assert lets_through(routes([]), "GET", VERSIONS_PATH)


def test_names_are_distinct_for_every_grant_there_can_be():
    found = routes([partner(*every_grant())])
    assert len({route.name for route in found}) == len(found)


def every_grant() -> list[tuple[str, str, str]]:
    return [(module, side, right) for module in MODULES for side in SIDES for right in RIGHTS]
