"""OSV records and sources as databases write them, made for tests."""

import json
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

Record = dict[str, Any]


def member(name: str, *events: Mapping[str, str], ecosystem: str = "PyPI", **more: Any) -> Record:
    """Return an `affected[]` member with one range of these events; none without events."""
    ranges = [{"type": "ECOSYSTEM", "events": [dict(event) for event in events]}] if events else []
    return {"package": {"ecosystem": ecosystem, "name": name}, "ranges": ranges, **more}


def below(fixed: str, name: str = "flask", *, ecosystem: str = "PyPI", **more: Any) -> Record:
    """Return a member that is affected below `fixed`."""
    return member(name, {"introduced": "0"}, {"fixed": fixed}, ecosystem=ecosystem, **more)


def record(identifier: str, *affected: Record, modified: str = "2025-06-01T00:00:00Z", **more: Any) -> Record:
    """Return a record."""
    return {"id": identifier, "modified": modified, "affected": list(affected), **more}


def bucket(folder: Path, **ecosystems: Iterable[Record | tuple[str, bytes]]) -> Path:
    """Write `<Ecosystem>/all.zip` for each; a record may be a name and bytes."""
    for name, records in ecosystems.items():
        (folder / name).mkdir(parents=True, exist_ok=True)
        zipped(folder / name / "all.zip", records)
    return folder


def zipped(path: Path, records: Iterable[Record | tuple[str, bytes]]) -> Path:
    """Write a zip of records."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for entry in records:
            name, content = entry if isinstance(entry, tuple) else (f"{entry['id']}.json", json.dumps(entry).encode())
            archive.writestr(name, content)
    return path


def loose(folder: Path, *records: Record) -> Path:
    """Write records as files of their own."""
    folder.mkdir(parents=True, exist_ok=True)
    for one in records:
        (folder / f"{one['id']}.json").write_text(json.dumps(one))
    return folder
