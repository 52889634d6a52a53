import json
import re
from collections import Counter
from dataclasses import replace

import pytest

from scanner.gate.journal import FILE_NAME
from scanner.model.target import Endpoint, EnvironmentTarget, Limits, Origin
from scanner.ocpi.planned import MOST_SENT, most_requests
from scanner.ocpi.probes import PROBES
from tests.targets.odd_platforms import TOKEN, Platform, Response, running_platform
from tests.targets.protocol_runs import IMPATIENT, look

ORIGIN = Origin(scheme="https", host="h", port=443)
ELSEWHERE = Origin(scheme="https", host="other", port=443)
VERSIONS = ("2.1.1", "2.2.1", "2.3.0", "3.0", "3.1", "3.2", "3.3", "3.4")


@pytest.mark.parametrize(
    "gets, anonymous, allowed, most",
    [
        (3, False, (), 3 * MOST_SENT),
        (1000, False, (), 200),
        (1000, True, (), 60),
        (1000, True, (ELSEWHERE,), 120),
    ],
)
def test_a_bound_counts_hops_and_second_tries_and_ends_with_the_budgets(gets, anonymous, allowed, most):
    endpoint = Endpoint(name="main", versions_url="https://h/v", origin=ORIGIN, allow_hosts=allowed)
    target = EnvironmentTarget(name="test", limits=Limits(max_requests=200, max_refusals=60))
    assert most_requests(gets, target, endpoint, anonymous=anonymous) == most


def _hops(request, response):
    """Three redirects on the same origin before every answer."""
    hop = int(request.query("hop") or 0)
    if hop == 3:
        return response
    plain = re.sub(r"[?&]hop=\d+", "", request.target)
    location = f"{plain}{'&' if '?' in plain else '?'}hop={hop + 1}"
    return Response(status=307, headers={"Location": location})


@pytest.mark.parametrize("drops", [False, True])
def test_no_probe_sends_more_than_it_planned(drops, tmp_path):
    busy = Platform(versions=VERSIONS, change=_hops, drops_connections=drops)
    with running_platform(busy) as platform:
        target = platform.target(limits=replace(IMPATIENT, max_refusals=60))
        look(target, {"emsp-a": TOKEN}, tmp_path)
        planned = Counter({line.probe: line.at_most for probe in PROBES for line in probe.plan(target)})
    entries = [json.loads(line) for line in (tmp_path / FILE_NAME).read_text().splitlines()]
    sent = Counter(e["probe"] for e in entries if e["kind"] == "intent" and "dns" not in e)
    assert sent["ocpi-errors"] >= 4 * 4 * len(VERSIONS)  # each of four GETs with three hops
    assert sent["ocpi-access"] == 60
    assert {probe: count for probe, count in sent.items() if count > planned[probe]} == {}
