"""KV version 2 in Vault's words, over any shelf: data, metadata, versions, subkeys, patch, configuration.

Source: Vault's API documentation, "KV secrets engine - version 2 (API)"; RFC 7396 (merge patch); checked against
OpenBao 2.7 request by request.
"""

from collections.abc import Mapping
from typing import Any, Final

from wardline.vault.agent import durations
from wardline.vault.agent.calls import (
    NOTHING,
    Answer,
    Call,
    RefusedError,
    absent,
    keys,
    names_field,
    stamp,
    table_field,
    truth_field,
    unsupported_operation,
    whole_field,
)
from wardline.vault.agent.shelf import Change, Metadata, Reading, Rules, Shelf, Version

MERGE_PATCH: Final = "application/merge-patch+json"
_MAX_CUSTOM: Final = 64
_MAX_CUSTOM_KEY: Final = 128
_MAX_CUSTOM_VALUE: Final = 512
_MOST_VERSIONS: Final = 2**32 - 1
_CHANGES: Final[dict[str, Change]] = {"delete": "delete", "undelete": "undelete", "destroy": "destroy"}
_LISTED_ONLY: Final = "Non-listing operations on the root of a K/V v2 mount are not supported."
_WRONG_PATH: Final = (
    "Invalid path for a versioned K/V secrets engine. See the API docs for the appropriate API endpoints to use. "
    "If using the Vault CLI, use 'vault kv get' for this operation."
)


class Kv2:
    """One KV v2 mount."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf

    def exists(self, path: str) -> bool:
        """Tell whether a secret stands at `data/…`; everything else that is written is there already."""
        area, _, name = path.partition("/")
        return area not in {"data", "metadata"} or self._shelf.metadata(name) is not None

    def open_to_all(self, call: Call) -> bool:
        """Answer nobody without a token."""
        del call
        return False

    def answer(self, call: Call) -> Answer:
        """Answer one call below the mount."""
        area, slash, path = call.path.partition("/")
        if area == "config" and not path:
            return self._config(call)
        if area not in {"data", "metadata", "subkeys", *_CHANGES}:
            raise RefusedError(404, data=Answer(404, warnings=(_WRONG_PATH,)))
        if area == "metadata" and call.operation == "list":
            return keys(self._shelf.list(path if not path or path.endswith("/") else f"{path}/"))
        if not slash:
            raise RefusedError(404, data=Answer(404, warnings=(_LISTED_ONLY,)))
        if call.writes and (not path or path.endswith("/")):
            raise RefusedError(400, "cannot write to a path ending in '/'")
        if area == "data":
            return self._data(call, path)
        if area == "metadata":
            return self._metadata(call, path)
        if area == "subkeys":
            return self._subkeys(call, path)
        return self._mark(call, path, _CHANGES[area])

    def _data(self, call: Call, path: str) -> Answer:
        if call.operation == "read":
            reading = self._shelf.read(path, max(0, whole_field(call.query, "version")))
            if reading is None:
                raise absent()
            answer = Answer(data={"data": reading.fields, "metadata": shown(reading.version)})
            return _found(answer, reading)
        if call.writes:
            return self._write(call, path)
        if call.operation == "patch":
            return self._patch(call, path)
        if call.operation == "delete":
            current = self._shelf.metadata(path)
            if current is not None:
                self._shelf.mark(path, [current.current], "delete")
            return NOTHING
        raise unsupported_operation()

    def _write(self, call: Call, path: str) -> Answer:
        if "data" not in call.body:
            raise RefusedError(400, "no data provided")
        fields = table_field(call.body, "data") or {}
        return Answer(data=shown(self._shelf.write(path, fields, expected=_expected(call.body))))

    def _patch(self, call: Call, path: str) -> Answer:
        _merge_patch(call)
        if "data" not in call.body:
            raise RefusedError(400, "no data provided")
        changes = table_field(call.body, "data") or {}
        expected = _expected(call.body)
        reading = self._shelf.read(path)
        if reading is None:
            raise absent()
        known = self._shelf.metadata(path)
        if expected is None and (self._shelf.rules().cas_required or (known and known.rules.cas_required)):
            raise RefusedError(400, "check-and-set parameter required for this call")
        if expected is not None and expected != reading.version.number:
            raise RefusedError(400, "check-and-set parameter did not match the current version")
        if reading.fields is None:
            raise RefusedError(404, data=Answer(404, data=shown(reading.version)))
        merged = merge_patched(reading.fields, changes)
        return Answer(data=shown(self._shelf.write(path, merged, expected=reading.version.number)))

    def _subkeys(self, call: Call, path: str) -> Answer:
        if call.operation != "read":
            raise unsupported_operation()
        depth = whole_field(call.query, "depth")
        reading = self._shelf.read(path, max(0, whole_field(call.query, "version")))
        if reading is None:
            raise absent()
        names = None if reading.fields is None else _names(reading.fields, depth, 1)
        return _found(Answer(data={"subkeys": names, "metadata": shown(reading.version)}), reading)

    def _mark(self, call: Call, path: str, change: Change) -> Answer:
        if not call.writes:
            raise unsupported_operation()
        numbers = names_field(call.body, "versions")
        if not numbers:
            raise RefusedError(400, "No version number provided")
        self._shelf.mark(path, [whole_field({"versions": number}, "versions") for number in numbers], change)
        return NOTHING

    def _metadata(self, call: Call, path: str) -> Answer:
        if call.operation == "read":
            found = self._shelf.metadata(path)
            if found is None:
                raise absent()
            return Answer(data=described(found))
        if call.operation == "delete":
            self._shelf.forget(path)
            return NOTHING
        if call.writes:
            self._shelf.describe(path, _rules(call.body) | _custom(call.body))
            return NOTHING
        if call.operation == "patch":
            _merge_patch(call)
            found = self._shelf.metadata(path)
            if found is None:
                raise absent()
            body = {name: value for name, value in call.body.items() if value is not None}
            if isinstance(call.body.get("custom_metadata"), dict):
                body["custom_metadata"] = merge_patched(found.custom or {}, call.body["custom_metadata"])
            self._shelf.describe(path, _rules(body) | _custom(body))
            return NOTHING
        raise unsupported_operation()

    def _config(self, call: Call) -> Answer:
        if call.operation == "read":
            return Answer(data=_shown_rules(self._shelf.rules()))
        if call.writes:
            self._shelf.govern(_rules(call.body))
            return NOTHING
        raise unsupported_operation()


def shown(version: Version) -> dict[str, Any]:
    """Return a version as Vault shows it beside its data."""
    return {
        "created_time": stamp(version.created),
        "custom_metadata": version.custom,
        "deletion_time": stamp(version.deleted) if version.deleted else "",
        "destroyed": version.destroyed,
        "version": version.number,
    }


def described(found: Metadata) -> dict[str, Any]:
    """Return what is known about a secret as Vault shows it."""
    return {
        **_shown_rules(found.rules),
        "created_time": stamp(found.created),
        "current_version": found.current,
        "custom_metadata": found.custom,
        "oldest_version": found.oldest,
        "updated_time": stamp(found.updated),
        "versions": {
            str(version.number): {
                "created_time": stamp(version.created),
                "deletion_time": stamp(version.deleted) if version.deleted else "",
                "destroyed": version.destroyed,
            }
            for version in found.versions
        },
    }


def merge_patched(fields: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """Return fields with a merge patch applied: null takes a name away, objects are merged (RFC 7396 §2)."""
    found = dict(fields)
    for name, value in changes.items():
        if value is None:
            found.pop(name, None)
        elif isinstance(value, dict):
            inner = found.get(name)
            found[name] = merge_patched(inner if isinstance(inner, dict) else {}, value)
        else:
            found[name] = value
    return found


def _found(answer: Answer, reading: Reading) -> Answer:
    """Return the answer, or refuse with it (404) where the value was deleted: what is known is still said."""
    if reading.fields is None:
        raise RefusedError(404, data=answer._replace(status=404))
    return answer


def _merge_patch(call: Call) -> None:
    kind = call.content_type.partition(";")[0].strip().lower()
    if kind != MERGE_PATCH:
        status = 415 if kind else 400
        raise RefusedError(status, f"PATCH requires Content-Type of {MERGE_PATCH}, provided {kind or 'none'}")


def _expected(body: Mapping[str, Any]) -> int | None:
    options = table_field(body, "options") or {}
    if options.get("cas") is None:
        return None
    try:
        return whole_field(options, "cas")
    except RefusedError:
        raise RefusedError(400, "error parsing check-and-set parameter") from None


def _names(fields: Mapping[str, Any], depth: int, level: int) -> dict[str, Any]:
    return {
        name: _names(value, depth, level + 1) if isinstance(value, dict) and value and level != depth else None
        for name, value in fields.items()
    }


def _rules(body: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if body.get("max_versions") is not None:
        found["max_versions"] = whole_field(body, "max_versions")
        if not 0 <= found["max_versions"] <= _MOST_VERSIONS:
            raise RefusedError(400, "max_versions is from 0 to 4294967295")
    if body.get("cas_required") is not None:
        found["cas_required"] = truth_field(body, "cas_required")
    if body.get("delete_version_after") is not None:
        try:
            found["delete_after_seconds"] = durations.seconds(body["delete_version_after"])
        except ValueError as error:
            detail = f'error converting input for field "delete_version_after": {error}'
            raise RefusedError(400, detail) from error
    return found


def _custom(body: Mapping[str, Any]) -> dict[str, Any]:
    said = table_field(body, "custom_metadata")
    if said is None:
        return {}
    wrong = "custom_metadata validation failed: "
    if len(said) > _MAX_CUSTOM:
        raise RefusedError(400, f"{wrong}payload must contain at most {_MAX_CUSTOM} keys, provided {len(said)}")
    found = {}
    for name, value in said.items():
        if not 0 < len(name) <= _MAX_CUSTOM_KEY:
            detail = f'length of key "{name[:200]}" is {len(name)} but must be 0 < len(key) <= {_MAX_CUSTOM_KEY}'
            raise RefusedError(400, wrong + detail)
        if isinstance(value, dict | list):
            raise RefusedError(400, f'{wrong}value for key "{name}" is no text')
        text = str(value).lower() if isinstance(value, bool) else str(value)
        if not 0 < len(text) <= _MAX_CUSTOM_VALUE:
            limit = f"must be 0 < len(value) <= {_MAX_CUSTOM_VALUE}"
            raise RefusedError(400, f'{wrong}length of value for key "{name}" is {len(text)} but {limit}')
        if not (name + text).isprintable():
            raise RefusedError(400, f'{wrong}key "{name!a}" or its value has characters that are not printable')
        found[name] = text
    return {"custom": found}


def _shown_rules(rules: Rules) -> dict[str, Any]:
    return {
        "cas_required": rules.cas_required,
        "delete_version_after": durations.written(rules.delete_after_seconds),
        "max_versions": rules.max_versions,
    }
