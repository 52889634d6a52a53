"""Runs the Pulumi program and asks for every resource over a pipe what became of it. Runs in infra/.venv.

Standard input: a line {"project": DIR, "config": {key: text}}, then one line {"id": .., "outputs": {..}} for each
question. Standard output: one line {"type": .., "name": .., "inputs": {..}, "sdk": [..]} a resource, `sdk` being what
the provider's types say against the inputs; at the end {"end": "done", "unanswered": [..]}, the outputs that the
program read and that nobody gave; `end` may also be "refused" or "broken", with a sentence.
"""

import asyncio
import json
import runpy
import sys
import threading
import traceback
from pathlib import Path

import pulumi
from pulumi.runtime import mocks, rpc, set_all_config, set_mocks

sys.path.insert(0, str(Path(__file__).parent))
from sdk_types import complaints  # type: ignore[import-not-found]

ANSWERS, QUESTIONS = sys.stdin, sys.stdout
sys.stdout = sys.stderr  # whatever prints does not disturb the questions
ONE_AT_A_TIME = threading.Lock()


UNANSWERED: set[str] = set()
pulumi_get = pulumi.get


def note(resource, name, known):
    if known is None:
        UNANSWERED.add(f"{resource.pulumi_resource_type}: {name}")


def get(resource, name):
    """As the SDK's getters read an output; a missing one would go on as None, into names and policies."""
    output = pulumi_get(resource, name)
    if isinstance(resource, pulumi.CustomResource) and isinstance(output, pulumi.Output):
        output.apply(lambda known: note(resource, name, known))
    return output


def readable(value):
    if isinstance(value, pulumi.FileAsset | pulumi.FileArchive):
        return {"path": str(value.path)}
    if isinstance(value, pulumi.AssetArchive):
        return {"assets": value.assets}
    raise TypeError(type(value))


def without_marks(value):
    """As AWS gets it: what the engine would keep encrypted is unwrapped."""
    if isinstance(value, dict):
        if value.get(rpc._special_sig_key) == rpc._special_secret_sig:
            return without_marks(value["value"])
        return {key: without_marks(member) for key, member in value.items()}
    return [without_marks(member) for member in value] if isinstance(value, list) else value


def ask(question):
    with ONE_AT_A_TIME:
        QUESTIONS.write(json.dumps(question, default=readable) + "\n")
        QUESTIONS.flush()
        answer = ANSWERS.readline()
    if not answer:
        raise SystemExit("nobody answers")
    return json.loads(answer)


class RemoteCloud(mocks.Mocks):  # type: ignore[misc] # pulumi is in infra/.venv only
    def new_resource(self, args):
        clear = without_marks(args.inputs)
        said = complaints(args.typ, clear) if args.typ.startswith("aws:") else []
        answer = ask({"type": args.typ, "name": args.name, "inputs": clear, "sdk": said})
        return answer["id"], {**args.inputs, **answer["outputs"]}

    def call(self, args):
        raise AssertionError(f"the program asks the provider: {args.token}")


def main():
    order = json.loads(ANSWERS.readline())
    sys.path.insert(0, order["project"])
    set_all_config({f"ocpi-posture:{key}": value for key, value in order["config"].items()})
    asyncio.set_event_loop(asyncio.new_event_loop())
    set_mocks(RemoteCloud(), project="ocpi-posture", stack="test", preview=False)
    pulumi.get = get
    program = str(Path(order["project"]) / "infra" / "__main__.py")
    try:
        pulumi.runtime.test(lambda: runpy.run_path(program, run_name="__main__"))()
    except pulumi.RunError as error:
        end = {"end": "refused", "sentence": str(error)}
    except Exception as error:  # noqa: BLE001 - told to whoever asked, with the outputs that it may come from
        traceback.print_exc()
        end = {"end": "broken", "sentence": repr(error)}
    else:
        end = {"end": "done"}
    QUESTIONS.write(json.dumps({**end, "unanswered": sorted(UNANSWERED)}) + "\n")
    QUESTIONS.flush()


main()
