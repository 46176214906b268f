"""Freshness: a custodian's word on what is current, made from its floors alone, and how long it is worth something."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from wardline.vault.protocol.clocks import MAX_AHEAD
from wardline.vault.protocol.encoding import whole_milliseconds
from wardline.vault.protocol.envelope import Envelope, Read, enveloped, unverified
from wardline.vault.protocol.errors import EpochError, FreshnessError, RootError, StaleError
from wardline.vault.protocol.floors import Floor, Floors
from wardline.vault.protocol.keys import Signer
from wardline.vault.protocol.model.statement import Current, Freshness, HeadSeen
from wardline.vault.protocol.roots import TrustedRoot

MAX_FRESHNESS: Final = timedelta(minutes=10)


def state(  # noqa: PLR0913, PLR0917 - the parts of one document
    trusted: TrustedRoot,
    zone: str,
    custodian: str,
    floors: Floors,
    paths: Iterable[Floor],
    head: HeadSeen,
    now: datetime,
    signer: Signer,
    lifetime: timedelta = MAX_FRESHNESS,
) -> Envelope:
    """Return a statement over these floors; paths without a version in this epoch are left out, not vouched for.

    `now` comes from a `clocks.Watch`. Raises: `FreshnessError` for a lifetime that nobody accepts.
    """
    if not timedelta(0) < lifetime <= MAX_FRESHNESS:
        raise FreshnessError("a freshness statement lives for at most ten minutes")
    current = [one for one in paths if one.number and one.grant_version and one.epoch == floors.epoch]
    names = {one.path for one in current}
    issued = whole_milliseconds(now)
    statement = Freshness(
        root=trusted.id,
        root_version=trusted.root.version,
        epoch=floors.epoch,
        zone=zone,
        custodian=custodian,
        current=tuple(one.current() for one in sorted(current, key=lambda one: one.path)),
        revoked=tuple(one for one in floors.revoked if one.path in names),
        head=head,
        issued=issued,
        expires=issued + lifetime,
    )
    return enveloped(statement, signer)


def require(  # noqa: PLR0913 - each is a fact of its own
    content: bytes, trusted: TrustedRoot, zone: str, *, epoch: int, now: datetime, grace: timedelta = timedelta(0)
) -> Read[Freshness]:
    """Return a statement that a custodian of this zone made and that is not expired (by more than `grace`).

    `grace` is for reads during an outage, from what was kept. Raises: `UnknownCustodianError`, `SignatureError`,
    `FreshnessError`; `EpochError` for one of another epoch; `RootError` where it knows a newer root.
    """
    read = unverified(Freshness, content, trusted.id)
    statement = read.document
    if statement.zone != zone:
        raise FreshnessError(f"the freshness statement is of zone {statement.zone}, and the secret of {zone}")
    read.envelope.require_signer(trusted.custodian(zone, statement.custodian).signing, statement.custodian)
    if not timedelta(0) < statement.expires - statement.issued <= MAX_FRESHNESS:
        raise FreshnessError("the freshness statement is longer than ten minutes")
    if statement.issued - now > MAX_AHEAD:
        raise FreshnessError(
            "the freshness statement is from the future",
            hint="this machine's clock is behind, or the custodian's ahead: compare them",
        )
    if now >= statement.expires + grace:
        raise FreshnessError(
            f"the freshness statement ended at {statement.expires:%H:%M:%S}",
            hint="no custodian of the zone has stated anything since, or the server keeps it back",
        )
    if statement.epoch != epoch:
        raise EpochError(f"the freshness statement is of epoch {statement.epoch}, and it is epoch {epoch}")
    if statement.root_version > trusted.root.version:
        raise RootError(
            f"the custodian goes by root {statement.root_version}, and this party was shown {trusted.root.version}",
            hint="the server keeps a root back",
        )
    return read


def vouched(statement: Freshness, path: str, number: int, version: bytes) -> Current:
    """Return what a statement says of a path, where this is the version that it vouches for. Raises: `StaleError`."""
    current = statement.of_path(path)
    if current is None:
        raise StaleError(f"the freshness statement does not vouch for {path}")
    if (current.number, current.version) != (number, version):
        raise StaleError(f"{path}: version {number} is not the one ({current.number}) that the custodian vouches for")
    return current
