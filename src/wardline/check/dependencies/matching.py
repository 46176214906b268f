"""Which packages the advisories affect: look-up, evaluation, one match per bug.

A bug that several records describe (aliases) is one match, and affects a package where any record of it says so: a
missed bug costs more than a second look.

A bound that cannot be read (`fixed: "~"`) is neither "no bound" (a false alarm for every later version) nor a reason to
forget the record. Its interval counts where the list of versions confirms it. Otherwise, where the bound could matter
at all, another record of the same bug with legible bounds is believed; and where there is none, the package is
`Unjudged` for this bug: a gap that names the record and the bound.
"""

from collections.abc import Iterable, Iterator, Sequence
from operator import itemgetter
from typing import Any, Final, NamedTuple

from wardline.check.dependencies import versions
from wardline.check.dependencies.advisories.core import Core, rating
from wardline.check.dependencies.advisories.index import Group, Index, Posting
from wardline.check.dependencies.advisories.ranking import Ranking
from wardline.check.dependencies.model import Package
from wardline.check.dependencies.versions import VersionError
from wardline.findings.identity import preference
from wardline.findings.package_names import same_ecosystem
from wardline.findings.report import Exploited, Severity
from wardline.findings.severity import Rating, highest
from wardline.kernel.text import printable

_MAX_EVALUATIONS: Final = 50_000


class Match(NamedTuple):
    """One bug that affects one package.

    `ids` are all ids and aliases, the canonical one first. `covers` are those among them that are of other bugs, which
    the record reports together (such a match is there only if one of them has no match of its own). `fixed` is the
    lowest version above the current one in which no record of this bug sees it, None where none says so. `vector` is
    the CVSS vector of the highest rating that has one.
    """

    package: int  # its number among the packages that were matched
    ids: tuple[str, ...]
    summary: str
    severity: Severity
    vector: str
    cwe: tuple[str, ...]
    malware: bool
    exploited: Exploited | None
    epss: float | None
    modified: str
    url: str
    fixed: str | None
    covers: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """Return the canonical id."""
        return self.ids[0]


class Unjudged(NamedTuple):
    """A package that records name and that could not be held against them, why, and which records."""

    package: int
    reason: str
    ids: tuple[str, ...]


class Matching(NamedTuple):
    """What the advisories say of a sequence of packages. Packages are given by their number in it."""

    matches: list[Match]
    unjudged: list[Unjudged]
    uncovered: dict[str, list[int]]  # ecosystem without advisories -> its packages
    data_dates: dict[str, str | None]  # covered ecosystem -> its newest record


def match(index: Index, packages: Sequence[Package], ranking: Ranking | None = None) -> Matching:
    """Return every bug that affects one of the packages, and which packages could not be judged.

    Matches stand in the order of the packages; those of one package with malware first, then by id. Raises:
    `DamagedError` where the index is damaged.
    """
    matching = Matching([], [], {}, {})
    _coverage(index, packages, matching)
    ranking = ranking or Ranking()
    judged: dict[tuple[str, str, str], tuple[list[Match], list[Unjudged]]] = {}
    for number, postings in index.find(packages):
        key = packages[number][:3]
        if key not in judged:
            judged[key] = _judge(index, packages[number], postings, ranking)
        matches, unjudged = judged[key]
        matching.matches.extend(found._replace(package=number) for found in matches)
        matching.unjudged.extend(found._replace(package=number) for found in unjudged)
    return matching


def _coverage(index: Index, packages: Sequence[Package], matching: Matching) -> None:
    uncovered = matching.uncovered
    for ecosystem in dict.fromkeys(map(itemgetter(0), packages)):
        if index.covers(ecosystem):
            matching.data_dates[ecosystem] = index.data_date(ecosystem)
        else:
            uncovered[ecosystem] = []
    for number, package in enumerate(packages if uncovered else ()):
        if package.ecosystem in uncovered:
            uncovered[package.ecosystem].append(number)


class _Bug(NamedTuple):
    """A bug, and what its records say about one package: (record, members) each."""

    group: Group | None
    records: list[tuple[int, list[dict[str, Any]]]]


class _Hit(NamedTuple):
    """A bug that affects the package, with the cores of the records that say so."""

    ids: tuple[str, ...]
    bug: _Bug
    cores: list[Core]


def _bugs(index: Index, ecosystem: str, postings: Iterable[Posting]) -> list[_Bug]:
    """Return what the records say about a package of this ecosystem, by bug."""
    records: dict[int, list[dict[str, Any]]] = {}
    for posting in postings:
        member = index.member(posting)
        if "ecosystem" not in member or same_ecosystem(member["ecosystem"], ecosystem):
            records.setdefault(posting.record, []).append(member)
    bugs: dict[int, _Bug] = {}
    for number, members in records.items():
        identity = index.identity(number)
        if identity not in bugs:
            bugs[identity] = _Bug(index.group(number), [])
        bugs[identity].records.append((number, members))
    return list(bugs.values())


def _judge(
    index: Index, package: Package, postings: Iterable[Posting], ranking: Ranking
) -> tuple[list[Match], list[Unjudged]]:
    hits: list[_Hit] = []
    unjudged: list[Unjudged] = []
    for bug in _bugs(index, package.ecosystem, postings):
        verdicts = [(number, _verdict(members, package.ecosystem, package.version)) for number, members in bug.records]
        saying = [number for number, verdict in verdicts if verdict == ""]
        if saying:
            cores = [index.core(number) for number in saying]
            cores.sort(key=lambda core: preference(core.id))
            hits.append(_Hit(bug.group.ids if bug.group else (cores[0].id,), bug, cores))
        elif all(verdict for _, verdict in verdicts):
            number, reason = verdicts[0]
            unjudged.append(Unjudged(0, str(reason), (index.core(number).id,)))
    matches = [_match(hit, package, ranking) for hit in _told_apart(hits)]
    matches.sort(key=lambda found: (not found.malware, found.ids))
    return matches, _together(unjudged)


def _verdict(members: Sequence[dict[str, Any]], ecosystem: str, version: str) -> str | None:
    """Return "" where a record affects the version, None where it does not, else why that cannot be told."""
    doubt = None
    for member in members:
        try:
            if versions.entry_affects(member, ecosystem, version):
                return ""
            doubt = doubt or _doubt(member, ecosystem, version)
        except VersionError as error:
            doubt = doubt or error.detail
    return doubt


def _doubt(member: dict[str, Any], ecosystem: str, version: str) -> str | None:
    """Return why a member that does not seem to affect a version might: a bound that cannot be read, and matters.

    It matters where the version would be affected if the bound were as wide as it can be.
    """
    if not member.get("ranges"):
        return None
    illegible = versions.unreadable_bounds(member, ecosystem)
    if not illegible:
        return None
    widest = {"ranges": [{**part, "events": _widened(part["events"], illegible)} for part in member["ranges"]]}
    if not versions.entry_affects(widest, ecosystem, version):
        return None
    return f"the advisory's bound {printable(illegible[0], max_chars=40)!r} cannot be read"


def _widened(events: Iterable[Any], illegible: Sequence[str]) -> list[dict[str, str]]:
    widened = []
    for event in events:
        for kind, bound in event.items() if isinstance(event, dict) else ():
            legible = isinstance(bound, str) and bound not in illegible
            if legible or kind == "introduced":
                widened.append({kind: bound if legible else "0"})
    return widened


def _told_apart(hits: list[_Hit]) -> list[_Hit]:
    """Leave out bugs that are reported together where each has a hit of its own; those then carry the record's id too.

    A CVE id counts as a bug; a record that lists none is held against all that it lists.
    """
    lumping = [hit for hit in hits if hit.bug.group is not None and hit.bug.group.covers]
    alone = [hit for hit in hits if hit not in lumping]
    kept = []
    for hit in lumping:
        covers = hit.bug.group.covers if hit.bug.group else ()
        wanted = [one for one in covers if one.startswith("CVE-")] or covers
        if not all(any(one in other.ids for other in alone) for one in wanted):
            kept.append(hit)
            continue
        for number, other in enumerate(alone):
            if any(one in other.ids for one in wanted):
                alone[number] = other._replace(ids=(*other.ids, *hit.ids), cores=[*other.cores, *hit.cores])
    return alone + kept


def _match(hit: _Hit, package: Package, ranking: Ranking) -> Match:
    group = hit.bug.group
    covers = group.covers if group else ()
    ratings = [group.rating] if group else []
    ratings += [rating(core) for core in hit.cores]
    ratings += [
        Rating(*member["severity"]) for _, members in hit.bug.records for member in members if "severity" in member
    ]
    malware = any(core.malware for core in hit.cores)
    severity, vector = highest(ratings)
    ids = (*hit.ids, *covers)
    return Match(
        package=0,
        ids=ids,
        covers=covers,
        summary=next((core.summary for core in hit.cores if core.summary), ""),
        severity="critical" if malware else severity,
        vector=vector or highest(one for one in ratings if one.vector).vector,
        cwe=tuple(sorted({one for core in hit.cores for one in core.cwe}, key=lambda one: int(one[4:]))),
        malware=malware,
        exploited=ranking.exploited(ids),
        epss=ranking.probability(ids),
        modified=max(core.modified for core in hit.cores),
        url=next((core.url for core in hit.cores if core.url), ""),
        fixed=_fixed(hit.bug, package.ecosystem, package.version),
    )


def _together(unjudged: list[Unjudged]) -> list[Unjudged]:
    """Merge what could not be judged for one reason."""
    ids: dict[str, list[str]] = {}
    for found in unjudged:
        ids.setdefault(found.reason, []).extend(found.ids)
    return [Unjudged(0, reason, tuple(sorted(those))) for reason, those in ids.items()]


def _fixed(bug: _Bug, ecosystem: str, version: str) -> str | None:
    """Return the lowest bound that some record calls fixed, and in which none of the bug's records sees the bug."""
    members = [member for _, those in bug.records for member in those]
    return _lowest_free(members, _bounds(members, ecosystem, version), ecosystem)


def repair(index: Index, ecosystem: str, name: str, version: str) -> str | None:
    """Return the lowest version above this one that no record affects, malware included; None where none is known.

    Candidates are the versions that records name as fixed. A pre-release is one only where the current version is a
    pre-release too, and one of the same major version goes before every other. Whether it was published, and what it
    breaks, is not looked at.
    """
    members = [
        member
        for bug in _bugs(index, ecosystem, index.about(ecosystem, name))
        for _, those in bug.records
        for member in those
    ]
    bounds = _bounds(members, ecosystem, version)
    try:
        if not versions.prerelease(ecosystem, version):
            bounds = [bound for bound in bounds if not versions.prerelease(ecosystem, bound)]
        major = versions.major(ecosystem, version)
        near = [bound for bound in bounds if versions.major(ecosystem, bound) == major]
    except VersionError:
        return None
    far = [bound for bound in bounds if bound not in set(near)]
    return _lowest_free(members, near + far, ecosystem)


def _bounds(members: Iterable[dict[str, Any]], ecosystem: str, version: str) -> list[str]:
    found = {bound for member in members for bound in versions.fixed_bounds(member, ecosystem, version)}
    return sorted(found, key=lambda bound: (versions.sort_key(ecosystem, bound), bound))


def _lowest_free(members: list[dict[str, Any]], candidates: Sequence[str], ecosystem: str) -> str | None:
    """Return the first candidate that no member affects, None where there is none or too much would have to be asked.

    The members that end last are asked first, and one that refused a candidate is asked first about the next.
    """
    place = {bound: number for number, bound in enumerate(candidates)}
    ends = [max((place.get(bound, -1) for bound in _said_fixed(member)), default=len(place)) for member in members]
    asked = [member for _, member in sorted(zip(ends, members, strict=True), key=itemgetter(0), reverse=True)]
    evaluations = 0
    for candidate in candidates:
        for number, member in enumerate(asked):
            if _verdict((member,), ecosystem, candidate) is not None:
                asked.insert(0, asked.pop(number))
                break
        else:
            return candidate
        evaluations += number + 1
        if evaluations > _MAX_EVALUATIONS:
            return None
    return None


def _said_fixed(member: dict[str, Any]) -> Iterator[str]:
    for ranged in member.get("ranges", ()):
        for event in ranged["events"]:
            fixed = event.get("fixed") if isinstance(event, dict) else None
            if isinstance(fixed, str):
                yield fixed
