from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import pytest
import yaml

from tests.infra import cost_page
from tests.infra.bad_configs import BAD_CONFIGS
from tests.infra.container_config import with_calling_container, with_container
from tests.infra.mutual_tls_config import with_mutual_tls
from tests.infra.recorded_program import PYTHON, Config, Recorded, example, run
from tests.targets.once import once_a_run

SHARED_PARTNERS: Final = Path(__file__).with_name("partners.yaml")


@pytest.fixture(scope="session")
def outcomes() -> Mapping[str, Recorded | str]:
    """Every run that the tests look at."""
    if not PYTHON.exists():
        pytest.skip("infra/.venv is not there: `make setup` makes it")
    return _every_outcome()


@once_a_run
def _every_outcome() -> Mapping[str, Recorded | str]:
    """All made together: loading the SDK takes longer than running the program."""
    good = example("test")
    bad = {f"bad {case.name}": case.apply(example(case.example)) for case in BAD_CONFIGS}
    agreed = yaml.safe_load(SHARED_PARTNERS.read_text(encoding="utf-8"))["partners"]
    shared = {**good, "scannerSecret": {}, "partners": agreed}
    others = {kind: example(kind) for kind in ("org", "audit")}
    others["without people"] = {**good, "peopleAccountId": "", "people": {}, "detectors": ["guardduty"]}
    others["test, opened"] = {**good, "scannerToken": "opened"}
    others["prod, opened"] = {**example("prod"), "scannerToken": "opened"}
    others["test, quarantine opened"] = {**good, "quarantine": "opened"}
    others["test, container"] = with_container()
    others["test, calling container"] = with_calling_container()
    others["test, mutual TLS"] = with_mutual_tls()
    others["audit without image"] = {**others["audit"], "scannerImage": ""}
    options = {
        "released": {**example("prod"), "release": example("prod")["accountId"]},
        "shielded": {**example("prod"), "shieldAdvanced": {"hostedZone": "Z123EXAMPLE", "yearlyCostUsd": 36000}},
    }
    named = {"shared partners": shared, "test": good, "prod": example("prod"), **others, **options, **bad}
    return _run_once_each(named, {f"cost {name}": config for name, config in cost_page.switches().items()})


def _run_once_each(named: Mapping[str, Config], further: Mapping[str, Config]) -> Mapping[str, Recorded | str]:
    """All of them; what is further to come and the same as one before is not run again."""
    same = {name: other for name, config in further.items() for other, before in named.items() if before == config}
    outcomes = run({**named, **{name: config for name, config in further.items() if name not in same}})
    return {**outcomes, **{name: outcomes[other] for name, other in same.items()}}


def _recorded(outcomes: Mapping[str, Recorded | str], name: str) -> Recorded:
    outcome = outcomes[name]
    assert isinstance(outcome, Recorded), outcome
    return outcome


@pytest.fixture(scope="session")
def stack(outcomes) -> Recorded:
    """The test environment of the shipped example."""
    return _recorded(outcomes, "test")


@pytest.fixture(scope="session")
def production(outcomes) -> Recorded:
    """The production environment of the shipped example."""
    return _recorded(outcomes, "prod")


@pytest.fixture(scope="session")
def organization(outcomes) -> Recorded:
    """The organisation of the shipped example."""
    return _recorded(outcomes, "org")


@pytest.fixture(scope="session")
def audit(outcomes) -> Recorded:
    """The audit account of the shipped example."""
    return _recorded(outcomes, "audit")
