from dataclasses import replace
from datetime import date

import pytest

from checks.model.waiver import Waiver, WaiverKind
from scanner.cli.bare_url import BareUrl, bare_configuration
from scanner.config.looking import looking_sha256
from scanner.model.effect import Effect, Mode

CONFIGURATION = bare_configuration(BareUrl(versions_url="https://ocpi.example/versions", token="env:TOKEN"))
(TARGET,) = CONFIGURATION.targets
DIGEST = looking_sha256(CONFIGURATION)


def test_what_is_waived_or_how_the_file_is_written_changes_nothing():
    waiver = Waiver(fingerprint="0" * 16, owner="a", reason="b", until=date(2999, 1, 1), kind=WaiverKind.ACCEPTED)
    assert looking_sha256(replace(CONFIGURATION, waivers=(waiver,), sha256="1" * 64, profile="deployment")) == DIGEST


@pytest.mark.parametrize(
    "changed",
    [
        CONFIGURATION.in_mode(Mode.EXERCISE),
        CONFIGURATION.with_budgets(requests=3),
        CONFIGURATION.with_budgets(refusals=3),
        replace(CONFIGURATION, targets=(replace(TARGET, allow=frozenset({Effect.LASTING})),)),
        replace(CONFIGURATION, targets=(replace(TARGET, identities=()),)),
        replace(CONFIGURATION, tokens={}),
        replace(CONFIGURATION, seed=2),
        bare_configuration(BareUrl(versions_url="https://ocpi.example/versions", token="env:ANOTHER")),
        bare_configuration(BareUrl(versions_url="https://elsewhere.example/versions", token="env:TOKEN")),
    ],
)
def test_whatever_changes_the_looking_changes_the_digest(changed):
    assert looking_sha256(changed) != DIGEST


def test_sets_are_written_in_one_order():
    hosts = [f"192.0.2.{number}" for number in range(20)]
    one, other = (replace(TARGET, listen_hosts=frozenset(order)) for order in (hosts, hosts[::-1]))
    digests = {looking_sha256(replace(CONFIGURATION, targets=(target,))) for target in (one, other)}
    assert len(digests) == 1


def test_what_no_configuration_holds_is_refused():
    with pytest.raises(TypeError, match="no part of a configuration: object"):
        looking_sha256(replace(CONFIGURATION, seed=object()))  # type: ignore[arg-type]
