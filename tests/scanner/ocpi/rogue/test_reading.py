"""What was seen becomes facts: twice is twice, and strangers are not the target."""

from datetime import UTC, datetime

from scanner.model.evidence import EvidenceRef
from scanner.model.facts.ocpi.credentials import Reacted, Reaction
from scanner.model.served import Knock
from scanner.ocpi.rogue.reading import peers_of, played
from scanner.ocpi.rogue.site import Seen, Site
from scanner.ocpi.rogue.theatre import Performance
from scanner.ocpi.rogue.wall import CONTROLS, scenarios

EVIDENCE = EvidenceRef(id="e1", sha256="0" * 64, path="evidence/e1.json")
NOW = datetime(2027, 1, 4, tzinfo=UTC)
REFUSED = Reacted(reaction=Reaction.REFUSED, http_status=200, ocpi_status=3001, curl="curl x")
BY_ID = {scenario.id: scenario for scenario in (*CONTROLS, *scenarios(("127.0.0.1",)))}


def performance(id, *, calls=(), knocks=()):
    site = Site(
        version="2.2.1",
        base="https://localhost:1/n/k",
        elsewhere="https://localhost:2/n/k",
        inward="https://127.0.0.1:2/n/k",
        now="2027-01-04T00:00:00Z",
        after_s=1.0,
        most_bytes=1000,
    )
    BY_ID[id].behaviour(site)
    site.calls += [Seen(at, "/versions", peer, with_token=True) for at, peer in calls]
    came = tuple(Knock(at=NOW, peer=peer, tls=None, failure="x") for peer in knocks)
    return Performance(scenario=BY_ID[id], answer=REFUSED, evidence=EVIDENCE, site=site, knocks=came)


def test_a_connection_from_an_address_that_the_control_does_not_know_is_a_stranger_s():
    known = peers_of([performance("sound", calls=[(1.0, "198.51.100.7")])])
    one = played(performance("expired", knocks=["198.51.100.7", "203.0.113.9"]), known)
    assert (one.knocks, one.strangers, one.asked) == (1, 1, 0)


def test_whoever_calls_again_is_counted_again_with_the_shortest_pause():
    one = played(performance("come-back-later", calls=[(1.0, "a"), (4.0, "a"), (4.5, "a")]), frozenset({"a"}))
    assert (one.asked, one.closest_s) == (3, 0.5)


def test_who_still_reads_when_all_is_over_has_no_bound():
    one = performance("endless-body", calls=[(1.0, "a")])
    assert not played(one, frozenset({"a"})).took_all
    one.site.taken.still = True
    assert played(one, frozenset({"a"})).took_all


def test_a_connection_to_the_canary_is_a_hit_without_any_request():
    one = played(performance("inward-url-decimal", knocks=["a"]), frozenset({"a"}))
    assert (one.elsewhere, one.elsewhere_with_token, one.call_due) == (1, 0, False)
