"""Package URLs (purl): one string that names a package at a version, for reports, and read back from SBOMs.

Source: the package-url specification (purl-spec, and its types), as `packageurl-python` reads it; for Linux
distributions the `distro`, `upstream` and `epoch` qualifiers in the way that SBOM generators write them. Standard
library only.
"""

import re
from typing import Final

MAX_CHARS: Final = 4096

# OSV's ecosystem -> purl type, namespace. https://ossf.github.io/osv-schema/#affectedpackage-field
_TYPES: Final = {
    "Bioconductor": "bioconductor",
    "Bitnami": "bitnami",
    "CRAN": "cran",
    "ConanCenter": "conan",
    "GitHub Actions": "githubactions",
    "Go": "golang",
    "Hackage": "hackage",
    "Hex": "hex",
    "Julia": "julia",
    "Maven": "maven",
    "NuGet": "nuget",
    "Packagist": "composer",
    "Pub": "pub",
    "PyPI": "pypi",
    "RubyGems": "gem",
    "SwiftURL": "swift",
    "crates.io": "cargo",
    "npm": "npm",
    "opam": "opam",
}
_ECOSYSTEMS: Final = {kind: ecosystem for ecosystem, kind in _TYPES.items()}
# OSV's ecosystem -> purl type and namespace of a distribution, and whether OSV names releases ("Debian:12").
_DISTRIBUTIONS: Final = {
    "AlmaLinux": ("rpm", "almalinux", True),
    "Alpaquita": ("apk", "alpaquita", True),
    "Alpine": ("apk", "alpine", True),
    "Azure Linux": ("rpm", "azurelinux", True),
    "Chainguard": ("apk", "chainguard", False),
    "Debian": ("deb", "debian", True),
    "Echo": ("deb", "echo", False),
    "Mageia": ("rpm", "mageia", True),
    "MinimOS": ("apk", "minimos", False),
    "Photon OS": ("rpm", "photon", True),
    "Red Hat": ("rpm", "redhat", False),
    "Rocky Linux": ("rpm", "rocky-linux", True),
    "SUSE": ("rpm", "suse", False),
    "Ubuntu": ("deb", "ubuntu", True),
    "Wolfi": ("apk", "wolfi", False),
    "openEuler": ("rpm", "openeuler", False),
    "openSUSE": ("rpm", "opensuse", False),
}
_BY_NAMESPACE: Final = {(kind, namespace): name for name, (kind, namespace, _) in _DISTRIBUTIONS.items()} | {
    ("rpm", "alma"): "AlmaLinux",
    ("rpm", "mariner"): "Azure Linux",
    ("rpm", "rhel"): "Red Hat",
    ("rpm", "rocky"): "Rocky Linux",
    ("rpm", "rockylinux"): "Rocky Linux",
    ("rpm", "sles"): "SUSE",
}
_DEBIAN_RELEASES: Final = {
    "wheezy": "7",
    "jessie": "8",
    "stretch": "9",
    "buster": "10",
    "bullseye": "11",
    "bookworm": "12",
    "trixie": "13",
    "forky": "14",
}
_LOWERCASE: Final = frozenset({"composer", "hex", "apk"})  # name and namespace
_UNSAFE: Final = r"[^A-Za-z0-9._~:/-]"
_TYPE: Final = r"[A-Za-z][A-Za-z0-9.+-]*"


def purl(ecosystem: str, name: str, version: str) -> str:
    """Return the purl of a package, canonical: `pkg:npm/%40scope/name@1.0.0`.

    `ecosystem` is OSV's, with or without a release (`Debian:12`), which becomes the `distro` qualifier; one that has no
    purl type of its own becomes `generic`.
    """
    kind = _TYPES.get(ecosystem)
    if kind is None:
        return _of_another(ecosystem, name, version)
    if kind in {"npm", "bitnami"}:
        namespace, slash, last = name.rpartition("/")
        name = namespace + slash + last.lower()
    elif kind == "pypi":
        name = name.replace("_", "-").lower()
    elif kind == "maven":
        name = name.replace(":", "/", 1)
    elif kind in _LOWERCASE:
        name = name.lower()
    elif kind == "pub":
        name = re.sub(r"[^a-z0-9]", "_", name.lower())
    elif kind == "hackage":
        name = name.replace("_", "-")
    return f"pkg:{kind}/{_quoted_path(name)}{_at(version)}"


def _of_another(ecosystem: str, name: str, version: str) -> str:
    base, _, release = ecosystem.partition(":")
    if base in _TYPES:
        return purl(base, name, version)
    if base not in _DISTRIBUTIONS:
        return f"pkg:generic/{_quoted_path(name)}{_at(version)}"
    kind, namespace, _ = _DISTRIBUTIONS[base]
    if kind in _LOWERCASE:
        name = name.lower()
    qualifiers = []
    if release:
        release = release.split(":")[0].removeprefix("v") if base in {"Alpine", "Alpaquita", "Ubuntu"} else release
        qualifiers.append(f"distro={_quoted(namespace + '-' + release)}")
    if kind == "rpm" and ":" in version:
        epoch, _, version = version.partition(":")
        qualifiers.append(f"epoch={_quoted(epoch)}")
    query = "?" + "&".join(qualifiers) if qualifiers else ""
    return f"pkg:{kind}/{namespace}/{_quoted(name)}{_at(version)}{query}"


def _at(version: str) -> str:
    version = version.strip()
    return f"@{_quoted(version)}" if version else ""


def _quoted(text: str) -> str:
    if text.isascii():
        return re.sub(_UNSAFE, _percent, text)
    from urllib.parse import quote

    return quote(text.encode("utf-8", "surrogatepass"), safe="/:")


def _percent(match: re.Match[str]) -> str:
    return f"%{ord(match[0]):02X}"


def _quoted_path(name: str) -> str:
    if "//" in name or name[:1] == "/" or name[-1:] == "/":
        name = "/".join(filter(None, name.split("/")))
    return _quoted(name)


def parsed(text: str) -> tuple[str, str, str] | None:
    """Return OSV's ecosystem, the package's name as OSV writes it, and the version ("" where the purl has none).

    None where the text is no purl, is longer than `MAX_CHARS`, or is of a type that OSV has no ecosystem for (`docker`,
    `generic`, ...). Linux packages: the ecosystem carries the release where the `distro` qualifier says which
    ("Debian:12", "Alpine:v3.18"), and the name is the source package's where `upstream` says which, since that is what
    advisories of Debian, Ubuntu and Alpine name.
    """
    split = _split(text)
    if split is None:
        return None
    kind, parts, version, qualifiers = split
    ecosystem = _ECOSYSTEMS.get(kind)
    if ecosystem is None:
        return _of_a_distribution(kind, parts, version, qualifiers)
    name = "/".join(parts)
    if kind == "maven":
        name = ":".join(("/".join(parts[:-1]), parts[-1])) if len(parts) > 1 else name
    elif kind == "golang" and name in {"std", "stdlib"}:
        name, version = "stdlib", re.sub(r"\A(?:go|v)(?=\d)", "", version)
    elif kind in {"conan", "cran", "hackage", "pub", "bioconductor", "bitnami", "gem", "julia", "opam", "cargo"}:
        name = parts[-1]  # a namespace says who made the recipe, not which package it is
    elif kind == "pypi":
        name = parts[-1].lower()
    elif kind == "composer":
        name = name.lower()
    return ecosystem, name, version


def uncovered(text: str) -> str:
    """Return the kind of a purl that OSV has no ecosystem for ("docker", "deb/kali"), "" for any other text."""
    split = _split(text)
    if split is None or split[0] in _ECOSYSTEMS:
        return ""
    kind, parts, _, _ = split
    if kind not in {"apk", "deb", "rpm"}:
        return kind
    if len(parts) < 2:
        return f"{kind} of no distribution"
    return f"{kind}/{parts[0]}" if (kind, parts[0].lower()) not in _BY_NAMESPACE else ""


def _split(text: str) -> tuple[str, list[str], str, dict[str, str]] | None:
    """Return type, decoded path segments, decoded version and qualifiers (purl-spec, "How to parse a purl string")."""
    text = text.strip()
    if len(text) > MAX_CHARS or text[:4].lower() != "pkg:":
        return None
    rest, _, query = text[4:].partition("#")[0].partition("?")
    kind, _, path = rest.lstrip("/").partition("/")
    # An unencoded "@" may open a scope (`@scope/name`), and a version may hold unencoded slashes: the first "@" that
    # does not open a segment is the version's.
    at = path.find("@")
    while at >= 0 and (at == 0 or path[at - 1] == "/"):
        at = path.find("@", at + 1)
    path, version = (path[:at], path[at + 1 :]) if at >= 0 else (path, "")
    parts = path.split("/")
    if "%" in path or " " in path or "" in parts:
        parts = [decoded for part in parts if (decoded := _unquoted(part).strip())]
    kind = kind.lower()
    if not parts or not (kind in _ECOSYSTEMS or re.fullmatch(_TYPE, kind)):
        return None
    qualifiers = {}
    if query:
        pairs = (pair.partition("=") for pair in query.split("&"))
        qualifiers = {key.strip().lower(): _unquoted(value) for key, _, value in pairs if value}
    return kind, parts, _unquoted(version).strip(), qualifiers


def _unquoted(text: str) -> str:
    if "%" not in text:
        return text
    if text[:3] == "%40" and "%" not in text[3:]:  # a scope, as nearly always
        return f"@{text[3:]}"
    from urllib.parse import unquote

    return unquote(text)


def _of_a_distribution(
    kind: str, parts: list[str], version: str, qualifiers: dict[str, str]
) -> tuple[str, str, str] | None:
    ecosystem = _BY_NAMESPACE.get((kind, parts[0].lower())) if len(parts) > 1 else None
    if ecosystem is None:
        return None
    name = parts[-1]
    if kind in {"deb", "apk"} and qualifiers.get("arch") != "source":
        name = qualifiers.get("upstream", name).partition("@")[0].strip() or name
    if kind == "rpm" and qualifiers.get("epoch", "0") != "0" and version:
        version = f"{qualifiers['epoch']}:{version}"
    release = _release(ecosystem, qualifiers.get("distro", "")) if _DISTRIBUTIONS[ecosystem][2] else ""
    return (f"{ecosystem}:{release}" if release else ecosystem), name, version


def _release(ecosystem: str, distro: str) -> str:
    """Return the release as OSV writes it, from `debian-12`, `12.4`, `bookworm`, `alpine-3.18.4`, `ubuntu-22.04`."""
    last = distro.lower().rpartition("-")[2].removeprefix("v")
    if ecosystem == "Debian":
        last = _DEBIAN_RELEASES.get(last, last)
    number = re.match(r"(\d+)(?:\.(\d+))?", last)
    if number is None:
        return ""
    major, minor = number.groups()
    match ecosystem:
        case "Alpine" | "Alpaquita":
            prefix = "v" if ecosystem == "Alpine" else ""
            return f"{prefix}{major}.{minor}" if minor else ""
        case "Ubuntu":
            long_term = minor == "04" and int(major) % 2 == 0
            return f"{major}.{minor}" + (":LTS" if long_term else "") if minor else ""
        case "Photon OS":
            return f"{major}.{minor or 0}"
        case _:
            return major
