"""`wardline up`: the whole platform on one machine, from nothing to a page that shows what is wrong, in one command.

It makes the state, migrates the database, starts the server as a process of its own, checks the repositories, prints
the verdicts and a sign-in link, and stays. Whatever becomes of this process, its children end with it.
"""

import contextlib
import os
import queue
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Final, NamedTuple

from wardline.kernel import clock
from wardline.kernel.database.engine import Database
from wardline.kernel.errors import CannotSayError, WardlineError
from wardline.kernel.settings import Settings
from wardline.main import checking, migrating, platform, registering, state
from wardline.services import Services

_START_SECONDS: Final = 30.0
_STOP_SECONDS: Final = 4.0
_STEADY_SECONDS: Final = 60.0
_LONGEST_PAUSE_SECONDS: Final = 30.0


class Wish(NamedTuple):
    """What `wardline up` was asked for. `recheck`: how often the repositories are checked again."""

    settings: Settings
    repositories: tuple[Path, ...]
    check_options: tuple[str, ...] = ()
    recheck: timedelta = timedelta(hours=1)


def up(wish: Wish, say: Callable[[str], None]) -> None:
    """Run the platform until SIGINT or SIGTERM. The last line that is said is `ready http://HOST:PORT`.

    Raises: `WardlineError` where it cannot start, naming the way out; nothing is left running then.
    """
    folder = state.prepared(wish.settings.state)
    with state.held(folder), _signals() as signals:
        state.remember(folder, process=os.getpid(), url="", ready=False)
        database = Database(wish.settings.database)
        say(f"database: {migrating.migrate(database)} ({'PostgreSQL' if database.postgresql else 'SQLite'})")
        database.close()
        settings = wish.settings._replace(port=wish.settings.port or _port(folder, wish.settings.host))
        node = _Node(settings)
        try:
            url = node.start()
            settings = settings._replace(port=int(url.rpartition(":")[2]))
            state.remember(folder, port=settings.port)
            services = platform.services(settings)
            _check_all(services, wish, say, shown=True)
            say("")
            say(f"sign in (once, within 15 minutes): {settings.base_url}{services.identity.first_link(clock.now())}")
            state.remember(folder, url=url, ready=True)
            say(f"ready {url}")
            _stay(node, services, wish, say, signals)
        finally:
            node.stop()
            state.remember(folder, ready=False)


def down(folder: Path, seconds: float = 8.0) -> bool:
    """End the `wardline up` that holds the folder; return whether there was one.

    Raises: `CannotSayError` where it does not end in time.
    """
    process = state.holder(folder)
    if process is None:
        return False
    os.kill(process, signal.SIGTERM)
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if state.holder(folder) is None:
            return True
        time.sleep(0.05)
    raise CannotSayError(f"process {process} does not end", hint=f"kill -9 {process}; nothing acknowledged is lost")


class _Node:
    """The server's process: started, watched, started again where it ended by itself, and ended."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._process: subprocess.Popen[str] | None = None
        self._lifeline: int | None = None
        self._started = 0.0
        self._pause = 0.5

    def start(self) -> str:
        """Start the process and return its address once it answers."""
        theirs, ours = os.pipe()
        named = ("state", "database", "host", "port", "url")
        options = [f"--{name}={getattr(self._settings, name)}" for name in named if getattr(self._settings, name)]
        self._process = subprocess.Popen(
            [sys.executable, "-m", "wardline", "serve", *options, f"--parent={theirs}"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            text=True,
            pass_fds=(theirs,),
            start_new_session=True,  # Ctrl-C is ours to pass on
        )
        os.close(theirs)
        self._lifeline = ours  # closed by our end, whatever that is; then the process ends too
        self._started = time.monotonic()
        return self._answered(self._process)

    def _answered(self, process: subprocess.Popen[str]) -> str:
        lines: queue.Queue[str] = queue.Queue()
        assert process.stdout is not None  # noqa: S101 - it was asked for above
        threading.Thread(target=_relay, args=(process.stdout, lines), daemon=True).start()
        until = time.monotonic() + _START_SECONDS
        while time.monotonic() < until:
            try:
                line = lines.get(timeout=0.1)
            except queue.Empty:
                if process.poll() is not None:
                    break
                continue
            if line.startswith("ready "):
                return line.removeprefix("ready ").strip()
        self.stop()
        raise CannotSayError("the server did not start", hint="it says why above")

    def watch(self, say: Callable[[str], None]) -> None:
        """Start the process again where it has ended by itself, more patiently each time it ends early."""
        if self._process is None or self._process.poll() is None:
            return
        steady = time.monotonic() - self._started > _STEADY_SECONDS
        self._pause = 0.5 if steady else min(self._pause * 2, _LONGEST_PAUSE_SECONDS)
        say(f"the server ended with {self._process.returncode}: starting it again in {self._pause:.0f} s")
        self._close()
        time.sleep(self._pause)
        with contextlib.suppress(CannotSayError):
            self.start()

    def stop(self) -> None:
        """End the process: asked first, killed where it does not listen."""
        self._close()
        if self._process is None:
            return
        if self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()

    def _close(self) -> None:
        if self._lifeline is not None:
            os.close(self._lifeline)
            self._lifeline = None


def _relay(source: Iterator[str], lines: "queue.Queue[str]") -> None:
    for line in source:
        lines.put(line)


@contextlib.contextmanager
def _signals() -> Iterator["queue.SimpleQueue[int]"]:
    """Turn SIGINT, SIGTERM and SIGHUP into values for the time of the block."""
    arrived: queue.SimpleQueue[int] = queue.SimpleQueue()

    def arrive(number: int, _frame: object) -> None:
        if not arrived.empty():
            raise KeyboardInterrupt  # asked twice: whatever is under way is cut off
        arrived.put(number)

    wanted = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.signal(number, arrive) for number in wanted}
    try:
        yield arrived
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _port(folder: Path, host: str) -> int:
    """Return the port of the last time where it is free now, else 0: bookmarks and links stay good."""
    known = state.remembered(folder).get("port")
    if not isinstance(known, int):
        return 0
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, known))
        except OSError:
            return 0
    return known


def _check_all(services: Services, wish: Wish, say: Callable[[str], None], *, shown: bool) -> None:
    for repository in wish.repositories:
        try:
            checked = checking.check(repository, wish.check_options, shown=shown)
            receipt = registering.received(services, repository, checked)
        except WardlineError as error:
            say(f"{repository}: {error.detail}\n  {error.hint}")
            continue
        if shown or receipt.opened or receipt.reopened or receipt.fixed:
            say(
                f"{repository.name}: {receipt.opened} opened, {receipt.reopened} reopened, {receipt.fixed} fixed, "
                f"{receipt.seen} seen, {receipt.gaps} not examined"
            )


def _stay(
    node: _Node, services: Services, wish: Wish, say: Callable[[str], None], signals: "queue.SimpleQueue[int]"
) -> None:
    checked = time.monotonic()
    while signals.empty():
        with contextlib.suppress(queue.Empty):
            number = signals.get(timeout=0.2)
            signals.put(number)
        node.watch(say)
        if time.monotonic() - checked > wish.recheck.total_seconds():
            checked = time.monotonic()
            _check_all(services, wish, say, shown=False)
