"""The checklist of a run as an OSCAL catalog: a group for each layer, a control for each row.

A row's objective is what assessment results speak about; its method says how it is verified. What it speaks to in
standards stands in properties `maps-to`: ids that stand in their publishers' own lists only.
"""

import hashlib
from collections.abc import Iterable
from typing import Final

from checks.model.control import Layer
from reports.model.posture import ControlPosture, Posture
from reports.oscal import NAMESPACE, JsonObject, markup, metadata, objective, plain, props, uuid_of, written
from scanner.model.json_value import JsonValue
from scanner.model.witness import Witness

TITLE: Final = "OCPI security checklist"
_EXAMINED: Final = frozenset({Witness.CLOUD_DECLARED, Witness.RECORDS, Witness.LOGS, Witness.ATTESTATION})


def render_oscal_catalog(posture: Posture) -> bytes:
    """The rows by which the run was judged; the same rows give the same UUID."""
    rows = _rows(posture)
    version = dict(posture.run.digests).get("catalogue", posture.tool.version)
    catalog: JsonObject = {"uuid": _uuid(posture.layers, rows), "metadata": metadata(posture, TITLE, version)}
    groups = [_group(layer, [row for row in rows if row.layer == layer.id]) for layer in posture.layers]
    return written({"catalog": {**catalog, **({"groups": groups} if groups else {})}})


def methods(witnesses: Iterable[Witness]) -> tuple[str, ...]:
    """OSCAL's methods: what was asked of a running system is a test, what was read is an examination."""
    return tuple(dict.fromkeys("EXAMINE" if witness in _EXAMINED else "TEST" for witness in witnesses))


def _rows(posture: Posture) -> tuple[ControlPosture, ...]:
    """Each row once, however many environments there are."""
    return tuple({control.id: control for control in reversed(posture.controls)}.values())[::-1]


def _uuid(layers: Iterable[Layer], rows: Iterable[ControlPosture]) -> str:
    said = [f"{layer.id} {layer.title}" for layer in layers]
    said += [f"{row.id} {row.layer} {row.severity} {row.title} {row.verify} {row.rolled_up}" for row in rows]
    said += [f"{row.id} {row.frameworks}" for row in rows if row.frameworks]
    return uuid_of("catalog", hashlib.sha256("\n".join(said).encode(errors="replace")).hexdigest())


def _group(layer: Layer, rows: Iterable[ControlPosture]) -> JsonObject:
    controls: list[JsonValue] = [_control(row) for row in rows]
    group: JsonObject = {"id": layer.id, "title": markup(layer.title)}
    return {**group, "controls": controls} if controls else group


def _control(row: ControlPosture) -> JsonObject:
    control: JsonObject = {
        "id": row.id,
        "title": markup(row.title),
        "props": [
            *props(severity=str(row.severity), witness=[str(witness) for witness, _ in row.witnesses]),
            *_mapped(row),
        ],
        "parts": [
            {"id": f"{row.id}_smt", "name": "statement", "prose": markup(row.title)},
            {"id": objective(row.id), "name": "assessment-objective", "prose": markup(row.title)},
            *_methods(row),
        ],
    }
    if row.rolled_up:
        control["links"] = [{"href": f"#{folded}", "rel": "related"} for folded in row.rolled_up]
    return control


def _mapped(row: ControlPosture) -> Iterable[JsonValue]:
    """What the row speaks to in standards, by their own ids; `class` is the framework's key in posture.json."""
    for framework, ids in row.frameworks:
        for one in ids:
            yield {"name": "maps-to", "ns": NAMESPACE, "class": framework, "value": plain(one)}


def _methods(row: ControlPosture) -> Iterable[JsonValue]:
    for method in methods(witness for witness, _ in row.witnesses):
        yield {
            "id": f"{row.id}_{method.lower()}",
            "name": "assessment-method",
            "props": [{"name": "method", "value": method}],
            "prose": markup(row.verify, 4_000),
        }
