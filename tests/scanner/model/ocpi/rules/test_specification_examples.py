"""The example objects of the specification itself against the rules: read from a checkout, not committed here."""

import json
import os
import re
import subprocess
from datetime import UTC, datetime

import pytest

from scanner.model.ocpi.rules.judge import broken_rules

NOW = datetime(2026, 1, 1, tzinfo=UTC)
BRANCHES = {
    "2.1.1": "release-2.1.1-bugfixes",
    "2.2.1": "release-2.2.1-bugfixes",
    "2.3.0": "2.3.0/release/core",
}
FILES = (  # the beginning of a file's name, and the class that it shows
    ("cdr_", "CDR"),
    ("credentials_", "Credentials"),
    ("location_energymix", "EnergyMix"),
    ("location_hours", "Hours"),
    ("location_regular", "Hours"),
    ("location_patch_example_location", "Location"),
    ("location_patch_example_tariff", "Connector"),
    ("location_patch", "EVSE"),
    ("location_put", "EVSE"),
    ("location_", "Location"),
    ("session_", "Session"),
    ("tariffrestriction", "Tariff"),
    ("tariff_", "Tariff"),
    ("token_", "Token"),
    ("type_displaytext", "DisplayText"),
    ("version_details", "VersionDetails"),
)
NO_OBJECT = ("transport_and_format_", "versions_info")  # envelopes and lists
PAGES = {  # 2.1.1 has its examples inside the pages
    "mod_cdrs": "CDR",
    "mod_sessions": "Session",
    "mod_tariffs": "Tariff",
    "mod_tokens": "Token",
    "credentials": "Credentials",
    "mod_locations": "",
}
PARTS = (  # a property that tells the class of an example on the page of locations, most telling first
    ("address", "Location"),
    ("connectors", "EVSE"),
    ("regular_hours", "Hours"),
    ("exceptional_openings", "Hours"),
    ("exceptional_closings", "Hours"),
    ("is_green_energy", "EnergyMix"),
    ("tariff_id", "Connector"),
    ("status", "EVSE"),
    ("name", "Location"),
)
JUDGED = {"2.1.1": 25, "2.2.1": 54, "2.3.0": 56}
# What the examples themselves break: number of objects for each rule and version.
DEVIATIONS = {
    # A CDR whose last_updated lies before its end.
    ("2.1.1", "cdr-made-after-the-end"): 1,
    ("2.2.1", "cdr-made-after-the-end"): 1,
    # Watt hours where kWh are meant, and a period that lists more than the whole session.
    ("2.1.1", "session-energy-covers-periods"): 1,
    ("2.2.1", "session-energy-covers-periods"): 2,
    ("2.3.0", "session-energy-covers-periods"): 2,
    # BE where BEL is required, in the locations of one CDR and two sessions.
    ("2.1.1", "location-country-iso-3166"): 3,
    # An APP_USER token with a whitelist, against the advice a page further on.
    ("2.2.1", "token-of-app-never-listed"): 1,
    ("2.3.0", "token-of-app-never-listed"): 1,
    # Web sites without TLS.
    ("2.1.1", "web-address-https"): 1,
    ("2.2.1", "web-address-https"): 1,
    ("2.3.0", "web-address-https"): 1,
}

pytestmark = pytest.mark.skipif(
    "OCPI_SPECIFICATION_GIT" not in os.environ, reason="OCPI_SPECIFICATION_GIT names no checkout"
)


def git(*arguments):
    repository = f"--git-dir={os.environ['OCPI_SPECIFICATION_GIT']}"
    return subprocess.run(["git", repository, *arguments], capture_output=True, text=True, check=True).stdout


def files_of(branch):
    for path in git("ls-tree", "--name-only", branch, "examples/").split():
        name = path.removeprefix("examples/")
        if not name.startswith(NO_OBJECT):
            kind = next(kind for beginning, kind in FILES if name.startswith(beginning))
            yield kind, json.loads(git("show", f"{branch}:{path}"))


def pages_of(branch):
    for page, kind in PAGES.items():
        for block in re.findall(r"```json\n(.*?)```", git("show", f"{branch}:{page}.md"), re.DOTALL):
            example = json.loads(block[block.index("{") :])
            yield kind or next(kind for key, kind in PARTS if key in example), example


@pytest.mark.parametrize("version", BRANCHES)
def test_the_examples_of_the_specification_break_no_rule_but_those_that_are_named(version):
    branch = BRANCHES[version]
    examples = list(pages_of(branch) if version == "2.1.1" else files_of(branch))
    found: dict[tuple[str, str], int] = {}
    for kind, example in examples:
        for rule in {broken.rule for broken in broken_rules(version, kind, example, now=NOW)}:
            found[version, rule] = found.get((version, rule), 0) + 1
    assert len(examples) == JUDGED[version]
    assert found == {key: count for key, count in DEVIATIONS.items() if key[0] == version}
