"""A custodian's rounds: it looks at every secret of the zone, does what is due, and vouches for what is current."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final, Literal, NamedTuple, Protocol

from wardline.kernel import plugins
from wardline.kernel.errors import AskedWronglyError, WardlineError
from wardline.vault.custodian.fences import told
from wardline.vault.custodian.keeping import Keeping
from wardline.vault.custodian.rotator import Here, RefusedByTargetError, Rotator
from wardline.vault.custodian.shelf import Shelf
from wardline.vault.custodian.turning import Turning
from wardline.vault.protocol.model.grant import Grant

STATE_EVERY: Final = timedelta(minutes=3)  # of ten that a statement lives
SWEEP_EVERY: Final = timedelta(minutes=10)
SWEEP_AGAIN: Final = timedelta(minutes=1)  # where it failed
RENEW_BEFORE: Final = timedelta(days=30)
_PACKAGE: Final = "wardline.vault.custodian.rotators"
_NONE: Final = "none"


class Answer(NamedTuple):
    """What `wardline secret test` says: whether the current version logs in, for people who cannot look."""

    works: Literal["yes", "no", "cannot say"]
    detail: str


class Rounds(Protocol):
    """Whoever does rounds."""

    def look(self) -> tuple[str, ...]:
        """Do one round; return what is wrong."""


class Custodian:
    """One custodian process. Its rounds keep nothing that its memory, the target or another custodian does not know."""

    def __init__(
        self, keeping: Keeping, shelf: Shelf, rotators: Callable[[Grant], Rotator], clock: Callable[[], datetime]
    ) -> None:
        """Make one; `rotators` is `rotator` with this custodian's `Here`."""
        self._keeping = keeping
        self._clock = clock
        self._made = rotators
        self._rotators: dict[str, tuple[Grant, Rotator]] = {}
        self._turning = Turning(shelf, keeping, self._rotator, clock)
        self._stated: datetime | None = None
        self._swept: dict[str, datetime] = {}
        self._draining: frozenset[str] = frozenset()

    def look(self) -> tuple[str, ...]:
        """Do one round over the whole zone; return what is wrong, each line a finding of the zone's.

        One secret's trouble keeps no other one waiting longer than the target's patience.
        """
        findings = list(self._keeping.follow())
        for path in self._keeping.paths():
            said: list[str] = []
            try:
                self._look_at(path, said)
            except WardlineError as error:
                said.append(error.detail)
            findings += [f"{path}: {one}" for one in dict.fromkeys(said)]
        now = self._clock()
        recently = self._stated is not None and timedelta(0) <= now - self._stated < STATE_EVERY
        if not recently or not self._keeping.vouched():
            self._keeping.state()
            self._stated = now
        return tuple(findings)

    def revoke(self, content: bytes) -> bytes:
        """Apply a revocation that came to this custodian's own socket; return the acknowledgement.

        The next round rotates what was known to whoever was revoked, whether or not the server ever hears of it.
        """
        return self._keeping.revoke(content)

    def test(self, path: str) -> Answer:
        """Return whether the current version of a secret logs in on every endpoint."""
        try:
            live = self._keeping.live(path)
            if not live:
                return Answer("no", "no version is published yet")
            self._rotator(path).verify(live[-1])
        except RefusedByTargetError as error:
            return Answer("no", error.detail)
        except WardlineError as error:
            return Answer("cannot say", error.detail)
        return Answer("yes", f"version {told(live[-1].number)} logs in on every endpoint")

    def missing(self, path: str) -> tuple[str, ...]:
        """Return what this custodian lacks on a secret's target, each with the way to give it."""
        return self._rotator(path).missing()

    def _look_at(self, path: str, findings: list[str]) -> None:
        """Do what is due for one secret; what is wrong is added to the findings as it is found."""
        findings += self._keeping.apply_puts(path)
        lasts = self._keeping.grant(path).expires - self._clock()
        if lasts < RENEW_BEFORE:
            findings.append(f"the grant {'ends soon' if lasts > timedelta(0) else 'has ended'}: two approvers renew it")
        self._keeping.reseal(path)
        self._keeping.rewrap(path)  # first: a target that is away keeps no reader from what is there
        if self._keeping.grant(path).strategy == _NONE:
            if self._keeping.hurried(path):
                findings.append("known to somebody who was taken off: replace it at its provider, and import it anew")
        else:
            turn = self._turning.go_on(path)
            findings += [turn.finding] if turn.finding else []
            now = self._clock()
            sweeps = not timedelta(0) <= now - self._swept.get(path, now - SWEEP_EVERY) < SWEEP_EVERY
            if sweeps:  # one that is away keeps other secrets waiting once a minute, not in every round
                self._swept[path] = now - SWEEP_EVERY + SWEEP_AGAIN
            # A target is asked where something happened, and now and then; not in every round.
            if sweeps or path in self._draining or (turn.rotation and turn.rotation.finished):
                left = self._turning.drain(path)
                self._draining = self._draining | {path} if left else self._draining - {path}
            if sweeps:
                findings += self._turning.sweep(path)
                self._swept[path] = now

    def _rotator(self, path: str) -> Rotator:
        grant = self._keeping.grant(path)
        known = self._rotators.get(path)
        if known is None or known[0] != grant:
            if known:
                known[1].close()
            known = self._rotators[path] = (grant, self._made(grant))
        return known[1]


def rotator(grant: Grant, here: Here) -> Rotator:
    """Return the rotator that a grant's strategy names: one file of `rotators/`. Raises: `AskedWronglyError`."""
    for plugin in plugins.catalogue(_PACKAGE):
        if plugin.declared.get("ID") == grant.strategy:
            made: Rotator = plugin.load().rotator(grant, here)
            return made
    raise AskedWronglyError(
        f"there is no rotator {grant.strategy!r:.60}", hint="or this custodian is older than the grant"
    )


def run(custodian: Rounds, stopped: Callable[[], bool], say: Callable[[str], None], *, pause: float = 0.5) -> None:
    """Do round after round until it is stopped; a server that is away or a clock that jumped stops nothing for good."""
    said: tuple[str, ...] = ()
    while not stopped():
        try:
            findings = custodian.look()
        except WardlineError as error:
            findings = (f"{error.code}: {error.detail}",)
        for finding in findings:
            if finding not in said:
                say(finding)
        said = findings
        time.sleep(pause)
