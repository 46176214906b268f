"""The dependencies practice: read every lockfile, hold every package against the advisories, account for all of it."""

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from wardline.check.dependencies import accounts
from wardline.check.dependencies.advisories.index import Index
from wardline.check.dependencies.listing import Listing, listing
from wardline.check.dependencies.matching import Match, Matching, match, repair
from wardline.check.dependencies.places import Places
from wardline.check.dependencies.reference import Reference
from wardline.check.dependencies.wording import Pin, finding
from wardline.check.model import Examination, View
from wardline.findings.report import Finding, Gap

if TYPE_CHECKING:
    from wardline.check.dependencies.exemptions import Exemptions
    from wardline.check.dependencies.vex.applying import Statements
    from wardline.findings.inventory import Inventory


def examine(view: View, reference: Reference, *, today: date, inventory: bool = False) -> Examination:
    """Return every vulnerable or malicious package that the lockfiles in scope pin, and an account of all of them.

    With `view.changed`, only lockfiles that the change touches are read, and only what was not there before the change
    is found. Without advisories every package is a gap. What a VEX statement exempts is suppressed, with its reason.
    """
    now = listing(view.tree, reference.formats, view, view.changed)
    exempted = _exemptions(view, reference)
    judged = _judged(now, reference, view.doing, exempted.by_vulnerability() if exempted else None)
    findings = _new(judged.findings, view, reference)
    suppressed = [finding for finding in findings if finding.suppression is not None]
    beside = [
        *(exempted.gaps if exempted else ()),
        *accounts.stale(judged.dated, today, view.policy.max_advisory_age_days),
    ]
    return Examination(
        findings=tuple(finding for finding in findings if finding.suppression is None),
        suppressed=tuple(suppressed),
        gaps=(*now.gaps, *judged.gaps, *beside),
        coverage=accounts.coverage(now, judged.gaps, len(suppressed), judged.dated),
        notes=(*reference.notes, *(exempted.notes if exempted else ())),
        inventory=_inventory(now) if inventory else None,
    )


def survey(view: View, reference: Reference) -> Examination:
    """Return the components that the lockfiles name, held against nothing."""
    now = listing(view.tree, reference.formats, view)
    return Examination(gaps=tuple(now.gaps), coverage=accounts.coverage(now, (), 0, None), inventory=_inventory(now))


def _exemptions(view: View, reference: Reference) -> "Exemptions | None":
    """Return what the VEX files say that are named, None where none is."""
    if not reference.vex and not view.policy.vex:
        return None
    from wardline.check.dependencies import exemptions

    return exemptions.read(reference.vex, view.tree, view.policy.vex)


def _inventory(listed: Listing) -> "Inventory":
    from wardline.check.dependencies import components

    return components.inventory(listed)


class _Judged(NamedTuple):
    findings: list[Finding]
    gaps: list[Gap]
    dated: str | None


def _judged(
    listed: Listing, reference: Reference, doing: Callable[[str], None], statements: "Statements | None" = None
) -> _Judged:
    packages = listed.packages()
    if reference.advisories is None:
        return _Judged([], accounts.without_advisories(packages, *reference.missing), None)
    doing(f"matching {len(packages):,} packages against the advisories")
    matching = match(reference.advisories, packages, reference.ranking)
    findings, gaps = _findings(listed, matching, reference.advisories, statements)
    gaps += accounts.of_matching(matching, packages, reference.advisories)
    return _Judged(findings, gaps, accounts.data_date(matching))


def _new(findings: list[Finding], view: View, reference: Reference) -> list[Finding]:
    """Return the findings that were not there before the change; all of them where a whole tree is examined."""
    if view.before is None or view.changed is None:
        return findings
    renamed = {old for old in view.changed.values() if old is not None}
    earlier = _judged(listing(view.before, reference.formats, view, renamed), reference, view.doing)
    known = {finding.fingerprint for finding in earlier.findings}
    return [finding for finding in findings if finding.fingerprint not in known]


def _findings(
    listed: Listing, matching: Matching, index: Index, statements: "Statements | None"
) -> tuple[list[Finding], list[Gap]]:
    """Return a finding per match; lines, graphs and repairs are worked out once per lockfile or package, if at all."""
    place = listed.places()
    hits = [(found, *place(found.package)) for found in matching.matches]
    asked: dict[str, set[int]] = {}
    for _, read, number in hits:
        asked.setdefault(read.path, set()).add(number)
    places: dict[str, Places] = {}
    repairs: dict[tuple[str, str, str], str | None] = {}
    findings = []
    for found, read, number in hits:
        package = read.lockfile.packages[number]
        key = package[:3]
        if key not in repairs:
            repairs[key] = None if found.malware else repair(index, *key)
        if read.path not in places:
            places[read.path] = Places(read, asked[read.path])
        where = places[read.path]
        pin = Pin(package, read.path, where.line(number), where.paths(number))
        one = finding(found, pin, repaired=repairs[key], tool=read.format)
        findings.append(_exempt(one, found, statements))
    return findings, [gap for where in places.values() for gap in where.gaps]


def _exempt(one: Finding, found: Match, statements: "Statements | None") -> Finding:
    """Return the finding, suppressed where a VEX statement says that it is none here. Malware is never exempt."""
    if statements is None or found.malware or one.package is None:
        return one
    said = statements.suppressing(one.package.purl, found.ids, found.covers)
    return one if said is None else one._replace(suppression=said.suppression())
