"""Forms for attestations: one file for each thing that the checklist lets people state."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from checks.model.control import AttestedItem, Control
from scanner.cli.terminal import wrapped

_WIDTH: Final = 110

_HEAD: Final = """\
# How to: fill in what is empty, and leave the names of the keys as they are. An attestation counts from `date` until
# `expires`, {days} days at most. Write names and functions, no e-mail addresses: reports are handed on.
control: {control}
item: {item}
statement: >-
  {about}
# true: it holds. false: it is known not to hold; a scan then says fail. Left empty, the form decides nothing.
holds:
# Who answers for it, and in which function.
owner:
role:
# First and last day, such as 2027-01-31.
date:
expires:
# Only some environments; left out: all of the configuration.
#environments: [prod]
"""
_PARTNER: Final = """\
# The partner that it is about, by its name in the configuration; a file for each.
partner:
"""
_FILE: Final = """\
# {must}: the document behind it, from this folder, and its SHA-256 (sha256sum FILE). A changed file counts no more.
{mark}file:
{mark}sha256:
"""


def forms(controls: tuple[Control, ...]) -> Iterator[tuple[str, str]]:
    """Name of the file and its text, for every item of every row."""
    for control in controls:
        for item in control.attestations:
            yield f"{control.id}-{item.item}.yaml", form(control, item)


def form(control: Control, item: AttestedItem) -> str:
    """One form; empty values are those of a file that decides nothing."""
    title = "\n".join(wrapped(f"{control.id}  {control.title}", _WIDTH, "# "))
    head = _HEAD.format(days=item.max_age_days, control=control.id, item=item.item, about=item.about)
    file = _FILE.format(must="Required" if item.needs_file else "If there is one", mark="" if item.needs_file else "#")
    parts = "\n".join(line for name, about in item.contains.items() for line in _part(name, about))
    return f"{title}\n{head}{_PARTNER if item.per_partner else ''}contains:\n{parts}\n{file}"


def _part(name: str, about: str) -> list[str]:
    return [*wrapped(about, _WIDTH, "  # "), f"  {name}:"]


def write_forms(folder: Path, controls: tuple[Control, ...]) -> tuple[int, int]:
    """How many were written, and how many were there before: none is overwritten.

    Raises: OSError.
    """
    folder.mkdir(parents=True, exist_ok=True)
    written = kept = 0
    for name, text in forms(controls):
        try:
            with (folder / name).open("x", encoding="utf-8") as stream:
                stream.write(text)
            written += 1
        except FileExistsError:
            kept += 1
    return written, kept
