"""The use cases of measuring: see `measures` for what each number means and why it is hard to flatter."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final, Literal

from sqlalchemy import Connection

from wardline.findings import measure_store
from wardline.findings.measure_store import Narrowed, Period
from wardline.findings.measures import DAY, Attainment, Cell, Curve, Exposure, Heat, Pace, hottest, survival
from wardline.findings.report import SEVERITIES
from wardline.findings.room import Room, reach_of
from wardline.kernel.errors import AskedWronglyError, NotFoundError
from wardline.kernel.identity.model import Principal

By = Literal["severity", "practice", "team", "service"]
_BY: Final = ("severity", "practice", "team", "service")
_URGENCIES: Final = {"0": "critical", "1": "high", "2": "medium", "3": "low", "4": "info"}  # unknown counts as high
_MAX_DAYS: Final = 3660
_MOST_GROUPS: Final = 200
_EVENTS: Final = ("entered", "fixed", "dismissed", "open")


class Measuring(Room):
    """Secure velocity, of what `who` may see."""

    def heat(self, who: Principal) -> Heat:
        """Return what is open by service and practice, the most urgent service first."""
        with self._database.reading() as tx:
            rows = measure_store.heat(tx, Narrowed(reach_of(who)), self._clock())
            services = self._catalog.services_named(tx, {row[0] for row in rows})
        cells = {(row[0], row[1]): Cell(int(row[2]), int(row[3] or 0), int(row[4] or 0), row[5]) for row in rows}
        named = [(one.id, one.name, int(one.tier)) for one in services.values()]
        return Heat(tuple(sorted({row[1] for row in rows})), hottest(cells, named), cells)

    def survival(  # noqa: PLR0913 - one for each way to narrow, all by name
        self, who: Principal, *, by: By | None = None, days: int = 180,
        service: str | None = None, team: str | None = None, practice: str | None = None,
    ) -> tuple[Curve, ...]:  # fmt: skip
        """Return how long findings stayed open, as curves: one, or one for each severity, practice, team or service.

        Raises: `AskedWronglyError` for no such group or period; `NotFoundError` for no such service.
        """
        ages: dict[str, dict[str, dict[int, int]]] = {}
        with self._database.reading() as tx:
            what = self._narrowed(tx, who, service=service, team=team, practice=practice)
            for group, event, age, count in measure_store.ages(tx, what, self._period(days), _checked(by)):
                events = ages.setdefault(group, {name: {} for name in _EVENTS})
                events[event][age] = events[event].get(age, 0) + count
            names = self._named(tx, by, ages)
        curves = []
        for group, events in ages.items():
            left = {
                age: events["open"].get(age, 0) + events["dismissed"].get(age, 0)
                for age in {*events["open"], *events["dismissed"]}
            }
            dismissed = sum(events["dismissed"].values())
            name = names.get(group, group)
            curves.append(
                survival(name, entered=events["entered"], fixed=events["fixed"], left=left, dismissed=dismissed)
            )
        return tuple(sorted(curves, key=lambda curve: _order(by, curve.name))[:_MOST_GROUPS])

    def exposure_days(  # noqa: PLR0913 - as survival
        self, who: Principal, *, by: By | None = None, days: int = 90,
        service: str | None = None, team: str | None = None, practice: str | None = None,
    ) -> Mapping[str, Exposure]:  # fmt: skip
        """Return the days that findings were open in the period, added up, by name of group ("" for all)."""
        with self._database.reading() as tx:
            what = self._narrowed(tx, who, service=service, team=team, practice=practice)
            found = measure_store.exposure(tx, what, self._period(days), _checked(by))
            names = self._named(tx, by, found)
        return {names.get(group, group): _exposure(pair) for group, pair in found.items()}

    def attainment(
        self, who: Principal, *, days: int = 90,
        service: str | None = None, team: str | None = None, practice: str | None = None,
    ) -> Attainment:  # fmt: skip
        """Return how due times are kept: what is open and late now, and what the period's fixes met."""
        now = self._clock()
        with self._database.reading() as tx:
            what = self._narrowed(tx, who, service=service, team=team, practice=practice)
            opened, late, waived = measure_store.standing(tx, what, now, None).get("", (0, 0, 0))
            met, missed = measure_store.kept(tx, what, self._period(days))
        return Attainment(opened, late, waived, met, missed + late)

    def pace(self, who: Principal, by: Literal["team", "service"] = "team", *, days: int = 180) -> tuple[Pace, ...]:
        """Return each team's or service's numbers side by side, whoever has the most late first."""
        period = self._period(days)
        if by not in {"team", "service"}:
            raise AskedWronglyError("paces are by team or by service")
        with self._database.reading() as tx:
            what = Narrowed(reach_of(who))
            standing = measure_store.standing(tx, what, self._clock(), by)
            tallies = measure_store.tallies(tx, what, period, by)
            exposure = measure_store.exposure(tx, what, period, by)
            names = self._named(tx, by, {**standing, **tallies})
        curves = {curve.name: curve for curve in self.survival(who, by=by, days=days)}
        paces = []
        for group in {**standing, **tallies}:
            opened, late, _ = standing.get(group, (0, 0, 0))
            curve = curves.get(names.get(group, group))
            paces.append(
                Pace(
                    id=group,
                    name=names.get(group, group),
                    open=opened,
                    late=late,
                    median_days=curve.median_days if curve else None,
                    exposure=_exposure(exposure.get(group, (0, 0))),
                    **tallies.get(group, dict.fromkeys(("fixed", "dismissed", "waived", "came_back"), 0)),
                )
            )
        return tuple(sorted(paces, key=lambda pace: (-pace.late, -pace.open, pace.name, pace.id)))

    # Inside

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

    def _named(self, tx: Connection, by: str | None, groups: Mapping[str, object]) -> Mapping[str, str]:
        if by == "severity":
            return _URGENCIES
        if by == "service":
            return {key: one.name for key, one in self._catalog.services_named(tx, set(groups)).items()}
        return self._catalog.names(tx, set(groups)) if by == "team" else {}


def _checked(by: str | None) -> str | None:
    if by is not None and by not in _BY:
        raise AskedWronglyError(f"{by!r:.40} is no way to group", hint=f"there are: {', '.join(_BY)}")
    return by


def _order(by: str | None, name: str) -> tuple[int, str]:
    known = [*SEVERITIES]
    return (known.index(name) if by == "severity" and name in known else 0), name


def _exposure(pair: tuple[int, int]) -> Exposure:
    return Exposure(pair[0] / DAY, pair[1] / DAY)
