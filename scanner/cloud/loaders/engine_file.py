"""Read a file that the engine wrote: bounded, and every way in which it can be unreadable in one sentence."""

import codecs
import hashlib
from pathlib import Path
from typing import Final

import msgspec

from scanner.cloud.declared import NotDeclared
from scanner.cloud.loaders.bounded_file import read_bounded
from scanner.cloud.loaders.engine_format import (
    KNOWN_FEATURES,
    KNOWN_VERSIONS,
    Checkpoint,
    Deployment,
    Envelope,
    Preview,
)
from scanner.cloud.one_line import cut_line
from scanner.model.late_dataclass import dataclass

MAX_BYTES: Final = 128 * 2**20
_ASK_AGAIN: Final = "Write it again: `pulumi preview --json --show-sames > preview.json`."
_AS_IT_IS: Final = "give it to Checkov as it is; for a scan, name it under"
_STDOUT_ALONE: Final = "Send stdout alone to the file, not stderr (`2>&1`)."
_EXPORT: Final = "Write it again: `pulumi stack export > state.json`."


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineDocument:
    """A document that was recognised; `name` is what sentences call it, `sha256` (hex) that of its bytes."""

    name: str
    sha256: str
    content: Preview | Deployment


def read_engine_file(file: Path) -> EngineDocument:
    """Read, recognise and parse one file.

    Raises: NotDeclared.
    """
    text = read_bounded(file, MAX_BYTES)
    return EngineDocument(name=file.name, sha256=text.sha256, content=_parsed(text.data, file.name))


def parse_engine_document(data: bytes, name: str) -> EngineDocument:
    """The same for bytes that are there already.

    Raises: NotDeclared.
    """
    digest = hashlib.sha256(data).hexdigest()
    return EngineDocument(name=name, sha256=digest, content=_parsed(data.removeprefix(codecs.BOM_UTF8), name))


def _parsed(text: bytes, name: str) -> Preview | Deployment:
    try:
        return _content(text, name)
    except RecursionError:
        raise NotDeclared(f"{name} is nested too deeply to be an engine's document") from None
    except msgspec.ValidationError as error:
        raise NotDeclared(f"{name} does not have the engine's form: {error}", deed=_ASK_AGAIN) from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise _not_json(text, name, error) from None


def _content(text: bytes, name: str) -> Preview | Deployment:
    envelope = msgspec.json.decode(text, type=Envelope)
    if envelope.deployment:
        _check_version(envelope, name)
        return _deployment(msgspec.json.decode(envelope.deployment, type=Deployment | None), name)
    if envelope.checkpoint:
        _check_version(envelope, name)
        return _deployment(msgspec.json.decode(envelope.checkpoint, type=Checkpoint).latest, name)
    if envelope.steps or envelope.change_summary or envelope.diagnostics:
        return msgspec.json.decode(text, type=Preview)
    raise _unrecognised(envelope, name)


def _check_version(envelope: Envelope, name: str) -> None:
    if envelope.version not in KNOWN_VERSIONS:
        known = " and ".join(map(str, KNOWN_VERSIONS))
        said = "none" if envelope.version is None else str(envelope.version)
        raise NotDeclared(f"{name} has version {said} of the state format; {known} are understood", deed=_EXPORT)
    if unknown := sorted(set(envelope.features or ()) - KNOWN_FEATURES):
        raise NotDeclared(f"{name} uses what is not understood here: {cut_line(', '.join(unknown), 200)}")


def _deployment(found: Deployment | None, name: str) -> Deployment:
    if found is None or not found.resources:
        raise NotDeclared(f"{name} is the state of a stack that has no resources: it was never deployed, or destroyed")
    return found


def _unrecognised(envelope: Envelope, name: str) -> NotDeclared:
    if envelope.planned_values or envelope.format_version:
        return NotDeclared(f"{name} is a Terraform plan already: {_AS_IT_IS} `cloud.terraform_plans`")
    if envelope.template:
        return NotDeclared(f"{name} looks like a CloudFormation template: {_AS_IT_IS} `cloud.templates`")
    if envelope.sequence:
        return _a_stream(name)
    return NotDeclared(f"{name} holds neither steps (a preview) nor a deployment (a state)", deed=_ASK_AGAIN)


def _a_stream(name: str) -> NotDeclared:
    return NotDeclared(
        f"{name} is a stream of engine events, not one document",
        deed="Leave PULUMI_ENABLE_STREAMING_JSON_PREVIEW out of the environment.",
    )


def _not_json(data: bytes, name: str, error: Exception) -> NotDeclared:
    begin = data.lstrip()[:1]
    if not begin:
        return NotDeclared(f"{name} is empty", deed=_ASK_AGAIN)
    if "truncated" in str(error):
        return NotDeclared(
            f"{name} ends in the middle of its JSON: the command that wrote it was ended", deed=_ASK_AGAIN
        )
    if "trailing" in str(error) and b'"sequence"' in data[:4096]:
        return _a_stream(name)
    if begin != b"{":
        return NotDeclared(f"{name} is not the JSON of an engine: it begins with something else", deed=_STDOUT_ALONE)
    if "trailing" in str(error):
        return NotDeclared(f"{name} holds something else behind its JSON", deed=_STDOUT_ALONE)
    return NotDeclared(f"{name} is not JSON: {error}", deed=_ASK_AGAIN)
