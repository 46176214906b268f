"""`wardline up`: from nothing to a page that shows what is wrong, ended and started again where it was."""

import contextlib
import os
import pty
import re
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from tests.stories.conftest import COMMAND

pytestmark = pytest.mark.loopback
ROOT = Path(__file__).parents[2]


class Up:
    """A `wardline up` under way: what it said, and how it ends."""

    def __init__(self, folder: Path, *arguments: str, errors: int = subprocess.STDOUT) -> None:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("WARDLINE_")}
        self.process = subprocess.Popen(
            [COMMAND, "up", "--state", folder / "state", *arguments],
            cwd=folder,
            env={
                **kept,
                "WARDLINE_CACHE": str(folder / "cache"),
                "XDG_CONFIG_HOME": str(folder / "config"),
                "NO_COLOR": "1",
            },
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        )
        self.lines: list[str] = []
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line.rstrip("\n"))
            if line.startswith("ready "):
                break
        assert self.lines, "it said nothing"
        assert self.lines[-1].startswith("ready http://127.0.0.1:"), "\n".join(self.lines[-20:])
        self.url = self.lines[-1].removeprefix("ready ")

    def said(self, pattern: str) -> re.Match[str]:
        found = re.search(pattern, "\n".join(self.lines))
        assert found is not None, "\n".join(self.lines)
        return found

    def end(self, how: signal.Signals = signal.SIGINT) -> float:
        """Ask it to end and return how many seconds it took."""
        started = time.monotonic()
        if self.process.poll() is None:
            self.process.send_signal(how)
        self.process.wait(20)
        assert self.process.stdout is not None
        self.process.stdout.close()
        return time.monotonic() - started


def answer(url: str) -> int:
    return httpx.get(url, timeout=5, trust_env=False).status_code


def gone(url: str) -> bool:
    try:
        httpx.get(url, timeout=2, trust_env=False)
    except httpx.TransportError:
        return True
    return False


@pytest.fixture
def running(tmp_path: Path) -> Iterator[list[Up]]:
    started: list[Up] = []
    yield started
    for one in started:
        one.end(signal.SIGKILL)


def test_it_opens_checks_the_example_and_lets_its_owner_in(tmp_path: Path, running: list[Up]) -> None:
    running.append(up := Up(tmp_path))
    assert answer(f"{up.url}/healthz") == 200
    assert answer(f"{up.url}/readyz") == 200
    opened = up.said(r"orders: (\d+) opened, 0 reopened, 0 fixed")
    assert int(opened[1]) > 0
    link = up.said(r"(http://127\.0\.0\.1:\d+/sign-in/\S+)")[1]
    with httpx.Client(follow_redirects=True, trust_env=False) as browser:
        page = browser.get(link)
        assert page.status_code == 200
        assert "<form" in page.text


def test_a_second_one_is_told_where_the_first_is(tmp_path: Path, running: list[Up]) -> None:
    running.append(up := Up(tmp_path))
    done = subprocess.run(
        [COMMAND, "up", "--state", tmp_path / "state"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert up.url in done.stderr


def test_it_ends_within_five_seconds_and_goes_on_where_it_was(tmp_path: Path, running: list[Up]) -> None:
    running.append(first := Up(tmp_path))
    assert first.end() < 5
    assert first.process.returncode == 0
    assert gone(f"{first.url}/healthz")
    running.append(second := Up(tmp_path))
    assert second.url == first.url
    again = second.said(r"orders: 0 opened, 0 reopened, 0 fixed, (\d+) seen")
    assert int(again[1]) == int(first.said(r"orders: (\d+) opened")[1])


def test_a_killed_one_takes_its_server_with_it_and_the_next_goes_on(tmp_path: Path, running: list[Up]) -> None:
    running.append(first := Up(tmp_path))
    first.end(signal.SIGKILL)
    until = time.monotonic() + 5
    while not gone(f"{first.url}/healthz") and time.monotonic() < until:
        time.sleep(0.05)
    assert gone(f"{first.url}/healthz")
    running.append(second := Up(tmp_path))
    second.said(r"orders: 0 opened, 0 reopened, 0 fixed")


def test_in_the_background_it_is_ended_by_down(tmp_path: Path) -> None:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("WARDLINE_")}
    environment = {
        **kept,
        "WARDLINE_CACHE": str(tmp_path / "cache"),
        "WARDLINE_STATE": str(tmp_path / "state"),
        "XDG_CONFIG_HOME": str(tmp_path / "config"),
    }

    def say(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [COMMAND, *arguments], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
        )

    try:
        started = say("up", "--background")
        assert started.returncode == 0, started.stdout + started.stderr
        url = started.stdout.splitlines()[-1].removeprefix("ready ")
        assert answer(f"{url}/healthz") == 200
    finally:
        ended = say("down").returncode
    assert ended == 0
    assert gone(f"{url}/healthz")
    assert say("down").returncode == 1


def test_on_postgresql_it_is_the_same(
    tmp_path: Path, running: list[Up], postgresql_cluster: "object", request: pytest.FixtureRequest
) -> None:
    server = request.getfixturevalue("postgresql_cluster")
    name = server.made()
    running.append(up := Up(tmp_path, "--database", server.dsn(name)))
    up.said(r"PostgreSQL")
    assert answer(f"{up.url}/readyz") == 200
    assert up.end() < 5
    server.drop(name)


def processes(folder: Path) -> dict[str, int]:
    """Return the process ids of a platform's servers, custodians and agents, by what they run."""
    found = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                words = (entry / "cmdline").read_text().split("\0")
            except OSError:
                continue
            if any(str(folder) in word for word in words) and "wardline" in words and "up" not in words:
                found[words[words.index("wardline") + 1]] = int(entry.name)
    return found


def until(true: Callable[[], bool], seconds: float = 20.0) -> bool:
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


def test_a_vault_stands_beside_it_and_says_that_one_person_approves_alone(tmp_path: Path, running: list[Up]) -> None:
    running.append(first := Up(tmp_path))
    first.said(r"ONE person approves alone")
    first.said(r"vault: custodian local/keeper-1")
    agent = Path(first.said(r"vault: agent unix://(\S+)")[1])
    children = processes(tmp_path)
    assert children.keys() == {"serve", "custodian", "agent"}
    keys = [tmp_path / "state" / "agent" / "keys", tmp_path / "state" / "custodian-keeper-1" / "keys"]
    assert keys[0].read_bytes() != keys[1].read_bytes()
    own = tmp_path / "config" / "wardline" / "approver.key"
    assert {path.stat().st_mode & 0o077 for path in (*keys, own)} == {0}

    for name in ("custodian", "agent"):
        os.kill(children[name], signal.SIGKILL)
    assert until(lambda: processes(tmp_path).keys() == {"serve", "custodian", "agent"})
    assert not {children["custodian"], children["agent"]} & set(processes(tmp_path).values())
    assert until(lambda: answers(agent))

    assert first.end() < 5
    assert processes(tmp_path) == {}
    root = (tmp_path / "config" / "wardline" / "vault-root.json").read_bytes()
    running.append(second := Up(tmp_path))
    second.said(r"vault: agent unix://")
    assert (tmp_path / "config" / "wardline" / "vault-root.json").read_bytes() == root
    second.end(signal.SIGKILL)
    assert until(lambda: processes(tmp_path) == {}, 8)


def answers(place: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as asked:
        try:
            asked.connect(str(place))
        except OSError:
            return False
    return True


def test_without_a_vault_there_is_none(tmp_path: Path, running: list[Up]) -> None:
    terminal, errors = pty.openpty()
    running.append(up := Up(tmp_path, "--no-vault", errors=errors))
    assert not any(line.startswith("vault:") for line in up.lines)
    assert processes(tmp_path).keys() == {"serve"}
    # Where somebody reads what is said, the server's log lines are in a file.
    answer(up.url + "/sign-in")
    os.set_blocking(terminal, False)
    with contextlib.suppress(BlockingIOError):
        assert b"wardline.access" not in os.read(terminal, 65536)
    assert "wardline.access" in Path(up.said(r"(?m)^log: (.+)$")[1]).read_text()
    os.close(terminal)
    os.close(errors)
