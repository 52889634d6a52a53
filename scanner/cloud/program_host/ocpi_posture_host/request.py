"""What the scanner asks for, read from standard input as one JSON object."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import IO, Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """`main`: file or folder to run. `config`: full keys, text values; those of `secret_keys` are placeholders.

    `json_text`: for each token the properties whose documents AWS returns as text. `deadline_s`: after which what was
    seen so far is written and the process ends. `homes`: the caller's, whose credential stores are kept shut.
    """

    main: str
    project: str
    stack: str
    config: Mapping[str, str]
    secret_keys: tuple[str, ...]
    json_text: Mapping[str, tuple[str, ...]]
    account: str
    region: str
    deadline_s: float
    homes: tuple[str, ...]


def read_request(stream: IO[str]) -> Request:
    """The request on a stream.

    Raises: KeyError or ValueError for anything but a request of ours.
    """
    document: dict[str, Any] = json.load(stream)
    return Request(
        main=document["main"],
        project=document["project"],
        stack=document["stack"],
        config=document["config"],
        secret_keys=tuple(document["secret_keys"]),
        json_text={token: tuple(names) for token, names in document["json_text"].items()},
        account=document["account"],
        region=document["region"],
        deadline_s=float(document["deadline_s"]),
        homes=tuple(document["homes"]),
    )
