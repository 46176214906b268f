"""What the platform owes findings between reports: its duties. Each step is one transaction and may be done again.

- fixed findings are verified once every running deployment was built from a commit that a later report found without
  them: the same source, the practice examined whole, outside of every gap. A deployment whose commit nobody reported on
  says nothing, and neither does a service of which nothing runs.
- dismissals lapse: what is still reported opens again as the next cycle, what is gone is fixed.
- clocks and owners follow what changed about a service (its team, tier, exposure) and in the policy: due times only
  tighten.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row

from wardline.catalog.model import Service
from wardline.findings import places, report_store, store
from wardline.findings.keeping import Given, Keeper, as_reported, seconds
from wardline.findings.neighbours import Catalog
from wardline.findings.policies import current
from wardline.findings.policy import Policy
from wardline.kernel.duties.model import Duty, Turn
from wardline.kernel.identity.model import PLATFORM
from wardline.kernel.ledger.service import Ledger

STEP: Final = 200  # findings in one transaction
_SERVICES: Final = 50


class Tending:
    """The duties about findings."""

    def __init__(self, ledger: Ledger, catalog: Catalog) -> None:
        self._ledger: Final = ledger
        self._catalog: Final = catalog

    def duties(self) -> tuple[Duty, ...]:
        """Return the duties."""
        return (
            Duty("findings-verified", "Fixed findings are verified from what runs", 60, self._verified),
            Duty("findings-dismissals", "Dismissals lapse", 60, self._lapsed),
            Duty("findings-clocks", "Clocks and owners follow services and the policy", 60, self._followed),
        )

    # Verified

    def _verified(self, turn: Turn) -> str:
        count = 0
        service = ""
        while not turn.stopping:
            with turn.transaction() as tx:
                services = store.services_with(tx, "fixed", service, _SERVICES)
            if not services:
                break
            for service in services:
                count += self._verified_in(turn, service)
                if turn.stopping:
                    break
        return f"{count} verified" if count else ""

    def _verified_in(self, turn: Turn, identifier: str) -> int:
        count, after = 0, ""
        while not turn.stopping:
            with turn.transaction() as tx:
                looked = self._running_reports(tx, identifier)
                rows = store.in_state(tx, identifier, "fixed", after, STEP) if looked else []
                gone = [row for row in rows if self._gone(tx, row, looked)]
                self._verify(tx, turn.now, identifier, gone)
            count += len(gone)
            if len(rows) < STEP:
                break
            after = rows[-1].id
        return count

    def _running_reports(self, tx: Connection, service: str) -> Sequence[Sequence[Row[Any]]]:
        """Return, for each deployment that runs, the whole reports on its commit; nothing where one has none."""
        running = self._catalog.running_in(tx, service)
        report_store.change_intake(tx, service, deployed=bool(running))
        reports = report_store.on_commits(tx, service, {one.commit for one in running if one.commit})
        found = [[row for row in reports if row.commit_id == one.commit] for one in running]
        return found if all(found) else []

    def _gone(self, tx: Connection, row: Row[Any], looked: Sequence[Sequence[Row[Any]]]) -> bool:
        """Return whether each running commit was looked at, by a source that knew it, after it was last seen."""
        sources = {
            one.source: one.files or ([row.file] if row.file else []) for one in report_store.sources(tx, row.id)
        }
        return all(
            any(
                report.source in sources
                and report.at > row.last_seen_at
                and row.practice in report.complete
                and not places.unexamined(
                    row.practice,
                    sources[report.source],
                    places.scopes(report.gaps),
                    package=places.package_of(row.place),
                )
                for report in reports
            )
            for reports in looked
        )

    def _verify(self, tx: Connection, now: datetime, identifier: str, rows: Sequence[Row[Any]]) -> None:
        service = self._catalog.find(tx, identifier)
        if not rows or service is None:
            return
        keeper = self._keeper(tx, now, service, current(tx))
        for row in rows:
            store.change(tx, row.id, state="verified", verified_at=now)
            store.change_cycle(tx, row.id, row.cycle, verified=seconds(now))
            keeper.note("finding:verified", row.id, row.team)
        keeper.finish()

    # Dismissals

    def _lapsed(self, turn: Turn) -> str:
        count = 0
        while not turn.stopping:
            with turn.transaction() as tx:
                asked = store.lapsing(tx, turn.now, STEP)
                for row in asked:
                    self._lapse(tx, turn.now, row)
            count += len(asked)
            if len(asked) < STEP:
                break
        return f"{count} dismissals lapsed" if count else ""

    def _lapse(self, tx: Connection, now: datetime, asked: Row[Any]) -> None:
        """End one dismissal: the finding opens again if it is still there."""
        store.change_dismissal(tx, asked, state="lapsed")
        row = store.by_ids(tx, [asked.finding], lock=True)[asked.finding]
        service = self._catalog.find(tx, row.service)
        if row.state != "dismissed" or service is None:
            return
        keeper = self._keeper(tx, now, service, current(tx))
        keeper.note("finding:dismissal-lapsed", row.id, row.team, reason=asked.reason)
        if report_store.reported(tx, [row.id]):
            finding = as_reported(store.details(tx, [row.id])[row.id].attributes)
            keeper.reopen(row, finding, source=row.source, at=row.last_seen_at, why="its dismissal lapsed")
        else:
            store.change(tx, row.id, state="fixed", fixed_at=now)
            keeper.note("finding:fixed", row.id, row.team, why="its dismissal lapsed, and nobody reports it any more")
        keeper.finish()

    # Clocks

    def _followed(self, turn: Turn) -> str:
        count, after = 0, ""
        while not turn.stopping:
            with turn.transaction() as tx:
                policy = current(tx)
                rows = report_store.intakes(tx, after, STEP)
                services = self._catalog.services_named(tx, [row.service for row in rows])
            for row in rows:
                service = services.get(row.service)
                if service is not None and _facts(row) != (*_known(service), policy.digest):
                    count += self._follow(turn, row, service, policy)
                if turn.stopping:
                    return f"{count} followed"
            if len(rows) < STEP:
                break
            after = rows[-1].service
        return f"{count} findings followed their services or the policy" if count else ""

    def _follow(self, turn: Turn, intake: Row[Any], service: Service, policy: Policy) -> int:
        """Hold every open finding of a service against what holds of it now; then note that this was done."""
        count, after = 0, ""
        while not turn.stopping:
            with turn.transaction() as tx:
                keeper = self._keeper(tx, turn.now, service, policy)
                rows = store.open_of(tx, service.id, after, STEP)
                told = store.details(tx, [row.id for row in rows])
                for row in rows:
                    finding = as_reported(told[row.id].attributes)
                    values = keeper.tighten(row, finding)
                    if intake.team != service.team:
                        values |= keeper.handed_on(row)
                    if values:
                        store.change(tx, row.id, **values)
                        count += 1
                keeper.finish()
                if len(rows) < STEP:
                    team, tier, exposed = _known(service)
                    report_store.change_intake(
                        tx, service.id, team=team, tier=tier, exposed=exposed, policy=policy.digest
                    )
                    break
            after = rows[-1].id
        return count

    def _keeper(self, tx: Connection, now: datetime, service: Service, policy: Policy) -> Keeper:
        return Keeper(tx, self._ledger, self._catalog, Given(PLATFORM, now, policy, service))


def _known(service: Service) -> tuple[str, int, bool]:
    return service.team, service.tier, service.exposed


def _facts(intake: Row[Any]) -> tuple[str, int, bool, str]:
    return intake.team, intake.tier, intake.exposed, intake.policy
