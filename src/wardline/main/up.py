"""`wardline up`: the whole platform on one machine, from nothing to a page that shows what is wrong, in one command.

It makes the state, migrates the database, starts the server as a process of its own, checks the repositories, prints
the verdicts and a sign-in link, and stays. Whatever becomes of this process, its children end with it.
"""

import contextlib
import os
import queue
import signal
import socket
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Final, NamedTuple

from wardline.kernel import clock
from wardline.kernel.database.engine import Database
from wardline.kernel.errors import CannotSayError, WardlineError
from wardline.kernel.settings import Settings
from wardline.kernel.text import printable
from wardline.main import checking, children, migrating, platform, registering, state
from wardline.main.children import Child
from wardline.main.first_look import FirstLook
from wardline.services import Services

LOG: Final = "server.log"


class Wish(NamedTuple):
    """What `wardline up` was asked for. `recheck`: how often the repositories are checked again.

    `vault`: whether a vault is opened beside the server; `ways` are its custodian's to targets, `PATH=ADDRESS`.
    `log`: whether the server's log lines go to a file, so that somebody can read what is said beside them.
    """

    settings: Settings
    repositories: tuple[Path, ...]
    check_options: tuple[str, ...] = ()
    recheck: timedelta = timedelta(hours=1)
    vault: bool = True
    ways: tuple[str, ...] = ()
    log: bool = False


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
        log = folder / LOG if wish.log else None
        if log:
            say(f"log: {printable(str(log))}")
        running = [Child("server", _arguments(settings, log), say)]
        try:
            running[0].start()
            url = running[0].answered()
            port = int(url.rpartition(":")[2])
            settings = settings._replace(port=port)
            running[0].arguments = _arguments(settings, log)
            state.remember(folder, port=port)
            services = platform.services(settings)
            beside = _vault(services, folder, wish, url, say)
            running += beside
            _check_all(services, wish, say, shown=True)
            say("")
            _await(beside, say)
            say(f"sign in (once, within 15 minutes): {settings.base_url}{services.identity.first_link(clock.now())}")
            state.remember(folder, url=url, ready=True)
            say(f"ready {url}")
            _stay(running, services, wish, say, signals)
        finally:
            children.stop(running)
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


def _arguments(settings: Settings, log: Path | None) -> Sequence[str]:
    named = ("state", "database", "host", "port", "url")
    given = [f"--{name}={getattr(settings, name)}" for name in named if getattr(settings, name)]
    return ["serve", *given, *([f"--log={log}"] if log else [])]


def _vault(services: Services, folder: Path, wish: Wish, url: str, say: Callable[[str], None]) -> list[Child]:
    """Return the vault's processes, started; a vault that cannot be opened keeps nobody from the rest."""
    if not wish.vault:
        return []
    try:
        made = FirstLook(services, folder, say).children(url, wish.ways)
    except WardlineError as error:
        say(f"vault: {error.detail}\n  {error.hint}")
        return []
    for child in made:
        child.start()
    return made


def _await(beside: Sequence[Child], say: Callable[[str], None]) -> None:
    for child in beside:
        try:
            say(f"vault: {child.name} {child.answered()}")
        except CannotSayError as error:
            say(f"vault: {error.detail}; it is tried again")


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
    running: Sequence[Child],
    services: Services,
    wish: Wish,
    say: Callable[[str], None],
    signals: "queue.SimpleQueue[int]",
) -> None:
    checked = time.monotonic()
    while signals.empty():
        with contextlib.suppress(queue.Empty):
            number = signals.get(timeout=0.2)
            signals.put(number)
        for child in running:
            child.watch()
        if time.monotonic() - checked > wish.recheck.total_seconds():
            checked = time.monotonic()
            _check_all(services, wish, say, shown=False)
