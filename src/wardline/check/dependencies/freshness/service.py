"""Freshness: packages as they are used, held against what their registries say of them.

What no registry answered for is a gap; what a registry cannot be believed about is counted apart. Registries are those
of the user's own tools, or named by the user; never one that the examined tree names, since asking is telling.
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any, Final, NamedTuple

from wardline.check.dependencies import versions
from wardline.check.dependencies.freshness import trust
from wardline.check.dependencies.freshness.asking import Registry, RegistryError, registry
from wardline.check.dependencies.freshness.kept import Kept
from wardline.check.dependencies.freshness.model import Freshness, Known, Release, Standing, Used, aged, standing
from wardline.findings.report import Gap
from wardline.kernel import http
from wardline.kernel.errors import AskedWronglyError, WardlineError
from wardline.kernel.plugins import catalogue
from wardline.kernel.text import printable

_FOLDER: Final = "wardline.check.dependencies.registries"
_MAX_NAMED: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What to look at and how: `named` are registries by ecosystem that the user named."""

    packages: Sequence[Used]
    now: int
    offline: bool = False
    only: tuple[str, ...] = ()
    named: Mapping[str, str] | None = None


class Result(NamedTuple):
    """The packages that something can be said of, the gaps for the others, and notes; by ecosystem which registry."""

    rows: list[Freshness]
    gaps: list[Gap]
    notes: list[str]
    registries: dict[str, str]


class _Failure(NamedTuple):
    """Why nothing is said of a package."""

    reason: str
    remedy: str


def ecosystems() -> dict[str, str]:
    """Return the ecosystems whose registries can be asked, with their titles."""
    return {plugin.declared["ECOSYSTEM"]: plugin.declared["TITLE"] for plugin in catalogue(_FOLDER)}


def measure(asked: Asked, *, progress: Callable[[str], None]) -> Result:
    """Return how far behind each package is. Packages that stand in several lockfiles count once.

    Raises: `AskedWronglyError` for an ecosystem that does not exist here or a registry that is no address.
    """
    plugins = {plugin.declared["ECOSYSTEM"]: plugin for plugin in catalogue(_FOLDER)}
    named = asked.named or {}
    unknown = sorted({*asked.only, *named} - set(plugins))
    if unknown:
        raise AskedWronglyError(
            f"no registry of {unknown[0]} can be asked", hint=f"there are: {', '.join(sorted(plugins))}"
        )
    places = {ecosystem: _named(ecosystem, url) for ecosystem, url in named.items()}
    by_ecosystem: dict[str, list[Used]] = {}
    for used in unique(asked.packages):
        if not asked.only or used.ecosystem in asked.only:
            by_ecosystem.setdefault(used.ecosystem, []).append(used)
    result = Result([], [], [], {})
    for ecosystem in sorted(set(by_ecosystem) - set(plugins)):
        reason = f"the registry of {printable(ecosystem, max_chars=60)} is not asked by this version of Wardline"
        gap = _gap(by_ecosystem.pop(ecosystem), _Failure(reason, "ask the ecosystem's own tool what is outdated"))
        result.gaps.append(gap)
    if by_ecosystem:
        modules = {name: plugins[name].load() for name in by_ecosystem}
        parts = asyncio.run(_all(modules, by_ecosystem, places, asked, progress))
        for part in parts:
            result.rows.extend(part.rows)
            result.gaps.extend(part.gaps)
            result.notes.extend(part.notes)
            result.registries.update(part.registries)
    return result


def unique(packages: Iterable[Used]) -> list[Used]:
    """Return each (ecosystem, name, version) once: direct where any lockfile says so, with any date there is."""
    found: dict[tuple[str, str, str], Used] = {}
    for used in packages:
        there = found.get(used[:3])
        found[used[:3]] = used if there is None else _joined(there, used)
    return list(found.values())


def _joined(one: Used, other: Used) -> Used:
    asked_for = {one.direct, other.direct}
    direct = True if True in asked_for else None if None in asked_for else False
    groups = tuple(sorted({*one.groups, *other.groups})) if one.groups and other.groups else ()
    return one._replace(direct=direct, groups=groups, dated=one.dated if one.dated is not None else other.dated)


def _named(ecosystem: str, url: str) -> Registry:
    try:
        return registry(url)
    except RegistryError as error:
        raise AskedWronglyError(error.detail, hint=f"write --registry {ecosystem}=https://…") from error


async def _all(
    modules: Mapping[str, ModuleType],
    packages: Mapping[str, list[Used]],
    places: Mapping[str, Registry],
    asked: Asked,
    progress: Callable[[str], None],
) -> list[Result]:
    finished = 0
    count = sum(len({used.name for used in group}) for group in packages.values())

    def done() -> None:
        nonlocal finished
        finished += 1
        progress(f"asking registries: {finished:,} of {count:,} packages")

    progress("asking the ecosystems' tools where their registries are")
    async with http.Client() as client:
        lookups = [
            _Lookup(ecosystem=name, module=module, packages=packages[name], asked=asked, client=client, done=done).run(
                places.get(name)
            )
            for name, module in modules.items()
        ]
        return list(await asyncio.gather(*lookups))


@dataclass(slots=True, kw_only=True)
class _Lookup:
    """The packages of one ecosystem, looked up in its registry."""

    ecosystem: str
    module: Any  # the registry's plug-in
    packages: list[Used]
    asked: Asked
    client: http.Client
    done: Callable[[], None]
    kept: dict[str, Kept] = field(default_factory=dict)

    async def run(self, place: Registry | None) -> Result:
        """Return what can be said of the packages, and gaps for the others."""
        try:
            there: Registry = place if place is not None else await asyncio.to_thread(self.module.locate)
        except RegistryError as error:
            remedy = error.hint or f"name it: --registry {self.ecosystem}=URL"
            return Result([], [_gap(self.packages, _Failure(error.detail, remedy))], [], {})
        names = list(dict.fromkeys(used.name for used in self.packages))
        answers = dict(zip(names, await asyncio.gather(*(self._known(there, name) for name in names)), strict=True))
        rows, failures = await self._rows(answers)
        for kept in self.kept.values():
            kept.save()
        return Result(rows, _gaps(failures), self._notes(), {self.ecosystem: http.shown(there.url)})

    def _notes(self) -> list[str]:
        oldest = min((kept.oldest() for kept in self.kept.values()), default=self.asked.now)
        if not self.asked.offline or oldest >= self.asked.now:
            return []
        return [f"{self.ecosystem}: from answers kept since {trust.day(oldest)}; the registry was not asked"]

    def _keeper(self, place: Registry) -> Kept:
        if place.url not in self.kept:
            self.kept[place.url] = Kept(f"{self.ecosystem} {place.url}", self.asked.now, self.asked.offline).load()
        return self.kept[place.url]

    async def _known(self, place: Registry, name: str) -> tuple[Registry, Known] | _Failure:
        """Return the registry that knows a package and what it says, or why none does."""
        try:
            return await self._first(place.of(name), name)
        finally:
            self.done()

    async def _first(self, places: Sequence[Registry], name: str) -> tuple[Registry, Known] | _Failure:
        if not places:
            return _Failure("private: its name is told to no registry", "ask the ecosystem's own tool")
        failure = _Failure("the registry was not asked", "run it without --offline")
        for place in places:
            known = self._keeper(place).known(name)
            if known is not None:
                return place, known
            if self.asked.offline:
                continue
            try:
                known = await self.module.releases(self.client, place, name)
            except WardlineError as error:
                failure = _Failure(error.detail, error.hint or self._remedy())
                continue
            self._keeper(place).keep(name, known)
            return place, known
        return failure

    def _remedy(self) -> str:
        return f"see that the registry can be reached and has it, or name another: --registry {self.ecosystem}=URL"

    async def _rows(
        self, answers: Mapping[str, tuple[Registry, Known] | _Failure]
    ) -> tuple[list[Freshness], list[tuple[Used, _Failure]]]:
        placed: list[tuple[Used, Registry, Known, Standing]] = []
        failures: list[tuple[Used, _Failure]] = []
        for used in self.packages:
            answer = answers[used.name]
            found = answer if isinstance(answer, _Failure) else _stand(used, answer[1])
            if isinstance(found, _Failure):
                failures.append((used, found))
            elif not isinstance(answer, _Failure):
                placed.append((used, answer[0], answer[1], found))
        dates = await asyncio.gather(*(self._dates(used, at, where) for used, at, _, where in placed))
        doubts = [
            self._doubt(used, known, where, dated) for (used, _, known, where), dated in zip(placed, dates, strict=True)
        ]
        whole = trust.registry_doubt(
            {used.name: doubt for (used, *_), (doubt, of_registry) in zip(placed, doubts, strict=True) if of_registry}
        )
        rows = []
        for (used, _, _, where), dated, (doubt, _) in zip(placed, dates, doubts, strict=True):
            rows.append(aged(used, where, *dated, doubt or whole))
        return rows, failures

    async def _dates(self, used: Used, at: Registry, where: Standing) -> tuple[int | None, int | None]:
        """Return the times of the used and of the newest version, asked for apart where the registry wants that."""
        published = where.used.published if where.used else None
        newest = where.newest.published
        if self.module.DATES_APART:
            published = published if published is not None else await self._date(used.name, at, used.version)
            newest = newest if newest is not None else await self._date(used.name, at, where.newest.version)
        return (published if published is not None else used.dated), newest

    async def _date(self, name: str, at: Registry, version: str) -> int | None:
        kept = self._keeper(at)
        date = kept.date(name, version)
        if date is None and not self.asked.offline:
            try:
                date = await self.module.published(self.client, at, name, version)
            except WardlineError:  # no date is what it comes to, and is said as such
                return None
            if date is not None and isinstance(date, int):
                kept.keep_date(name, version, date)
        return date

    def _doubt(
        self, used: Used, known: Known, where: Standing, dated: tuple[int | None, int | None]
    ) -> tuple[str, bool]:
        """Return why a package's dates are not to be trusted, and whether that speaks about its registry as well."""
        now, since = self.asked.now, trust.seconds(self.module.SINCE) or 0
        known = self._with_dates(known, where, used, dated)
        said = trust.doubt(known, since=since, now=now)
        judged = trust.order(known.releases).compared > 0 or bool(said)
        if said:
            return said, judged
        said = trust.contradicted(used, where.used._replace(published=dated[0]) if where.used else None)
        if said:
            return said, True
        wrong = [trust.impossible(date, since=since, now=now) for date in dated if date is not None]
        wrong.append(trust.backwards(Release(used.version, dated[0]), where.newest._replace(published=dated[1])))
        said = next(filter(None, wrong), "")
        return (f"the registry {said}" if said else ""), judged

    def _with_dates(self, known: Known, where: Standing, used: Used, dated: tuple[int | None, int | None]) -> Known:
        if not self.module.DATES_APART:
            return known
        pair = [Release(used.version, dated[0]), where.newest._replace(published=dated[1])]
        return Known(pair, known.doubt)


def _stand(used: Used, known: Known) -> Standing | _Failure:
    try:
        found = standing(used, known)
    except versions.VersionError as error:
        return _Failure(error.detail, "pin a version that the ecosystem's own tool can compare")
    if found is None:
        return _Failure("the registry lists no release of it", "see whether it is developed under another name")
    return found


def _gaps(failures: Iterable[tuple[Used, _Failure]]) -> list[Gap]:
    by_failure: dict[_Failure, list[Used]] = {}
    for used, failure in failures:
        by_failure.setdefault(failure, []).append(used)
    return [_gap(packages, failure) for failure, packages in by_failure.items()]


def _gap(packages: Sequence[Used], failure: _Failure) -> Gap:
    named = ", ".join(printable(f"{used.name} {used.version}", max_chars=100) for used in packages[:_MAX_NAMED])
    more = len(packages) - _MAX_NAMED
    scope = f"{packages[0].ecosystem}: {named}" + (f" and {more:,} more" if more > 0 else "")
    return Gap(
        practice="dependencies",
        scope=printable(scope),
        reason=printable(failure.reason),
        remedy=printable(failure.remedy),
        units=len(packages),
    )
