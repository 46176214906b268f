"""An OSV record, cut down to what matching needs: who it is, what it affects, how bad it is. Pure, dirt-tolerant.

Source: OSV schema 1.7 (https://ossf.github.io/osv-schema/). Strangers wrote the records: whatever has a wrong type is
left out and said, and only a record without an id or with nothing legible in it is refused whole.
"""

import re
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from wardline.check.dependencies import versions
from wardline.check.dependencies.advisories.core import Core
from wardline.findings import severity
from wardline.findings.package_names import normalised
from wardline.kernel.text import printable

__all__ = ["Compact", "Core", "Member", "UnreadableRecordError", "compact", "utc", "written"]

MAX_ID_CHARS: Final = 200
MAX_IDS: Final = 200
MAX_SUMMARY_CHARS: Final = 300
_MALWARE_PREFIXES: Final = ("MAL-", "LWA-")
_MALWARE_ORIGINS: Final = "malicious-packages-origins"  # ossf/malicious-packages marks its records with it
_EMBEDDED_MALICIOUS_CODE: Final = "CWE-506"
_CWE: Final = r"CWE-\d{1,6}"
_UTC: Final = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?=Z\Z)"
_URL: Final = r"https?://[!-~]{1,2000}\Z"
_VERSIONED: Final = ("SEMVER", "ECOSYSTEM")
_RANGES: Final = (*_VERSIONED, "GIT")


class Member(NamedTuple):
    """One `affected[]` member for one package: versions and version ranges only, and its own severity if it has one."""

    ecosystem: str
    name: str
    entry: dict[str, Any]


class Compact(NamedTuple):
    """A record cut down; `flaws` say what of it could not be read, `silent` how many members name no version at all."""

    core: Core
    members: list[Member]
    flaws: list[str]
    silent: int


class UnreadableRecordError(ValueError):
    """A JSON value that is no OSV record: why."""


def compact(document: Any, entry: str) -> Compact:
    """Return a record cut down. Raises: `UnreadableRecordError`."""
    if not isinstance(document, dict):
        raise UnreadableRecordError("not an object")
    own = document.get("id")
    if not isinstance(own, str) or not _is_id(own):
        raise UnreadableRecordError("it has no id")
    flaws: list[str] = []
    members, silent = _members(document, flaws)
    own = written(own)
    cwe = _cwe(document)
    rating = severity.of_record(document)
    malware = is_malware(own, document, cwe)
    core = Core(
        id=own,
        modified=utc(document.get("modified")),
        published=utc(document.get("published")),
        withdrawn=versions.withdrawn(document),
        same=_same(document, own, flaws),
        summary=_summary(document),
        severity="critical" if malware else rating.severity,
        vector=rating.vector,
        cwe=cwe,
        malware=malware,
        url=_url(document),
        entry=entry,
    )
    return Compact(core, members, flaws, silent)


def written(identifier: str) -> str:
    """Return an id as its authority writes it: no blanks around it, CVE ids in capitals, GHSA ids in lower case."""
    identifier = identifier.strip()
    prefix, dash, rest = identifier.partition("-")
    if dash and prefix.upper() in {"CVE", "GHSA"}:
        prefix = prefix.upper()
        return f"{prefix}-{rest.upper() if prefix == 'CVE' else rest.lower()}"
    return identifier


def is_malware(identifier: str, document: Mapping[str, Any], cwe: tuple[str, ...]) -> bool:
    """Return whether a record says that the package itself is the attack, not that it has a bug."""
    specific = document.get("database_specific")
    return (
        identifier.startswith(_MALWARE_PREFIXES)
        or (isinstance(specific, dict) and _MALWARE_ORIGINS in specific)
        or _EMBEDDED_MALICIOUS_CODE in cwe
    )


def utc(said: Any) -> str:
    """Return an RFC 3339 time as UTC without its zone, or "" where it is none."""
    if not isinstance(said, str):
        return ""
    plain = re.match(_UTC, said)
    if plain:
        return plain.group()
    from datetime import UTC, datetime

    try:
        moment = datetime.fromisoformat(said.strip())
        moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return ""
    return moment.replace(tzinfo=None).isoformat()


def _members(document: Mapping[str, Any], flaws: list[str]) -> tuple[list[Member], int]:
    affected = document.get("affected")
    if not isinstance(affected, list):
        if affected is not None:
            flaws.append("`affected` is not a list")
        return [], 0
    members: list[Member] = []
    silent = 0
    for number, said in enumerate(affected):
        named = _package(said, number, flaws)
        if named is None:
            continue
        ecosystem, name = named
        entry = _entry(said, number, flaws)
        if not entry.get("versions") and not entry.get("ranges"):
            silent += 1
            continue
        if ":" in ecosystem:
            entry["ecosystem"] = ecosystem
        members.append(Member(ecosystem, normalised(ecosystem, name), entry))
    return members, silent


def _package(said: Any, number: int, flaws: list[str]) -> tuple[str, str] | None:
    """Return the ecosystem and the name of a member's package; a member may name a repository (GIT ranges) instead."""
    package = said.get("package") if isinstance(said, dict) else None
    if not isinstance(package, dict):
        if not isinstance(said, dict) or package is not None:
            flaws.append(f"affected[{number}] is not an object with a package")
        return None
    ecosystem, name = package.get("ecosystem"), package.get("name")
    if not isinstance(ecosystem, str) or not isinstance(name, str) or not ecosystem.strip() or not name.strip():
        flaws.append(f"affected[{number}] names no package")
        return None
    return ecosystem.strip(), name


def _entry(said: Mapping[str, Any], number: int, flaws: list[str]) -> dict[str, Any]:
    entry: dict[str, Any] = {}
    versions = said.get("versions")
    if isinstance(versions, list):
        texts = [version for version in versions if isinstance(version, str)]
        if len(texts) != len(versions):
            flaws.append(f"affected[{number}].versions holds what is no text")
        if texts:
            entry["versions"] = texts
    elif versions is not None:
        flaws.append(f"affected[{number}].versions is not a list")
    ranges = said.get("ranges")
    if isinstance(ranges, list):
        kept = [_range(part) for part in ranges if isinstance(part, dict) and part.get("type") in _VERSIONED]
        if not all(map(_legible, ranges)):
            flaws.append(f"affected[{number}].ranges holds what is no range")
        if kept:
            entry["ranges"] = kept
    elif ranges is not None:
        flaws.append(f"affected[{number}].ranges is not a list")
    rating = severity.of_vectors(said.get("severity"))
    if rating.severity != "unknown":
        entry["severity"] = list(rating)
    return entry


def _legible(said: Any) -> bool:
    return isinstance(said, dict) and said.get("type") in _RANGES and isinstance(said.get("events"), list)


def _range(said: Mapping[str, Any]) -> dict[str, Any]:
    events = said.get("events")
    return {"type": said["type"], "events": events if isinstance(events, list) else []}


def _same(document: Mapping[str, Any], own: str, flaws: list[str]) -> tuple[str, ...]:
    same = _ids(document.get("aliases"), "aliases", flaws)
    upstream = _ids(document.get("upstream"), "upstream", flaws)
    if len(upstream) == 1:
        same += upstream
    return tuple(dict.fromkeys(other for other in same if other != own))


def _is_id(said: Any) -> bool:
    return isinstance(said, str) and said.isprintable() and 0 < len(said.strip()) <= MAX_ID_CHARS


def _ids(said: Any, field: str, flaws: list[str]) -> list[str]:
    if said is None:
        return []
    if not isinstance(said, list):
        flaws.append(f"`{field}` is not a list")
        return []
    legible = [written(one) for one in said if _is_id(one)]
    if len(legible) != len(said) or len(legible) > MAX_IDS:
        flaws.append(f"`{field}` holds what is no id, or more than {MAX_IDS}")
    return legible[:MAX_IDS]


def _summary(document: Mapping[str, Any]) -> str:
    said = document.get("summary")
    if not isinstance(said, str) or not said.strip():
        said = document.get("details")
        if not isinstance(said, str):
            return ""
        lines = (line.strip(" #*`\t") for line in said[:4000].splitlines())
        said = next((line for line in lines if line), "")
    return printable(said.strip(), max_chars=MAX_SUMMARY_CHARS)


def _cwe(document: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the weaknesses that the record and its members name, in the two shapes that databases use."""
    said: list[Any] = []
    affected = document.get("affected")
    for place in (document, *(affected[:50] if isinstance(affected, list) else ())):
        specific = place.get("database_specific") if isinstance(place, dict) else None
        if isinstance(specific, dict):
            for rows in (specific.get("cwe_ids"), specific.get("cwes")):
                listed = rows[:50] if isinstance(rows, list) else ()
                said += [row.get("cweId") if isinstance(row, dict) else row for row in listed]
    ids = {one.strip().upper() for one in said if isinstance(one, str)}
    return tuple(sorted((one for one in ids if re.fullmatch(_CWE, one)), key=lambda one: int(one[4:])))[:20]


def _url(document: Mapping[str, Any]) -> str:
    """Return the reference that says most: an advisory, else the first web page."""
    references = document.get("references")
    found = [
        (row.get("type") != "ADVISORY", row["url"])
        for row in (references[:200] if isinstance(references, list) else ())
        if isinstance(row, dict) and isinstance(row.get("url"), str) and re.match(_URL, row["url"])
    ]
    return min(found, key=lambda row: row[0])[1] if found else ""
