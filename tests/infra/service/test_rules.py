"""Objects whose parts do not fit together: each rule broken once, in each version that has the field."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from infra.service.rules import broken_rules
from infra.service.store import Kind
from tests.infra.service.spoken import RECORDS, VERSIONS, client, emsp, owned
from tests.targets.reference_service import RunningService

KINDS = ("locations", "tariffs", "tokens", "sessions", "cdrs")


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("kind", KINDS)
def test_seed_objects_break_no_rule(version: str, kind: str):
    for record in RECORDS[version][kind]:
        assert list(broken_rules(Kind(kind), record["object"])) == []


def changed(document: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    """A copy with the field at `path` (names and list positions, separated by dots) set."""
    copied = copy.deepcopy(document)
    *steps, last = [int(p) if p.isdigit() else p for p in path.split(".")]
    target: Any = copied
    for step in steps:
        target = target[step]
    if value is DOUBLED:
        target[last] = target[last] + [copy.deepcopy(target[last][0])]
    else:
        target[last] = value
    return copied


DOUBLED = object()
EARLY, LATE = "2020-01-01T00:00:00Z", "2035-01-01T00:00:00Z"
ANY = VERSIONS
NEW = ("2.2.1", "2.3.0")
BROKEN = [
    ("locations", ANY, "country", "nl", "country"),
    ("locations", ANY, "time_zone", "five o'clock", "time_zone"),
    ("locations", ANY, "coordinates", {"latitude": "91.000000", "longitude": "5.000000"}, "coordinates"),
    ("locations", ANY, "evses", DOUBLED, "same uid"),
    ("locations", ANY, "evses.0.connectors", DOUBLED, "same id"),
    ("locations", ANY, "evses.0.status_schedule", [{"period_begin": LATE, "period_end": EARLY, "status": "PLANNED"}],
     "period_end"),
    ("locations", NEW, "evses.0.connectors.0.max_amperage", -1, "max_amperage"),
    ("locations", ("2.1.1",), "evses.0.connectors.0.voltage", -1, "voltage"),
    ("locations", NEW, "publish_allowed_to", [{"uid": "1"}], "publish_allowed_to"),
    ("locations", ("2.3.0",), "evses.0.parking", [{"parking_id": "NONE"}], "parking"),
    ("locations", ("2.3.0",), "parking_places", DOUBLED, "parking_places"),
    ("locations", ANY, "energy_mix.energy_sources",
     [{"source": "WIND", "percentage": 70.0}, {"source": "WATER", "percentage": 70.0}], "100 percent"),
    ("locations", ANY, "opening_times.regular_hours",
     [{"weekday": 1, "period_begin": "20:00", "period_end": "08:00"}], "period_end"),
    ("tariffs", ANY, "currency", "euro", "currency"),
    ("tariffs", ANY, "elements.0.price_components.0.price", -0.1, "price"),
    ("tariffs", ANY, "elements.0.price_components.0.step_size", -1, "step_size"),
    ("tariffs", NEW, "elements.0.price_components.0.vat", 101.0, "vat"),
    ("tariffs", ANY, "elements.0.restrictions", {"min_kwh": 5.0, "max_kwh": 4.0}, "max_kwh"),
    ("tariffs", ANY, "elements.0.restrictions", {"start_date": "2026-02-02", "end_date": "2026-02-01"}, "end_date"),
    ("tariffs", NEW, "end_date_time", None, ""),
    ("tariffs", ("2.3.0",), "min_price", {"before_taxes": 5.0, "after_taxes": 4.0}, "less with taxes"),
    ("tokens", ANY, "language", "1", "language"),
    ("sessions", ANY, "kwh", -1.0, "kwh"),
    ("sessions", ANY, "kwh", 1e300, "kwh"),
    ("sessions", ANY, "currency", "EU", "currency"),
    ("sessions", ANY, "charging_periods.0.start_date_time", EARLY, "before its session"),
    ("sessions", NEW, "end_date_time", EARLY, "end_date_time"),
    ("sessions", ("2.1.1",), "end_datetime", EARLY, "end_datetime"),
    ("sessions", ("2.2.1",), "total_cost", {"excl_vat": 5.0, "incl_vat": 4.0}, "total_cost"),
    ("sessions", ("2.3.0",), "total_cost", {"before_taxes": 5.0, "taxes": [{"name": "VAT", "amount": -1.0}]}, "taxes"),
    ("cdrs", ANY, "total_time", 90.0, "total_time"),
    ("cdrs", ANY, "total_energy", 900.0, "total_energy"),
    ("cdrs", ANY, "total_parking_time", 90.0, "total_parking_time"),
    ("cdrs", NEW, "total_time_cost", None, ""),
    ("cdrs", ("2.2.1",), "total_fixed_cost", {"excl_vat": 7.0}, "total_cost"),
    ("cdrs", ("2.3.0",), "total_fixed_cost", {"before_taxes": 7.0}, "total_cost"),
    ("cdrs", ("2.1.1",), "total_cost", -1.0, "total_cost"),
    ("cdrs", ANY, "tariffs.0.currency", "CHF", "another currency"),
    ("cdrs", NEW, "end_date_time", EARLY, "end_date_time"),
    ("cdrs", ("2.1.1",), "stop_date_time", EARLY, "stop_date_time"),
    ("cdrs", NEW, "credit", True, "credit_reference_id"),
]  # fmt: skip
CASES = [(kind, v, path, value, words) for kind, vs, path, value, words in BROKEN for v in vs]


@pytest.mark.parametrize("kind, version, path, value, words", CASES)
def test_a_broken_rule_is_named(kind: str, version: str, path: str, value: Any, words: str):
    document = changed(RECORDS[version][kind][0]["object"], path, value)
    said = list(broken_rules(Kind(kind), document))
    assert any(words in sentence for sentence in said) if words else said == []


@pytest.mark.parametrize("version", VERSIONS)
def test_a_broken_rule_is_refused_with_2001_and_nothing_is_stored(service: RunningService, version: str):
    document = owned(version, "tariffs", "GRN")[0] | {"id": "T-BAD", "currency": "euro"}
    url = f"{emsp(version, 'tariffs')}/BE/GRN/T-BAD"
    reply = client(service, "cpo-c", version).put(url, document)
    assert (reply.status, reply.code) == (200, 2001)
    assert client(service, "cpo-c", version).get(url).status == 404


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("end", ["COMPLETED", "INVALID"])
def test_a_session_that_has_ended_goes_nowhere(fresh: RunningService, version: str, end: str):
    speaker = client(fresh, "cpo-c", version)
    ongoing = next(s for s in owned(version, "sessions", "GRN") if s["status"] == "ACTIVE")
    document = ongoing | {"id": "S-NEW", "last_updated": "2026-02-01T10:00:00Z"}
    url = f"{emsp(version, 'sessions')}/BE/GRN/S-NEW"
    assert speaker.put(url, document).status == 201
    assert speaker.patch(url, {"status": "PENDING", "last_updated": "2026-02-01T10:30:00Z"}).code == 2001
    ended = {"status": end, "last_updated": "2026-02-01T11:00:00Z"}
    assert speaker.patch(url, ended).code == 1000
    assert speaker.put(url, document | ended).code == 1000  # the very same
    later = {"last_updated": "2026-02-01T12:00:00Z"}
    for change in ({"status": "ACTIVE"}, {"status": "PENDING"}, {"kwh": 1.0}):
        assert speaker.patch(url, change | later).code == 2001
        assert speaker.put(url, document | ended | change | later).code == 2001
    assert speaker.get(url).data == document | ended


@pytest.mark.parametrize("version", ["2.2.1", "2.3.0"])
def test_a_cdr_fits_the_session_that_it_bills(fresh: RunningService, version: str):
    cdr = next(c for c in owned(version, "cdrs", "GRN")) | {"id": "CDR-NEW"}
    other = cdr["cdr_token"] | {"uid": "04FFFFFFFF"}
    reply = client(fresh, "cpo-c", version).post(emsp(version, "cdrs"), cdr | {"cdr_token": other})
    assert (reply.status, reply.code) == (200, 2001)
    assert client(fresh, "cpo-c", version).post(emsp(version, "cdrs"), cdr).status == 201
