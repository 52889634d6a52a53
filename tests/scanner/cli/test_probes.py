"""The probes of a run, and the witnesses that can be asked for."""

import subprocess
import sys

from scanner.cli.probes import WITNESSES, all_probes, first_probes, later_probes
from scanner.model.facts.catalog import FACT_TYPES
from scanner.model.facts.tls import DEFAULT_TLS_PROFILE
from scanner.probe import waits_for


def test_the_witnesses_that_can_be_asked_for_are_those_that_look():
    assert set(WITNESSES) == {probe.witness for probe in all_probes(DEFAULT_TLS_PROFILE)}


def test_every_fact_that_a_probe_answers_for_can_be_journalled():
    provided = {kind for probe in all_probes(DEFAULT_TLS_PROFILE) for kind in probe.provides}
    assert provided <= set(FACT_TYPES)


def test_probe_names_are_unique_and_wait_for_probes_that_there_are():
    probes = all_probes(DEFAULT_TLS_PROFILE)
    names = [probe.name for probe in probes]
    assert len(set(names)) == len(names)
    assert {name for probe in probes for name in waits_for(probe)} <= set(names)


def test_what_begins_at_once_and_what_is_loaded_later_is_everything():
    first, later = first_probes(DEFAULT_TLS_PROFILE), later_probes().load()
    assert {probe.name for probe in (*first, *later)} == {probe.name for probe in all_probes(DEFAULT_TLS_PROFILE)}
    assert {probe.witness for probe in later} == later_probes().witnesses
    assert not {name for probe in first for name in waits_for(probe)} & {probe.name for probe in later}


def test_a_scan_begins_without_what_it_needs_later():
    later = (
        "checks.checklist.loader",
        "cryptography.x509",
        "checks.catalog",
        "scanner.ocpi.probes",
        "scanner.cli.judging",
        "reports.wire",
        "reports.html",
        "jinja2",
    )
    code = f"import sys, scanner.cli.scan; print(*(name for name in {later} if name in sys.modules))"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.split() == []
