"""X-Total-Count against what a list gives, on platforms that tell the truth, lie, change, or lose a Link."""

import json
from dataclasses import replace

import pytest

from checks.model.verdict import Outcome
from scanner.ocpi.depth import probe
from scanner.ocpi.depth.allowance import Allowance
from scanner.ocpi.depth.pages_of import FOLLOWED
from tests.scanner.ocpi.depth.test_deep_read import LOCATION, read
from tests.targets.odd_platforms import Platform, running_platform
from tests.targets.protocol_runs import findings_of

CHECK = "ocpi-tenancy-counts-own-objects-only"


class Listing:
    """Locations, two a page. `told`: X-Total-Count of each walk, the last one again and again."""

    def __init__(self, there, *told, lost=None, within=()):
        self.there, self.told, self.lost, self.within = there, told, lost, within
        self.walks = 0

    def __call__(self, request, response):
        dated = request.query("date_from") or request.query("date_to")
        if not request.path.endswith("/locations") or response.status != 200 or dated:
            return response
        offset = int(request.query("offset") or 0)
        self.walks += not request.query("limit") and not offset
        total = self.told[min(self.walks, len(self.told)) - 1]
        if total is not None and offset in self.within:
            total += 1
        items = [{**LOCATION, "id": f"L{number}"} for number in range(offset, min(offset + 2, self.there))]
        headers = {name: value for name, value in response.headers.items() if name not in {"Link", "X-Total-Count"}}
        headers |= {} if total is None else {"X-Total-Count": str(total)}
        if offset + 2 < self.there and offset + 2 != self.lost:
            link = f"https://{request.headers['host']}{request.path}?offset={offset + 2}&limit=2"
            headers["Link"] = f'<{link}>; rel="next"'
        body = json.dumps({"status_code": 1000, "data": items}).encode()
        return replace(response, headers=headers, body=body)


def verdict(listing, folder):
    platform = Platform(modules=(("locations", "SENDER"),), change=listing)
    with running_platform(platform) as running:
        store = read(running, folder)
    (finding,) = (f for f in findings_of(store) if f.check == CHECK)
    return finding


LONG = 2 * FOLLOWED + 10


class Once(Listing):
    """Gives nothing any more as soon as it was read once."""

    def __call__(self, request, response):
        given = super().__call__(request, response)
        return replace(given, status=503, body=b"") if self.walks > 1 and request.path.endswith("/locations") else given


@pytest.mark.parametrize(
    "listing, outcome, said",
    [
        (lambda: Listing(9, 9), Outcome.PASS, "says 9, and 9 objects came"),
        (lambda: Listing(0, 0), Outcome.NOT_APPLICABLE, "the list is empty"),
        (lambda: Listing(9, 23), Outcome.FAIL, "says 23, and 9 objects came, twice in a row"),
        (lambda: Listing(1, 2), Outcome.FAIL, "says 2, and 1 objects came, twice in a row"),
        (lambda: Listing(0, 5), Outcome.FAIL, "says 5, and 0 objects came, twice in a row"),
        (lambda: Listing(9, 10, 9), Outcome.INCONCLUSIVE, "and 9 objects came, 9 of 9 when it was read again"),
        (lambda: Listing(9, 12, 11), Outcome.INCONCLUSIVE, "9 of 11 when it was read again"),
        (lambda: Once(9, 12), Outcome.INCONCLUSIVE, "9 objects came, 0 of ? when it was read again"),
        (lambda: Listing(9, 12, within=(4,)), Outcome.INCONCLUSIVE, "X-Total-Count changed"),
        (lambda: Listing(9, 9, lost=4), Outcome.INCONCLUSIVE, "and 4 objects came; there may be others behind them"),
        (lambda: Listing(9, None), Outcome.NOT_APPLICABLE, "it is missing"),
        (lambda: Listing(LONG, LONG), Outcome.PASS, f"the last page of the {LONG} objects"),
        (lambda: Listing(LONG, LONG + 20), Outcome.INCONCLUSIVE, f"says {LONG + 20}, and "),
    ],
)
def test_a_count_is_held_against_what_came(tmp_path, listing, outcome, said):
    finding = verdict(listing(), tmp_path)
    assert (finding.outcome, said in finding.message) == (outcome, True), finding.message


def test_a_list_that_its_own_budget_cut_off_stays_open(tmp_path, monkeypatch):
    monkeypatch.setattr(probe, "Allowance", lambda: Allowance(left=12))
    finding = verdict(Listing(15, 40), tmp_path)
    assert finding.outcome is Outcome.INCONCLUSIVE
    assert "reading in depth ends after" in finding.message


def test_a_list_that_could_not_be_read_twice_stays_open(tmp_path, monkeypatch):
    monkeypatch.setattr(probe, "Allowance", lambda: Allowance(left=15))
    finding = verdict(Listing(15, 40), tmp_path)
    assert finding.outcome is Outcome.INCONCLUSIVE
    assert "when it was read again" in finding.message
