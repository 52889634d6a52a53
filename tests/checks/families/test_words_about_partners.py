"""Reports for a partner show what TLS and OCPI checks say: no sentence of theirs may name another partner.

Identities, parties and hosts are masked there by what the posture knows; names of partners are not in it.
"""

import ast
from pathlib import Path

import pytest

import checks.families

FAMILIES = sorted(
    file for pattern in ("ocpi_*.py", "tls_*.py") for file in Path(checks.families.__path__[0]).glob(pattern)
)


def named_in(source: str) -> list[str]:
    """What is put into texts and is the name of a partner."""
    texts = (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FormattedValue))
    inner = (part for text in texts for part in ast.walk(text.value))
    return [ast.unparse(part) for part in inner if isinstance(part, ast.Attribute) and part.attr == "partner"]


def test_a_name_in_a_text_would_be_found():
    assert named_in("f'offered to {contract.partner}'") == ["contract.partner"]
    assert len(FAMILIES) > 20


@pytest.mark.parametrize("file", FAMILIES, ids=lambda file: file.stem)
def test_no_sentence_of_these_families_names_a_partner(file):
    assert named_in(file.read_text(encoding="utf-8")) == []
