"""The values that an agent has opened, for as long as it may serve them, and how it comes to them.

Nothing is here that did not go through `protocol.accepting.accept`, and nothing is used before its floors are on disk.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

from wardline.vault.agent.kept import Kept
from wardline.vault.agent.shelf import NotNowError
from wardline.vault.keyring import Keyring
from wardline.vault.protocol import accepting, grants, roots
from wardline.vault.protocol.accepting import Accepted, Offer, Reader
from wardline.vault.protocol.clocks import Timeline
from wardline.vault.protocol.errors import RefusedError
from wardline.vault.protocol.grants import Identity
from wardline.vault.protocol.roots import Pin, TrustedRoot

Listener = Callable[[str, Accepted], None]
_LOG: Final = logging.getLogger("wardline.vault.agent")


def boot_seconds() -> float:
    """Return seconds on a clock that goes on through suspend, and that nobody sets."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


class Holding:
    """One agent's opened values. Any thread may read; offers are taken one after another.

    `outage` is true while no server answers: then what was accepted is served until the grant's grace has passed too.
    """

    def __init__(  # noqa: PLR0913 - each is a fact of its own
        self,
        kept: Kept,
        keys: Keyring,
        identity: Identity,
        pin: Pin,
        first_roots: tuple[bytes, ...] = (),
        *,
        wall: Callable[[], datetime] = lambda: datetime.now(UTC),
        monotonic: Callable[[], float] = boot_seconds,
    ) -> None:
        self._kept, self.keys, self.identity = kept, keys, identity
        self._monotonic = monotonic
        self._trusted: TrustedRoot = roots.chain(kept.roots or first_roots, pin)
        if not kept.roots:
            kept.begin(first_roots)
        self._timeline = Timeline(wall(), monotonic(), kept.floors.signed)
        self._held: dict[str, Accepted] = {}
        self._refused: dict[str, str] = {}
        self._ended: dict[str, str] = {}
        self._lock = threading.Lock()
        self._listeners: list[Listener] = []
        self._droppers: list[Callable[[str], None]] = []
        self.changed = threading.Condition()
        self.outage = True

    @property
    def trusted(self) -> TrustedRoot:
        """Return the newest root that was followed."""
        return self._trusted

    @property
    def seen(self) -> int:
        """Return the size of the last head that was seen: servers prove that theirs begins with it."""
        return self._kept.floors.head_size

    @property
    def epoch(self) -> int:
        """Return the epoch that this agent is in."""
        return self._kept.floors.epoch

    def now(self) -> datetime:
        """Return the time: never below the latest signed one, and never set back."""
        return self._timeline.now(self._monotonic())

    def listen(self, listener: Listener) -> None:
        """Call `listener` with each secret's new version, after it may be read."""
        self._listeners.append(listener)

    def restore(self) -> None:
        """Open what the cache holds, as far as it may still be served: what a restart in an outage begins with."""
        for path, offer in self._kept.offers().items():
            try:
                accepted = accepting.accept(offer, path, self._reader(path), self.now(), outage=True)
            except RefusedError as error:
                self._refused[path] = f"{error.code}: {error.detail}"
                _LOG.warning("the kept offer of %s is not used: %s", path, self._refused[path])
            else:
                self._held[path] = accepted

    def take(self, path: str, offer: Offer) -> Accepted:
        """Accept an offer and return it; a new version is told to those who listen.

        Raises: `RefusedError` with the check that failed, after which what was held before is served on as it may;
        `CannotSayError` where it cannot be remembered.
        """
        with self._lock:
            before = self._held.get(path)
            self._adopt(path, offer)
            try:
                accepted = accepting.accept(offer, path, self._reader(path), self.now())
            except RefusedError as error:
                self._refused[path] = f"{error.code}: {error.detail}"
                raise
            self._kept.keep(path, accepted, offer)
            self._trusted = accepted.trusted
            self._timeline = self._timeline.seen(accepted.floors.signed)
            self._held[path] = accepted
            self._refused.pop(path, None)
            self._ended.pop(path, None)
        with self.changed:
            self.changed.notify_all()
        if before is None or before.version != accepted.version:
            for listener in self._listeners:
                listener(path, accepted)
        return accepted

    def _adopt(self, path: str, offer: Offer) -> None:
        """Go over to a new epoch, even where the rest of the offer cannot be taken yet."""
        with suppress(RefusedError):
            trusted, floors = accepting.bases(offer, self._reader(path))
            if floors.epoch > self._kept.floors.epoch:
                adopted = replace(floors, root_version=trusted.root.version, root_digest=trusted.digest)
                self._kept.adopt(adopted, offer.roots)
                self._trusted = trusted

    def drop(self, path: str) -> None:
        """Stop serving a secret, at once and on disk: it is not granted any more."""
        with self._lock:
            self._held.pop(path, None)
            self._ended.pop(path, None)
            self._kept.forget(path)
        for dropped in self._droppers:
            dropped(path)

    def on_drop(self, dropped: Callable[[str], None]) -> None:
        """Call `dropped` with each secret that is not served any more because it was taken away."""
        self._droppers.append(dropped)

    def taken_away(self, path: str, revocations: Iterable[bytes]) -> bool:
        """Stop serving a secret where an approver took it away from this workload; a server's word is not enough."""
        accepted = self._held.get(path)
        if accepted is None:
            return False
        for content in revocations:
            try:
                said = grants.revoked_by(grants.require_revocation(content, self._trusted).document)
            except RefusedError as error:
                _LOG.warning("a revocation of %s is not one (%s): %s", path, error.code, error.detail)
                continue
            if grants.taken_off(accepted.grant, accepted.subject, [said]):
                _LOG.warning("%s is not served any more: it was taken away from %s", path, accepted.subject)
                self.drop(path)
                return True
        return False

    def paths(self) -> list[str]:
        """Return the secrets that are held."""
        return sorted(self._held)

    def read(self, path: str) -> Accepted | None:
        """Return a secret that may be served now, or None where none of this path is known.

        Raises: `NotNowError` where it was held and its time has passed, or where what is offered was refused.
        """
        accepted = self._held.get(path)
        if accepted is None:
            if path in self._ended:
                raise NotNowError(self._ended[path], hint="bring a server and a custodian of its zone back")
            if path in self._refused:
                raise NotNowError(f"{path} was offered and not accepted ({self._refused[path]})")
            return None
        now = self.now()
        if now < accepted.fresh_until or (self.outage and now < accepted.serve_until):
            return accepted
        if now >= accepted.serve_until:
            self._forget(path, accepted)
        if self.outage:
            raise NotNowError(
                f"{path}: no server answers, and what was kept was served until {accepted.serve_until:%H:%M:%S} UTC",
                hint="bring a server back, or let the grant have a longer grace",
            )
        raise NotNowError(
            f"{path}: no custodian has vouched for it since {accepted.fresh_until:%H:%M:%S} UTC"
            + (f" (what was offered last: {self._refused[path]})" if path in self._refused else ""),
            hint="see whether a custodian of its zone runs, and whether the clocks agree",
        )

    def sweep(self) -> None:
        """Let go of opened values whose time has passed altogether, also where nobody asks for them."""
        now = self.now()
        for path, accepted in list(self._held.items()):
            if now >= accepted.serve_until:
                self._forget(path, accepted)

    def _forget(self, path: str, accepted: Accepted) -> None:
        with self._lock:
            if self._held.get(path) is accepted:
                self._ended[path] = f"{path}: what was held could be served until {accepted.serve_until:%H:%M:%S} UTC"
                del self._held[path]

    def _reader(self, path: str) -> Reader:
        kept = self._kept
        return Reader(self.identity, self.keys.opening, self._trusted, kept.floors, kept.floor(path))
