"""Commands: an answer at once, and for what was accepted a result later."""

from typing import Final

from scanner.model.ocpi.machines.machine import Edge, Legality, Machine
from scanner.model.ocpi.specification import specification

_ASKED: Final = "NOT_ASKED"
_CLASSES: Final = {
    "CANCEL_RESERVATION": "CancelReservation",
    "RESERVE_NOW": "ReserveNow",
    "START_SESSION": "StartSession",
    "STOP_SESSION": "StopSession",
    "UNLOCK_CONNECTOR": "UnlockConnector",
}


def command_machine(version: str, command: str) -> Machine:
    """One command: `ANSWERED x` is the sender's knowledge after the response, `RESULT x` after the result.

    2.1.1 has one enumeration for both. Raises: KeyError if the version does not have the command.
    """
    known = specification(version)
    if command not in known.enums["CommandType"].values:
        raise KeyError(command)
    answers = sorted(known.enums["CommandResponseType"].values)
    results = sorted((known.enums.get("CommandResultType") or known.enums["CommandResponseType"]).values)
    return Machine(
        version=version,
        name=f"commands/{command}",
        module="commands",
        states=(_ASKED, *(f"ANSWERED {answer}" for answer in answers), *(f"RESULT {result}" for result in results)),
        final=frozenset(
            {f"ANSWERED {answer}" for answer in answers if answer != "ACCEPTED"}
            | {f"RESULT {result}" for result in results if not _may_be_canceled(version, command, result)}
        ),
        edges=(
            *(_answer(command, answer) for answer in answers),
            *(
                _result(version, f"ANSWERED {answer}", result, _after(answer))
                for answer in answers
                for result in results
            ),
            *(_result(version, _ASKED, result, Legality.UNSPECIFIED) for result in results),
            *_second_results(version, command, results),
        ),
    )


def _answer(command: str, answer: str) -> Edge:
    return Edge(
        name=f"answer-{answer}",
        source=_ASKED,
        target=f"ANSWERED {answer}",
        by="POST",
        legality=Legality.LEGAL,
        section="commands, CommandResponseType enum",
        carries=_CLASSES[command],
    )


def _after(answer: str) -> Legality:
    return Legality.LEGAL if answer == "ACCEPTED" else Legality.UNSPECIFIED


def _result(version: str, source: str, result: str, legality: Legality) -> Edge:
    """Sent to response_url. A result that nobody asked for is not mentioned: what it changes is worth a look."""
    carries = "CommandResponse" if version == "2.1.1" else "CommandResult"
    return Edge(
        name=f"{source.lower().replace(' ', '-')}-result-{result}",
        source=source,
        target=f"RESULT {result}",
        by="POST",
        legality=legality,
        section="commands, flow",
        carries=carries,
        after={"/result": result},
    )


def _may_be_canceled(version: str, command: str, result: str) -> bool:
    return version != "2.1.1" and command == "RESERVE_NOW" and result == "ACCEPTED"


def _second_results(version: str, command: str, results: list[str]) -> tuple[Edge, ...]:
    """A reservation may be canceled later, at the same response_url; of other second results nothing is said.

    Those that turn a success into a failure, or the other way round, are the ones worth a look.
    """
    second = ((first, later) for first in results for later in results if "ACCEPTED" in {first, later})
    return tuple(
        _result(
            version,
            f"RESULT {first}",
            later,
            Legality.LEGAL
            if later == "CANCELED_RESERVATION" and _may_be_canceled(version, command, first)
            else Legality.UNSPECIFIED,
        )
        for first, later in second
    )
