"""From a match to a finding: what is wrong with a pinned package, in words, with the command that repairs it."""

import posixpath
import re
from collections.abc import Sequence
from typing import NamedTuple

from wardline.check.dependencies import versions
from wardline.check.dependencies.formats import Format
from wardline.check.dependencies.matching import Match
from wardline.check.dependencies.model import Package
from wardline.findings.identity import MALICIOUS, VULNERABLE, of_dependency
from wardline.findings.purl import purl
from wardline.findings.report import Finding, Fix, PackageRef
from wardline.kernel.text import printable

_MAX_NAME = 200
_PLAIN = r"[A-Za-z0-9@_][A-Za-z0-9@%+=:,./_~-]*"  # a shell reads it as one word, a tool as no option


class Pin(NamedTuple):
    """A package where it is pinned: the file, the line in it, and the chains of `name@version` that bring it."""

    package: Package
    file: str
    line: int | None
    paths: Sequence[Sequence[str]]


def finding(match: Match, pin: Pin, *, repaired: str | None, tool: Format) -> Finding:
    """Return the finding that one advisory about one pinned package is.

    `repaired` is the lowest version that no advisory affects, or None; `tool` is the lockfile's format.
    """
    package, file, line, paths = pin
    rule = MALICIOUS if match.malware else VULNERABLE
    name, version = printable(package.name, max_chars=_MAX_NAME), printable(package.version, max_chars=_MAX_NAME)
    summary = match.summary.strip() or f"affected by {match.ids[0]}"
    verb = "is malicious" if match.malware else "is affected"
    said = [f"{name} {version} {verb}: {summary.rstrip('.')}."]
    if match.exploited is not None:
        since = f" since {match.exploited.since}" if match.exploited.since else ""
        said.append(f"Known to be exploited{since}.")
    if not match.malware:
        said.append(f"Fixed in {match.fixed}." if match.fixed else "No fixed version is known.")
    if paths and len(paths[0]) > 1:
        said.append(f"Brought by {' > '.join(paths[0])}.")
    if match.url:
        said.append(match.url)
    return Finding(
        fingerprint=of_dependency(rule, package.ecosystem, package.name, match.ids[0]),
        practice="dependencies",
        rule=rule,
        title=summary,
        severity="critical" if match.malware else match.severity,
        confidence="high",
        message=printable(" ".join(said)),
        file=printable(file),
        line=line,
        end_line=line,
        cwe=match.cwe,
        fix=_removal(name) if match.malware else _upgrade(pin, repaired, tool),
        package=PackageRef(
            ecosystem=package.ecosystem,
            name=package.name,
            version=package.version,
            purl=purl(package.ecosystem, package.name, package.version),
            paths=tuple(map(tuple, paths)),
        ),
        advisories=match.ids,
        blocks=match.malware,
        exploited=match.exploited,
        exploit_probability=match.epss,
        vector=None if match.malware else printable(match.vector) or None,
    )


def _removal(name: str) -> Fix:
    text = f"remove {name}, and rotate every credential that was within reach of a machine that installed it"
    return Fix(kind="remove", text=text)


def _upgrade(pin: Pin, repaired: str | None, tool: Format) -> Fix | None:
    """Return the repair: a command where one will do, else words. A tool cannot raise what a parent does not allow."""
    if repaired is None:
        return None
    package = pin.package
    name, version = printable(package.name, max_chars=_MAX_NAME), printable(repaired, max_chars=_MAX_NAME)
    text = f"upgrade {name} from {printable(package.version, max_chars=_MAX_NAME)} to {version}"
    if package.direct:
        template = tool.upgrade_direct
    elif "{version}" in tool.upgrade or _same_major(package, repaired):
        template = tool.upgrade
    else:
        template = ""
        brought = f", {pin.paths[0][0]}," if pin.paths and len(pin.paths[0]) > 1 else ""
        text += f": what brings it{brought} does not allow it, so upgrade that, or override the version"
    asked = "go" if (package.ecosystem, package.name) == ("Go", "stdlib") else package.name
    if asked == "go":  # the standard library comes with Go itself, and its versions have no "v"
        template = "go get {name}@{version}"
    command = upgrade_command(template, asked, repaired, posixpath.dirname(pin.file)) if template else None
    return Fix(kind="upgrade", text=text, version=repaired, command=command)


def _same_major(package: Package, repaired: str) -> bool:
    try:
        return versions.major(package.ecosystem, package.version) == versions.major(package.ecosystem, repaired)
    except versions.VersionError:
        return False


def upgrade_command(upgrade: str, name: str, version: str, folder: str) -> str | None:
    """Return the command to paste, None where a name would need quoting: strangers chose it, and a shell reads it."""
    if not (re.fullmatch(_PLAIN, name) and re.fullmatch(_PLAIN, version) and folder.isprintable()):
        return None
    command = upgrade.replace("{name}", name).replace("{version}", version)
    if not folder:
        return command
    from shlex import quote

    return f"cd {quote(folder)} && {command}"
