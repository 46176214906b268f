"""Findings as importers say them: one function per kind of finding, each with the identity of its kind.

See `findings.identity` for what is compared. Values of secrets never come here: what an importer hands over as a name
or a message holds none.
"""

import re
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from wardline.findings import identity, sights
from wardline.findings.importers import words
from wardline.findings.purl import parsed, purl
from wardline.findings.report import (
    Confidence,
    Exploited,
    Finding,
    Fix,
    Location,
    PackageRef,
    Severity,
    Step,
    Suppression,
)
from wardline.kernel.text import printable

_MAX_IDS: Final = 50
_MAX_PATHS: Final = 10
_MAX_STEPS: Final = 100
_MAX_URL: Final = 4096
_MAX_SNIPPET: Final = 4000
_MAX_LINES: Final = 20
_MAX_LINE: Final = 200
_NAME: Final = re.compile(r"([A-Za-z_][\w.-]{0,60})[\"']?\s{0,3}(?::=|=>|=|:)\s{0,3}[\"'`]?\Z")


class Package(NamedTuple):
    """A package as a report names it: OSV's ecosystem, the name as OSV writes it, the version, and its purl."""

    ecosystem: str
    name: str
    version: str
    purl: str


def package(ecosystem: str, name: Any, version: Any, package_url: Any = None) -> Package | None:
    """Return a package, by its purl where that says more than the tool's own names; None where nothing names it."""
    said = parsed(package_url) if isinstance(package_url, str) else None
    if said is not None:
        found = Package(said[0], said[1], said[2] or words.text(version), "")
    elif named := words.text(name):
        found = Package(ecosystem or "unknown", named, words.text(version), "")
    else:
        return None
    ecosystem, name, version = (words.text(part) for part in found[:3])
    return Package(ecosystem, name, version, purl(ecosystem, name, version)) if name else None


class Said(NamedTuple):
    """What a tool says of a finding, whatever it is about."""

    tool: str
    rule: str
    title: str
    message: str
    severity: Severity
    confidence: Confidence = "medium"
    cwe: tuple[str, ...] = ()
    suppression: Suppression | None = None
    fix: Fix | None = None
    exploited: Exploited | None = None
    exploit_probability: float | None = None
    vector: str = ""  # CVSS

    @property
    def full_rule(self) -> str:
        """Return the rule's id with the tool's before it, so that no two tools' rules are mistaken for one."""
        return f"{self.tool}/{self.rule or 'unnamed'}"

    def fields(self) -> dict[str, Any]:
        """Return the fields of a finding that do not depend on its kind."""
        title = self.title or self.message[: words.MAX_TITLE] or self.rule or "no title"
        return {
            "title": title,
            "message": self.message or title,
            "severity": self.severity,
            "confidence": self.confidence,
            "cwe": self.cwe,
            "suppression": self.suppression,
            "fix": self.fix,
            "exploited": self.exploited,
            "exploit_probability": self.exploit_probability,
            "vector": self.vector or None,
        }


class Place(NamedTuple):
    """Where a finding is in the tree. `where` holds `file` or `location` (see `words.place`)."""

    where: dict[str, Any]
    line: int | None = None
    end_line: int | None = None
    column: int | None = None

    @property
    def path(self) -> str:
        """Return what the place is called, whichever kind it is of."""
        location: Location | None = self.where.get("location")
        return str(self.where.get("file") or (location.value if location else ""))

    def fields(self) -> dict[str, Any]:
        """Return the fields of a finding that say where it is; lines are those of files."""
        if "file" not in self.where:
            return self.where
        end = self.end_line if self.line and self.end_line and self.end_line >= self.line else self.line
        return {**self.where, "line": self.line, "end_line": end, "column": self.column if self.line else None}


def dependency(
    said: Said, about: Package, ids: Sequence[str], place: Place, paths: Sequence[Sequence[str]] = ()
) -> Finding:
    """Return the finding that one advisory about one package is, under the fingerprint that `check` gives it.

    Ids that start with `MAL-` are malware's: such a finding blocks.
    """
    known = sorted(dict.fromkeys(ids), key=identity.preference)[:_MAX_IDS] or [said.rule or said.title or "unnamed"]
    malware = any(one.startswith("MAL-") for one in ids)
    rule = identity.MALICIOUS if malware else identity.VULNERABLE
    verb = "is malicious" if malware else "is affected"
    summary = said.title or f"affected by {known[0]}"
    text = [f"{about.name} {about.version} {verb}: {summary}"]
    text += [f"Fixed in {said.fix.version}"] if said.fix and said.fix.version else []
    text += [said.message] if said.message and said.message != said.title else []
    text.append(f"Reported by {said.tool}")
    fields = said._replace(title=summary, message=words.sentences(text), confidence="high").fields()
    if malware:
        fields.update(severity="critical", blocks=True, fix=Fix("remove", f"remove {about.name}"))
    return Finding(
        fingerprint=identity.of_dependency(rule, about.ecosystem, about.name, known[0]),
        practice="dependencies",
        rule=rule,
        package=PackageRef(*about, paths=tuple(map(tuple, paths[:_MAX_PATHS]))),
        advisories=tuple(known),
        **{**fields, **place.fields()},
    )


def upgrade(about: Package, *versions: Any) -> Fix | None:
    """Return the repair that raising a package to the first of these versions is; None where none is given."""
    version = next((said for one in versions if (said := words.text(one, 100))), "")
    if not version:
        return None
    return Fix("upgrade", f"upgrade {about.name} from {about.version} to {version}", version=version)


class Seen(NamedTuple):
    """What a tool says of a place in code beyond where it is: its text, what encloses it, the tool's mark, the path.

    `before` and `after` are the lines around the text, where the tool quotes them.
    """

    snippet: str = ""
    symbol: str = ""
    mark: str = ""
    trace: tuple[Step, ...] = ()
    before: str = ""
    after: str = ""


def code(said: Said, place: Place, seen: Seen) -> Finding:
    """Return a finding in code. Where its rule is about credentials it is one of those, and nothing is quoted."""
    if is_credential(said):
        return credential(said, place, name=seen.symbol)
    family = identity.rule_family(said.cwe, said.full_rule)
    context = identity.CodeContext(place.path, seen.symbol, seen.snippet, seen.mark, said.message)
    return Finding(
        fingerprint=identity.of_code(family, said.full_rule, context),
        practice="code",
        rule=said.full_rule,
        trace=seen.trace[:_MAX_STEPS],
        context=_context(seen),
        **{**said.fields(), **place.fields()},
    )


def _context(seen: Seen) -> tuple[str, ...]:
    """Return what a finding is known again by where it moved: what encloses it, its lines without their values, a mark.

    The mark is a hash of the first line, which `identity.of_code` hashes as well: equal lines are told from like ones.
    """
    lines = [elided(line.strip()[:_MAX_LINE]) for line in seen.snippet[:_MAX_SNIPPET].splitlines()[:_MAX_LINES]]
    shown = [printable(line, max_chars=_MAX_LINE) for line in (seen.symbol, *lines) if line]
    shown += sights.near(sights.BEFORE, [elided(seen.before[:_MAX_LINE])])
    shown += sights.near(sights.AFTER, [elided(seen.after[:_MAX_LINE])])
    mark = identity.line_mark(seen.snippet)
    return (*shown, mark) if mark else tuple(shown)


_CREDENTIAL_RULE: Final = re.compile(
    r"hard-?_?coded[-_ .]?(?:\w{1,20}[-_ .])?(?:password|secret|credential|token|key)|secrets?[-_.]|[-_./]secrets?\b"
    r"|(?:private|api|access)[-_]?key|\bcredentials?\b|password-string|B10[567]",
    re.IGNORECASE,
)


def is_credential(said: Said) -> bool:
    """Return whether a rule is about values that must not be shown: by its weakness, else by its name."""
    if any(one in {"CWE-259", "CWE-321", "CWE-798", "CWE-540", "CWE-312"} for one in said.cwe):
        return True
    return not said.cwe and _CREDENTIAL_RULE.search(said.rule[:300]) is not None


def credential(said: Said, place: Place, *, name: str = "") -> Finding:
    """Return a finding about a credential. Nothing stays of what its tool quotes, or of what looks like a value."""
    quiet = said._replace(title=elided(said.title), message=elided(said.message), cwe=said.cwe or ("CWE-798",))
    fields = quiet.fields()
    fields["fix"] = said.fix or Fix("rotate", "revoke it where it was issued, issue another, and keep that in a vault")
    return Finding(
        fingerprint=identity.of_credential(said.full_rule, place.path, name),
        practice="exposure",
        rule=said.full_rule,
        **{**fields, **place.fields()},
    )


def name_before(value: Any, match: Any) -> str:
    """Return the name that a secret is given in the text that a tool matched (`password = "…"`), "" where none is."""
    if not isinstance(value, str) or not isinstance(match, str) or not value:
        return ""
    before, found, _ = match[:20_000].partition(value[:10_000])
    named = _NAME.search(before[-100:]) if found else None
    return words.text(named[1], 60) if named else ""


_QUOTED: Final = re.compile(r"'[^']{1,2000}'|\"[^\"]{1,2000}\"|`[^`]{1,2000}`")
_TOKEN: Final = re.compile(r"[A-Za-z0-9+/_=.~-]{12,}")


def elided(text: str) -> str:
    """Return a text without what is quoted in it and without words that could be a secret's value."""
    return _TOKEN.sub(_unless_plain, _QUOTED.sub("'…'", text))


def _unless_plain(found: re.Match[str]) -> str:
    word = found[0]
    plain = not any(char.isdigit() for char in word) and (word.islower() or word.istitle() or "-" in word)
    return word if plain else "…"


def dynamic(said: Said, *, method: str, url: str, parameter: str) -> Finding:
    """Return a finding about a running service: its place is a URL, without what may be secret: user and query."""
    shown = re.sub(r"//[^/@\s]{1,500}@", "//", re.split(r"[?#]", url[:_MAX_URL], maxsplit=1)[0])
    family = identity.rule_family(said.cwe, said.full_rule)
    return Finding(
        fingerprint=identity.of_dynamic(family, method, shown, parameter),
        practice="pentest",
        rule=said.full_rule,
        location=Location("url", words.text(shown, words.MAX_PATH) or "unknown"),
        **said.fields(),
    )


def configuration(said: Said, place: Place, *, resource: str) -> Finding:
    """Return a finding about a setting: of infrastructure, a pipeline or an image."""
    return Finding(
        fingerprint=identity.of_configuration(said.full_rule, resource, place.path),
        practice="pipeline",
        rule=said.full_rule,
        **{**said.fields(), **place.fields()},
    )


def suppression(source: str, reason: str) -> Suppression:
    """Return why a tool's report itself lets a finding not count; its source is the tool, and it never ends."""
    return Suppression(source=source, reason=reason or "suppressed in the report, without a reason", until=None)
