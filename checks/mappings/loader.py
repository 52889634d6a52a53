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


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class _Rule(_Strict):
    severity: Severity
    controls: tuple[str, ...] = Field(min_length=1)


class _File(_Strict):
    tool: str
    policies: dict[str, _Rule]


@cache
def rule_table() -> RuleTable:
    """Every rule of a tool that touches a row of the checklist, by tool and rule."""
    files = (_File.model_validate(yaml.safe_load(_text(tool))) for tool in TOOLS)
    return {
        (file.tool, name): ToolRule(tool=file.tool, rule=name, controls=rule.controls, severity=rule.severity)
        for file in files
        for name, rule in file.policies.items()
    }


def _text(tool: str) -> str:
    return resources.files(__package__).joinpath(f"{tool}.yaml").read_text(encoding="utf-8")
