"""What is wrong with the vault, as far as a server can see it: told as worries, which the platform makes findings of.

The server goes by documents that custodians and people signed, and by the rows of rotations. Whoever has root here may
hide a worry; custodians say what they find on their own standard output too.
"""

from datetime import datetime, timedelta
from typing import Final, Literal, NamedTuple

from sqlalchemy import Connection

from wardline.vault.protocol.envelope import unverified
from wardline.vault.protocol.freshness import MAX_FRESHNESS
from wardline.vault.protocol.model.grant import Revocation
from wardline.vault.protocol.model.statement import Freshness
from wardline.vault.protocol.roots import TrustedRoot
from wardline.vault.server import store
from wardline.vault.server.model import Kept, Secret
from wardline.vault.server.viewing import Viewing

ENDS_SOON: Final = timedelta(days=30)
STUCK_AFTER: Final = timedelta(minutes=2)
_SILENT_AFTER: Final = MAX_FRESHNESS + timedelta(minutes=2)
_PIECE: Final = 500

Severity = Literal["high", "medium"]
Kind = Literal["overdue", "stuck-rotation", "ending-grant", "known-to-the-revoked", "silent-custodian"]


class Worry(NamedTuple):
    """One thing that is wrong, about `secret/PATH` or `custodian/ZONE/NAME`, in words, with the way out."""

    kind: Kind
    about: str
    severity: Severity
    detail: str
    way_out: str


class Watching(Viewing):
    """The server's own look at what it keeps."""

    def worries(self, awake: datetime) -> list[Worry]:
        """Return what is wrong now; none where no ceremony was held.

        `awake` is since when somebody listens: who could not be heard before that was not silent.
        """
        now = self._clock()
        with self._database.reading() as tx:
            if not store.of_path(tx, "root", "", limit=1):
                return []
            trusted = self._trusted(tx)
            found = _silent(tx, trusted, max(awake, trusted.root.issued), now)
            taken = _taken_away(store.every(tx, "revocation"), trusted)
            after = ""
            while paths := store.paths(tx, "grant", after=after, prefix="", limit=_PIECE):
                for one in self._shown(tx, paths):
                    found += _of_secret(one, taken.get(one.path), now)
                after = paths[-1]
        return found


def _of_secret(one: Secret, taken: datetime | None, now: datetime) -> list[Worry]:
    about, found = f"secret/{one.path}", list[Worry]()
    stuck = bool(one.rotation_problem and one.rotation_since and now - one.rotation_since >= STUCK_AFTER)
    if stuck:
        found.append(
            Worry(
                "stuck-rotation", about, "high",
                f"its rotation is at {one.rotation_step} since {one.rotation_since:%Y-%m-%d %H:%M} UTC:"
                f" {one.rotation_problem}",
                f"wardline secret status {one.path}: a custodian goes on by itself once that is gone",
            )
        )  # fmt: skip
    by_hand = one.strategy == "none"
    if one.overdue:
        way = f"replace it at its provider, and wardline secret import {one.path}" if by_hand else (
            f"wardline secret status {one.path}; is a custodian of zone {one.zone} at work?"
        )  # fmt: skip
        since = f"{one.published_at:%Y-%m-%d %H:%M}" if one.published_at else "never"
        found.append(
            Worry("overdue", about, "high", f"it was changed last on {since} UTC, longer ago than it may be", way)
        )
    if by_hand and taken and one.published_at and one.published_at <= taken:
        found.append(
            Worry(
                "known-to-the-revoked", about, "high",
                f"somebody whose access was taken away on {taken:%Y-%m-%d %H:%M} UTC knows its value,"
                " which nobody here can change",
                f"replace it at its provider, and wardline secret import {one.path}",
            )
        )  # fmt: skip
    if one.grant_expires_at - now < ENDS_SOON:
        ended = one.grant_expires_at <= now
        found.append(
            Worry(
                "ending-grant", about, "high" if ended else "medium",
                f"its grant {'ended' if ended else 'ends'} on {one.grant_expires_at:%Y-%m-%d}: then nobody reads it",
                f"wardline grant renew {one.path}",
            )
        )  # fmt: skip
    return found


def _silent(tx: Connection, trusted: TrustedRoot, awake: datetime, now: datetime) -> list[Worry]:
    """Return the custodians that have vouched for nothing for longer than a statement lives."""
    if now - awake < _SILENT_AFTER:
        return []
    heard: dict[tuple[str, str], datetime] = {}
    for kept in store.newest_by_name(tx, "freshness"):
        said = unverified(Freshness, kept.content, trusted.id).document
        heard[said.zone, said.custodian] = said.issued
    found = []
    for zone in trusted.root.zones:
        for one in zone.custodians:
            last = heard.get((zone.name, one.name))
            if last is not None and now - last < _SILENT_AFTER:
                continue
            alone = all(
                now - heard.get((zone.name, other.name), datetime.min.replace(tzinfo=now.tzinfo)) >= _SILENT_AFTER
                for other in zone.custodians
            )
            since = f"since {last:%Y-%m-%d %H:%M} UTC" if last else "so far"
            whole = ", and neither has any other of its zone: nothing is rotated, and agents stop when grace is over"
            found.append(
                Worry(
                    "silent-custodian", f"custodian/{zone.name}/{one.name}", "high" if alone else "medium",
                    f"{one.name} of zone {zone.name} has vouched for nothing {since}{whole if alone else ''}",
                    "start it, or take it out of the root: wardline vault amend --without-custodian",
                )
            )  # fmt: skip
    return found


def _taken_away(revocations: list[Kept], trusted: TrustedRoot) -> dict[str, datetime]:
    """Return when something of each path was taken away last."""
    last: dict[str, datetime] = {}
    for kept in revocations:
        said = unverified(Revocation, kept.content, trusted.id).document
        last[said.path] = max(said.issued, last.get(said.path, said.issued))
    return last
