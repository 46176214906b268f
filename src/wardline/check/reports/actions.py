"""What to do about a report, most urgent first: findings grouped so that a person acts once.

Three vulnerabilities of one package in two lockfiles are one thing to do: upgrade it. Formats that people read (text,
Markdown, the page) show these groups; formats that machines read show every finding.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import cmp_to_key
from typing import Final, NamedTuple

from wardline.findings.report import Finding, Fix, PackageRef, Practice, Report, Severity, Suppression

_SHOWN_IDS: Final = 4


class Action(NamedTuple):
    """One thing to do: the findings that it settles (the most urgent first), and the best repair that they name."""

    findings: tuple[Finding, ...]
    fix: Fix | None
    commands: tuple[str, ...]  # what does it, one for each file where the commands differ
    unfixed: int  # how many of the findings name no version that repairs them, where others do
    blocking: bool

    @property
    def worst(self) -> Finding:
        """Return the most urgent finding."""
        return self.findings[0]

    @property
    def package(self) -> PackageRef | None:
        """Return the package to act on, or None."""
        return self.worst.package

    @property
    def practice(self) -> Practice:
        """Return the practice that found it."""
        return self.worst.practice

    @property
    def severity(self) -> Severity:
        """Return the severity of the most urgent finding."""
        return self.worst.severity

    @property
    def exploited(self) -> bool:
        """Return whether any of the vulnerabilities is known to be exploited."""
        return any(finding.exploited for finding in self.findings)

    @property
    def malware(self) -> bool:
        """Return whether it blocks whatever the threshold."""
        return any(finding.blocks for finding in self.findings)

    @property
    def verb(self) -> str:
        """Return what to do in one word: "upgrade", "remove", "edit", "rotate", or "look at" where no repair is known.

        A package without a repair is something to replace or to accept with a reason: "decide on".
        """
        if self.fix:
            return self.fix.kind
        return "decide on" if self.package else "look at"

    @property
    def headline(self) -> str:
        """Return what to do in a line: "upgrade requests 2.19.0 → 2.32.4", or what is wrong. Not made printable."""
        if self.package is None:
            return self.worst.title
        return f"{self.verb} {self.subject}"

    @property
    def subject(self) -> str:
        """Return the package with its version, and the version that repairs it. Not made printable."""
        package = self.package
        name = f"{package.name} {package.version}" if package else self.worst.title
        return f"{name} → {self.fix.version}" if package and self.fix and self.fix.version else name

    @property
    def places(self) -> tuple[str, ...]:
        """Return the distinct places, as `place` writes them."""
        return tuple(dict.fromkeys(map(place, self.findings)))

    @property
    def ids(self) -> tuple[str, ...]:
        """Return one identifier per vulnerability, the most urgent first; empty where findings have no advisories."""
        return tuple(dict.fromkeys(best_known_id(one) for one in self.findings if one.advisories))

    @property
    def path(self) -> tuple[str, ...]:
        """Return the shortest known chain that brings the package, or nothing where it is direct or unknown."""
        paths = self.package.paths if self.package else ()
        return paths[0] if paths and len(paths[0]) > 1 else ()


def place(finding: Finding) -> str:
    """Return where a finding is: `file:line`, a URL or a resource. Not made printable."""
    if finding.location is not None:
        return finding.location.value
    return f"{finding.file}:{finding.line}" if finding.line else str(finding.file)


def best_known_id(finding: Finding) -> str:
    """Return the id that people look for: the CVE where there is one, else the canonical id."""
    return next((one for one in finding.advisories if one.startswith("CVE-")), finding.advisories[0])


def shown_ids(ids: Sequence[str]) -> str:
    """Return a few ids and how many more there are."""
    more = len(ids) - _SHOWN_IDS
    return ", ".join(ids[:_SHOWN_IDS]) + (f" and {more} more" if more > 0 else "")


def to_do(report: Report) -> tuple[Action, ...]:
    """Return all that wants doing, the most urgent first: what blocks, then what does not.

    Findings about one package at one version are one action, wherever it is locked; other findings are one action
    where rule, title and repair are the same.
    """
    groups: dict[tuple[object, ...], list[Finding]] = {}
    for finding in report.findings:
        groups.setdefault(_key(finding), []).append(finding)
    actions = [_action(findings, report.blocking) for findings in groups.values()]
    return tuple(sorted(actions, key=lambda action: (not action.blocking, action.worst.urgency())))


def _key(finding: Finding) -> tuple[object, ...]:
    if finding.package is not None:
        package = finding.package
        return (package.ecosystem, package.name, package.version, "remove" if finding.blocks else "")
    fix = (finding.fix.text, finding.fix.command) if finding.fix else ()
    return (finding.practice, finding.rule, finding.title, *fix)


def _action(findings: Iterable[Finding], blocking: Callable[[Finding], bool]) -> Action:
    ordered = sorted(findings, key=Finding.urgency)
    fixes = [one.fix for one in ordered if one.fix]
    by_file: dict[str | None, list[Fix]] = {}
    for one in ordered:
        if one.fix:
            by_file.setdefault(one.file, []).append(one.fix)
    package = ordered[0].package
    repairs = [_best(repairs, package) for repairs in by_file.values()]
    return Action(
        findings=tuple(ordered),
        fix=_best(fixes, package),
        commands=tuple(dict.fromkeys(fix.command for fix in repairs if fix and fix.command)),
        unfixed=sum(one.fix is None or (one.package is not None and one.fix.version is None) for one in ordered)
        if any(fix.version for fix in fixes)
        else 0,
        blocking=any(map(blocking, ordered)),
    )


def _best(fixes: Sequence[Fix], package: PackageRef | None) -> Fix | None:
    """Return the repair that settles most: the highest version, since each of them repairs what the lower ones do."""
    versioned = [fix for fix in fixes if fix.version]
    if package is None or not versioned:
        return fixes[0] if fixes else None
    if len({fix.version for fix in versioned}) == 1:
        return versioned[0]

    def compare(a: Fix, b: Fix) -> int:
        from wardline.check.dependencies import versions

        try:
            return versions.compare(package.ecosystem, a.version or "", b.version or "")
        except versions.VersionError:
            return 0

    return max(versioned, key=cmp_to_key(compare))


def suppressed_by(report: Report) -> list[tuple[Suppression, int]]:
    """Return each reason for which findings do not count, and how many it covers, the most frequent first."""
    counted: dict[Suppression, int] = {}
    for finding in report.suppressed:
        if finding.suppression is not None:
            counted[finding.suppression] = counted.get(finding.suppression, 0) + 1
    return sorted(counted.items(), key=lambda row: (-row[1], row[0].source, row[0].reason, row[0].until or ""))
