import pytest

from scanner.cloud.loaders.engine_format import EngineState, Frame
from scanner.cloud.loaders.engine_position import position_of

BORROWED = "project:///.venv/lib/python3.12/site-packages/pulumi_aws/provider.py#805"


@pytest.mark.parametrize(
    "frames, place",
    [
        (["project:///__main__.py#32"], ("__main__.py", 32)),
        (["project:///infra/api.py#54", "project:///infra/stack.py#172"], ("infra/api.py", 54)),
        ([BORROWED, "", "project:///__main__.py#20"], ("__main__.py", 20)),
        (["project:///node_modules/@scope/lib/index.js#9,3", "project:///index.ts#12,5"], ("index.ts", 12)),
        (["project:///../elsewhere/lib.py#3", "project:///infra/a.py#4"], ("infra/a.py", 4)),
        (["project:///a/../../etc/passwd#1"], None),
        (["project:///%2e%2e/etc/passwd#1"], None),
        (["project:////etc/passwd#1"], None),
        (["file:///opt/lib.py#1"], None),
        (["project:///my%20app/main.py#7"], ("my app/main.py", 7)),
        (["project:///main.py"], ("main.py", 0)),
        (["project:///main.py#99999999999"], None),
        (["project:///", ""], None),
        ([], None),
    ],
)
def test_the_innermost_line_of_the_project_is_taken(frames, place):
    first = frames[0] if frames else ""
    trace = [Frame(sourcePosition=frame) for frame in frames]
    position = position_of(EngineState(urn="u", type="t", source_position=first, stack_trace=trace))
    assert (position and (position.file, position.line)) == place
