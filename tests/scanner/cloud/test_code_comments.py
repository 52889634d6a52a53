from pathlib import Path

import pytest

from scanner.cloud.code_comments import code_comments
from scanner.model.facts.cloud import CodeComment
from scanner.model.resource import Resource
from scanner.model.tool_verdict import SourcePosition

PROGRAM = """import pulumi_aws as aws

# ocpi-posture: accept CKV_AWS_7 line above
# and a word to the reader
key = aws.kms.Key("a")
topic = aws.sns.Topic(  # ocpi-posture: accept CKV_AWS_26 on the line
    "b",
    # ocpi-posture: accept CKV_AWS_99 inside the call
    kms_master_key_id=key.arn,
)

for name in "cd":
    aws.sqs.Queue(name)  # ocpi-posture: accept CKV_AWS_27 for each
secret = (
    aws.secretsmanager.Secret("e")
)  # ocpi-posture: accept after the statement
text = "# ocpi-posture: accept only a text"
last = aws.kms.Key("f")
# ocpi-posture: accept below, beside nothing
"""


def resource(name: str, line: int, file: str = "__main__.py") -> Resource:
    return Resource(
        urn=name,
        token="aws:kms/key:Key",
        name=name,
        stack="s",
        inputs={},
        position=SourcePosition(file=file, line=line),
    )


DECLARED = [resource("a", 5), resource("b", 6), resource("c", 13), resource("d", 13), resource("e", 15)]


def comments_in(folder: Path, text: str, *resources: Resource, file: str = "__main__.py") -> list[tuple[str, ...]]:
    (folder / file).write_text(text, encoding="utf-8")
    _, found = code_comments(resources, folder)
    return [(one.text.removeprefix("accept "), *one.urns) for one in found]


def test_a_comment_belongs_to_the_resource_on_its_line_right_below_it_or_around_it(tmp_path):
    assert comments_in(tmp_path, PROGRAM, *DECLARED, resource("f", 18)) == [
        ("CKV_AWS_7 line above", "a"),
        ("CKV_AWS_26 on the line", "b"),
        ("CKV_AWS_99 inside the call", "b"),
        ("CKV_AWS_27 for each", "c", "d"),
        ("after the statement",),
        ("below, beside nothing",),
    ]


def test_a_file_that_cannot_be_parsed_still_has_lines(tmp_path):
    text = "key = Key(\n# ocpi-posture: accept above\nother = Key()  # ocpi-posture: accept here\n)))"
    assert comments_in(tmp_path, text, resource("a", 3)) == [("above", "a"), ("here", "a")]


@pytest.mark.parametrize("file, mark", [("index.ts", "//"), ("main.tf", "#"), ("Pulumi.yaml", "#")])
def test_in_other_languages_the_line_and_those_right_above_count(tmp_path, file, mark):
    text = f"{mark} ocpi-posture: accept above\nresource a\n{mark} ocpi-posture: accept below\n"
    found = comments_in(tmp_path, text, resource("a", 2, file), file=file)
    assert found == [("above", "a"), ("below",)]


def test_only_files_inside_the_project_are_read(tmp_path):
    project = tmp_path / "project"
    project.mkdir()
    (tmp_path / "outside.py").write_text("# ocpi-posture: accept x\n")
    (project / "link.py").symlink_to(tmp_path / "outside.py")
    (project / "large.py").write_text("#" * 3_000_000)
    (project / "bytes.py").write_bytes(b"\xff\xfe\x00")
    names = ("../outside.py", str(tmp_path / "outside.py"), "link.py", "large.py", "bytes.py", "nowhere.py", "")
    assert code_comments([resource("a", 1, name) for name in names], project) == ((), ())


def test_the_files_that_were_read_are_named(tmp_path):
    (tmp_path / "__main__.py").write_text("a = 1\n")
    assert code_comments([resource("a", 1)], tmp_path) == (("__main__.py",), ())
    assert code_comments([resource("a", 0)], tmp_path) == ((), ()), "no line, nothing to look at"


def test_a_comment_says_where_it_stands(tmp_path):
    (tmp_path / "__main__.py").write_text("a = K()  # ocpi-posture: accept  CKV_AWS_1 \n")
    _, found = code_comments([resource("a", 1)], tmp_path)
    assert found == (CodeComment(file="__main__.py", line=1, text="accept  CKV_AWS_1", urns=("a",)),)
