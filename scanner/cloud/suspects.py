"""Texts of a stack that have the form of a secret: in its program, configuration and values, in the code it hands over.

Detection runs here, not in a check, because checks import no library and read no file; what goes on is the place, never
the text.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path

from scanner.cloud.code_files import code_files
from scanner.cloud.declared import Declared
from scanner.cloud.few_names import few_names
from scanner.cloud.project_file import MOST_FILES, project_text
from scanner.cloud.secret_detection import DetectedInValues, detected
from scanner.model.facts.cloud_secrets import SuspectedSecret, SuspectedSecrets


def suspected_secrets(
    stack: str, declared: Declared, in_values: DetectedInValues, folder: Path | None, settings: Iterable[str]
) -> SuspectedSecrets:
    """What a detector points at; `settings` are names of configuration files in `folder`, absent ones are left out."""
    resources = declared.resources
    too_long = [f"{one.urn.rpartition('::')[2]} ({one.path})" for one in declared.texts if one.text is None]
    names = sorted({one.position.file for one in resources if one.position} | set(settings))[:MOST_FILES]
    files = {name: text for name in names if folder and (text := project_text(folder, name)) is not None}
    code = code_files(resources, folder)
    files |= code.texts
    found = [SuspectedSecret(kind=one.form.kind, urn=one.urn, path=one.path) for one in in_values.found]
    for name, text in files.items():
        found += [SuspectedSecret(kind=kind, file=name, line=line) for line, kind in _lines(text)]
    order = sorted(set(found), key=lambda one: (one.file, one.line, one.urn, one.path, one.kind))
    return SuspectedSecrets(
        stack=stack,
        files=tuple(sorted(files)),
        values=in_values.examined,
        found=tuple(order),
        missing=declared.missing,
        unread=(*([f"code is too long to be looked at: {few_names(too_long)}"] if too_long else []), *code.unread),
        skipped=code.skipped,
    )


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """Line by line only where the whole text has something."""
    if detected(text):
        for number, line in enumerate(text.splitlines(), start=1):
            yield from ((number, one.kind) for one in detected(f"{line}\n"))
