"""Are the files of a pack those of its statement, no more and no fewer?"""

from collections.abc import Mapping

from reports.pack.problem import Kind, Problem
from reports.pack.statement import Statement


def file_problems(files: Mapping[str, str], statement: Statement) -> list[Problem]:
    """Files (name to SHA-256, hex) that are not those of the statement."""
    stated = {subject.name: subject.digest.sha256 for subject in statement.subject}
    problems = [
        Problem(kind=Kind.CHANGED, file=name, message="its SHA-256 is not the stated one")
        for name, sha256 in files.items()
        if name in stated and stated[name] != sha256
    ]
    problems += [
        Problem(kind=Kind.SURPLUS, file=name, message="the statement does not know it")
        for name in files.keys() - stated
    ]
    problems += [
        Problem(kind=Kind.MISSING, file=name, message="the statement names it, and it is not there")
        for name in stated.keys() - files.keys()
    ]
    return sorted(problems, key=lambda problem: (problem.file, problem.kind))
