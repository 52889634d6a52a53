"""What `evidence verify` says about a pack, for people and for machines. What was not checked is said as well."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from reports.pack.statement import Statement
from reports.pack.verify import Examined
from reports.text import one_line
from scanner.model.json_value import JsonValue

_TIME: Final = "%Y-%m-%d %H:%M:%SZ"
_SHOWN: Final = 200  # problems, for people; a machine gets all of them


def as_text(pack: Path, examined: Examined) -> str:
    """A few lines for people."""
    lines = [str(pack), *_facts(examined), ""]
    if examined.problems:
        lines.append("NOT INTACT: nothing in this pack is proven.")
        for problem in examined.problems[:_SHOWN]:
            file = f"{one_line(problem.file, 200)}: " if problem.file else ""
            lines.append(f"  {problem.kind}: {file}{one_line(problem.message)}")
        if len(examined.problems) > _SHOWN:
            lines.append(f"  and {len(examined.problems) - _SHOWN} more")
    elif examined.signed:
        lines.append("Intact and signed.")
    else:
        lines.append("Intact, but nobody was shown to have signed it: anybody could have made it.")
    return "\n".join(lines)


def _facts(examined: Examined) -> Iterator[str]:
    statement = examined.statement
    if statement is None:
        return
    run, entries = statement.predicate.run, examined.contents.entries
    yield f"  run        {one_line(run.id, 80)}, {run.mode}, {one_line(', '.join(run.environments), 200)}"
    yield f"  looked     {run.started_at:{_TIME}} to {run.finished_at:{_TIME}} by the scanner's clock"
    yield f"  made by    {_tools(statement)}"
    yield f"  files      {len(entries):,}, {sum(entry.size for entry in entries):,} bytes"
    yield f"  statement  SHA-256 {examined.statement_sha256}"
    yield from (f"  signed     {name} (key {key_id})" for name, key_id in examined.signed.items())
    yield from (f"  signature  of key {key_id}: not checked, its key was not given" for key_id in examined.other_keys)
    if not examined.signed and not examined.other_keys:
        yield "  signed     by nobody"
    yield from _stamps(examined)
    yield f"  chain      {_chain(examined, statement)}"
    yield f"  masked     {_masked(statement)}"


def _tools(statement: Statement) -> str:
    return one_line(", ".join(f"{tool.name} {tool.version}" for tool in statement.predicate.tools), 200)


def _stamps(examined: Examined) -> Iterator[str]:
    for stamp in examined.stamped.values():
        doubt = "" if stamp.trusted else ", whose root was not given: not checked"
        yield f"  stamped    {stamp.at:{_TIME}} by {one_line(stamp.authority, 120)}{doubt}"
    if not examined.stamped:
        yield "  stamped    by nobody: when it was signed rests on the word of the signer"


def _chain(examined: Examined, statement: Statement) -> str:
    link = statement.predicate.previous
    if link is None:
        return "begins here"
    if examined.links:
        return "followed 1 pack back" if examined.links == 1 else f"followed {examined.links} packs back"
    return f"goes back to run {one_line(link.run, 80)} (statement {link.statement_sha256}): not given, not checked"


def _masked(statement: Statement) -> str:
    counts = [f"{kind} ({count:,})" for kind, count in sorted(statement.predicate.redacted.items()) if count]
    return one_line(", ".join(counts), 200) or "nothing"


def as_document(examined: Examined) -> JsonValue:
    """The same for machines."""
    statement = examined.statement
    return {
        "intact": not examined.problems,
        "signed": dict(examined.signed),
        "not_checked": list(examined.other_keys),
        "stamped": [
            {"key": key_id, "at": stamp.at.isoformat(), "authority": stamp.authority, "trusted": stamp.trusted}
            for key_id, stamp in examined.stamped.items()
        ],
        "links": examined.links,
        "statement_sha256": examined.statement_sha256 if statement else None,
        "predicate": statement.predicate.model_dump(mode="json") if statement else None,
        "problems": [
            {"kind": str(problem.kind), "file": problem.file, "message": problem.message}
            for problem in examined.problems
        ],
    }
