from reports.model.blind_spots import NAMED_SUBJECTS, not_looked_at
from scanner.model.facts.run import ContractInForce, ScanTime
from scanner.model.observation import FactKey, Observation, Reason, Seen, Unavailable
from scanner.model.witness import Witness
from tests.reports.sample_posture import BEGAN, evidence, interface


def blind(module, reason=Reason.UNREACHABLE, detail="connection refused", identity=None, fact=ContractInForce):
    key = FactKey(fact=fact, subject=interface(module), witness=Witness.PROTOCOL, identity=identity)
    return Observation(key=key, result=Unavailable(reason=reason, detail=detail))


def test_what_shares_reason_and_detail_is_one_entry_with_its_subjects():
    (entry,) = not_looked_at([blind("cdrs"), blind("tokens", identity="emsp-one")])
    assert (entry.reason, entry.detail, entry.count) == (Reason.UNREACHABLE, "connection refused", 2)
    assert entry.subjects == ("main 2.2.1 cdrs GET", "main 2.2.1 tokens GET as emsp-one")
    assert entry.fact == "ContractInForce"


def test_other_reasons_and_details_are_other_entries_in_a_fixed_order():
    observations = [blind("cdrs"), blind("cdrs", detail="no answer", identity="x"), blind("a", Reason.TIMED_OUT)]
    assert not_looked_at(observations) == not_looked_at(reversed(observations))
    assert len(not_looked_at(observations)) == 3


def test_many_subjects_are_counted_and_a_few_named():
    (entry,) = not_looked_at([blind(f"module-{n}") for n in range(30)])
    assert entry.count == 30
    assert len(entry.subjects) == NAMED_SUBJECTS


def test_what_was_seen_is_no_blind_spot():
    key = FactKey(fact=ScanTime, subject=interface("cdrs"), witness=Witness.PROTOCOL)
    seen = Observation(key=key, result=Seen(fact=ScanTime(now=BEGAN), evidence=(evidence("e"),)))
    assert not_looked_at([seen]) == ()
