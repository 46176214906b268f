"""What people see of the vault: secrets by path, their versions, who has which. No value is anywhere near."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from wardline.kernel.identity.model import Principal, require
from wardline.kernel.paging import Listing, Page, cursor
from wardline.vault.protocol import grants
from wardline.vault.protocol.encoding import b64
from wardline.vault.protocol.envelope import unverified
from wardline.vault.protocol.model.grant import Grant, Revocation
from wardline.vault.protocol.model.statement import Receipt, Revoked
from wardline.vault.protocol.model.version import Version
from wardline.vault.protocol.roots import TrustedRoot
from wardline.vault.server import rotation_store, store
from wardline.vault.server.asking import found, signers_of
from wardline.vault.server.model import Consumer, Kept, PastVersion, Row, Secret
from wardline.vault.server.room import Room


class Viewing(Room):
    """Lists for people."""

    def secrets(self, who: Principal, prefix: str = "", page: Page = Page()) -> Listing[Secret]:  # noqa: B008 - a value
        """Return secrets by path: what their grants and versions claim."""
        require(who, "vault:read")
        after = page.after(str)
        with self._database.reading() as tx:
            paths = store.paths(tx, "grant", after=after[0] if after else "", prefix=prefix, limit=page.limit + 1)
            shown = self._shown(tx, paths[: page.limit])
        return Listing(shown, cursor(paths[page.limit - 1]) if len(paths) > page.limit else None)

    def secret(self, who: Principal, path: str) -> Secret:
        """Return one secret. Raises: `NotFoundError`."""
        require(who, "vault:read")
        with self._database.reading() as tx:
            found(store.newest(tx, "grant", path), path)
            return self._shown(tx, [path])[0]

    def consumers(self, who: Principal, path: str) -> list[Consumer]:
        """Return who the newest version is sealed to, and which version each has said to have."""
        require(who, "vault:read")
        with self._database.reading() as tx:
            found(store.newest(tx, "grant", path), path)
            version = store.newest(tx, "version", path)
            if version is None:
                return []
            root = self._trusted(tx).id
            said = {one.name: one for one in store.of_path(tx, "receipt", path, limit=100_000)}
            return [
                _consumer(recipient, key_id, said.get(b64(key_id)), root)
                for recipient, key_id in store.wraps(tx, version.digest)
            ]

    def versions(self, who: Principal, path: str, page: Page = Page()) -> Listing[PastVersion]:  # noqa: B008 - a value
        """Return a secret's versions, the newest first. Raises: `NotFoundError`."""
        require(who, "vault:read")
        after = page.after(int)
        with self._database.reading() as tx:
            found(store.newest(tx, "grant", path), path)
            rows = store.past(tx, "version", path, below=after[0] if after else None, limit=page.limit + 1)
            counted = store.counted_wraps(tx, [one.digest for one in rows])
            root = self._trusted(tx).id
        shown = [_past(one, counted.get(one.digest, 0), root) for one in rows[: page.limit]]
        return Listing(shown, cursor(rows[page.limit - 1].number) if len(rows) > page.limit else None)

    def _shown(self, tx: Connection, paths: list[str]) -> list[Secret]:
        granted = store.newest_of_each(tx, "grant", paths)
        versions = store.newest_of_each(tx, "version", paths)
        rows = rotation_store.unfinished_of(tx, paths)
        if not granted:
            return []
        trusted, now = self._trusted(tx), self._clock()
        revoked: dict[str, list[Revoked]] = {}
        for kept in store.of_each(tx, "revocation", paths):
            said = grants.revoked_by(unverified(Revocation, kept.content, trusted.id).document)
            revoked.setdefault(said.path, []).append(said)
        return [
            _secret(granted[path], versions.get(path), rows.get(path), revoked.get(path, ()), trusted, now)
            for path in paths
        ]


def _secret(  # noqa: PLR0913, PLR0917 - what one row is put together from
    granted: Kept,
    version: Kept | None,
    row: Row | None,
    revoked: Sequence[Revoked],
    trusted: TrustedRoot,
    now: datetime,
) -> Secret:
    grant = unverified(Grant, granted.content, trusted.id)
    said = grant.document
    header = unverified(Version, version.content, trusted.id).document.header if version else None
    every = said.rotate_every_seconds
    due = header.issued + timedelta(seconds=every) if header and said.strategy != "none" and every else None
    oldest = header.issued + timedelta(seconds=said.maximum_age_seconds) if header else None
    return Secret(
        path=said.path,
        zone=said.zone,
        strategy=said.strategy,
        grant_version=said.version,
        grant_expires_at=said.expires,
        requester=said.requester,
        approvers=tuple(one.name for one in signers_of(grant.envelope, trusted)),
        readers=tuple(one.name for one in said.readers if not grants.taken_off(said, one.name, revoked)),
        rotate_every_seconds=every,
        maximum_age_seconds=said.maximum_age_seconds,
        epoch=header.epoch if header else None,
        number=header.number if header else None,
        origin=header.origin if header else None,
        published_at=header.issued if header else None,
        next_rotation_at=due,
        rotation_step=row.step if row else None,
        rotation_since=row.since if row else None,
        rotation_problem=row.problem if row and row.problem else None,
        overdue=oldest is not None and said.maximum_age_seconds > 0 and now > oldest,
        solo=trusted.standing == "solo",
    )


def _consumer(recipient: str, key_id: bytes, receipt: Kept | None, root: bytes) -> Consumer:
    said: Any = unverified(Receipt, receipt.content, root).document if receipt else None
    return Consumer(
        recipient,
        key_id.hex()[:16],
        said.number if said else None,
        said.delivered if said else None,
        said.issued if said else None,
    )


def _past(kept: Kept, consumers: int, root: bytes) -> PastVersion:
    header = unverified(Version, kept.content, root).document.header
    return PastVersion(
        header.epoch, header.number, header.origin, header.custodian, header.issued, b64(kept.digest), consumers
    )
