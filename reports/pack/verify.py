"""Is a pack whole, who vouches for it, since when, and what came before it? Offline, in constant memory."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import field
from datetime import timedelta
from typing import BinaryIO, Final

from cryptography.x509 import Certificate
from securesystemslib.dsse import Envelope
from securesystemslib.signer import SSlibKey

from reports.pack.chain import chain_problems
from reports.pack.envelope import read_envelope, signature_of, signer_among
from reports.pack.names import STATEMENT, is_content, stamped_key
from reports.pack.problem import Kind, NoPack, Problem
from reports.pack.read import Contents, read_pack
from reports.pack.stated import file_problems
from reports.pack.statement import Statement, read_statement
from reports.pack.time_stamp import BadTimeStamp, Stamped, check_stamp
from scanner.model.late_dataclass import dataclass

_CLOCKS_APART: Final = timedelta(minutes=5)  # what two honest clocks may differ by
Keys = Mapping[str, Sequence[SSlibKey]]  # a name that people know it by, and the ways in which the key may sign


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What a pack is held against: keys that must have signed it, packs before it, roots of time stamp authorities."""

    keys: Keys = field(default_factory=dict)
    previous: Sequence[BinaryIO] = ()
    roots: Sequence[Certificate] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Examined:
    """What came of it. `signed`: key name to key id; `other_keys`: ids of signatures that no given key is for;
    `stamped`: time stamps by key id; `links`: how many packs back the chain was followed.

    It proves something only without problems and with a signature.
    """

    contents: Contents
    problems: tuple[Problem, ...]
    payload: bytes = b""
    statement: Statement | None = None
    envelope: Envelope | None = None
    signed: Mapping[str, str] = field(default_factory=dict)
    other_keys: tuple[str, ...] = ()
    stamped: Mapping[str, Stamped] = field(default_factory=dict)
    links: int = 0

    @property
    def statement_sha256(self) -> str:
        """What a later pack says of this one."""
        return hashlib.sha256(self.payload).hexdigest()


def examine(stream: BinaryIO, given: Given) -> Examined:
    """Find everything that is wrong with a pack.

    Raises: NoPack if it is none, or of an unknown version; OSError.
    """
    contents = read_pack(stream)
    problems = list(contents.problems)
    sealed = _sealed(contents, problems)
    if sealed is None:
        return Examined(contents=contents, problems=tuple(problems))
    envelope, statement = sealed
    if contents.whole:
        files = {entry.name: entry.sha256 for entry in contents.entries if is_content(entry.name)}
        problems += file_problems(files, statement)
    signed = _signed(envelope, given.keys, problems)
    stamped = _stamped(contents, envelope, given.roots, problems)
    problems += _stamps_too_early(statement, stamped)
    if given.roots and not stamped:
        problems.append(Problem(kind=Kind.TIME_STAMP, message="no time stamp holds, and one was asked for"))
    links = _chain(statement, given.previous, problems)
    return Examined(
        contents=contents,
        problems=_without_echoes(problems),
        payload=envelope.payload,
        statement=statement,
        envelope=envelope,
        signed=signed,
        other_keys=tuple(sorted(envelope.signatures.keys() - set(signed.values()))),
        stamped=stamped,
        links=links,
    )


def _sealed(contents: Contents, problems: list[Problem]) -> tuple[Envelope, Statement] | None:
    content = contents.own.get(STATEMENT)
    if content is None:
        if contents.whole:
            problems.append(Problem(kind=Kind.MISSING, file=STATEMENT, message="a pack has one"))
        return None
    try:
        envelope = read_envelope(content)
        return envelope, read_statement(envelope.payload)
    except NoPack:
        if not problems:
            raise
    except ValueError as error:
        problems.append(Problem(kind=Kind.STATEMENT, file=STATEMENT, message=str(error)))
    return None


def _signed(envelope: Envelope, keys: Keys, problems: list[Problem]) -> dict[str, str]:
    signed = {}
    for name, ways in keys.items():
        key_id = signer_among(envelope, ways)
        if key_id is not None:
            signed[name] = key_id
            continue
        what = "nobody has signed it" if not envelope.signatures else "it has no valid signature of this key"
        problems.append(Problem(kind=Kind.SIGNATURE, file=STATEMENT, message=f"{name}: {what}"))
    return signed


def _stamped(
    contents: Contents, envelope: Envelope, roots: Sequence[Certificate], problems: list[Problem]
) -> dict[str, Stamped]:
    stamped = {}
    for name, content in contents.own.items():
        key_id = stamped_key(name)
        if key_id is None:
            continue
        try:
            if key_id not in envelope.signatures:
                raise BadTimeStamp("there is no signature that it could be about")  # noqa: TRY301 - one place says so
            stamped[key_id] = check_stamp(content, signature_of(envelope, key_id), roots)
        except BadTimeStamp as error:
            problems.append(Problem(kind=Kind.TIME_STAMP, file=name, message=str(error)))
    return stamped


def _stamps_too_early(statement: Statement, stamped: Mapping[str, Stamped]) -> list[Problem]:
    ended = statement.predicate.run.finished_at
    return [
        Problem(
            kind=Kind.TIME_STAMP,
            message=f"stamped at {stamp.at:%Y-%m-%d %H:%M:%SZ}, before the run is said to have ended "
            f"({ended:%Y-%m-%d %H:%M:%SZ}): one of the two clocks was wrong",
        )
        for stamp in stamped.values()
        if stamp.at < ended - _CLOCKS_APART
    ]


def _chain(statement: Statement, previous: Sequence[BinaryIO], problems: list[Problem]) -> int:
    earlier = []
    for number, stream in enumerate(previous, start=1):
        examined = examine(stream, Given())
        problems += [
            Problem(kind=Kind.CHAIN, file=problem.file, message=f"earlier pack {number}: {problem.message}")
            for problem in examined.problems
        ]
        if examined.statement is not None:
            earlier.append((examined.payload, examined.statement))
    problems += chain_problems(statement, earlier)
    return len(earlier)


def _without_echoes(problems: Sequence[Problem]) -> tuple[Problem, ...]:
    """One altered byte of a file shows in its CRC-32 and in its SHA-256; one of the two is enough."""
    seen: dict[tuple[Kind, str], Problem] = {}
    for problem in problems:
        key = (problem.kind, problem.file if problem.kind is Kind.CHANGED else problem.message)
        seen.setdefault(key, problem)
    return tuple(seen.values())
