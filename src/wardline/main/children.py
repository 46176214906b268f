"""The processes that `wardline up` starts: watched, started again where they end by themselves, ended with it."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from typing import IO, Final

from wardline.kernel.errors import CannotSayError

_START_SECONDS: Final = 30.0
_STOP_SECONDS: Final = 4.0
_RELAY_SECONDS: Final = 0.3
_STEADY_SECONDS: Final = 60.0
_FIRST_PAUSE_SECONDS: Final = 0.5
_LONGEST_PAUSE_SECONDS: Final = 30.0


class Child:
    """One `wardline …` that says `ready …` once it answers. Whatever becomes of this process, it ends too."""

    def __init__(self, name: str, arguments: Sequence[str], say: Callable[[str], None]) -> None:
        """Name what to run; whatever it says beside `ready …` is said on, under its name."""
        self.name = name
        self.arguments = arguments  # of its next start
        self._say = say
        self._process: subprocess.Popen[str] | None = None
        self._lifeline: int | None = None
        self._relaying: threading.Thread | None = None
        self._started = 0.0
        self._pause = _FIRST_PAUSE_SECONDS
        self._again: float | None = None
        self._ready = threading.Event()
        self._address = ""

    def start(self) -> None:
        """Start the process; it does not answer yet."""
        theirs, ours = os.pipe()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "wardline", *self.arguments, f"--parent={theirs}"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            text=True,
            pass_fds=(theirs,),
            start_new_session=True,  # Ctrl-C is ours to pass on
        )
        os.close(theirs)
        self._lifeline = ours  # closed by our end, whatever that is; then the process ends too
        self._started = time.monotonic()
        self._again = None
        self._relaying = threading.Thread(target=self._relay, args=(self._process.stdout,), daemon=True)
        self._relaying.start()

    def answered(self) -> str:
        """Return what stands behind `ready`, once it is said. Raises: `CannotSayError` where the process ends first."""
        until = time.monotonic() + _START_SECONDS
        while time.monotonic() < until:
            if self._ready.wait(0.05):
                return self._address
            if self._process is None or self._process.poll() is not None:
                break
        raise CannotSayError(f"the {self.name} did not start", hint="it says why above")

    def watch(self) -> None:
        """Start the process again where it has ended by itself, more patiently each time it ends early. Never waits."""
        if self._process is None or self._process.poll() is None:
            return
        if self._again is None:
            steady = time.monotonic() - self._started > _STEADY_SECONDS
            self._pause = _FIRST_PAUSE_SECONDS if steady else min(self._pause * 2, _LONGEST_PAUSE_SECONDS)
            self._again = time.monotonic() + self._pause
            self._say(
                f"the {self.name} ended with {self._process.returncode}: starting it again in {self._pause:.0f} s"
            )
            self._close()
        elif time.monotonic() >= self._again:
            self.start()

    def ask_to_stop(self) -> None:
        """Ask the process to end, by both ways; it is not waited for."""
        self._close()
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()

    def stop(self, until: float) -> None:
        """Wait for the process's end until a moment (monotonic); then it is killed."""
        if self._process is None:
            return
        try:
            self._process.wait(max(0.0, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._relaying is not None:
            self._relaying.join(_RELAY_SECONDS)

    def _relay(self, source: IO[str]) -> None:
        with source:
            for line in source:
                if line.startswith("ready"):
                    self._address = line.removeprefix("ready").strip()
                    self._ready.set()
                else:
                    with suppress(OSError, ValueError):  # nobody reads what we say any more: the child is not held up
                        self._say(f"{self.name}: {line.rstrip()}")

    def _close(self) -> None:
        if self._lifeline is not None:
            os.close(self._lifeline)
            self._lifeline = None


def stop(children: Iterable[Child]) -> None:
    """End the processes, all at once: asked first, killed where they do not listen."""
    listed = list(children)
    for child in listed:
        child.ask_to_stop()
    until = time.monotonic() + _STOP_SECONDS
    for child in listed:
        child.stop(until)
