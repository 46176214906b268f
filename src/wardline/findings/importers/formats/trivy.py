"""Trivy's JSON (`trivy --format json`).

Of images, file systems, repositories and clusters, also the list that it was before version 0.20. Read are
vulnerabilities, misconfigurations that failed, secrets (masked by Trivy, and not kept even so) and licences. Packages
are known by their purl where Trivy gives it. Severity is Trivy's word, which it takes from the vendor; the CVSS vector
is that of the same source. What VEX or an ignore file modified (`ExperimentalModifiedFindings`) is suppressed with its
statement.

Source: Trivy documentation, "Reporting"; `pkg/types/report.go`.
"""

from collections.abc import Iterator
from typing import Any, Final

from wardline.findings.importers import building, words
from wardline.findings.importers.building import Place, Said, Seen
from wardline.findings.importers.json_stream import elements, headers
from wardline.findings.importers.model import Told
from wardline.findings.importers.source import Source
from wardline.findings.report import Finding

NAME = "trivy"
TITLE = "Trivy's JSON"
KIND = "json"
PRACTICE = "dependencies"
SIGNS = [
    ["SchemaVersion", "ArtifactName"],
    ["SchemaVersion", "Results"],
    ["ClusterName", "Resources"],
    ["ClusterName", "Vulnerabilities"],
    ["ClusterName", "Misconfigurations"],
    ["[].Target", "[].Type"],
    ["[].Target", "[].Vulnerabilities"],
]

_ECOSYSTEMS: Final = {
    **dict.fromkeys(["npm", "yarn", "pnpm", "bun", "node-pkg"], "npm"),
    **dict.fromkeys(["pip", "pipenv", "poetry", "uv", "pylock", "python-pkg", "conda-pkg"], "PyPI"),
    **dict.fromkeys(["gomod", "gobinary"], "Go"),
    **dict.fromkeys(["cargo", "rustbinary", "rust-binary"], "crates.io"),
    **dict.fromkeys(["jar", "pom", "gradle", "gradle-lockfile", "sbt", "sbt-lockfile"], "Maven"),
    **dict.fromkeys(["bundler", "gemspec"], "RubyGems"),
    **dict.fromkeys(["composer", "composer-vendor"], "Packagist"),
    **dict.fromkeys(["nuget", "nuget-config", "packages-props", "dotnet-core"], "NuGet"),
    "pub": "Pub",
    "hex": "Hex",
    "swift": "SwiftURL",
    "conan": "ConanCenter",
    "julia": "Julia",
    "alpine": "Alpine",
    "debian": "Debian",
    "ubuntu": "Ubuntu",
    "redhat": "Red Hat",
    "alma": "AlmaLinux",
    "rocky": "Rocky Linux",
    "wolfi": "Wolfi",
    "chainguard": "Chainguard",
    "photon": "Photon OS",
    "opensuse": "openSUSE",
    "suse linux enterprise server": "SUSE",
    "azurelinux": "Azure Linux",
}
_BASES: Final = (
    ("Results", "[]"),
    ("[]",),
    *((kind, "[]", "Results", "[]") for kind in ("Resources", "Vulnerabilities", "Misconfigurations", "Findings")),
)
_KINDS: Final = ("Vulnerabilities", "Misconfigurations", "Secrets", "Licenses", "ExperimentalModifiedFindings")
_NOT_FILES: Final = frozenset({"Node.js", "Python", "Java", "Ruby", "PHP", "Conda", "Rust", "C#", ""})


def read(source: Source) -> Iterator[Told]:
    """Yield what every result holds."""
    targets = headers(source, _BASES, ["Target", "Class", "Type"])
    owners = headers(source, [base[:2] for base in _BASES[2:]], ["Namespace", "Kind", "Name"])
    for path, value in elements(source, *((*base, kind, "[]") for base in _BASES for kind in _KINDS)):
        target = targets.get(path[:-2], {}) | {"Owner": owners.get(path[:2], {})}
        found = _finding(source, str(path[-2]), target, value)
        if found is None:
            source.trouble("an entry that names nothing", ".".join(map(str, path)))
        else:
            yield from found


def _finding(source: Source, kind: str, target: dict[str, Any], value: Any) -> list[Finding] | None:
    match kind:
        case "Vulnerabilities":
            return _vulnerability(source, target, value)
        case "Misconfigurations":
            return _misconfiguration(source, target, value)
        case "Secrets":
            return [_secret(source, target, value)]
        case "Licenses":
            return [_licence(source, target, value)]
        case _:
            return _modified(source, target, value)


def _modified(source: Source, target: dict[str, Any], value: Any) -> list[Finding] | None:
    """Return a finding that a statement or an ignore file modified, suppressed."""
    kinds = {"vulnerability": "Vulnerabilities", "misconfiguration": "Misconfigurations", "secret": "Secrets"}
    kind = kinds.get(words.text(words.at(value, "Type")))
    inner = words.at(value, "Finding")
    found = _finding(source, kind, target, inner) if kind and isinstance(inner, dict) else None
    reason = ": ".join(filter(None, (words.text(words.at(value, name)) for name in ("Status", "Statement"))))
    said = building.suppression(words.text(words.at(value, "Source")) or NAME, reason)
    return [one._replace(suppression=said) for one in found] if found else None


def _vulnerability(source: Source, target: dict[str, Any], value: Any) -> list[Finding] | None:
    kind = words.text(target.get("Type")).lower()
    purl = words.at(value, "PkgIdentifier", "PURL")
    about = building.package(
        _ECOSYSTEMS.get(kind, "unknown"), words.at(value, "PkgName"), words.at(value, "InstalledVersion"), purl
    )
    ids = words.identifiers(words.at(value, "VulnerabilityID"), words.at(value, "VendorIDs"))
    if about is None or not ids:
        return None
    ids = ids[:1] if ids[0].startswith("CVE-") else ids  # a vendor's id stands for an update of several bugs
    vector = _vector(words.at(value, "CVSS"), words.text(words.at(value, "SeveritySource")))
    said = Said(
        tool=NAME,
        rule=ids[0],
        title=words.first(words.at(value, "Title"), words.at(value, "Description"), max_chars=words.MAX_TITLE),
        message="",
        severity=words.severity(words.at(value, "Severity")),
        vector=vector,
        cwe=words.cwes(words.at(value, "CweIDs")),
        fix=building.upgrade(about, words.text(words.at(value, "FixedVersion")).partition(",")[0]),
    )
    where = words.text(words.at(value, "PkgPath"), words.MAX_PATH) or _file(target)
    return [building.dependency(said, about, ids, Place(words.place(where, source.root, _resource(target))))]


def _vector(scores: Any, chosen: str) -> str:
    if not isinstance(scores, dict):
        return ""
    for name in (chosen, "nvd", *list(scores)[:10]):
        said = words.first(*(words.at(scores, name, version) for version in ("V40Vector", "V3Vector", "V2Vector")))
        if said:
            return said[:200]
    return ""


def _file(target: dict[str, Any]) -> str:
    name = words.text(target.get("Target"), words.MAX_PATH)
    return "" if target.get("Class") == "os-pkgs" or name in _NOT_FILES or " (" in name else name


def _resource(target: dict[str, Any]) -> str:
    owner = target.get("Owner")
    parts = [words.text(words.at(owner, name)) for name in ("Namespace", "Kind", "Name")]
    return "/".join(filter(None, parts)) or words.text(target.get("Target"), words.MAX_PATH) or NAME


def _misconfiguration(source: Source, target: dict[str, Any], value: Any) -> list[Finding] | None:
    if not isinstance(value, dict):
        return None
    if value.get("Status", "FAIL") not in {"FAIL", "FAILURE"}:
        return []
    cause = value.get("CauseMetadata")
    said = Said(
        tool=NAME,
        rule=words.first(value.get("AVDID"), value.get("ID")),
        title=words.text(value.get("Title"), words.MAX_TITLE),
        message=words.sentences(words.text(value.get(name), 900) for name in ("Message", "Resolution")),
        severity=words.severity(value.get("Severity")),
        confidence="high",
    )
    owner = _resource(target) if target.get("Owner") else ""
    resource = ": ".join(filter(None, (owner, words.text(words.at(cause, "Resource")))))
    return [building.configuration(said, _place(source, target, cause), resource=resource)]


def _place(source: Source, target: dict[str, Any], lines: Any) -> Place:
    where = "" if target.get("Owner") else _file(target)
    return Place(
        words.place(where, source.root, _resource(target)),
        words.line(words.at(lines, "StartLine")),
        words.line(words.at(lines, "EndLine")),
    )


def _secret(source: Source, target: dict[str, Any], value: Any) -> Finding:
    said = Said(
        tool=NAME,
        rule=words.text(words.at(value, "RuleID")),
        title=words.first(words.at(value, "Title"), words.at(value, "Category")),
        message="",
        severity=words.severity(words.at(value, "Severity")),
    )
    return building.credential(said, _place(source, target, value))


def _licence(source: Source, target: dict[str, Any], value: Any) -> Finding:
    name, category = (words.text(words.at(value, part)) for part in ("Name", "Category"))
    package = words.text(words.at(value, "PkgName"))
    said = Said(
        tool=NAME,
        rule=f"licence-{category or 'unknown'}".lower(),
        title=f"{package or 'a file'} is under {name or 'an unknown licence'}, which is {category or 'not classified'}",
        message="",
        severity=words.severity(words.at(value, "Severity")),
        confidence={"high": "high", "low": "low"}.get(_sure(value), "medium"),  # type: ignore[arg-type] # of the three
    )
    where = words.text(words.at(value, "FilePath"), words.MAX_PATH) or _file(target)
    place = Place(words.place(where, source.root, _resource(target)))
    return building.code(said, place, Seen(symbol=f"{package}:{name}"))._replace(practice="policy")


def _sure(value: Any) -> str:
    sure = words.number(words.at(value, "Confidence")) or 0
    return "high" if sure >= 0.9 else "medium" if sure >= 0.7 else "low"
