"""Real nodes for tests: `wardline serve` as processes of their own, on loopback, and somebody who asks them."""

import os
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx

from wardline.kernel import settings
from wardline.kernel.identity.tokens import NEVER
from wardline.main import migrating, platform, state

COMMAND = Path(sys.executable).with_name("wardline")


def token(folder: Path, database: str = "") -> str:
    """Migrate the database, sign its first administrator in, and return a token that may do what one may."""
    services = platform.services(settings.load(state.prepared(folder), {}, database=database or None))
    migrating.migrate(services.database)
    link = services.identity.first_link().rpartition("/")[2]
    session = services.identity.redeem_link(link, agent="tests")
    who, _ = services.identity.session(session.cookie)
    _, text = services.identity.create_token(
        who, "tests", who.permissions - NEVER, frozenset(), services.clock() + timedelta(days=1)
    )
    services.database.close()
    return text


class Node:
    """One `wardline serve` under way."""

    def __init__(
        self, folder: Path, token: str, database: str = "", *, command: list[str] | None = None, **environment: str
    ) -> None:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("WARDLINE_")}
        options = ["--state", folder, *(["--database", database] if database else [])]
        self.log = (folder / "serve.log").open("ab")
        self.process = subprocess.Popen(
            [*(command or [COMMAND]), "serve", *options],
            env={**kept, **environment},
            stdout=subprocess.PIPE,
            stderr=self.log,
            text=True,
        )
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line.startswith("ready "), (folder / "serve.log").read_text()[-2000:]
        self.url = line.removeprefix("ready ").strip()
        self.api = httpx.Client(
            base_url=f"{self.url}/api/v1/", headers={"authorization": f"Bearer {token}"}, trust_env=False, timeout=60
        )

    def get(self, path: str) -> httpx.Response:
        """Ask the API."""
        return self.api.get(path)

    def send(self, service: str, findings: list[dict[str, Any]], key: str) -> httpx.Response:
        """Send a report of `wardline check` under an idempotency key."""
        report = {
            "schema": 1, "verdict": "block", "fail_on": "low", "findings": findings, "gaps": [], "suppressed": [],
            "coverage": {"dependencies": {"in_scope": 1, "examined": 1, "gaps": 0, "excluded": 0, "suppressed": 0,
                                          "data_date": None}},
            "notes": [],
        }  # fmt: skip
        return self.api.post(
            "reports", params={"service": service, "format": "wardline"}, json=report, headers={"idempotency-key": key}
        )

    def end(self, how: signal.Signals = signal.SIGTERM) -> int:
        """End the process and return its status."""
        self.api.close()
        if self.process.poll() is None:
            self.process.send_signal(how)
        status = self.process.wait(20)
        assert self.process.stdout is not None
        self.process.stdout.close()
        self.log.close()
        return status
