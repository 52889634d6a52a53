import pytest

from reports.model.access import AccessState, access_entries
from scanner.model.evidence import EvidenceRef
from scanner.model.facts.ocpi.contract import AccessCell, Conduct, ContractMatrix, UrlSource
from scanner.model.observation import FactKey, Observation, Reason, Seen
from scanner.model.party import Right
from scanner.model.subject import InterfaceSubject, Side
from scanner.model.witness import Witness

SUBJECT = InterfaceSubject(environment="demo", endpoint="main", version="2.2.1", module="tokens", side=Side.SENDER)
REF = EvidenceRef(id="ev-1", sha256="0" * 64, path="evidence/00/0.json", title="who may do what")


def cell(conduct, *, granted=True, what="list", sure=True, method="GET", **more):
    right = Right.READ if method == "GET" else Right.WRITE
    return AccessCell(method=method, what=what, right=right, granted=granted, conduct=conduct, sure=sure, **more)


def seen(*cells, identity="emsp-a"):
    fact = ContractMatrix(source=UrlSource.ADVERTISED, in_force=True, cells=cells)
    key = FactKey(fact=ContractMatrix, subject=SUBJECT, witness=Witness.PROTOCOL, identity=identity)
    return Observation(key=key, result=Seen(fact=fact, evidence=(REF,)))


@pytest.mark.parametrize(
    "conduct, granted, state",
    [
        (Conduct.WORKED, True, AccessState.WORKS),
        (Conduct.ACCEPTED, True, AccessState.WORKS),
        (Conduct.REFUSED, True, AccessState.BROKEN),
        (Conduct.REFUSED, False, AccessState.REFUSED),
        (Conduct.REFUSED_OTHERWISE, False, AccessState.REFUSED),
        (Conduct.WORKED, False, AccessState.OPEN),
        (Conduct.ACCEPTED, False, AccessState.OPEN),
        (Conduct.TOOK_EFFECT, False, AccessState.OPEN),
        (Conduct.BROKEN, False, AccessState.BROKEN),
        (Conduct.NOTHING_THERE, False, AccessState.UNSEEN),
        (Conduct.NOT_ASKED, True, AccessState.UNSEEN),
        (Conduct.WORKED, None, AccessState.ANSWERS),
        (Conduct.REFUSED, None, AccessState.CLOSED),
    ],
)
def test_a_cell_says_what_an_answer_is_worth_against_the_contract(conduct, granted, state):
    (entry,) = access_entries([seen(cell(conduct, granted=granted))])
    assert entry.state is state


def test_an_answer_that_a_made_up_object_may_explain_breaks_nothing():
    (entry,) = access_entries([seen(cell(Conduct.REFUSED_OTHERWISE, sure=False))])
    assert entry.state is AccessState.UNSEEN


def test_the_gravest_request_of_a_method_speaks_for_it():
    by_list, by_id = cell(Conduct.REFUSED, granted=False), cell(Conduct.WORKED, granted=False, what="/{id}")
    (entry,) = access_entries([seen(by_list, by_id)])
    assert (entry.state, entry.said) == (AccessState.OPEN, "GET /{id} worked")


def test_what_was_kept_back_says_why():
    kept = cell(Conduct.NOT_ASKED, method="PUT", reason=Reason.NOT_PERMITTED, why="writes need mode exercise")
    (entry,) = access_entries([seen(kept)])
    assert entry.said == "not permitted: writes need mode exercise"


def test_entries_are_sorted_whoever_was_asked_first():
    observations = [seen(cell(Conduct.WORKED), identity=name) for name in ("b", "a")]
    assert [entry.identity for entry in access_entries(observations)] == ["a", "b"]
