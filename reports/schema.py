"""The published JSON Schemas (2020-12), generated from the types: posture.json, and what an evidence pack states.

`python -m reports.schema` writes them again after a change; tests hold the committed files against the types.
"""

import json
from pathlib import Path
from typing import Final

from pydantic import BaseModel

from reports.pack.statement import Statement
from reports.wire.posture import SCHEMA_ID, PostureDocument

_FOLDER: Final = Path(__file__).parent / "schemas"
SCHEMA_FILE: Final = _FOLDER / "posture.schema.json"
PACK_SCHEMA_FILE: Final = _FOLDER / "evidence-pack.schema.json"
_PACK_SCHEMA_ID: Final = "urn:ocpi-posture:schema:evidence-pack:1"


def posture_schema() -> bytes:
    """The schema of posture.json as it is published."""
    return _schema(PostureDocument, SCHEMA_ID)


def pack_schema() -> bytes:
    """The schema of the statement in an evidence pack as it is published."""
    return _schema(Statement, _PACK_SCHEMA_ID)


def _schema(model: type[BaseModel], schema_id: str) -> bytes:
    generated = model.model_json_schema(mode="validation")
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": schema_id, **generated}
    return (json.dumps(schema, indent=2, sort_keys=True) + "\n").encode()


if __name__ == "__main__":
    SCHEMA_FILE.write_bytes(posture_schema())
    PACK_SCHEMA_FILE.write_bytes(pack_schema())
