"""A platform of ours for the length of a block, or why there is none."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from scanner.model.exchange import Refused
from scanner.model.intent import ServeIntent
from scanner.model.observation import Reason
from scanner.model.served import Answers
from scanner.ocpi.reply import NoReply, no_reply
from scanner.probe import ProbeContext

if TYPE_CHECKING:  # loaded where a platform is served
    from scanner.gate.serving import Served


@asynccontextmanager
async def serving(context: ProbeContext, intent: ServeIntent, answers: Answers) -> "AsyncIterator[Served | NoReply]":
    """Serve as the intent says; NoReply where the gate does not let it, or the address cannot be had."""
    try:
        opening = context.gate.serve(intent, answers)
        served = await opening.__aenter__()
    except OSError as error:
        said = error.strerror or type(error).__name__
        detail = f"the partner_server at {intent.host}:{intent.port} cannot be opened: {said}"
        yield NoReply(reason=Reason.CONTROL_FAILED, detail=detail)
        return
    try:
        yield no_reply(served, "a platform to be called back") if isinstance(served, Refused) else served
    finally:
        await opening.__aexit__(None, None, None)
