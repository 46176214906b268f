"""Time as the protocol takes it: documents age on a clock that nobody can set back, and signing stops after a jump.

`monotonic` is in seconds and must go on through suspend: `time.clock_gettime(time.CLOCK_BOOTTIME)` on Linux.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from wardline.vault.protocol.errors import ClockError

MAX_AHEAD: Final = timedelta(seconds=60)
MAX_JUMP: Final = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Timeline:
    """What time it is for an agent: the wall clock at its start, aged monotonically, never below a signed time seen.

    After a restart it begins at the wall clock again, and at `signed` (kept with the floors) if that is later.
    """

    wall: datetime
    monotonic: float
    signed: datetime

    def now(self, monotonic: float) -> datetime:
        """Return the time. However the wall clock was set since, it did not go back."""
        return max(self.wall + timedelta(seconds=max(0.0, monotonic - self.monotonic)), self.signed)

    def seen(self, signed: datetime) -> "Timeline":
        """Return the timeline after a genuine document of this time was accepted (so: at most 60 s ahead)."""
        return replace(self, signed=max(self.signed, signed))


@dataclass(frozen=True, slots=True)
class Watch:
    """What a custodian compares its wall clock with before it signs anything. Made once, when it starts."""

    wall: datetime
    monotonic: float

    @classmethod
    def begun(cls, wall: datetime, monotonic: float, signed: datetime) -> "Watch":
        """Return a watch that begins now; `signed` is the latest signed time that was kept.

        Raises: `ClockError` where the clock is more than 60 s before it.
        """
        if signed - wall > MAX_JUMP:
            raise ClockError(
                f"the clock says {wall:%Y-%m-%d %H:%M:%S}, and something was signed at {signed:%Y-%m-%d %H:%M:%S}",
                hint="set the clock, then start again",
            )
        return cls(wall, monotonic)

    def now(self, wall: datetime, monotonic: float) -> datetime:
        """Return the time to sign with.

        Raises: `ClockError` where the wall clock went more than 60 s further, or less far, than the monotonic one.
        """
        expected = self.wall + timedelta(seconds=monotonic - self.monotonic)
        if abs(wall - expected) > MAX_JUMP:
            raise ClockError(
                f"the clock jumped by {(wall - expected).total_seconds():.0f} seconds: nothing is signed any more",
                hint="find out who set it, then start again",
            )
        return wall
