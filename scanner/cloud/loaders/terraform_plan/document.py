"""The plan's file: is it a plan, and one of those that this version can read?"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from scanner.cloud.declared import NotDeclared
from scanner.cloud.loaders.bounded_file import read_bounded
from scanner.model.late_dataclass import dataclass

LARGEST: Final = 128 * 2**20  # bytes: more than 10,000 resources
_MAJORS: Final = ("0", "1")  # format versions; 0.x are those of Terraform 0.12 to 0.15
_SHOW: Final = "Write it with `terraform show -json PLAN > plan.json`."


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanFile:
    """The document as it was read, secrets and all, with the SHA-256 of its bytes."""

    document: Mapping[str, Any]
    sha256: str

    @property
    def terraform(self) -> str:
        """The version that wrote it; "" where it does not say."""
        return str(self.document.get("terraform_version", ""))


def read_plan(file: Path) -> PlanFile:
    """The plan in a file.

    Raises: NotDeclared for a file that cannot be read, is no JSON, is no plan, or is one of a newer format.
    """
    text = read_bounded(file, LARGEST)
    document = _json(text.data, file.name)
    if not isinstance(document, dict):
        raise NotDeclared(f"{file.name} holds JSON, but no Terraform plan", deed=_SHOW)
    _expect_plan(document, file.name)
    return PlanFile(document=document, sha256=text.sha256)


def _json(data: bytes, name: str) -> Any:  # noqa: ANN401 - JSON
    if data.startswith(b"PK\x03\x04"):
        raise NotDeclared(f"{name} is a saved plan in Terraform's own form, not JSON", deed=_SHOW)
    try:
        return json.loads(data)
    except RecursionError:
        raise NotDeclared(f"{name} is nested too deeply to be a plan") from None
    except ValueError as error:
        if data.startswith(b'{"@level"'):
            raise _messages(name) from None
        where = f" (line {error.lineno})" if isinstance(error, json.JSONDecodeError) else ""
        raise NotDeclared(f"{name} is no JSON{where}", deed=_SHOW) from None


def _messages(name: str) -> NotDeclared:
    return NotDeclared(f"{name} holds the messages of `terraform plan -json`, not the plan", deed=_SHOW)


def _expect_plan(document: Mapping[str, Any], name: str) -> None:
    version = document.get("format_version")
    if "@level" in document:
        raise _messages(name)
    if version is None:
        raise _without_version(document, name)
    if str(version).partition(".")[0] not in _MAJORS:
        raise NotDeclared(f"{name} has format {version}; {_MAJORS[-1]}.x is what is understood here")
    if "planned_values" not in document:
        if "values" in document:
            raise NotDeclared(f"{name} is a Terraform state, not a plan", deed=_SHOW)
        raise NotDeclared(f"{name} is Terraform's, but holds no planned values: it is no plan", deed=_SHOW)
    for part in ("planned_values", "configuration"):
        if not isinstance(document.get(part, {}), dict):
            raise NotDeclared(f"{name} is damaged: its {part.replace('_', ' ')} are no object")


def _without_version(document: Mapping[str, Any], name: str) -> NotDeclared:
    if "lineage" in document or "terraform_version" in document:
        return NotDeclared(f"{name} is a Terraform state, not a plan", deed=_SHOW)
    if "Resources" in document:
        return NotDeclared(f"{name} looks like a CloudFormation template, not a Terraform plan")
    if "changeSummary" in document or "deployment" in document:
        return NotDeclared(f"{name} is Pulumi's, not a Terraform plan")
    return NotDeclared(
        f"{name} has no format_version: Terraform writes plans as JSON that has one since version 0.12", deed=_SHOW
    )
