"""Whether a document keeps to a published schema, offline."""

import json
from functools import cache
from pathlib import Path

from jsonschema import validators

_FOLDER = Path(__file__).parent / "schemas"


@cache
def _validator(name: str):
    schema = json.loads((_FOLDER / name).read_text())
    kind = validators.validator_for(schema)
    kind.check_schema(schema)
    return kind(schema)


def complaints(name: str, document: bytes) -> list[str]:
    errors = _validator(name).iter_errors(json.loads(document))
    return [f"{error.json_path}: {error.message[:200]}" for error in errors]


def cyclonedx_complaint(document: bytes) -> str | None:
    from cyclonedx.schema import SchemaVersion
    from cyclonedx.validation.json import JsonStrictValidator

    error = JsonStrictValidator(SchemaVersion.V1_6).validate_str(document.decode())
    return str(error)[:500] if error else None
