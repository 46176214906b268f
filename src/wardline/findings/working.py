"""The use cases of moving: take it, hand it on, begin the repair, say that it is wrong, and decide on that."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row

from wardline.findings import moves, store
from wardline.findings.keeping import seconds
from wardline.findings.model import Tracked
from wardline.findings.policies import current
from wardline.findings.room import Room
from wardline.findings.waivers import covering
from wardline.kernel.errors import AskedWronglyError, ConflictError
from wardline.kernel.identity.model import Principal, require


class Working(Room):
    """What people do with findings."""

    def acknowledge(self, who: Principal, identifier: str) -> Tracked:
        """Say "mine": whoever asks owns it from now on, if nobody else does. Again changes nothing.

        Raises: `NotFoundError`, `DeniedError`; `ConflictError` where it is not open.
        """
        with self._database.transaction() as tx:
            row = self._workable(tx, who, identifier)
            return self._after(tx, self._taken(tx, who, row))

    def assign(self, who: Principal, identifier: str, account: str) -> Tracked:
        """Hand it to somebody: they own it. Raises: as `acknowledge`; `AskedWronglyError` for nobody known."""
        with self._database.transaction() as tx:
            row = self._workable(tx, who, identifier)
            names = self._catalog.names(tx, {account})
            if not account.startswith("acc-") or account not in names:
                raise AskedWronglyError(f"there is no account {account!r:.60}", hint="name one by its id: acc-…")
            values: dict[str, Any] = {"owner": account}
            if row.state == "detected":
                values["state"] = "owned"
            if row.acknowledged_at is None:
                values["acknowledged_at"] = self._clock()
            if row.owner != account:
                store.change(tx, row.id, **values)
                self._record(tx, who, "finding:assigned", row, owner=account, owner_name=names[account])
            return self._after(tx, row)

    def start(self, who: Principal, identifier: str) -> Tracked:
        """Say that the repair has begun; a finding that nobody had taken is taken with it. Raises: as `acknowledge`."""
        with self._database.transaction() as tx:
            row = self._taken(tx, who, self._workable(tx, who, identifier))
            if row.state != "fixing":
                store.change(tx, row.id, state="fixing")
                self._record(tx, who, "finding:started", row)
            return self._after(tx, row)

    def dismiss(self, who: Principal, identifier: str, reason: str, evidence: str, expires: datetime) -> Tracked:
        """Ask that a finding count as wrong until `expires`: a second person decides. Its clock runs on meanwhile.

        Raises: as `acknowledge`; `AskedWronglyError` for too few words or too late an end; `ConflictError` where it was
        asked already.
        """
        with self._database.transaction() as tx:
            row = self._workable(tx, who, identifier, permission="finding:dismiss")
            now = self._clock()
            reason, evidence = moves.checked_dismissal(reason, evidence, expires, now=now, policy=current(tx))
            if store.dismissal(tx, row.id, ("asked",)) is not None:
                raise ConflictError("a dismissal was asked for already", hint="it waits for a second person")
            store.put_dismissal(
                tx, finding=row.id, cycle=row.cycle, asked_at=now, asked_by=who.id, reason=reason, evidence=evidence,
                expires_at=expires, state="asked", refusal="",
            )  # fmt: skip
            self._record(tx, who, "finding:dismissal-asked", row, reason=reason, until=expires.isoformat())
            return self._after(tx, row)

    def approve_dismissal(self, who: Principal, identifier: str) -> Tracked:
        """Agree that a finding is wrong: it is dismissed until the end that was asked for.

        Raises: `NotFoundError`, `DeniedError` (also for whoever asked, and for the owner); `ConflictError` where nobody
        asked.
        """
        with self._database.transaction() as tx:
            row, asked = self._deciding(tx, who, identifier)
            now = self._clock()
            if asked.expires_at <= now:
                raise ConflictError("what was asked for has ended already", hint="refuse it, and ask again")
            store.change_dismissal(tx, asked, state="approved", decided_by=who.id, decided_at=now)
            store.change(tx, row.id, state="dismissed", open=False)
            covering.reflect(tx, now, [row.id])
            store.change_cycle(tx, row.id, row.cycle, ended=seconds(now), ended_as="dismissed")
            self._record(tx, who, "finding:dismissed", row, reason=asked.reason, until=asked.expires_at.isoformat())
            return self._after(tx, row)

    def refuse_dismissal(self, who: Principal, identifier: str, why: str) -> Tracked:
        """Say that a finding is none to dismiss, and why: it stays as it is.

        Raises: as `approve_dismissal`; `AskedWronglyError` without a reason.
        """
        refusal = moves.checked_refusal(why)
        with self._database.transaction() as tx:
            row, asked = self._deciding(tx, who, identifier)
            store.change_dismissal(
                tx, asked, state="refused", decided_by=who.id, decided_at=self._clock(), refusal=refusal
            )
            self._record(tx, who, "finding:dismissal-refused", row, why=refusal)
            return self._after(tx, row)

    def _workable(
        self, tx: Connection, who: Principal, identifier: str, *, permission: Any = "finding:work"
    ) -> Row[Any]:
        """Return an open finding that `who` may work on: who has the permission, and is of the team or decides."""
        row = self._readable(tx, who, identifier, lock=True)
        require(who, permission, team=row.team, service=row.service)
        if row.team not in who.teams and row.service not in who.services and not _decides(who):
            require(who._replace(permissions=who.permissions - {permission}), permission)
        moves.require_open(row.state)
        return row

    def _deciding(self, tx: Connection, who: Principal, identifier: str) -> tuple[Row[Any], Row[Any]]:
        row = self._readable(tx, who, identifier, lock=True)
        require(who, "finding:dismiss-approve", team=row.team, service=row.service)
        moves.require_open(row.state)
        asked = store.dismissal(tx, row.id, ("asked",))
        if asked is None:
            raise ConflictError("nobody asked to dismiss this finding")
        moves.require_second(who, asked_by=asked.asked_by, owner=row.owner)
        return row, asked

    def _taken(self, tx: Connection, who: Principal, row: Row[Any]) -> Row[Any]:
        if row.state != "detected" and row.acknowledged_at is not None:
            return row
        values: dict[str, Any] = {"state": "owned"} if row.state == "detected" else {}
        if row.acknowledged_at is None:
            values["acknowledged_at"] = self._clock()
        if row.owner is None and who.kind == "person":
            values["owner"] = who.id
        store.change(tx, row.id, **values)
        late = row.acknowledged_at is None and self._clock() > row.acknowledge_by
        self._record(tx, who, "finding:acknowledged", row, late=late)
        return store.by_ids(tx, [row.id])[row.id]


def _decides(who: Principal) -> bool:
    return "finding:read-all" in who.permissions
