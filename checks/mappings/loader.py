"""Reads the mapping files of the borrowed tools."""

from functools import cache
from importlib import resources
from typing import Final

import yaml
from pydantic import BaseModel, ConfigDict, Field

from checks.model.tool_rule import ToolRule
from checks.tool_findings import RuleTable
from scanner.model.severity import Severity

TOOLS: Final = ("checkov",)
_Loader: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # of libyaml, where it is built in


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)  # not each by itself and within the next


class _Entry(_Strict):
    """What several policies ask in common, and what to do where one of them fails."""

    about: str
    do: str
    severity: Severity
    controls: tuple[str, ...] = Field(min_length=1)
    policies: tuple[str, ...] = Field(min_length=1)


class _File(_Strict):
    tool: str
    entries: tuple[_Entry, ...]


@cache
def rule_table() -> RuleTable:
    """Every rule of a tool that touches a row of the checklist, by tool and rule.

    Raises: ValueError for a rule that is mapped twice.
    """
    table: dict[tuple[str, str], ToolRule] = {}
    for file in (_File.model_validate(yaml.load(_text(tool), Loader=_Loader)) for tool in TOOLS):  # noqa: S506
        for entry in file.entries:
            for name in entry.policies:
                if (file.tool, name) in table:
                    raise ValueError(f"{file.tool}: {name} is mapped twice")
                table[file.tool, name] = _rule(file.tool, name, entry)
    return table


def _rule(tool: str, name: str, entry: _Entry) -> ToolRule:
    return ToolRule(
        tool=tool,
        rule=name,
        controls=entry.controls,
        severity=entry.severity,
        about=entry.about,
        remediation=entry.do,
    )


def _text(tool: str) -> str:
    return resources.files(__package__).joinpath(f"{tool}.yaml").read_text(encoding="utf-8")
