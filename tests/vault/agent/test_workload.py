"""`wardline run`: programs with their secrets, told or started again when one changes."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.vault.agent.running import Agent, dev_agent

from wardline.kernel.errors import AskedWronglyError
from wardline.vault.agent import workload
from wardline.vault.client import Client

pytestmark = pytest.mark.loopback


@pytest.fixture(scope="module")
def agent(tmp_path_factory: pytest.TempPathFactory):
    with dev_agent(tmp_path_factory.mktemp("workload"), tcp=False) as running:
        yield running


def started(agent: Agent, *options: str, code: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "wardline", "run", "--agent", agent.socket, *options, "--", sys.executable, "-uc", code],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=dict(os.environ) | {"WARDLINE_AGENT_TOKEN_FILE": str(agent.folder / "root-token")},
    )


def put(agent: Agent, path: str, value: str) -> None:
    with Client(agent.socket, token=agent.token) as client:
        client.put(path, {"password": value})


SHOW = "import os, time; print(os.environ['DB'], flush=True); time.sleep(60)"


def test_a_program_has_its_secrets_and_its_status_is_handed_on(agent: Agent) -> None:
    put(agent, "run/a", "one")
    child = started(agent, "--env", "DB=run/a#password", code="import os, sys; print(os.environ['DB']); sys.exit(7)")
    out, _ = child.communicate(timeout=20)
    assert (child.returncode, out) == (7, "one\n")


def test_a_change_starts_it_again_with_the_new_value(agent: Agent) -> None:
    put(agent, "run/b", "one")
    child = started(agent, "--env", "DB=run/b#password", code=SHOW)
    assert child.stdout is not None
    assert child.stdout.readline() == "one\n"
    put(agent, "run/b", "two")
    assert child.stdout.readline() == "two\n"
    child.send_signal(signal.SIGTERM)
    assert child.wait(20) == 128 + signal.SIGTERM
    child.communicate()


def test_a_change_is_told_by_a_signal(agent: Agent) -> None:
    put(agent, "run/c", "one")
    code = (
        "import signal, time; signal.signal(signal.SIGHUP, lambda *_: print('told', flush=True)); "
        "print('up', flush=True); time.sleep(60)"
    )
    child = started(agent, "--env", "DB=run/c#password", "--on-change", "signal", code=code)
    assert child.stdout is not None
    assert child.stdout.readline() == "up\n"
    put(agent, "run/c", "two")
    assert child.stdout.readline() == "told\n"
    child.send_signal(signal.SIGTERM)
    child.communicate(timeout=20)


def test_a_change_ends_it_where_somebody_else_starts_it_again(agent: Agent) -> None:
    put(agent, "run/d", "one")
    child = started(agent, "--env", "DB=run/d#password", "--on-change", "exit", code=SHOW)
    assert child.stdout is not None
    assert child.stdout.readline() == "one\n"
    put(agent, "run/d", "two")
    assert child.wait(20) == 0
    _, err = child.communicate()
    assert "changed: exit" in err
    assert "one" not in err


def test_no_value_stands_in_an_argument(agent: Agent) -> None:
    put(agent, "run/e", "canary-run")
    child = started(agent, "--env", "DB=run/e#password", code="import time; print('up', flush=True); time.sleep(60)")
    assert child.stdout is not None
    child.stdout.readline()
    said = b"".join(path.read_bytes() for path in Path("/proc").glob("[0-9]*/cmdline") if os.access(path, os.R_OK))
    child.send_signal(signal.SIGTERM)
    child.communicate(timeout=20)
    assert b"canary-run" not in said


def test_what_cannot_be_had_or_started_is_said(agent: Agent) -> None:
    missing = started(agent, "--env", "DB=none/at-all#x", code="pass")
    _, err = missing.communicate(timeout=20)
    assert missing.returncode == 2
    assert "none/at-all" in err
    put(agent, "run/f", "one")
    wrong = started(agent, "--env", "DB=run/f#user", code="pass")
    _, err = wrong.communicate(timeout=20)
    assert wrong.returncode == 2
    assert "it has password" in err
    assert "one" not in err


@pytest.mark.parametrize("said", ["", "A", "A=", "1A=x#y", "A B=x#y", "=x#y"])
def test_a_place_that_is_none_is_refused(said: str) -> None:
    with pytest.raises(AskedWronglyError):
        workload.place(said)


def test_an_agent_that_goes_away_leaves_the_program_running(tmp_path: Path) -> None:
    with dev_agent(tmp_path, tcp=False) as running:
        put(running, "a", "one")
        child = started(running, "--env", "DB=a#password", code=SHOW)
        assert child.stdout is not None
        assert child.stdout.readline() == "one\n"
    time.sleep(0.6)
    assert child.poll() is None
    child.send_signal(signal.SIGTERM)
    child.communicate(timeout=20)
