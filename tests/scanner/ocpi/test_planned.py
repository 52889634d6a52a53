import base64
import json
import re
from collections import Counter
from dataclasses import replace

import pytest

from scanner.gate.journal import FILE_NAME
from scanner.model.target import Endpoint, EnvironmentTarget, Limits, Origin
from scanner.ocpi.client import MAX_REDIRECTS
from scanner.ocpi.planned import MOST_SENT, most_requests, planned
from scanner.ocpi.probes import PROBES
from tests.targets.odd_platforms import TOKEN, Platform, Response, running_platform
from tests.targets.protocol_runs import PATIENT, emsp, look

ORIGIN = Origin(scheme="https", host="h", port=443)
ELSEWHERE = Origin(scheme="https", host="other", port=443)
SECOND = "a-token-of-the-second-partner"
VERSIONS = ("2.1.1", "2.2.1", "2.3.0", "3.0")


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


@pytest.mark.parametrize("gets, said", [(3, "3 GETs, 10 requests each"), (1000, "max_requests of each host")])
def test_a_line_says_what_is_certain_and_what_the_bound_is_made_of(gets, said):
    endpoint = Endpoint(name="main", versions_url="https://h/v", origin=ORIGIN)
    line = planned("p", "GET of all", gets, EnvironmentTarget(name="test"), endpoint, at_least=1)
    assert "certain: 1; bound: " in line.what
    assert said in line.what
    assert (line.at_least, line.at_most) == (1, min(gets * MOST_SENT, 2000))


def _hops(request, response):
    """Four redirects on the same origin before every answer: as many as are followed."""
    hop = int(request.query("hop") or 0)
    if hop == MAX_REDIRECTS:
        return response
    plain = re.sub(r"[?&]hop=\d+", "", request.target)
    location = f"{plain}{'&' if '?' in plain else '?'}hop={hop + 1}"
    return Response(status=307, headers={"Location": location})


def _second(request):
    value = request.headers.get("authorization", "")
    return value == f"Token {base64.b64encode(SECOND.encode()).decode()}"


def _two_partners(platform, limits):
    target = platform.target(limits=limits)
    first = replace(target.identities[0], disposable=True)
    return replace(target, identities=(first, emsp("emsp-b")))


def test_every_probe_stays_within_its_plan_where_all_slack_is_used(tmp_path):
    modules = (*Platform().modules, ("cdrs", "SENDER"), ("tariffs", "SENDER"), ("commands", "RECEIVER"))
    busy = Platform(versions=VERSIONS, modules=modules, change=_hops, drops_connections=True, opens=_second)
    with running_platform(busy) as platform:
        target = _two_partners(platform, replace(PATIENT, max_refusals=60, max_requests=20_000))
        look(target, {"emsp-a": TOKEN, "emsp-b": SECOND}, tmp_path)
        lines = [line for probe in PROBES for line in probe.plan(target)]
    entries = [json.loads(line) for line in (tmp_path / FILE_NAME).read_text().splitlines()]
    intents = [entry for entry in entries if entry["kind"] == "intent"]
    sent = Counter(entry["probe"] for entry in intents if "dns" not in entry)
    most, least, names = Counter[str](), Counter[str](), 0
    for line in lines:
        is_look_up = line.what.startswith("look-up")
        names += line.at_most if is_look_up else 0
        most[line.probe] += 0 if is_look_up else line.at_most
        least[line.probe] += line.at_least
    assert set(sent) == {line.probe for line in lines}  # those that only look; others need another mode
    assert {
        probe: (least[probe], n, most[probe]) for probe, n in sent.items() if not least[probe] <= n <= most[probe]
    } == {}
    assert sum("dns" in entry for entry in intents) == names == 1
    assert sent["ocpi-errors"] >= 4 * (1 + MAX_REDIRECTS) * len(VERSIONS)
    assert sum(entry.get("anonymous", False) for entry in intents) == 60


def test_nothing_certain_is_sent_less_often_than_planned(tmp_path):
    with running_platform(Platform(modules=Platform().modules[:1])) as platform:
        target = platform.target(limits=PATIENT)
        look(target, {"emsp-a": TOKEN}, tmp_path)
        least = Counter[str]()
        for line in (line for probe in PROBES for line in probe.plan(target)):
            least[line.probe] += line.at_least
    entries = [json.loads(line) for line in (tmp_path / FILE_NAME).read_text().splitlines()]
    sent = Counter(e["probe"] for e in entries if e["kind"] == "intent" and "dns" not in e)
    assert {probe for probe, count in least.items() if sent[probe] < count} == set()
    assert least["ocpi-discovery"] == 1
    assert least["ocpi-access"] == 5


@pytest.mark.parametrize("most", [1_000, 10_000_000])
def test_each_line_is_bounded_by_the_gets_that_it_names_or_by_the_budget(most):
    endpoint = Endpoint(name="main", versions_url="https://h/v", origin=ORIGIN)
    limits = Limits(max_requests=most, max_refusals=60)
    target = EnvironmentTarget(name="test", endpoints=(endpoint,), identities=(emsp("emsp-a"),), limits=limits)
    lines = [line for probe in PROBES for line in probe.plan(target)]
    named = {line.probe: (re.search(r"bound: (\d+) GETs", line.what), line.at_most) for line in lines}
    assert {p: (int(gets[1]) * MOST_SENT, at_most) for p, (gets, at_most) in named.items() if gets} == {
        p: (at_most, at_most) for p, (gets, at_most) in named.items() if gets
    }
    assert {"ocpi-token-matching", "ocpi-token-claims"} <= named.keys()
