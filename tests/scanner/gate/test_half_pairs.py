"""Half a surrogate pair, which JSON can write and UTF-8 cannot, in what a target sends: no probe is blinded by it."""

import json

import pytest

from scanner.evidence_store import EvidenceFolder
from scanner.gate.redaction import MASK, Redactor
from scanner.model.secret import Secret
from scanner.model.witness import Witness
from scanner.ocpi.url_place import with_path

HALF = "half \ud800"


@pytest.mark.parametrize("document", [{"a": HALF}, {HALF: 1}, [f'["{HALF}"]']])
def test_it_is_stored_as_evidence_and_secrets_beside_it_are_masked(tmp_path, document):
    token = "a-token-of-somebody"
    evidence = EvidenceFolder(tmp_path, Redactor([Secret(token)]))
    ref = evidence.store_document("what was said", Witness.PROTOCOL, {"said": document, "beside": token})
    stored = json.loads((tmp_path / ref.path).read_text())
    assert stored["artefact"] == {"said": document, "beside": MASK}


def test_a_token_that_holds_it_is_compared_as_any_other():
    assert Secret(HALF) == Secret(HALF)
    assert Secret(HALF) != Secret("half ?")
    assert len({Secret(HALF), Secret(HALF), Secret("half ?")}) == 2


def test_an_id_that_holds_it_is_asked_for_as_what_it_is():
    assert with_path("https://host/ocpi", HALF) == "https://host/ocpi/half%20%ED%A0%80"
