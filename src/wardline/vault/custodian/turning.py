"""A custodian at work on rotations: one step of one secret at a time, safe to stop anywhere.

The order within a step is always: ask the target, change the target, note it in the row. What the row says is a hint:
before `publish` and `retire` the new version logs in once more, and the target's fence has the last word.
"""

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol

from wardline.kernel.errors import WardlineError
from wardline.vault.custodian import fences, rotating
from wardline.vault.custodian.fences import NotReadyError, SupersededError, told
from wardline.vault.custodian.room import Known, Room
from wardline.vault.custodian.rotating import Reason, Rotation
from wardline.vault.custodian.rotator import Fields, RefusedByTargetError, Rotator, TargetError, Version
from wardline.vault.protocol.errors import UnknownCustodianError
from wardline.vault.protocol.receipts import Publication

Clock = Callable[[], datetime]
_AGAIN: Final = timedelta(seconds=1)
_LATER_EPOCH: Final = "raise the epoch until its numbers are later: wardline vault epoch"


class _FasterError(SupersededError):
    """Another custodian rotated meanwhile: look again, there may be nothing left to do."""


class Rows(Protocol):
    """The rows of rotations, kept by a server: compare-and-set, or nothing."""

    def unfinished(self, path: str) -> Rotation | None:
        """Return the unfinished rotation of a secret, or None."""

    def begin(self, rotation: Rotation) -> bool:
        """Keep a new row, unless the secret has an unfinished one; return whether it is kept."""

    def change(self, rotation: Rotation) -> bool:
        """Keep `rotation` in place of the revision before it; return whether that was still there."""


class Keeper(Known, Protocol):
    """What opens and seals values, and tells readers: the half of a custodian that holds keys."""

    def highest(self, path: str) -> int:
        """Return the highest order that this custodian has seen of a secret, 0 for none."""

    def shown(self, path: str) -> int:
        """Return the highest order of a custodian's that the server shows of a secret, 0 for none."""

    def published(self, path: str) -> datetime | None:
        """Return when the current version was published, None where there is none."""

    def wanted(self, path: str) -> Reason | None:
        """Return why a new version is needed whatever its age: somebody asked, or a revoked reader knows this one."""

    def mint(self, path: str) -> str:
        """Return a new password as the secret's policy has it."""

    def seal(self, path: str, number: int, fields: Fields) -> tuple[bytes, str]:
        """Return a new version's sealed bytes, which every custodian of the zone can open, and its mark."""

    def open(self, rotation: Rotation) -> Version:
        """Return the row's version, opened, after its signature was checked."""

    def publish(self, rotation: Rotation, claimed: datetime) -> None:
        """Wrap the version to its readers and tell them; idempotent.

        `claimed` is from before the target said that this version may be told of. Raises: `NotReadyError` where that
        was more than a minute ago: whoever slept since then asks the target again.
        """

    def publication(self, rotation: Rotation) -> Publication | None:
        """Return when this version was published, who had the one before, and who of them took it; None unproven."""

    def retired(self, rotation: Rotation) -> None:
        """Note that the versions before this one are refused."""


@dataclass(frozen=True, slots=True)
class Turn:
    """What came of one look at a secret: the row as it is now (None: nothing to do), when to look again, a finding."""

    rotation: Rotation | None
    again: datetime | None = None
    finding: str = ""


class Turning:
    """Turns the rotations of a zone. One per custodian; keeps nothing that another could not find again."""

    def __init__(
        self, rows: Rows, keeper: Keeper, rotators: Callable[[str], Rotator], clock: Clock, *, pause: float = 0.05
    ) -> None:
        self._rows = rows
        self._keeper = keeper
        self._rotators = rotators
        self._clock = clock
        self._pause = pause
        self._draining: dict[tuple[str, int], datetime] = {}  # since when this custodian knows of a drain
        self._room = Room(keeper, rotators, clock)

    def turn(self, path: str, *, reason: Reason | None = None) -> Turn:
        """Do the next step of a secret's rotation; begin one where it is due, or where there is a `reason`.

        A step that fails is noted in the row and tried again later. Only what is no `WardlineError` gets out.
        """
        now = self._clock()
        rotation = self._rows.unfinished(path)
        if rotation is None:
            return self._begin(path, reason)
        if not rotating.sound(rotation, path):
            return Turn(None, now + _AGAIN, "the server shows something in the place of a rotation that is none")
        if rotation.reason != "revoked" and (reason == "revoked" or self._keeper.hurried(path)):
            hurried = rotating.hurried(rotation, "revoked")
            return Turn(hurried if self._rows.change(hurried) else rotation)
        if not rotating.ready(rotation, now):
            return self._told(rotation)
        if rotation.step == "create":
            return self._create(rotation)
        try:
            return self._step(rotation)
        except (
            SupersededError,
            UnknownCustodianError,
        ) as error:  # later, or begun by a custodian that is none any more
            after = rotating.superseded(rotation, error.detail, self._clock())
        except NotReadyError as error:
            waits = self._room.make(path)
            problem = waits.problem or rotating.why(error)
            after = rotating.failed(rotation, problem, self._clock(), again=waits.again)
        except RefusedByTargetError as error:
            after = rotating.failed(rotation, self._lacking(path) or rotating.why(error), self._clock())
        except WardlineError as error:
            after = rotating.failed(rotation, rotating.why(error), self._clock())
        return self._changed(after)

    def go_on(self, path: str) -> Turn:
        """Turn a secret as far as it goes without waiting; return the last turn."""
        turn = self.turn(path)
        while turn.rotation and turn.again is None and (not turn.rotation.finished or self._keeper.hurried(path)):
            turn = self.turn(path)
        self._close(path)
        return turn

    def finish(self, path: str, *, reason: Reason | None = None, within: timedelta = timedelta(seconds=30)) -> Turn:
        """Turn a secret until its rotation is done; return the last turn, unfinished where time ran out."""
        until = time.monotonic() + within.total_seconds()
        turn = self.turn(path, reason=reason)
        while time.monotonic() < until and (not turn.rotation.finished if turn.rotation else turn.again is not None):
            if turn.again:
                self._close(path)
                time.sleep(max(0.0, min((turn.again - self._clock()).total_seconds(), 0.5, until - time.monotonic())))
            turn = self.turn(path, reason=None if turn.rotation else reason)
        self._close(path)
        return turn

    def revoke(self, path: str, *, within: timedelta = timedelta(seconds=30)) -> Turn:
        """Give the remaining readers a new version at once, refuse every version before it and end its sessions.

        A rotation that is under way and may have reached whoever was revoked is finished first, and then a whole one
        follows, whose value was minted after the revocation.
        """
        rotation = self._rows.unfinished(path)
        if rotation and rotation.step in {"publish", "retire"}:
            self.finish(path, reason="revoked", within=within)
        return self.finish(path, reason="revoked", within=within)

    def drain(self, path: str) -> tuple[int, ...]:
        """End sessions of refused versions: idle ones now, the others once `drain` is over; return what is left.

        How long a drain lasts is counted from when this custodian first saw it: a death makes it longer.
        """
        rotator, now, left = self._rotators(path), self._clock(), []
        lasts = timedelta(seconds=self._keeper.grant(path).drain_seconds)
        for number in dict.fromkeys(rotator.standing().draining):
            since = self._draining.setdefault((path, number), now)
            if rotator.drain(number, force=not since <= now < since + lasts):
                left.append(number)
            else:
                self._draining.pop((path, number), None)
        if not left:
            rotator.close()
        return tuple(left)

    def sweep(self, path: str) -> tuple[str, ...]:
        """Log in with every version that readers may hold, on every endpoint; set again what a target lost."""
        live = self._keeper.live(path)
        if not live:
            return ()
        rotator = self._rotators(path)
        try:
            return rotator.sweep(live)
        finally:
            rotator.close()

    def _begin(self, path: str, reason: Reason | None) -> Turn:
        try:
            grant, now = self._keeper.grant(path), self._clock()
            why = reason or self._keeper.wanted(path) or rotating.due(grant, self._keeper.published(path), now)
        except WardlineError as error:
            return Turn(None, self._clock() + _AGAIN, f"the rotation does not begin: {rotating.why(error)}")
        if why is None:
            return Turn(None)
        try:
            number, mark, sealed = self._created(path)
        except _FasterError:
            return Turn(None, self._clock() + _AGAIN)
        except WardlineError as error:
            problem, again = self._hindered(path, error)
            rotation = rotating.waiting(path, problem, reason=why, at=self._clock(), again=again)
        else:
            rotation = rotating.begun(path, number, mark, sealed, reason=why, at=self._clock())
        kept = rotation if self._rows.begin(rotation) else self._rows.unfinished(path)
        if kept is None:
            return Turn(None, self._clock() + _AGAIN, "the server keeps no row for the rotation")
        return self._told(kept)

    def _create(self, rotation: Rotation) -> Turn:
        """Mint the value of a rotation that could not begin so far."""
        try:
            number, mark, sealed = self._created(rotation.path)
        except WardlineError as error:
            problem, again = self._hindered(rotation.path, error)
            return self._changed(rotating.failed(rotation, problem, self._clock(), again=again))
        after = rotating.created(rotation, number, mark, sealed, self._clock())
        return Turn(after if self._rows.change(after) else self._rows.unfinished(rotation.path))

    def _created(self, path: str) -> tuple[int, str, bytes]:
        """Return the number, the mark and the sealed bytes of a new value, for which the target has room."""
        rotator = self._rotators(path)
        number, standing = self._keeper.highest(path) + 1, rotator.standing()
        seen = max(standing.highest, self._keeper.shown(path))
        # Only a target that came back from a backup says so of a version that readers hold: its slot is not given away.
        for version in self._keeper.live(path) if standing.pending else ():
            if version.number in standing.pending:
                rotator.publish(version)
        if fences.numbers(number)[0] < fences.numbers(seen)[0]:
            raise SupersededError(f"version {told(seen)} is of an epoch that is not here yet", hint=_LATER_EPOCH)
        if number <= seen:  # what came between is not known here: one is left out, to follow nothing
            number = seen + 2
        try:
            fields = rotator.create(number, self._keeper.mint(path))
        except SupersededError as error:
            if standing.highest:
                raise _FasterError(error.detail) from None
            raise SupersededError(error.detail, hint=_LATER_EPOCH) from None  # a program's target: it alone knows more
        sealed, mark = self._keeper.seal(path, number, fields)
        return number, mark, sealed

    def _hindered(self, path: str, error: WardlineError) -> tuple[str, datetime | None]:
        """Return why nothing could be minted, and until when that is so, if it is known; room is made meanwhile."""
        if isinstance(error, NotReadyError):
            return self._room.make(path)
        return (self._lacking(path) if isinstance(error, RefusedByTargetError) else "") or rotating.why(error), None

    def _lacking(self, path: str) -> str:
        """Return what the custodian lacks on a target that refuses it, with the way to give it."""
        with suppress(WardlineError):
            lacking = self._rotators(path).missing()
            return f"the custodian lacks on the target: {'; '.join(lacking)}" if lacking else ""
        return ""

    def _changed(self, after: Rotation) -> Turn:
        """Note an attempt that failed."""
        self._rows.change(after)
        return self._told(after)

    def _told(self, rotation: Rotation) -> Turn:
        """Return the turn of a row as it stands: it is a finding at once where it does not begin, later elsewhere."""
        finding = ""
        if rotation.step == "create" and rotation.problem:
            finding = f"the rotation does not begin: {rotation.problem}"
        elif rotating.stuck(rotation, self._clock()):
            finding = f"the rotation is stuck: {rotation.problem}"
        return Turn(rotation, rotation.not_before, finding)

    def _close(self, path: str) -> None:
        """Let go of what the steps of one rotation share; there is nothing where a grant names no usable target."""
        with suppress(WardlineError):
            self._rotators(path).close()

    def _step(self, rotation: Rotation) -> Turn:
        if rotation.number < self._keeper.highest(rotation.path):
            raise SupersededError(f"a version after {told(rotation.number)} is published, or its epoch has ended")
        rotator, version = self._rotators(rotation.path), self._keeper.open(rotation)
        if rotation.step == "apply":
            rotator.apply(version)
        elif rotation.step == "verify":
            rotator.verify(version)
        elif rotation.step == "publish":
            self._publish(rotation, rotator, version)
        else:
            return self._retire(rotation, rotator, version)
        return self._noted(rotation)

    def _publish(self, rotation: Rotation, rotator: Rotator, version: Version) -> None:
        """Tell readers of a version that works: whatever the row says, it is tried out right before.

        The target hears of it first: from then on nobody gives its slot away, whatever becomes of the row.
        """
        rotator.apply(version)  # refuses where the target has seen a later one
        rotator.verify(version)
        claimed = self._clock()
        rotator.publish(version)
        self._keeper.publish(rotation, claimed)

    def _retire(self, rotation: Rotation, rotator: Rotator, version: Version) -> Turn:
        published = self._keeper.publication(rotation)
        if published is None:  # a peer published it, or the row says so and nobody did
            self._publish(rotation, rotator, version)
            published = self._keeper.publication(rotation)
        held = {one.number for one in self._keeper.live(rotation.path)} | {*rotator.standing().published}
        before = sorted(number for number in held if number < version.number)
        finding = ""
        if before:
            answer = rotating.retirement(rotation.reason, published, self._keeper.grant(rotation.path), self._clock())
            if not answer.now:
                return Turn(rotation, answer.again, answer.finding)
            finding = answer.finding
        rotator.publish(version)  # raises where the target has seen a later one, or does not hold this one
        rotator.verify(version)
        for number in sorted({*before, version.number - 1}):  # a program's target may hold what nobody here knows of
            rotator.refuse(number)
        self._keeper.retired(rotation)
        if rotation.reason == "revoked":
            self._end(rotator)
        noted = self._noted(rotation)
        return Turn(noted.rotation, noted.again, finding)

    def _end(self, rotator: Rotator) -> None:
        """End every session of every refused version, now. Raises: `TargetError` where some do not end."""
        for _ in range(100):
            if not sum(rotator.drain(number, force=True) for number in rotator.standing().draining):
                return
            time.sleep(self._pause)
        raise TargetError("sessions of a revoked version do not end")

    def _noted(self, rotation: Rotation) -> Turn:
        after = rotating.stepped(rotation, self._clock())
        return Turn(after if self._rows.change(after) else self._rows.unfinished(rotation.path))
