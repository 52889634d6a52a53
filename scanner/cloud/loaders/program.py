"""A Pulumi program in Python, run under mocks in its own environment."""

import asyncio
from typing import Final

from scanner.cloud.bridge.token_map import token_map
from scanner.cloud.declared import Declared, NotDeclared
from scanner.cloud.gaps import unread_config, unseen
from scanner.cloud.place import NotRun, Place
from scanner.cloud.program import ProgramFailed, program_intent, read_run, stack_of
from scanner.cloud.project import Project, ProjectUnusable, read_project
from scanner.model.cloud_input import ProgramInput
from scanner.model.observation import Reason

_MEND: Final = "Mend the project, or give what the engine wrote: `pulumi preview --json > preview.json`."
_INSTALL: Final = "Run `pulumi install` in the project, or name an interpreter that has pulumi in `python`."


class ProgramLoader:
    """Sends nothing to anybody: the program runs in a child process that has no engine and no provider."""

    def stack(self, one: ProgramInput, /) -> str:
        """The program's name in the configuration, and the stack's own."""
        return stack_of(one)

    def plan(self, one: ProgramInput, /) -> str:
        """One line of the dry run."""
        return f"run the Pulumi program {one.name} under mocks and judge it by Checkov, both on this machine"

    def ready(self, one: ProgramInput, /) -> str:
        """Is the project readable, and is there a Python with pulumi?

        Raises: NotDeclared.
        """
        project = _project(one)
        return f"{project.name}, stack {one.stack}, with {project.python}"

    def wait_s(self, one: ProgramInput, /) -> float:
        """As long as the program may run."""
        return one.timeout_s

    async def load(self, one: ProgramInput, place: Place, /) -> Declared:
        """What the program declares, as far as it came.

        Raises: NotDeclared.
        """
        project = await asyncio.to_thread(_project, one)
        try:
            result = await place.process(program_intent(one, project, token_map(), place.context.target.name))
            run = await asyncio.to_thread(read_run, result, one, project)
        except NotRun as refused:
            raise NotDeclared(str(refused), Reason.NOT_PERMITTED) from refused
        except ProgramFailed as failed:
            raise NotDeclared(str(failed), Reason.TIMED_OUT if failed.timed_out else Reason.UNPARSABLE) from failed
        return Declared(
            source=f"Pulumi program {one.name}",
            resources=run.resources,
            document=run.document,
            missing=(*unseen(run), *unread_config(project)),
            versions={"pulumi": str(run.document.get("pulumi", ""))},
            texts=run.texts,
        )


def _project(one: ProgramInput) -> Project:
    try:
        return read_project(one)
    except ProjectUnusable as unusable:
        if unusable.no_pulumi:
            raise NotDeclared(str(unusable), Reason.MISSING_DEPENDENCY, deed=_INSTALL) from unusable
        raise NotDeclared(str(unusable), Reason.UNPARSABLE, deed=_MEND) from unusable
