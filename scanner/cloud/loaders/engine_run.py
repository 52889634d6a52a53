"""A Pulumi program of any language, previewed by the user's own engine: `pulumi preview`, and never anything else.

The engine reads the stack's state from its backend and may ask AWS; it changes neither. It is given PATH and those
environment variables that the configuration names.
"""

import asyncio
import os
import re
import shutil
from typing import Final

from scanner.cloud.declared import Declared, NotDeclared
from scanner.cloud.loaders.engine_file import MAX_BYTES, parse_engine_document
from scanner.cloud.loaders.engine_secrets import KnownSecrets, telling
from scanner.cloud.loaders.preview import declared_by_preview
from scanner.cloud.one_line import cut_line
from scanner.cloud.place import NotRun, Place
from scanner.gate.process import ProcessResult
from scanner.model.cloud_input import EngineInput
from scanner.model.effect import Effect
from scanner.model.intent import ProcessIntent
from scanner.model.observation import Reason

_COMMAND: Final = ("pulumi", "preview", "--json", "--show-sames", "--non-interactive", "--stack")
_FIXED: Final = {"PULUMI_SKIP_UPDATE_CHECK": "true"}
_SECRET_NAME: Final = re.compile(r"(?i)token|secret|pass|key|credential")
_STDERR_SHOWN: Final = 400  # characters
_INSTALL: Final = "Install the Pulumi CLI and put it on PATH, or take `preview: engine` away."


class EngineLoader:
    """Runs one child process, through the gate."""

    def stack(self, one: EngineInput, /) -> str:
        """The program's name in the configuration, and the stack's own."""
        return f"{one.name}/{one.stack}"

    def plan(self, one: EngineInput, /) -> str:
        """One line of the dry run: the command, where, and what it is given of the environment."""
        given = f"with your {', '.join(one.variables)}" if one.variables else "with none of your variables"
        return f"run `{' '.join(_COMMAND)} {one.stack}` in {one.directory}, {given}: it asks your backend and AWS"

    def ready(self, one: EngineInput, /) -> str:
        """Is there an engine, and are the named variables set?

        Raises: NotDeclared.
        """
        engine = shutil.which("pulumi")
        if engine is None:
            raise NotDeclared("there is no `pulumi` on PATH", Reason.MISSING_DEPENDENCY, deed=_INSTALL)
        _variables(one)
        return f"{engine}, stack {one.stack} in {one.directory}"

    def wait_s(self, one: EngineInput, /) -> float:
        """As long as the engine may run."""
        return one.timeout_s

    async def load(self, one: EngineInput, place: Place, /) -> Declared:
        """What the engine would make of the program.

        Raises: NotDeclared.
        """
        variables = _variables(one)
        found = (text for name, value in variables.items() if _SECRET_NAME.search(name) for text in telling(value))
        secrets = frozenset(found)
        try:
            result = await place.process(_intent(one, variables, place.context.target.name))
        except NotRun as refused:
            missing = "cannot be started" in str(refused)
            reason = Reason.MISSING_DEPENDENCY if missing else Reason.NOT_PERMITTED
            raise NotDeclared(str(refused), reason, deed=_INSTALL if missing else "") from refused
        return await asyncio.to_thread(_declared, one, self.stack(one), result, secrets)


def _variables(one: EngineInput) -> dict[str, str]:
    """The named variables of this process, and no other.

    Raises: NotDeclared if one is not set.
    """
    unset = [name for name in one.variables if name not in os.environ]
    if unset:
        raise NotDeclared(
            f"the engine is to be given {', '.join(unset)}, and it is not set",
            Reason.MISSING_DEPENDENCY,
            deed="Set it, or take it out of `variables`.",
        )
    return {name: os.environ[name] for name in one.variables}


def _intent(one: EngineInput, variables: dict[str, str], environment: str) -> ProcessIntent:
    return ProcessIntent(
        effect=Effect.READ,
        environment=environment,
        probe="cloud-declared",
        purpose=f"let the engine preview the Pulumi program {one.name}",
        argv=(*_COMMAND, one.stack),
        working_directory=str(one.directory),
        environment_variables={**_FIXED, **variables},
        timeout_s=one.timeout_s,
        max_output_bytes=MAX_BYTES,
    )


def _declared(one: EngineInput, stack: str, result: ProcessResult, secrets: frozenset[str]) -> Declared:
    known = KnownSecrets(secrets)
    if result.timed_out:
        raise NotDeclared(f"`pulumi preview` had to be ended after {one.timeout_s:g} s", Reason.TIMED_OUT)
    if result.truncated:
        raise NotDeclared(f"`pulumi preview` wrote more than {MAX_BYTES // 2**20} MiB")
    if not result.stdout.strip():
        raise NotDeclared(known.masked(_silent(result)))
    try:
        document = parse_engine_document(result.stdout, "`pulumi preview`")
        declared = declared_by_preview(document, stack, one.name, secrets=secrets)
    except NotDeclared as nothing:
        raise NotDeclared(known.masked(str(nothing)), nothing.reason, deed=nothing.deed) from None
    if result.exit_code != 0:
        raise NotDeclared(known.masked(_silent(result)))
    return declared


def _silent(result: ProcessResult) -> str:
    said = result.stderr.decode(errors="replace").strip().splitlines()
    last = f": {cut_line(said[-1], _STDERR_SHOWN)}" if said else ""
    return f"`pulumi preview` ended with {result.exit_code} and gave no preview{last}"
