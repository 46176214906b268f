"""`wardline run`: a program with secrets in its environment, told or started again when one of them changes.

Values stand in the environment of the program alone, never in an argument or a file. Signals are handed on, and its
exit status is ours (128 + N where a signal ended it).
"""

import contextlib
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final, Literal, NamedTuple

from wardline.kernel.errors import AskedWronglyError
from wardline.vault.client import Client, ClientError, Secret

OnChange = Literal["restart", "signal", "exit"]
_LOOK_SECONDS: Final = 0.25
_HANDED_ON: Final = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGUSR1, signal.SIGUSR2, signal.SIGQUIT)


class Place(NamedTuple):
    """A variable of the program's environment, and the field that stands in it; field "" is the whole as JSON."""

    variable: str
    path: str
    field: str


class Wish(NamedTuple):
    """What `wardline run` is told."""

    command: tuple[str, ...]
    places: tuple[Place, ...]
    on_change: OnChange = "restart"
    signal: int = signal.SIGHUP
    grace_seconds: float = 10.0


def place(said: str) -> Place:
    """Return what `NAME=PATH#FIELD` says.

    Raises: `AskedWronglyError`.
    """
    variable, equals, rest = said.partition("=")
    path, _, field = rest.partition("#")
    if not equals or not variable.isidentifier() or not variable.isascii() or not path:
        raise AskedWronglyError(f"{said} is no NAME=PATH#FIELD", hint="for example DB_PASSWORD=db/orders#password")
    return Place(variable, path, field)


def run(wish: Wish, client: Client, say: Callable[[str], None]) -> int:
    """Run a program until it ends, or until a change ends it, and return its exit status.

    Raises: `ClientError` where its secrets cannot be had; `AskedWronglyError` where it cannot be started.
    """
    runner = _Runner(wish, client, say)
    with _handing_on(runner):
        return runner.run()


class _Runner:
    def __init__(self, wish: Wish, client: Client, say: Callable[[str], None]) -> None:
        self._wish, self._client, self._say = wish, client, say
        self._child: subprocess.Popen[bytes] | None = None
        self._ending = threading.Event()

    def run(self) -> int:
        held = self._secrets()
        self._start(held)
        while True:
            status = self._ended(_LOOK_SECONDS)
            if status is not None:
                return status
            changed = self._changed(held)
            if not changed or self._ending.is_set():
                continue
            self._say(f"{', '.join(sorted(changed))} changed: {self._wish.on_change}")
            if self._wish.on_change == "exit":
                self._stop()
                return 0
            if self._wish.on_change == "signal":
                self.hand_on(self._wish.signal)
            else:
                self._stop()
                if self._ending.is_set():
                    return self._ended(0.0) or 0
                self._start(changed)
            held |= changed
            self._delivered(changed)

    def hand_on(self, number: int) -> None:
        """Send a signal to the program; one that ends programs ends the running of it."""
        if number in {signal.SIGTERM, signal.SIGINT, signal.SIGQUIT}:
            self._ending.set()
        if self._child is not None and self._child.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                self._child.send_signal(number)

    def _secrets(self) -> dict[str, Secret]:
        return {path: self._open(path) for path in {one.path for one in self._wish.places}}

    def _open(self, path: str) -> Secret:
        """Return a secret without that being a receipt yet, where the agent knows the difference."""
        status, found = self._client.ask("GET", f"sys/wardline/open/{path}")
        data = found.get("data")
        if status == 200 and isinstance(data, dict) and isinstance(data.get("data"), dict):
            return Secret(path, int(data["number"]), data["data"])
        return self._client.get(path)

    def _changed(self, held: Mapping[str, Secret]) -> dict[str, Secret]:
        found = {}
        for path, before in held.items():
            try:
                if self._client.number(path) != before.number:
                    found[path] = self._open(path)
            except ClientError:
                continue  # the agent is away: the program keeps what it has
        return found

    def _start(self, known: Mapping[str, Secret]) -> None:
        secrets = {**self._secrets(), **known}
        environment = dict(os.environ)
        for one in self._wish.places:
            environment[one.variable] = _text(secrets[one.path], one.field)
        try:
            self._child = subprocess.Popen(self._wish.command, env=environment)
        except OSError as error:
            raise AskedWronglyError(f"{self._wish.command[0]}: {error.strerror}") from error
        self._delivered(secrets)

    def _delivered(self, secrets: Mapping[str, Secret]) -> None:
        """Tell the agent what the program runs with now; an agent that does not want to know is not insisted upon."""
        import json

        for path, secret in secrets.items():
            with contextlib.suppress(ClientError):
                said = json.dumps({"path": path, "number": secret.number, "how": "run"}).encode()
                self._client.ask("POST", "sys/wardline/delivered", said)

    def _stop(self) -> None:
        child = self._child
        if child is None:
            return
        child.terminate()
        try:
            child.wait(self._wish.grace_seconds)
        except subprocess.TimeoutExpired:
            self._say(f"it did not end within {self._wish.grace_seconds:.0f} s: killed")
            child.kill()
            child.wait()

    def _ended(self, seconds: float) -> int | None:
        child = self._child
        if child is None:
            time.sleep(seconds)
            return None
        try:
            status = child.wait(seconds)
        except subprocess.TimeoutExpired:
            return None
        return status if status >= 0 else 128 - status


def _text(secret: Secret, field: str) -> str:
    import json

    if not field:
        return json.dumps(dict(secret))
    try:
        value: Any = secret[field]
    except KeyError as error:
        raise AskedWronglyError(str(error.args[0])) from error
    text = value if isinstance(value, str) else json.dumps(value)
    if "\0" in text:
        raise AskedWronglyError(f"{secret.path}#{field} has a zero byte, which no environment holds")
    return text


@contextlib.contextmanager
def _handing_on(runner: _Runner) -> Iterator[None]:
    """Hand signals on to the program for the time of the block."""
    before: Sequence[tuple[int, Any]] = ()
    try:
        before = [(number, signal.signal(number, lambda got, _: runner.hand_on(got))) for number in _HANDED_ON]
    except ValueError:  # not the main thread: a test, whose signals are its own
        before = ()
    try:
        yield
    finally:
        for number, standing in before:
            signal.signal(number, standing)
