"""What people are told of the vault in words: how a grant came about, what a proposal says, where a rotation stands.

It is told from documents that the server holds and cannot forge, but may leave out: whoever signs goes by what their
own machine shows (`wardline grant approve`), never by this.
"""

from datetime import datetime
from typing import Final, NamedTuple

from wardline.kernel.identity.model import Principal, require
from wardline.vault.protocol import encoding, grants
from wardline.vault.protocol.envelope import read_envelope, unverified
from wardline.vault.protocol.model.grant import BreakGlass, Epoch, Grant
from wardline.vault.protocol.model.root import Root
from wardline.vault.server import rotation_store, store
from wardline.vault.server.asking import found, signers_of
from wardline.vault.server.model import Proposal
from wardline.vault.server.room import Room

_MOST_LINES: Final = 200
_EPOCH: Final = 10**12  # what a row calls its number is the epoch times this, plus the number
_MOST_GRANTS: Final = 50


class Approval(NamedTuple):
    """One grant of a secret: who asked, who approved, and what it changed, as lines that begin with + or -."""

    version: int
    requester: str
    approvers: tuple[str, ...]
    issued_at: datetime
    expires_at: datetime
    changes: tuple[str, ...]
    event: str  # of the ledger


class Underway(NamedTuple):
    """A rotation that is not finished. Its row holds ciphertext too, which is not shown."""

    number: int
    reason: str
    step: str
    begun_at: datetime
    since: datetime
    attempts: int
    not_before: datetime | None
    problem: str


class Telling(Room):
    """Words for people."""

    _alone: bool | None = None  # known once there is a root: no root follows one of the other kind

    def solo(self) -> bool:
        """Return whether one person approves alone here: every page and answer says so, whoever asks."""
        if self._alone is None:
            with self._database.reading() as tx:
                kept = store.of_path(tx, "root", "", limit=1)
            if not kept:
                return False
            self._alone = kept[0].name == "solo"
        return self._alone

    def approvals(self, who: Principal, path: str) -> list[Approval]:
        """Return a secret's grants, the newest first, each held against the one before. Raises: `NotFoundError`."""
        require(who, "vault:read")
        with self._database.reading() as tx:
            found(store.newest(tx, "grant", path), path)
            kept = store.past(tx, "grant", path, below=None, limit=_MOST_GRANTS + 1)
            trusted = self._trusted(tx)
        reads = [unverified(Grant, one.content, trusted.id) for one in kept]
        before = [*(one.document for one in reads[1:]), None]
        told = [
            Approval(
                read.document.version,
                read.document.requester,
                tuple(one.name for one in signers_of(read.envelope, trusted)),
                read.document.issued,
                read.document.expires,
                grants.changes(earlier, read.document)[:_MOST_LINES],
                one.event,
            )
            for one, read, earlier in zip(kept, reads, before, strict=True)
        ]
        return told[:_MOST_GRANTS]

    def rotation(self, who: Principal, path: str) -> Underway | None:
        """Return the rotation of a secret that is under way."""
        require(who, "vault:read")
        with self._database.reading() as tx:
            row = rotation_store.unfinished(tx, path)
        if row is None:
            return None
        return Underway(
            row.number % _EPOCH, row.reason, row.step, row.begun, row.since, row.attempts, row.not_before, row.problem
        )

    def wording(self, who: Principal, proposal: Proposal) -> tuple[str, ...]:
        """Return what a proposal says, as lines: a grant held against the newest one, anything else as it stands."""
        require(who, "vault:read")
        with self._database.reading() as tx:
            trusted = self._trusted(tx)
            kept = store.newest(tx, "grant", proposal.path) if proposal.kind == "grant" else None
        if proposal.kind == "grant":
            after = unverified(Grant, proposal.content, trusted.id).document
            before = unverified(Grant, kept.content, trusted.id).document if kept else None
            return grants.changes(before, after)[:_MOST_LINES]
        if proposal.kind == "epoch":
            epoch = unverified(Epoch, proposal.content, trusted.id).document
            return (f"epoch {epoch.epoch}: {epoch.reason}", "every number begins again, and every secret is rotated")
        if proposal.kind == "break-glass":
            leave = unverified(BreakGlass, proposal.content, trusted.id).document
            return (
                f"{leave.person} gets a personal credential to {leave.access} at the target of {leave.path}",
                f"until {leave.expires:%Y-%m-%d %H:%M} UTC: {leave.reason}",
                "no stored value is shown",
            )
        root = encoding.read(Root, read_envelope(proposal.content).payload, "a root")
        people = ", ".join(one.name for one in root.approvers)
        zones = (f"{zone.name}: {', '.join(one.name for one in zone.custodians)}" for zone in root.zones)
        return (
            f"root {root.version}: {root.threshold} of {people} change it, {root.grant_threshold} approve grants",
            *(f"custodians of {line}" for line in zones),
        )
