"""Runs the Pulumi program under Pulumi's mocks, once per config, and prints what it registered. Runs in infra/.venv.

Standard input: {"project": DIR, "configs": {name: {key: text}}}. Standard output: {name: {"registrations": [..]} or
{"refused": SENTENCE}}. Modules are loaded and types of properties worked out once; every run is a fork, as Pulumi's
settings are global. What only AWS knows is invented from the resource's name, so that the output tells what refers to
what. Where the program declares something is not recorded: reading the trace of every resource takes a fifth of a run.
"""

import asyncio
import gc
import json
import os
import runpy
import sys
import tempfile
from pathlib import Path

import pulumi
import pulumi_aws
from pulumi import _types
from pulumi.runtime import mocks, resource, rpc, set_all_config, set_mocks
from pulumi.runtime.proto import source_pb2

INVENTED = (
    "invokeArn",
    "executionArn",
    "rootResourceId",
    "prefixListId",
    "regionalDomainName",
    "arnWithoutRevision",
    "repositoryUrl",
    "publicIp",
    "keyId",
    "value",
    "name",
)

MODULES = (
    "apigateway",
    "cloudwatch",
    "dynamodb",
    "ebs",
    "ec2",
    "iam",
    "kms",
    "lambda_",
    "secretsmanager",
    "networkfirewall",
    "organizations",
    "s3",
    "cloudtrail",
    "guardduty",
    "securityhub",
    "sns",
    "sqs",
    "vpc",
    "wafv2",
)


FIREWALL = "aws:networkfirewall/firewall:Firewall"


def endpoint_in(letter):
    attached = [{"endpointId": f"vpce-{letter}", "subnetId": f"firewall-{letter}-id"}]
    return {"availabilityZone": f"eu-central-1{letter}", "attachments": attached}


class InventedCloud(mocks.Mocks):  # type: ignore[misc] # pulumi is in infra/.venv only
    def new_resource(self, args):
        service = args.typ.split(":")[1].split("/")[0] if ":" in args.typ else args.typ
        outputs = {key: f"{args.name}:{key}" for key in INVENTED} | args.inputs
        if args.typ == FIREWALL:
            outputs["firewallStatuses"] = [{"syncStates": [endpoint_in(zone) for zone in "abcdef"]}]
        if args.typ == "aws:organizations/organization:Organization":
            outputs["roots"] = [{"id": "r-root"}]
        outputs.setdefault("arn", f"arn:aws:{service}:eu-central-1:123456789012:{args.typ.split(':')[-1]}/{args.name}")
        return f"{args.name}-id", outputs

    def call(self, args):
        raise AssertionError(f"the program asks the provider: {args.token}")


class Recorder(mocks.MockMonitor):  # type: ignore[misc]
    def __init__(self):
        super().__init__(InventedCloud())
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
            }
        )
        return super().RegisterResource(request)


def readable(value):
    if isinstance(value, pulumi.FileAsset | pulumi.FileArchive):
        return {"path": str(value.path)}
    if isinstance(value, pulumi.AssetArchive):
        return {"assets": value.assets}
    raise TypeError(type(value))


def run(program, config):
    recorder = Recorder()
    set_all_config({f"ocpi-posture:{key}": value for key, value in config.items()})
    set_mocks(recorder.mocks, project="ocpi-posture", stack="test", preview=False, monitor=recorder)
    try:
        pulumi.runtime.test(lambda: runpy.run_path(program, run_name="__main__"))()
    except pulumi.RunError as error:
        return {"refused": str(error)}
    return {"registrations": recorder.registrations}


def run_in_child(program, config):
    with tempfile.TemporaryFile("w+") as answer:
        child = os.fork()
        if child == 0:
            asyncio.set_event_loop(asyncio.new_event_loop())
            json.dump(run(program, config), answer, default=readable)
            answer.flush()
            os._exit(0)
        _, status = os.waitpid(child, 0)
        if status != 0:
            raise SystemExit(f"the program ended with {status}")
        answer.seek(0)
        return json.load(answer)


def main():
    gc.disable()  # every fork lives for a second: looking for garbage would copy what they share
    order = json.load(sys.stdin)
    sys.path.insert(0, order["project"])
    import infra.audit_stack  # noqa: PLC0415 - with the path from above
    import infra.kinds  # noqa: PLC0415
    import infra.organization_stack  # noqa: PLC0415
    import infra.stack  # noqa: F401, PLC0415

    for module in MODULES:  # they load when first touched: here, instead of in every fork
        hasattr(getattr(pulumi_aws, module), "outputs")
    from tests.checks.families.cloud.run_cases import Met  # noqa: PLC0415

    met = Met(_types)
    resource._get_stack_trace = source_pb2.StackTrace
    gc.freeze()
    program = str(Path(order["project"]) / "infra" / "__main__.py")
    outcomes = {}
    for name, config in order["configs"].items():
        outcomes[name] = run_in_child(program, config)
        met.take_over()
    json.dump(outcomes, sys.stdout)


main()
