"""A gate outside a run, for preflight and cleanup: the same decisions, budgets and journal."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

from scanner.cli.tokens import sinks
from scanner.config.configuration import Configuration, IdentityKey
from scanner.gate.gate import Gate
from scanner.gate.journal import FILE_NAME, Journal
from scanner.gate.redaction import Redactor
from scanner.gate.vault import TokenVault
from scanner.model.secret import Secret
from scanner.run.scratch import scratch_folder


@asynccontextmanager
async def opened_gate(
    configuration: Configuration,
    tokens: Mapping[IdentityKey, Secret],
    redactor: Redactor,
    folder: Path,
    first_number: int = 1,
) -> AsyncIterator[Gate]:
    """A gate that journals in `folder`, with numbers from `first_number` on.

    Raises: OSError if nothing can be written there.
    """
    with scratch_folder() as scratch:
        journal = Journal(folder / FILE_NAME, redactor)
        vault = TokenVault(tokens, sinks=sinks(configuration))
        gate = Gate(
            configuration.targets,
            vault=vault,
            journal=journal,
            redactor=redactor,
            scratch=scratch,
            first_number=first_number,
        )
        try:
            yield gate
        finally:
            await gate.close()
            journal.close()
