"""SPDX 2.3 JSON: what a tree is made of and who depends on whom, with purls.

One SPDX package for each package at one version, with its places in `sourceInfo`. What Wardline does not look at
(licences, suppliers, download locations) is `NOASSERTION`, as are the needs of a package whose lockfile does not tell
them; a package that needs nothing says `NONE`. Known vulnerabilities are `SECURITY` references to advisories. What was
not examined is an annotation each. The document's namespace derives from the contents.

Source: SPDX Specification 2.3 (ISO/IEC 5962 is 2.2.1).
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from wardline.check.reports.model import Subject
from wardline.check.reports.parts import Part, PartKey, part_key, parts_of
from wardline.check.reports.writing import advisory_url, json_bytes, stable_uuid
from wardline.findings.report import Gap, Report, most_urgent_first
from wardline.kernel.text import printable

FORMAT = "spdx"
TITLE = "SPDX 2.3 JSON: SBOM"
MEDIA_TYPE = "application/spdx+json"
SUFFIX = ".spdx.json"
COMPONENTS = True

_MAX_CHARS: Final = 4_000
_ROOT: Final = "SPDXRef-examined-tree"
_UNKNOWN: Final = "NOASSERTION"


def render(report: Report, subject: Subject) -> bytes:
    """Return the SBOM of `subject.inventory`."""
    known = [one for one in report.findings if one.package and one.advisories]
    parts = parts_of(subject.inventory, known)
    gaps = list(dict.fromkeys((*report.gaps, *(subject.inventory.gaps if subject.inventory else ()))))
    advisories: dict[PartKey, list[str]] = {}
    for finding in most_urgent_first(known):
        if finding.package:
            advisories.setdefault(part_key(finding.package), []).append(finding.advisories[0])
    document: dict[str, Any] = {
        "spdxVersion": "SPDX-2.3",
        "dataLicense": "CC0-1.0",
        "SPDXID": "SPDXRef-DOCUMENT",
        "name": _text(subject.name),
        "documentNamespace": _namespace(parts, subject),
        "creationInfo": {"created": _time(subject), "creators": [f"Tool: wardline-{subject.tool_version}"]},
        "packages": [_root(subject), *_packages(parts, advisories)],
        "relationships": list(_relationships(parts)),
    }
    annotations = [_annotation(gap, subject) for gap in gaps if gap.practice == "dependencies"]
    if annotations:
        document["comment"] = "Incomplete: not everything in scope was examined. See the annotations."
        document["annotations"] = annotations
    return json_bytes(document)


def _namespace(parts: Sequence[Part], subject: Subject) -> str:
    name = re.sub(r"[^A-Za-z0-9.-]+", "-", subject.name)[:80].strip("-.") or "tree"
    unique = subject.serial_number or stable_uuid("spdx", subject.name, subject.revision, *(part.ref for part in parts))
    return f"https://spdx.org/spdxdocs/{name}-{unique}"  # SPDX 2.3 §6.5: for creators without a site of their own


def _time(subject: Subject) -> str:
    return f"{subject.at:%Y-%m-%dT%H:%M:%SZ}"


def _root(subject: Subject) -> dict[str, Any]:
    root = _unasserted(_ROOT, subject.name)
    root["primaryPackagePurpose"] = "APPLICATION"
    if subject.revision:
        root["versionInfo"] = _text(subject.revision)
    return root


def _unasserted(identifier: str, name: str) -> dict[str, Any]:
    return {
        "SPDXID": identifier,
        "name": _text(name) or _UNKNOWN,
        "downloadLocation": _UNKNOWN,
        "filesAnalyzed": False,
        "licenseConcluded": _UNKNOWN,
        "licenseDeclared": _UNKNOWN,
        "copyrightText": _UNKNOWN,
        "supplier": _UNKNOWN,
    }


def _packages(parts: Sequence[Part], advisories: Mapping[PartKey, Sequence[str]]) -> Iterator[dict[str, Any]]:
    for number, part in enumerate(parts):
        package = _unasserted(_id(number), part.name)
        package["primaryPackagePurpose"] = "LIBRARY"
        if part.version:
            package["versionInfo"] = _text(part.version)
        references = [
            _reference("SECURITY", "advisory", url)
            for url in map(advisory_url, dict.fromkeys(advisories.get(part.key, ())))
            if url
        ]
        if part.purl:
            references.insert(0, _reference("PACKAGE-MANAGER", "purl", _text(part.purl)))
        if references:
            package["externalRefs"] = references
        if part.places:
            where = ", ".join(f"{file}:{line}" if line else file for file, line in part.places)
            package["sourceInfo"] = _text(f"locked in {where}")
        if part.groups:
            package["comment"] = _text(f"not needed in production; groups: {', '.join(sorted(part.groups))}")
        yield package


def _reference(category: str, kind: str, locator: str) -> dict[str, str]:
    return {"referenceCategory": category, "referenceType": kind, "referenceLocator": locator}


def _relationships(parts: Sequence[Part]) -> Iterator[dict[str, str]]:
    yield _relationship("SPDXRef-DOCUMENT", "DESCRIBES", _ROOT)
    for number, part in enumerate(parts):
        # A transitive package is contained; so is one whose lockfile cannot tell who asks for it.
        yield _relationship(_ROOT, "DEPENDS_ON" if part.direct else "CONTAINS", _id(number))
        if part.needs is None:
            yield _relationship(_id(number), "DEPENDS_ON", _UNKNOWN)
        elif not part.needs:
            yield _relationship(_id(number), "DEPENDS_ON", "NONE")
        for needed in sorted(part.needs or ()):
            yield _relationship(_id(number), "DEPENDS_ON", _id(needed))


def _relationship(subject: str, kind: str, target: str) -> dict[str, str]:
    return {"spdxElementId": subject, "relationshipType": kind, "relatedSpdxElement": target}


def _id(number: int) -> str:
    return f"SPDXRef-package-{number + 1}"


def _annotation(gap: Gap, subject: Subject) -> dict[str, str]:
    return {
        "annotationDate": _time(subject),
        "annotationType": "OTHER",
        "annotator": f"Tool: wardline-{subject.tool_version}",
        "comment": _text(f"{gap.scope} was not examined: {gap.reason}. Way out: {gap.remedy}"),
    }


def _text(text: str) -> str:
    return printable(text, max_chars=_MAX_CHARS)
