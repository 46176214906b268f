"""What makes it harder to get at an agent's memory from beside it: no core dumps, no ptrace, nothing swapped out.

Source: prctl(2) PR_SET_DUMPABLE; setrlimit(2) RLIMIT_CORE; mlockall(2); proc(5) on what a process that is not dumpable
shows of itself. Root on the machine is not stopped by any of it (docs/threat-model.md says so).
"""

import ctypes
import ctypes.util
import os
import resource
import sys
from pathlib import Path
from typing import Final

_PR_SET_DUMPABLE: Final = 4
_ENOUGH_BYTES: Final = 1024**3
_MCL_CURRENT_AND_FUTURE: Final = 1 | 2


def harden() -> tuple[str, ...]:
    """Close what can be closed, and return what could not: each a sentence for the log."""
    open_still: list[str] = []
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _quiet_tracebacks()
    libc = _libc()
    if libc is None or libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0) != 0:
        open_still.append("other processes of this user can look into this one: PR_SET_DUMPABLE is not to be had")
    if libc is None or not _may_lock() or libc.mlockall(_MCL_CURRENT_AND_FUTURE) != 0:
        swaps = unencrypted_swaps()
        if swaps:
            open_still.append(
                f"memory is not locked and {', '.join(swaps)} is swap without encryption: "
                "raise RLIMIT_MEMLOCK, or encrypt the swap"
            )
    return tuple(open_still)


def unencrypted_swaps(table: Path = Path("/proc/swaps")) -> list[str]:
    """Return the swap areas that nothing shows to be encrypted: zram is memory, dm-crypt is encrypted."""
    try:
        lines = table.read_text("ascii", "replace").splitlines()[1:]
    except OSError:
        return []
    names = [line.split()[0] for line in lines if line.strip()]
    return [name for name in names if not _encrypted(name)]


def _may_lock() -> bool:
    """Tell whether all memory may be locked, also what comes later: under a small limit, allocating would fail then."""
    limit = resource.getrlimit(resource.RLIMIT_MEMLOCK)[0]
    return limit in {resource.RLIM_INFINITY, -1} or limit >= _ENOUGH_BYTES or os.geteuid() == 0


def _encrypted(name: str) -> bool:
    base = Path(name).resolve().name
    if base.startswith("zram"):
        return True
    try:
        return Path(f"/sys/block/{base}/dm/uuid").read_text("ascii", "replace").startswith("CRYPT-")
    except OSError:
        return False


def _libc() -> ctypes.CDLL | None:
    if not sys.platform.startswith("linux"):
        return None
    try:
        return ctypes.CDLL(ctypes.util.find_library("c") or "libc.so.6", use_errno=True)
    except OSError:
        return None


def _quiet_tracebacks() -> None:
    """Let an unexpected end say where, never with what: local variables and chained values stay out of it."""

    def say(kind: type[BaseException], error: BaseException, trace: object) -> None:
        import traceback

        frames = traceback.extract_tb(error.__traceback__)
        last = frames[-1] if frames else None
        del trace
        place = f" at {Path(last.filename).name}:{last.lineno} in {last.name}" if last else ""
        sys.stderr.write(f"wardline agent: {kind.__name__}{place}\n")

    sys.excepthook = say
