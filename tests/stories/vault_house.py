"""A vault as an organisation runs it: real processes, approvers with folders of their own, a PostgreSQL."""

import os
import re
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from tests.nodes import COMMAND, Node, token
from tests.stories.conftest import Said
from tests.vault.custodian import targets

# As an administrator sets it: the custodian comes as a peer over the socket, everybody else proves a password.
_HBA = """\
local all wardline trust
local all custodian peer map=custodians
local all all scram-sha-256
host all wardline 127.0.0.1/32 trust
host all all 127.0.0.1/32 scram-sha-256
"""


def until(true: Callable[[], Any], seconds: float = 90.0) -> Any:
    """Return the first true answer; fail where there is none in time."""
    end = time.monotonic() + seconds
    while not (found := true()):
        assert time.monotonic() < end, f"not within {seconds} s"
        time.sleep(0.05)
    return found


class Process:
    """A `wardline` process that says `ready …`, and all that it says."""

    def __init__(
        self, *arguments: str | Path, environment: dict[str, str], command: Sequence[str | Path] = (COMMAND,)
    ) -> None:
        self.lines: list[str] = []
        self.process = subprocess.Popen(
            [*command, *map(str, arguments)],
            env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
        threading.Thread(target=self._read, daemon=True).start()
        until(lambda: self.said("ready") or self.process.poll() is not None)
        assert self.said("ready"), "\n".join(self.lines)

    def said(self, words: str) -> str:
        return next((line for line in self.lines if words in line), "")

    def end(self, how: signal.Signals = signal.SIGTERM) -> None:
        if self.process.poll() is None:
            self.process.send_signal(how)
        self.process.wait(20)

    def _read(self) -> None:
        assert self.process.stdout is not None
        with self.process.stdout as said:
            for line in said:
                self.lines.append(line.rstrip())


class House:
    """One organisation's vault. `ada` and `bob` approve; `cleo` asks."""

    def __init__(self, folder: Path, database: str = "") -> None:
        self.folder = folder
        (folder / "server").mkdir(mode=0o700)
        self.database = database
        self.token = token(folder / "server", database)
        self.node = Node(folder / "server", self.token, database)
        self.agent_folder = Path(tempfile.mkdtemp(prefix="wl-", dir="/tmp"))  # a socket's name is short
        self.processes: list[Process] = []
        self.pin = ""

    def environment(self, person: str) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("WARDLINE_")}
        return {
            **kept,
            "XDG_CONFIG_HOME": str(self.folder / person),
            "WARDLINE_CACHE": str(self.folder / "cache"),
            "WARDLINE_STATE": str(self.folder / "nobody"),
            "WARDLINE_URL": self.node.url,
            "WARDLINE_TOKEN": self.token,
        }

    def says(self, person: str, *arguments: str | Path, standard_input: str = "", status: int = 0) -> Said:
        """Have a person type a command, and return what it said."""
        done = subprocess.run(
            [COMMAND, *map(str, arguments)],
            cwd=self.folder, env=self.environment(person), input=standard_input,
            capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
        assert "Traceback" not in done.stderr
        assert done.returncode == status, f"{arguments}\n{done.stdout}{done.stderr}"
        return Said(done.returncode, done.stdout, done.stderr)

    def ceremony(self) -> None:
        """Three people make their keys, a custodian shows its own, two of the three sign the root."""
        people = [self.says(name, "vault", "key", name, "--unprotected").out.strip() for name in ("ada", "bob", "cleo")]
        keeper = ("custodian", "--name", "keeper-1", "--state", self.folder / "keeper")
        line = self.says("operator", *keeper, "--public").out.strip()
        root = self.folder / "root.json"
        until(lambda: self.node.get("ledger/note").json()["note"])
        self.says(
            "cleo", "vault", "draft", "--organisation", "Example", *(f"--approver={one}" for one in people),
            "--custodian", f"eu={line}", "--output", root,
        )  # fmt: skip
        for name in ("ada", "bob"):
            self.says(name, "vault", "sign", root, "--yes")
        self.pin = self.says("cleo", "vault", "publish", root).out.strip().splitlines()[-1]
        for name in ("ada", "bob"):
            self.says(name, "vault", "trust", self.pin)

    def start_custodian(self, *more: str) -> Process:
        return self._started(
            "custodian", "--name", "keeper-1", "--zone", "eu", "--state", self.folder / "keeper",
            "--server", self.node.url, "--root", self.pin, *more,
        )  # fmt: skip

    def start_agent(self, *more: str | Path) -> Process:
        """Join an agent as the workload `orders`, signed by two approvers over its thumbprint, and start it."""
        own = ("--state", self.agent_folder, "--root", self.pin)
        thumbprint = self.says("operator", "agent", *own, "--thumbprint").out.strip()
        join = self.folder / "join.json"
        self.says("cleo", "vault", "join", "orders", thumbprint, "--requester", "cleo", "--output", join)
        for name in ("ada", "bob"):
            self.says(name, "vault", "sign", join, "--yes")
        return self._started("agent", *own, "--server", self.node.url, "--join", join, *more)

    def approved(self, asked: Said) -> None:
        """Have two approvers sign what was asked for, each on their own diff."""
        (proposal,) = re.findall(r"prp-[0-9a-z]{26}", asked.out.splitlines()[0].partition(":")[0])
        for name in ("ada", "bob"):
            self.says(name, "grant", "approve", proposal, "--yes")

    def status(self, path: str) -> dict[str, Any]:
        found: dict[str, Any] = self.node.get(f"vault/secret?path={path}").json()
        return found

    @property
    def agent(self) -> str:
        return f"unix://{self.agent_folder}/agent.sock"

    def close(self) -> None:
        print("\n".join(line for one in self.processes for line in one.lines))  # noqa: T201 - shown where a test fails
        for one in self.processes:
            one.end()
        self.node.end()
        shutil.rmtree(self.agent_folder, ignore_errors=True)

    def _started(self, *arguments: str | Path) -> Process:
        self.processes.append(Process(*arguments, environment=self.environment("operator")))
        return self.processes[-1]


@contextmanager
def target() -> Iterator[targets.Server]:
    """Give a PostgreSQL with a database `orders`, whose objects `orders_owner` owns."""
    with targets.server() as server:
        (server.cluster.folder / "data" / "pg_hba.conf").write_text(_HBA)
        server.sql("SELECT pg_reload_conf()", "CREATE DATABASE orders")
        server.target("orders")
        with server.root("orders") as connection:
            connection.execute("GRANT CREATE, USAGE ON SCHEMA public TO orders_owner")
        yield server


def logs_in(secret: Any) -> str:
    """Log in with a secret's own address, and return whom the session acts as."""
    with psycopg.connect(secret["dsn"]) as connection:
        row = connection.execute("SELECT current_user::text").fetchone()
    assert row is not None
    return str(row[0])
