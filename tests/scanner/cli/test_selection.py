"""What is selected brings the probes that it needs, and none beside: each of them costs the target requests."""

from pathlib import Path

import pytest

from checks.catalog import CATALOG
from checks.tool_findings import RULES_SEEN_BY
from scanner.cli.probes import all_probes, first_probes, later_probes
from scanner.cli.selection import select
from scanner.model.effect import Effect, Mode
from scanner.model.facts.tls import DEFAULT_TLS_PROFILE
from scanner.model.party import Identity, Party, Role
from scanner.model.target import Endpoint, EnvironmentTarget, Origin, PartnerServer
from scanner.probe import brought_by, read_by
from scanner.run.plan import planned_requests

PROBES = all_probes(DEFAULT_TLS_PROFILE)
PARTNERS = {
    "ocpi-client-*": "ocpi-hostile-partner",
    "ocpi-pulls-*": "ocpi-pulls",
    "ocpi-registration-*": "ocpi-registration",
    "ocpi-callback-*": "ocpi-callbacks",
    "ocpi-request-*": "ocpi-callbacks",
    "ocpi-sent-command-*": "ocpi-sent-commands",
    "ocpi-invited-*": "ocpi-invitation",
    "ocpi-stress-*": "ocpi-stress",
}
OURS = Identity(
    name="ours",
    party=Party(country_code="IT", party_id="ELN"),
    role=Role.EMSP,
    disposable=True,
    has_sink=True,
)
EVERYTHING_GOES = EnvironmentTarget(
    name="test",
    mode=Mode.EXERCISE,
    allow=frozenset({Effect.ACTUATE, Effect.REGISTRATION, Effect.LASTING}),
    evses=frozenset({"EVSE-1"}),
    endpoints=(
        Endpoint(
            name="main",
            versions_url="https://ocpi.example/ocpi/versions",
            origin=Origin(scheme="https", host="ocpi.example", port=443),
        ),
    ),
    identities=(OURS,),
    partner_server=PartnerServer(certificate_file=Path("chain.pem"), key_file=Path("key.pem"), hostile=True),
)


def chosen(*patterns):
    return {probe.name for probe in select(first_probes(DEFAULT_TLS_PROFILE), (), patterns, later_probes()).probes}


def facts_of(check):
    return {check.looks_at.fact, *(need.fact for need in check.joins)}


@pytest.mark.parametrize("pattern, probe", PARTNERS.items())
def test_checks_of_one_partner_bring_its_probe_and_discovery(pattern, probe):
    assert chosen(pattern) == {"ocpi-discovery", probe}


@pytest.mark.parametrize(
    "check, probes",
    [
        ("ocpi-schema-objects-valid", {"ocpi-discovery", "ocpi-pages"}),
        ("ocpi-transport-no-plaintext-interface-url", {"ocpi-discovery", "ocpi-pages"}),
        ("ocpi-tracing-request-id-echoed", {"ocpi-discovery", "ocpi-pages"}),
        ("ocpi-disclosure-errors-silent", {"ocpi-discovery", "ocpi-errors", "ocpi-deep-read"}),
    ],
)
def test_a_check_brings_every_probe_that_sees_what_it_judges(check, probes):
    """Of these, one probe alone sees a part: the versions without a single object of a module, say."""
    assert chosen(check) == probes


def test_no_check_brings_a_probe_that_brings_none_of_its_facts_and_is_read_by_none():
    known = {probe.name: probe for probe in PROBES}
    for check in CATALOG:
        if check.witness is RULES_SEEN_BY:
            continue
        names = {probe.name for probe in select(PROBES, (), (check.id,)).probes}
        read = {name for one in names for name in read_by(known[one])}
        assert read <= names, check.id
        beside = {name for name in names - read if not brought_by(known[name]) & facts_of(check)}
        assert not beside, check.id


def test_no_check_goes_without_a_probe_that_brings_a_fact_which_it_joins():
    given = {kind for probe in PROBES for kind in probe.provides}
    for check in CATALOG:
        brought = {kind for probe in select(PROBES, (), (check.id,)).probes for kind in probe.provides}
        assert facts_of(check) & given <= brought, check.id


def test_a_dry_run_of_a_selection_shows_what_the_selected_probes_send_and_no_other():
    selection = select(PROBES, (), ("ocpi-callback-*",))
    lines = planned_requests(selection.probes, (EVERYTHING_GOES,))
    assert {line.probe for line in lines} == {"ocpi-discovery", "ocpi-callbacks"}
    others = {line.probe for line in planned_requests(PROBES, (EVERYTHING_GOES,))}
    assert {"ocpi-registration", "ocpi-hostile-partner", "ocpi-commands", "ocpi-pages"} <= others
