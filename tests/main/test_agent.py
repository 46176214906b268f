"""`wardline agent` for a real root, as a process: from its thumbprint to a total outage."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from tests.vault.agent.http_servers import HttpWorld, serving
from tests.vault.world import PATH

from wardline.vault.client import AgentUnavailableError, Client, NotAllowedError
from wardline.vault.protocol.envelope import unverified
from wardline.vault.protocol.model.statement import Receipt

pytestmark = pytest.mark.loopback


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "wardline", *arguments]


@contextmanager
def agent(world: Any, folder: Path, *options: str) -> Iterator[subprocess.Popen[str]]:
    root = str(world.world.pin)
    state = folder / "state"
    if not (folder / "token").exists():
        asked = command("agent", "--thumbprint", "--state", str(state), "--root", root)
        audience = subprocess.run(asked, capture_output=True, text=True, check=True).stdout.strip()
        token, _ = world.world.tokens.kubernetes("orders", "pod-1", audience, world.world.wall)
        (folder / "token").write_bytes(token)
    said = ["--state", str(state), "--server", world.url, "--root", root, "--token", str(folder / "token"), *options]
    process = subprocess.Popen(command("agent", *said), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        said = ""
        for line in process.stdout:
            said += line
            if line.startswith("ready "):
                break
        else:
            assert process.stderr is not None
            raise AssertionError(said + process.stderr.read())
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=20)


def until(true: Callable[[], bool], seconds: float = 10) -> float:
    began = time.monotonic()
    while time.monotonic() - began < seconds:
        try:
            if true():
                return time.monotonic() - began
        except AgentUnavailableError:
            pass
        time.sleep(0.01)
    raise AssertionError("it did not come about")


def has(client: Client, value: str) -> Callable[[], bool]:
    return lambda: client.list("db") == ["orders"] and client.get(PATH)["password"] == value


def test_an_agent_serves_a_rotation_within_a_second_and_goes_on_when_every_server_is_gone(tmp_path: Path) -> None:
    address = f"unix://{tmp_path}/state/agent.sock"
    with serving() as world:
        world.mint(password="one")
        with agent(world, tmp_path), Client(address) as client:
            until(has(client, "one"))
            world.mint(password="two")
            assert until(has(client, "two")) < 3
            until(lambda: len(world.receipts) >= 2)
            said = [unverified(Receipt, one, world.world.trusted.id).document for one in world.receipts]
            assert [(one.number, one.delivered) for one in said][-1] == (2, "read")
    with agent(world, tmp_path), Client(address) as client:  # no server answers, and the agent was started again
        assert client.get(PATH)["password"] == "two"
        state = client.ask("GET", "sys/wardline/state")[1]["data"]
        assert state["outage"] is True
        assert state["secrets"][PATH]["number"] == 2


def test_a_template_is_written_into_memory_and_goes_with_the_agent(tmp_path: Path) -> None:
    shm = Path("/dev/shm")
    if not os.access(shm, os.W_OK):
        pytest.skip("there is no tmpfs to write to")
    target = shm / f"wardline-test-{os.getpid()}"
    (tmp_path / "template").write_text("password = {{ db/orders#password }}\n")
    with serving() as world:
        world.mint(password="one")
        with agent(world, tmp_path, "--template", str(tmp_path / "template"), str(target)):
            until(target.exists)
            assert target.read_text() == "password = one\n"
            assert target.stat().st_mode & 0o777 == 0o400
            world.mint(password="two")
            until(lambda: target.read_text() == "password = two\n")
            until(lambda: len(world.receipts) >= 2)
        assert not target.exists()


def test_an_agent_is_not_started_without_knowing_root_and_self(tmp_path: Path) -> None:
    state = str(tmp_path / "state")
    for options, said in (
        ([], "root's digest"),
        (["--root", "nonsense"], "no root's digest"),
        (["--root", "ordinary:" + "A" * 43], "no server is named"),
        (["--uninitialised"], "goes with --dev"),
        (["--dev", "--state", state + "-dev", "--listen", "0.0.0.0:0"], "not loopback"),
        (["--dev", "--listen", "nonsense"], "HOST:PORT"),
    ):
        ended = subprocess.run(
            command("agent", "--state", state, *options), capture_output=True, text=True, check=False
        )
        assert ended.returncode in {2, 3}, options
        assert said in ended.stderr, options
        assert "Traceback" not in ended.stderr


def test_another_root_than_the_pinned_one_is_refused(tmp_path: Path) -> None:
    with serving() as world:
        (tmp_path / "token").write_text("a.b.c")
        options = ["--state", str(tmp_path / "state"), "--server", world.url, "--token", str(tmp_path / "token")]
        other = "ordinary:" + "A" * 43
        ended = subprocess.run(command("agent", *options, "--root", other), capture_output=True, text=True, check=False)
        assert ended.returncode != 0
        assert "Traceback" not in ended.stderr


def test_over_tcp_the_token_of_the_file_is_wanted_and_run_tells_what_it_started_with(tmp_path: Path) -> None:
    with serving() as world:
        world.mint(password="one")
        with socket_of(world, tmp_path) as (process, url):
            token = (tmp_path / "state" / "token").read_text()
            with Client(url, token=token) as client:
                until(has(client, "one"))
            with Client(url, token="") as stranger, pytest.raises(NotAllowedError):
                stranger.get(PATH)
            child = subprocess.Popen(
                command("run", "--agent", f"unix://{tmp_path}/state/agent.sock", "--env", f"DB={PATH}#password", "--",
                        sys.executable, "-uc", "import os, time; print(os.environ['DB']); time.sleep(60)"),
                stdout=subprocess.PIPE, text=True,
            )  # fmt: skip
            assert child.stdout is not None
            assert child.stdout.readline() == "one\n"
            world.mint(password="two")
            assert child.stdout.readline() == "two\n"
            child.send_signal(signal.SIGTERM)
            child.communicate(timeout=20)
            until(lambda: (2, "run") in delivered(world))
            assert {(1, "read"), (1, "run")} <= delivered(world)
            assert (2, "read") not in delivered(world)
            assert process.poll() is None


def delivered(world: HttpWorld) -> set[tuple[int, str]]:
    said = [unverified(Receipt, one, world.world.trusted.id).document for one in world.receipts]
    return {(one.number, one.delivered) for one in said}


@contextmanager
def socket_of(world: HttpWorld, folder: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Start an agent that listens on TCP too, on a port that is free now."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with agent(world, folder, "--listen", f"127.0.0.1:{port}") as process:
        yield process, f"http://127.0.0.1:{port}"
