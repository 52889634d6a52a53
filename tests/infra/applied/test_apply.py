from __future__ import annotations

from typing import Any

import pytest
from moto import mock_aws

from tests.infra.applied.apply import KINDS, NotAppliedError, apply
from tests.infra.applied.looked_at import MOTO
from tests.infra.recorded_program import PYTHON, example


@pytest.mark.slow
def test_an_output_that_the_program_reads_and_nobody_gives_is_named(monkeypatch: pytest.MonkeyPatch):
    """It would go on as None, into the name of whatever is made of it."""
    if not PYTHON.exists():
        pytest.skip("infra/.venv is not there: `make setup` makes it")
    kind = "aws:ecs/taskDefinition:TaskDefinition"

    made_before = dict(KINDS)

    def forgetful(*asked: Any) -> Any:
        id_, outputs = made_before[kind](*asked)
        return id_, {name: value for name, value in outputs.items() if name != "arnWithoutRevision"}

    monkeypatch.setitem(KINDS, kind, forgetful)
    with mock_aws(config=MOTO), pytest.raises(NotAppliedError, match=r"TaskDefinition: arn_without_revision"):
        apply(example("audit"))
