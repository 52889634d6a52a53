"""An attestation as it is written: YAML, every value a text, unknown keys refused."""

import datetime as dt
import re
from collections.abc import Hashable
from typing import Annotated, Any, Final

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from scanner.model.json_value import JsonValue

_ADDRESS: Final = re.compile(r"\S+@\S+")
_LONGEST: Final = 4000  # characters of one text


def _no_address(text: str) -> str:
    if _ADDRESS.search(text):
        raise ValueError("write a name or a function, without an e-mail address: reports are handed on")
    return text


Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=_LONGEST)]
Person = Annotated[Line, AfterValidator(_no_address)]
Sha256 = Annotated[str, StringConstraints(strip_whitespace=True, to_lower=True, pattern=r"^[0-9a-fA-F]{64}$")]


class AttestationMalformed(ValueError):
    """The text is no attestation; `problems` say why, one sentence each."""

    def __init__(self, *problems: str) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


class AttestationDocument(BaseModel):
    """One file. `expires` is the last day on which it is in force. No `environments`: it is about all of them."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    control: Line
    item: Line
    statement: Line
    holds: bool
    owner: Person
    role: Person
    date: dt.date
    expires: dt.date
    environments: tuple[Line, ...] = ()
    partner: Line | None = None
    contains: dict[str, Annotated[str, Field(max_length=_LONGEST)]] = {}
    file: Line | None = None
    sha256: Sha256 | None = None


class _Loader(yaml.BaseLoader):
    """Texts only, so that 1.10 stays what was written; a key that stands twice and an alias are refused."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            raise AttestationMalformed("aliases (*name) are not read")
        return super().compose_node(parent, index)

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:  # noqa: FBT001, FBT002
        keys = [str(self.construct_object(key, deep=True)) for key, _ in node.value]
        for key in keys:
            if keys.count(key) > 1:
                raise AttestationMalformed(f"line {node.start_mark.line + 1}: {key!r} stands twice")
        mapping: dict[Hashable, Any] = super().construct_mapping(node, deep)
        return mapping


def parse(text: str) -> dict[str, JsonValue]:
    """The mapping that the text holds, values as texts; what was left empty is left out.

    Raises: AttestationMalformed.
    """
    try:
        document = yaml.load(text, Loader=_Loader)  # noqa: S506 - a BaseLoader makes nothing but texts
    except yaml.YAMLError as error:
        raise AttestationMalformed(f"it is not YAML: {' '.join(str(error).split())[:200]}") from None
    except RecursionError:
        raise AttestationMalformed("it is nested too deeply") from None
    if not isinstance(document, dict):
        raise AttestationMalformed("it is not a mapping of keys and values")
    return {str(key): value for key, value in document.items() if value != ""}


def validated(document: dict[str, JsonValue]) -> AttestationDocument:
    """The attestation that the mapping is.

    Raises: AttestationMalformed with every problem.
    """
    try:
        one = AttestationDocument.model_validate(document)
    except ValidationError as error:
        problems = error.errors(include_url=False, include_input=False)
        raise AttestationMalformed(*(_sentence(each["loc"], str(each["msg"])) for each in problems)) from None
    if (one.file is None) != (one.sha256 is None):
        raise AttestationMalformed("`file` and `sha256` go together: a file without its digest proves nothing")
    if one.expires < one.date:
        raise AttestationMalformed("`expires` lies before `date`")
    return one


def _sentence(place: tuple[int | str, ...], message: str) -> str:
    said = message.removeprefix("Value error, ")
    return f"{'.'.join(map(str, place))}: {said}" if place else said
