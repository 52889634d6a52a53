"""What a platform cannot write over any more is taken away before the next id is begun."""

import asyncio
from pathlib import Path

from scanner.gate.journal import FILE_NAME, read_journal
from scanner.model.facts.ocpi.mutation import MutantsTreated
from scanner.model.observation import Seen
from scanner.run.leftovers import left_behind
from scanner.run.runner import run_scan
from tests.scanner.ocpi.mutation.killed_child import plan_of, target_at
from tests.targets.reference_service import running_service


def test_a_tariff_that_a_patch_dated_ahead_does_not_stay(tmp_path: Path) -> None:
    with running_service(versions=("2.1.1",)) as service:
        plan = plan_of(tmp_path, target_at(service.versions_url, service.ca_path), service.tokens["cpo-c"])
        result = asyncio.run(run_scan(plan))
    treated = [
        o.key.subject.coordinates() for o in result.facts if o.key.fact is MutantsTreated and isinstance(o.result, Seen)
    ]
    assert ("tariffs", "PATCH") in {(at["module"], at["method"]) for at in treated}
    written = [e for e in read_journal(tmp_path / FILE_NAME) if e["kind"] == "intent" and e.get("method") == "PATCH"]
    patched = {entry["url"] for entry in written if "/tariffs/" in entry["url"]}
    assert len(patched) > 1  # some could not be written over
    assert [left.leftover.what for left in left_behind(read_journal(tmp_path / FILE_NAME))] == []
