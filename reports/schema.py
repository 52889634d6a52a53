"""The published JSON Schema (2020-12) of posture.json, generated from `reports.wire`.

`python -m reports.schema` writes it again after a change; a test holds the committed file against the types.
"""

import json
from pathlib import Path
from typing import Final

from reports.wire import SCHEMA_ID, PostureDocument

SCHEMA_FILE: Final = Path(__file__).parent / "schemas" / "posture.schema.json"


def posture_schema() -> bytes:
    """The schema as it is published."""
    generated = PostureDocument.model_json_schema(mode="validation")
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": SCHEMA_ID, **generated}
    return (json.dumps(schema, indent=2, sort_keys=True) + "\n").encode()


if __name__ == "__main__":
    SCHEMA_FILE.write_bytes(posture_schema())
