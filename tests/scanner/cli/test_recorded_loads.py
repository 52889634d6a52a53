"""The loads of a run come from its evidence, unchanged or not at all."""

from dataclasses import replace
from typing import Any, cast

import pytest

from reports.formats import Format, render
from scanner.cli.recorded_loads import recorded_loads
from scanner.evidence_store import EvidenceFolder
from scanner.gate.redaction import Redactor
from scanner.model.codec import adapter
from scanner.model.facts.ocpi.stress import Misframed, MisframedTreated, VolumeSeen
from scanner.model.witness import Witness
from tests.checks.families.test_ocpi_stress import VOLUME, findings_on
from tests.reports.sample_posture import realistic


def stored(folder, seen):
    document = {"kind": type(seen).__name__, **adapter(cast("Any", type(seen))).dump_python(seen, mode="json")}
    return EvidenceFolder(folder, Redactor(())).store_document("stress: a list", Witness.PROTOCOL, document)


def posture_with(ref, seen=VOLUME):
    return replace(realistic(), findings=tuple(findings_on(seen, ref)))


def test_a_load_is_read_back_with_its_findings(tmp_path):
    ref = stored(tmp_path, VOLUME)
    (one,) = recorded_loads(tmp_path, posture_with(ref))
    assert one.seen == VOLUME
    assert (one.environment, one.endpoint) == ("test", "main")
    assert {finding.check for finding in one.findings} >= {"ocpi-stress-throttled", "ocpi-stress-recovers"}


def test_the_page_of_a_run_is_made_of_it(tmp_path):
    posture = posture_with(stored(tmp_path, VOLUME))
    page = render(posture, Format.LOAD, loads=recorded_loads(tmp_path, posture)).decode()
    assert "60 a second for 6 s, agreed are 20" in page


@pytest.mark.parametrize(
    "spoil, why",
    [
        (lambda file: file.unlink(), "is not there"),
        (lambda file: file.write_bytes(file.read_bytes().replace(b"360", b"361")), "was changed after the run"),
    ],
)
def test_evidence_that_is_gone_or_changed_is_said_and_not_drawn(tmp_path, spoil, why):
    ref = stored(tmp_path, VOLUME)
    spoil(tmp_path / ref.path)
    (one,) = recorded_loads(tmp_path, posture_with(ref))
    assert one.seen is None
    assert why in one.why


def test_evidence_of_another_form_cannot_be_read(tmp_path):
    folder = EvidenceFolder(tmp_path, Redactor(()))
    ref = folder.store_document("stress", Witness.PROTOCOL, {"kind": VolumeSeen.__name__, "what": 7})
    (one,) = recorded_loads(tmp_path, posture_with(ref))
    assert "cannot be read" in one.why


def test_what_has_no_curve_is_no_load(tmp_path):
    message = Misframed(what="two lengths", statuses=(400,), ended=True)
    treated = MisframedTreated(control=401, messages=(message,))
    assert not list(recorded_loads(tmp_path, posture_with(stored(tmp_path, treated), treated)))
