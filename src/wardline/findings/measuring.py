"""The use cases of measuring: see `measures` for what each number means and why it is hard to flatter."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Final, Literal

from sqlalchemy import Connection

from wardline.findings import counting, life_store, measure_store
from wardline.findings.counting import Standing
from wardline.findings.life_store import Lives, Narrowed, Period
from wardline.findings.measures import (
    DAY,
    Attainment,
    Cell,
    Curve,
    Exposure,
    Heat,
    OpenDay,
    Pace,
    Velocity,
    hottest,
    open_by_day,
    survival,
)
from wardline.findings.report import SEVERITIES
from wardline.findings.room import Room, reach_of
from wardline.kernel.errors import AskedWronglyError, NotFoundError
from wardline.kernel.identity.model import Principal, allowed

By = Literal["severity", "practice", "team", "service"]
_BY: Final = ("severity", "practice", "team", "service")
_URGENCIES: Final = {"0": "critical", "1": "high", "2": "medium", "3": "low", "4": "info"}  # unknown counts as high
_MAX_DAYS: Final = 3660
_MOST_GROUPS: Final = 200


class Measuring(Room):
    """Secure velocity, of what `who` may see."""

    def heat(self, who: Principal) -> Heat:
        """Return what is open by service and practice, the most urgent service first."""
        with self._database.reading() as tx:
            found = measure_store.standing(tx, Narrowed(reach_of(who)), self._clock(), "service", "practice")
            services = self._catalog.briefs_named(tx, {service for service, _ in found})
        cells = {(service, practice): Cell(*one) for (service, practice), one in found.items()}
        named = [(one.id, one.name, int(one.tier)) for one in services.values()]
        return Heat(tuple(sorted({practice for _, practice in cells})), hottest(cells, named), cells)

    def survival(  # noqa: PLR0913 - one for each way to narrow, all by name
        self, who: Principal, *, by: By | None = None, days: int = 180,
        service: str | None = None, team: str | None = None, practice: str | None = None,
    ) -> tuple[Curve, ...]:  # fmt: skip
        """Return how long findings stayed open, as curves: one, or one for each severity, practice, team or service.

        Raises: `AskedWronglyError` for no such group or period; `NotFoundError` for no such service.
        """
        with self._database.reading() as tx:
            what = self._narrowed(tx, who, service=service, team=team, practice=practice)
            return self._curves(tx, by, _by(life_store.lives(tx, what, self._period(days), _checked(by)), 0))

    def exposure_days(  # noqa: PLR0913 - as survival
        self, who: Principal, *, by: By | None = None, days: int = 90,
        service: str | None = None, team: str | None = None, practice: str | None = None,
    ) -> Mapping[str, Exposure]:  # fmt: skip
        """Return the days that findings were open in the period, added up, by name of group ("" for all)."""
        with self._database.reading() as tx:
            what = self._narrowed(tx, who, service=service, team=team, practice=practice)
            period = self._period(days)
            lives = _by(life_store.lives(tx, what, period, _checked(by)), 0)
            found = _exposures(lives, life_store.ran_on(tx, what, period, _checked(by)))
            if by is None:
                found.setdefault("", Exposure(0.0, 0.0))
            names = self._named(tx, by, found)
        return {names.get(group, group): exposure for group, exposure in found.items()}

    def attainment(
        self, who: Principal, *, days: int = 90,
        service: str | None = None, team: str | None = None, practice: str | None = None,
    ) -> Attainment:  # fmt: skip
        """Return how due times are kept: what is open and late now, and what the period's fixes met."""
        now = self._clock()
        with self._database.reading() as tx:
            what = self._narrowed(tx, who, service=service, team=team, practice=practice)
            standing = measure_store.standing(tx, what, now).get((), Standing())
            lives = life_store.lives(tx, what, self._period(days), ())
        return _attainment(standing, _by(lives, None).values())

    def pace(self, who: Principal, by: Literal["team", "service"] = "team", *, days: int = 180) -> tuple[Pace, ...]:
        """Return each team's or service's numbers side by side, whoever has the most late first."""
        period = self._period(days)
        if by not in {"team", "service"}:
            raise AskedWronglyError("paces are by team or by service")
        with self._database.reading() as tx:
            what = Narrowed(reach_of(who))
            lives = _by(life_store.lives(tx, what, period, [by]), 0)
            standing = measure_store.standing(tx, what, self._clock(), by)
            return self._paces(tx, what, period, by, lives, standing)

    def timeline(self, who: Principal, service: str, *, days: int = 90) -> tuple[OpenDay, ...]:
        """Return how many findings of a service were open at the end of each day, by severity; today is the last.

        Every cycle of every finding counts for exactly the days that it was open, whatever became of it later.
        Raises: `NotFoundError` for a service whose findings `who` may not see; `AskedWronglyError` for no such period.
        """
        period = self._period(days)
        first, last = period.since // DAY, period.until // DAY
        with self._database.reading() as tx:
            found = self._catalog.find(tx, service)
            if found is None or not allowed(who, "finding:read", team=found.team, service=found.id):
                raise NotFoundError(f"there is no service {service!r:.60}")
            spans = measure_store.open_spans(tx, found.id, first * DAY)
        return open_by_day(((int(row[0]), row[1], int(row[2]), int(row[3])) for row in spans), first, last)

    def reported(self, who: Principal) -> frozenset[str]:
        """Return the ids of the services that a whole report was ever received of: of the others nothing is known."""
        with self._database.reading() as tx:
            return measure_store.ever_reported(tx, reach_of(who))

    def velocity(self, who: Principal, *, by: By = "severity", days: int = 180, team: str | None = None) -> Velocity:
        """Return everything that the page about velocity shows, in one look at what happened.

        Raises: `AskedWronglyError` for no such group or period.
        """
        period, now = self._period(days), self._clock()
        groups = list(dict.fromkeys(("team", "severity", *_checked(by))))
        with self._database.reading() as tx:
            what = Narrowed(reach_of(who), team=team)
            lives = life_store.lives(tx, what, period, groups)
            some = {group: _by(lives, place) for place, group in enumerate(groups)}
            severities, whole = some["severity"], _together(some["severity"])
            standing = measure_store.standing(tx, what, now, "team")
            exposures = _exposures(severities, life_store.ran_on(tx, what, period, ["severity"]))
            curves = self._curves(tx, None, whole)
            return Velocity(
                whole=curves[0] if curves else None,
                curves=self._curves(tx, by, some[by]),
                exposure=Exposure(*map(sum, zip(*exposures.values(), strict=True))) if exposures else Exposure(0, 0),
                exposure_by_severity={_URGENCIES.get(name, name): one for name, one in exposures.items()},
                attainment=_attainment(counting.together(standing.values()), whole.values()),
                paces=self._paces(tx, what, period, "team", some["team"], standing),
            )

    # Inside

    def _curves(self, tx: Connection, by: str | None, lives: Mapping[str, Lives]) -> tuple[Curve, ...]:
        names = self._named(tx, by, lives)
        curves = [_curve(names.get(group, group), one) for group, one in lives.items()]
        return tuple(sorted(curves, key=lambda curve: _order(by, curve.name))[:_MOST_GROUPS])

    def _paces(  # noqa: PLR0913, PLR0917 - one look's results, handed on within this class
        self, tx: Connection, what: Narrowed, period: Period, by: str, lives: Mapping[str, Lives],
        stands: Mapping[tuple[str, ...], Standing],
    ) -> tuple[Pace, ...]:  # fmt: skip
        standing = {group: one for (group,), one in stands.items()}
        exposures = _exposures(lives, life_store.ran_on(tx, what, period, [by]))
        names = self._named(tx, by, {*standing, *exposures})
        paces = []
        for group in {*standing, *exposures}:
            opened, late, *_ = standing.get(group, Standing())
            lived = lives.get(group, Lives())
            paces.append(
                Pace(
                    id=group,
                    name=names.get(group, group),
                    open=opened,
                    late=late,
                    median_days=_curve("", lived).median_days,
                    fixed=lived.fixes,
                    dismissed=lived.dismissed,
                    waived=lived.waived,
                    came_back=lived.came_back,
                    exposure=exposures.get(group, Exposure(0, 0)),
                )
            )
        return tuple(sorted(paces, key=lambda pace: (-pace.late, -pace.open, pace.name, pace.id)))

    def _period(self, days: int) -> Period:
        if not 0 < days <= _MAX_DAYS:
            raise AskedWronglyError(f"{days} days are no period", hint="ask for 1 to 3660")
        now = self._clock()
        return Period(int((now - timedelta(days=days)).timestamp()), int(now.timestamp()))

    def _narrowed(
        self, tx: Connection, who: Principal, *, service: str | None, team: str | None, practice: str | None
    ) -> Narrowed:
        if service is not None:
            found = self._catalog.find(tx, service)
            if found is None:
                raise NotFoundError(f"there is no service {service!r:.60}")
            service = found.id
        return Narrowed(reach_of(who), service=service, team=team, practice=practice)

    def _named(self, tx: Connection, by: str | None, groups: Iterable[str]) -> Mapping[str, str]:
        if by == "severity":
            return _URGENCIES
        if by == "service":
            return {key: one.name for key, one in self._catalog.briefs_named(tx, set(groups)).items()}
        return self._catalog.names(tx, set(groups)) if by == "team" else {}


def _checked(by: str | None) -> tuple[str, ...]:
    if by is not None and by not in _BY:
        raise AskedWronglyError(f"{by!r:.40} is no way to group", hint=f"there are: {', '.join(_BY)}")
    return (by,) if by else ()


def _order(by: str | None, name: str) -> tuple[int, str]:
    known = [*SEVERITIES]
    return (known.index(name) if by == "severity" and name in known else 0), name


def _by(lives: Mapping[tuple[str, ...], Lives], place: int | None) -> dict[str, Lives]:
    """Return the lives of each group, by what stands at a place of the key; all under "" where none is named."""
    found: dict[str, Lives] = {}
    for key, one in lives.items():
        found.setdefault(key[place] if place is not None and key else "", Lives()).add(one)
    return found


def _together(lives: Mapping[str, Lives]) -> dict[str, Lives]:
    return _by({(group,): one for group, one in lives.items()}, None)


def _curve(name: str, one: Lives) -> Curve:
    return survival(name, entered=one.entered, fixed=one.fixed, left=one.left, dismissed=one.dismissed)


def _attainment(standing: Standing, lives: Iterable[Lives]) -> Attainment:
    """Return how due times are kept: what was fixed in time, and what was fixed late or is late now."""
    fixes, met = map(sum, zip((0, 0), *((one.fixes, one.met) for one in lives), strict=True))
    return Attainment(standing.open, standing.late, standing.waived, met, fixes - met + standing.late)


def _exposures(lives: Mapping[str, Lives], ran_on: Mapping[tuple[str, ...], int]) -> dict[str, Exposure]:
    """Return the days of each group."""
    ran = Counter({group[0] if group else "": seconds for group, seconds in ran_on.items()})
    ran.update({group: one.ran for group, one in lives.items()})
    return {
        group: Exposure(lives[group].opened / DAY if group in lives else 0.0, seconds / DAY)
        for group, seconds in ran.items()
    }
