"""`pulumi up` without an engine: the program runs, and every resource it registers is made in an account of moto."""

from __future__ import annotations

import json
import subprocess
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Final

from tests.infra.applied.account import Account
from tests.infra.applied.declared import Declared
from tests.infra.applied.kinds import (
    containers,
    data,
    detection,
    firewalls,
    functions,
    gateway,
    keys,
    messages_and_logs,
    network,
    organization,
    people,
    scanning,
)
from tests.infra.applied.parameters import NoSuchParameterError
from tests.infra.recorded_program import PROJECT, PYTHON, Config, as_text

_PROGRAM: Final = Path(__file__).with_name("apply_program.py")
_PROVIDER: Final = "pulumi:providers:aws"

Kind = Callable[[Account, Declared], tuple[str, dict[str, Any]]]
KINDS: Final[dict[str, Kind]] = {
    **data.KINDS, **firewalls.KINDS, **functions.KINDS, **gateway.KINDS,
    **keys.KINDS, **messages_and_logs.KINDS, **network.KINDS, **people.KINDS,
    **containers.KINDS, **detection.KINDS, **organization.KINDS, **scanning.KINDS,
}  # fmt: skip


class NotAppliedError(Exception):
    """A resource that could not be made, and why."""


@dataclass(slots=True, kw_only=True)
class Applied:
    """What the account was told.

    `made` has inputs and outputs by type and name, `overlooked` the inputs that no call was made of, `sdk_complaints`
    what the provider's types say against any input.
    """

    account: Account
    made: dict[tuple[str, str], Mapping[str, Any]] = field(default_factory=dict)
    overlooked: list[str] = field(default_factory=list)
    sdk_complaints: list[str] = field(default_factory=list)

    def outputs(self, kind: str, name: str) -> Mapping[str, Any]:
        """Inputs and outputs of a resource, as the program sees them."""
        return self.made[kind, name]


def apply(config: Config) -> Applied:
    """Run the program with `config` inside an open `mock_aws`. Raises NotAppliedError."""
    with tempfile.TemporaryDirectory() as libraries:
        # Those of the layer are built for a release; the simulated account only has to take a folder of their form.
        (Path(libraries) / "library.py").write_text("", encoding="utf-8")
        of_an_environment = {"dependencies": libraries} if config["kind"] in {"test", "prod"} else {}
        return _applied(as_text(config) | of_an_environment)


def _applied(text: dict[str, str]) -> Applied:
    applied = Applied(account=Account(account_id=text["accountId"], region=text["region"]))
    with (
        tempfile.TemporaryFile("w+") as said,
        subprocess.Popen(
            [PYTHON, "-I", _PROGRAM], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=said, text=True
        ) as child,
    ):
        assert child.stdin is not None
        assert child.stdout is not None
        try:
            _tell(child.stdin, {"project": str(PROJECT), "config": text})
            _answer(applied, child.stdout, child.stdin)
        except EOFError:
            child.wait()
            said.seek(0)
            raise NotAppliedError(f"the program ended: {said.read()[-4000:]}") from None
        finally:
            child.kill()
    return applied


def _answer(applied: Applied, questions: IO[str], answers: IO[str]) -> None:
    tags: dict[str, str] = {}
    for line in questions:
        question = json.loads(line)
        if "end" in question:
            unanswered = f"nobody gave the outputs {question['unanswered']}" if question["unanswered"] else ""
            if question["end"] != "done" or unanswered:
                raise NotAppliedError("; ".join(filter(None, (question.get("sentence"), unanswered))))
            return
        if question["type"] == _PROVIDER:
            tags = json.loads(question["inputs"]["defaultTags"])["tags"]
        known = question["type"].startswith("aws:")
        id_, outputs = _make(applied, question, tags) if known else ("", {})
        _tell(answers, {"id": id_, "outputs": outputs})
    raise EOFError


def _tell(child: IO[str], message: object) -> None:
    child.write(json.dumps(message) + "\n")
    child.flush()


def _make(applied: Applied, question: Mapping[str, Any], tags: Mapping[str, str]) -> tuple[str, dict[str, Any]]:
    type_, name = question["type"], question["name"]
    declared = Declared(type=type_, name=name, inputs=question["inputs"], default_tags=tags)
    if type_ not in KINDS:
        raise NotAppliedError(f"nobody knows the calls that make a {type_}: tests/infra/applied/kinds/ has the others")
    try:
        id_, outputs = KINDS[type_](applied.account, declared)
    except NoSuchParameterError as error:
        raise NotAppliedError(f"{type_} {name}: {error}") from error
    applied.sdk_complaints += question["sdk"]
    applied.overlooked += [f"{type_} {name}: {key}" for key in declared.overlooked()]
    applied.made[type_, name] = {**declared.inputs, **outputs, "id": id_}
    return id_, outputs
