"""The probes of a run, and the witnesses that can be asked for."""

from scanner.cli.probes import WITNESSES, all_probes
from scanner.model.facts.catalog import FACT_TYPES
from scanner.model.facts.tls import DEFAULT_TLS_PROFILE


def test_the_witnesses_that_can_be_asked_for_are_those_that_look():
    assert set(WITNESSES) == {probe.witness for probe in all_probes(DEFAULT_TLS_PROFILE)}


def test_every_fact_that_a_probe_answers_for_can_be_journalled():
    provided = {kind for probe in all_probes(DEFAULT_TLS_PROFILE) for kind in probe.provides}
    assert provided <= set(FACT_TYPES)


def test_probe_names_are_unique_and_wait_for_probes_that_there_are():
    probes = all_probes(DEFAULT_TLS_PROFILE)
    names = [probe.name for probe in probes]
    assert len(set(names)) == len(names)
    assert {name for probe in probes for name in probe.after} <= set(names)
