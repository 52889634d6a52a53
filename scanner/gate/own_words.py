"""Words that our own records are made of: a platform that hands one out as a token must not take them apart.

A token is masked wherever it stands, in the names and words of journal and report as well: cleanup could not read what
was left behind, and no report would be written. Such a word is no secret; as a token it is masked by its place only.
"""

import sys
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from enum import StrEnum
from functools import cache
from types import ModuleType
from typing import Final

from msgspec import Struct

# Of journal and report, which are no fields of the model; a test holds them against the schema of the report.
_OF_JOURNAL_AND_REPORT: Final = """
    accepted anonymous attestation audience burst_host burst_url catalogue checkpoint compensated config_sha256 controls
    coverage delivery disagreement disagreements environments evidence examined false_positive field_path findings
    fingerprint finished_at frameworks inconclusive internal left_behind narrowed no_longer_looked_at not_applicable
    not_looked_at not_tested observations open_since per_second population position previous raw_burst
    redacted remediation reproduce requests requests_sent required reserved rolled_up schema_version severity started_at
    statements statuses still_there subjects tool_verdicts tool_versions versions witnesses
"""


def is_own_word(text: str) -> bool:
    """True where the text is such a word, or stands in one."""
    return text.lower() in _all()


@cache
def _all() -> str:
    from scanner.model.facts.catalog import FACT_TYPES  # noqa: PLC0415 - hundreds of types, for who registers only

    modules = [module for name, module in sys.modules.items() if name.startswith("scanner.model.")]
    names = {fact.__name__ for fact in FACT_TYPES}.union(*map(_words, modules))
    return "\n".join((*_OF_JOURNAL_AND_REPORT.split(), *sorted(names))).lower()


def _words(module: ModuleType) -> Iterator[str]:
    for one in vars(module).values():
        if isinstance(one, type) and issubclass(one, StrEnum):
            yield from map(str, one)
        elif isinstance(one, type) and is_dataclass(one):
            yield from (field.name for field in fields(one))
        elif isinstance(one, type) and issubclass(one, Struct):
            yield from one.__struct_fields__
