"""The child's side of a run: it gives up what it can do, works, answers and leaves without a trace.

Order matters. First what needs descriptors and files (limits, places), then Landlock, then the filter on system calls,
which would refuse some of what the former need.
"""

import ctypes
import os
import resource
import signal
import struct
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple, NoReturn

from wardline.kernel.confinement import landlock, places, seccomp
from wardline.kernel.confinement.channel import Channel
from wardline.kernel.confinement.limits import Limits
from wardline.kernel.errors import WardlineError

HEAD: Final = struct.Struct("=cQ")  # kind of message, length
UNENFORCED: Final = b"U"
ANSWER: Final = b"A"
PART: Final = b"P"
RAISED: Final = b"E"
OUT_OF_MEMORY: Final = "ran out of memory"

_PR_SET_PDEATHSIG: Final = 1
_PR_SET_DUMPABLE: Final = 4
_PR_SET_NO_NEW_PRIVS: Final = 38
_CAP_DAC_READ_SEARCH: Final = 1 << 2
_CAPABILITY_VERSION_3: Final = 0x20080522


class Terms(NamedTuple):
    """What a child is given: the places it may use, its limits, its cache, its parent's process id."""

    readable: Sequence[Path]
    writable: Sequence[Path]
    limits: Limits
    cache: str
    parent: int


def live(work: Callable[[Channel], bytes], channel: Channel, pipe: int, terms: Terms) -> NoReturn:
    """Confine this process, do the work, write what came of it to `pipe`, and end the process. Never returns."""
    status = 1
    try:
        unenforced = confine(terms, pipe)
        _send(pipe, UNENFORCED, "\n".join(unenforced).encode("utf-8", "replace"))
        _send(pipe, ANSWER, work(channel))
        status = 0
    except BaseException as error:  # noqa: BLE001 - the last frame of a process: whatever it was is told, not shown
        _tell(pipe, error)
    finally:
        os._exit(status)


def confine(terms: Terms, pipe: int) -> list[str]:
    """Give up everything that the work does not need; return what could not be given up, in words for a report."""
    os.setsid()
    _default_signals()
    taken = _only_descriptor(pipe)
    os.umask(0o077)
    installation = places.installation()
    files = landlock.Files(
        readable=[*installation.readable, *terms.readable],
        executable=installation.executable,
        writable=[*installation.writable, *terms.writable],
    )
    _replace_environment(places.environment(terms.cache))
    unenforced = _limit(terms.limits, taken)
    if sys.platform == "linux":
        _give_up_privileges(terms.parent)
        unenforced += landlock.enforce(files)
        refused = seccomp.enforce(may_start_processes=terms.limits.max_processes > 1)
        unenforced += [refused] if refused else []
    elif sys.platform == "darwin":
        from wardline.kernel.confinement import darwin

        unenforced += darwin.enforce(files)
    else:
        unenforced.append(f"files, system calls and the network: no sandbox is known for {sys.platform}")
    return unenforced


def _replace_environment(variables: dict[str, str]) -> None:
    os.environ.clear()
    os.environ.update(variables)


def _default_signals() -> None:
    signal.set_wakeup_fd(-1)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGALRM, signal.SIGCHLD):
        signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())


def _only_descriptor(kept: int) -> list[int]:
    """Turn every descriptor but one into /dev/null; return the numbers that are taken by that.

    Not closed: the parent's file objects live on in this copy of its memory, and one that is collected would close
    whatever had got its number since.
    """
    null = os.open(os.devnull, os.O_RDWR | os.O_CLOEXEC)
    taken = [int(name) for name in os.listdir("/dev/fd")]  # noqa: PTH208 - numbers, not paths
    for descriptor in taken:
        if descriptor not in {kept, null}:
            try:
                os.dup2(null, descriptor, inheritable=descriptor <= 2)
            except OSError:  # the descriptor that listed the folder, gone since
                continue
    return sorted(taken)


def _limit(limits: Limits, taken: list[int]) -> list[str]:
    unenforced = []
    above = limits.max_open_files  # RLIMIT_NOFILE bounds the numbers, of which some are taken
    for descriptor in taken:
        above += descriptor < above
    for kind, soft, hard in (
        (resource.RLIMIT_CORE, 0, 0),
        (resource.RLIMIT_CPU, limits.cpu_seconds, limits.cpu_seconds + 1),
        (resource.RLIMIT_FSIZE, limits.max_file_bytes, limits.max_file_bytes),
        (resource.RLIMIT_NOFILE, above, above),
        (resource.RLIMIT_AS, _mapped_bytes() + limits.memory_bytes, _mapped_bytes() + limits.memory_bytes),
    ):
        at_most = resource.getrlimit(kind)[1]
        if at_most != resource.RLIM_INFINITY:
            soft, hard = min(soft, at_most), min(hard, at_most)  # noqa: PLW2901 - a lower limit stands already
        try:
            resource.setrlimit(kind, (soft, hard))
        except (OSError, ValueError):
            unenforced.append(f"a limit: the system refused number {kind}")
    if sys.platform != "linux":
        unenforced.append("memory and processes of all together: they are counted through /proc")
    return unenforced


def _mapped_bytes() -> int:
    try:
        pages = int(Path("/proc/self/statm").read_bytes().split()[0])
    except OSError:
        return 0
    return pages * resource.getpagesize()


def _give_up_privileges(parent: int) -> None:
    """Die with the parent, never gain a privilege again, and keep of a superuser's only the one to read files."""
    libc = ctypes.CDLL(None, use_errno=True)

    def prctl(option: int, value: int) -> None:
        arguments = [ctypes.c_ulong(argument) for argument in (value, 0, 0, 0)]
        if libc.prctl(ctypes.c_int(option), *arguments) != 0:
            raise OSError(ctypes.get_errno(), f"prctl {option}")

    prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)  # it died before it could be asked for
    prctl(_PR_SET_NO_NEW_PRIVS, 1)
    prctl(_PR_SET_DUMPABLE, 0)
    # struct __user_cap_header_struct { __u32 version; int pid; }, and two of { effective, permitted, inheritable }
    header = ctypes.create_string_buffer(struct.pack("=Ii", _CAPABILITY_VERSION_3, 0))
    held = ctypes.create_string_buffer(24)
    if libc.capget(header, held) != 0:
        raise OSError(ctypes.get_errno(), "capget")
    kept = struct.unpack("=6I", held.raw)[1] & _CAP_DAC_READ_SEARCH
    if libc.capset(header, ctypes.create_string_buffer(struct.pack("=6I", kept, kept, 0, 0, 0, 0), 24)) != 0:
        raise OSError(ctypes.get_errno(), "capset")


def send_part(pipe: int, content: bytes) -> None:
    """Tell the parent a part of what is being worked out, ahead of the answer; waits until the parent takes it."""
    _send(pipe, PART, content)


def _send(pipe: int, kind: bytes, content: bytes) -> None:
    for part in (HEAD.pack(kind, len(content)), content):
        view = memoryview(part)
        while view:
            view = view[os.write(pipe, view) :]


def _tell(pipe: int, error: BaseException) -> None:
    try:
        _send(pipe, RAISED, _words(error).encode("utf-8", "replace"))
    except (OSError, MemoryError):
        return  # the exit status has to say it


def _words(error: BaseException) -> str:
    """Return what may be said of an error that nobody caught: its type and place, and our own words; no contents."""
    if isinstance(error, WardlineError):
        return f"raised {type(error).__name__}: {error.detail}"
    if isinstance(error, MemoryError):
        return OUT_OF_MEMORY
    if isinstance(error, RecursionError):
        return "was nested too deeply (RecursionError)"
    return f"raised {type(error).__name__}{_place(error.__traceback__)}"


def _place(traceback: Any) -> str:
    if traceback is None:
        return ""
    while traceback.tb_next is not None:
        traceback = traceback.tb_next
    path = Path(traceback.tb_frame.f_code.co_filename)
    return f" in {path.parent.name}/{path.name}, line {traceback.tb_lineno}"
