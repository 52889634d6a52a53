"""Runs the Pulumi program under Pulumi's mocks and prints every registration as one JSON list. Runs in infra/.venv.

Reads from standard input: {"project": DIR, "config": {key: text}}. Values that only AWS knows are invented from the
resource's name, so that what refers to what can be read from the output.
"""

import asyncio
import json
import runpy
import sys
from pathlib import Path

import pulumi
from pulumi.runtime import mocks, rpc, set_all_config, set_mocks

INVENTED = (
    "invokeArn", "executionArn", "rootResourceId", "prefixListId", "regionalDomainName", "keyId", "value", "name",
)  # fmt: skip


class Invented(mocks.Mocks):
    def new_resource(self, args):
        service = args.typ.split(":")[1].split("/")[0] if ":" in args.typ else args.typ
        outputs = {key: f"{args.name}:{key}" for key in INVENTED} | args.inputs
        outputs.setdefault("arn", f"arn:aws:{service}:eu-central-1:123456789012:{args.typ.split(':')[-1]}/{args.name}")
        return f"{args.name}-id", outputs

    def call(self, args):
        raise AssertionError(f"the program asks the provider: {args.token}")


class Recorder(mocks.MockMonitor):
    def __init__(self):
        super().__init__(Invented())
        self.registrations = []

    def RegisterResource(self, request):  # noqa: N802 - gRPC's name
        self.registrations.append(
            {
                "type": request.type,
                "name": request.name,
                "inputs": rpc.deserialize_properties(request.object, keep_unknowns=True),
                "parent": request.parent,
                "provider": request.provider,
                "protect": request.protect,
                "dependencies": sorted(request.dependencies),
                "ignored": sorted(request.ignoreChanges),
                "property_dependencies": {k: sorted(v.urns) for k, v in request.propertyDependencies.items()},
                "line": request.sourcePosition.line,
            }
        )
        return super().RegisterResource(request)


def readable(value):
    if isinstance(value, pulumi.asset.FileAsset | pulumi.asset.FileArchive):
        return {"path": str(value.path)}
    if isinstance(value, pulumi.asset.AssetArchive):
        return {"assets": value.assets}
    if rpc.is_rpc_secret(value):
        return {"secret": rpc.unwrap_rpc_secret(value)}
    raise TypeError(type(value))


def main():
    order = json.load(sys.stdin)
    asyncio.set_event_loop(asyncio.new_event_loop())
    recorder = Recorder()
    set_all_config({f"ocpi-posture:{key}": value for key, value in order["config"].items()})
    set_mocks(recorder.mocks, project="ocpi-posture", stack="test", preview=False, monitor=recorder)
    program = Path(order["project"]) / "infra" / "__main__.py"
    try:
        pulumi.runtime.test(lambda: runpy.run_path(str(program), run_name="__main__"))()
    except pulumi.RunError as error:
        json.dump({"refused": str(error)}, sys.stdout)
        return
    json.dump({"registrations": recorder.registrations}, sys.stdout, default=readable)


main()
