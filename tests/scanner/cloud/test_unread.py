"""What the program's host leaves out of the SDK's work on each resource changes nothing that is told of it."""

import json
import subprocess

from tests.scanner.cloud.running import PYTHON, ROOT

_HOST = ROOT / "scanner" / "cloud" / "program_host"
_PROGRAM = """
import json, os, sys
sys.path.insert(0, sys.argv[1])
import pulumi
from pulumi.runtime import mocks, resource
answer = os.dup(1); os.dup2(2, 1)
asked, plain = [], resource.create_urn
def counted(*arguments, **named):
    asked.append(sys._getframe(1).f_code.co_name)
    return plain(*arguments, **named)
resource.create_urn = counted
lines = []
if sys.argv[2] == "left out":
    from ocpi_posture_host.unread import leave_out
    leave_out()
class Seen(mocks.Mocks):
    def new_resource(self, args):
        return args.name + "-id", args.inputs
    def call(self, args):
        return {}
told = {}
class Outer(pulumi.ComponentResource):
    def __init__(self):
        super().__init__("own:index:Outer", "outer")
        self.inner = Inner(self)
class Inner(pulumi.CustomResource):
    def __init__(self, parent):
        alias = pulumi.Alias(name="former", parent=pulumi.ROOT_STACK_RESOURCE)
        options = pulumi.ResourceOptions(parent=parent, aliases=[alias])
        super().__init__("own:index:Inner", "inner", {"word": "w"}, options)
        self.aliases = self._aliases
mocks.set_mocks(Seen(), "project", "stack", preview=True)
@pulumi.runtime.test
def program():
    outer = Outer()
    read = pulumi.CustomResource("own:index:Inner", "read", {}, pulumi.ResourceOptions(id="there"))
    parts = [outer.urn, outer.inner.urn, outer.inner.id, read.urn, *outer.inner.aliases]
    return pulumi.Output.all(*parts).apply(lambda values: told.update(values=values))
program()
os.write(answer, json.dumps({**told, "made up": sum(one in ("do_register", "do_read") for one in asked)}).encode())
"""


def told_by(way: str) -> dict[str, object]:
    done = subprocess.run([PYTHON, "-I", "-c", _PROGRAM, _HOST, way], capture_output=True, check=True, text=True)
    told: dict[str, object] = json.loads(done.stdout)
    return told


def test_urns_ids_and_aliases_are_those_that_the_sdk_makes_by_itself():
    plain, left_out = told_by("as ever"), told_by("left out")
    assert plain["made up"] == 4  # one for the stack
    assert left_out["made up"] == 0
    assert left_out["values"] == plain["values"]
    assert "outer" in json.dumps(plain["values"])
    assert "former" in json.dumps(plain["values"])
