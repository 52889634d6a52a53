"""Registration: POST once, PUT and DELETE only after it."""

from typing import Final

from scanner.model.ocpi.machines.machine import Edge, Legality, Machine, Sender

_NOT_ALLOWED: Final = 405  # which the specification names


def credentials_machine(version: str) -> Machine:
    """Registration of a client, the same in all versions but for the tokens that it gives up."""
    return Machine(
        version=version,
        name="credentials",
        module="credentials",
        states=("UNREGISTERED", "REGISTERED"),
        final=frozenset(),
        edges=(
            _edge("register", "UNREGISTERED", "REGISTERED", "POST"),
            _edge("renew", "REGISTERED", "REGISTERED", "PUT"),
            _edge("unregister", "REGISTERED", "UNREGISTERED", "DELETE"),
            _edge("read", "REGISTERED", "REGISTERED", "GET"),
            _refused("register-again", "REGISTERED", "POST"),
            _refused("renew-unregistered", "UNREGISTERED", "PUT"),
            _refused("unregister-unregistered", "UNREGISTERED", "DELETE"),
            _old_token(
                "use-first-token",
                "REGISTERED",
                Sender.FIRST_TOKEN,
                Legality.UNSPECIFIED if version == "2.1.1" else Legality.ILLEGAL,  # 2.1.1 only says: store the new one
            ),
            _old_token("use-token-before-renewal", "REGISTERED", Sender.FORMER_TOKEN, Legality.UNSPECIFIED),
            _old_token("use-token-after-end", "UNREGISTERED", Sender.FORMER_TOKEN, Legality.ILLEGAL),
        ),
    )


def _edge(name: str, source: str, target: str, by: str) -> Edge:
    return Edge(
        name=name,
        source=source,
        target=target,
        by=by,
        legality=Legality.LEGAL,
        section=f"credentials, {by} method",
        carries="Credentials" if by in {"POST", "PUT"} else None,
    )


def _refused(name: str, state: str, by: str) -> Edge:
    return Edge(
        name=name,
        source=state,
        target=state,
        by=by,
        legality=Legality.ILLEGAL,
        section=f"credentials, {by} method",
        carries=None if by == "DELETE" else "Credentials",
        status=_NOT_ALLOWED,
    )


def _old_token(name: str, state: str, sender: Sender, legality: Legality) -> Edge:
    """Read with a token that was given up."""
    heading = "DELETE method" if state == "UNREGISTERED" else "registration"
    return Edge(
        name=name,
        source=state,
        target=state,
        by="GET",
        legality=legality,
        section=f"credentials, {heading}",
        sender=sender,
    )
