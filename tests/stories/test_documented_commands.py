"""Every command that the platform's pages show is given to a platform that runs, in the order of the page."""

import json
import os
import re
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.stories.conftest import COMMAND
from tests.stories.test_one_machine import Up

from wardline.kernel import settings
from wardline.kernel.identity.model import PLATFORM
from wardline.main import platform

pytestmark = pytest.mark.loopback
ROOT = Path(__file__).parents[2]
PAGES = ("operations.md", "findings.md", "waivers.md", "api.md")
NOT_RUN = {
    "wardline up": "runs for all the others",
    "wardline migrate": "that PostgreSQL is nobody's: tests/main/test_migrating.py migrates one",
    "wardline serve": "stays in the foreground: tests/nodes.py starts it",
    "wardline vault": "tests/stories/test_vault_page.py types the ceremony, by three people",
    "wardline custodian": "as above",
    "wardline grant": "as above",
    "wardline rekey": "refused while a node runs: tests/main/test_rekeying.py",
}
SARIF = {
    "version": "2.1.0",
    "runs": [
        {
            "tool": {"driver": {"name": "scanner"}},
            "results": [
                {
                    "ruleId": "x",
                    "message": {"text": "it is wrong"},
                    "locations": [
                        {"physicalLocation": {"artifactLocation": {"uri": "a.py"}, "region": {"startLine": 1}}}
                    ],
                }
            ],
        }
    ],
}


def commands(page: str) -> list[str]:
    """Return the indented commands of a page, each on one line and without its remark."""
    text = (ROOT / "docs" / page).read_text().replace("\\\n", " ")
    lines = [line.strip() for line in text.splitlines() if re.match(r" {4,}(wardline|curl|export) ", line)]
    return [re.sub(r"\s+#\s.*$", "", line) for line in lines]


class Reader:
    """Somebody who types what a page says, signed in by a link."""

    def __init__(self, up: Up, folder: Path, name: str) -> None:
        self.up, self.folder = up, folder
        kept = {key: value for key, value in os.environ.items() if not key.startswith(("WARDLINE_", "GITHUB_", "CI"))}
        self.environment = {**kept, "XDG_CONFIG_HOME": str(folder / name), "WARDLINE_CACHE": str(folder / "cache")}

    def types(self, line: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["bash", "-c", line],
            cwd=self.folder / "orders",
            env={**self.environment, "PATH": f"{COMMAND.parent}{os.pathsep}{os.environ['PATH']}"},
            capture_output=True, text=True, check=False, timeout=120,
        )  # fmt: skip


@pytest.fixture
def up(tmp_path: Path) -> Iterator[Up]:
    started = Up(tmp_path)
    shutil.copytree(ROOT / "examples" / "orders", tmp_path / "orders")
    (tmp_path / "orders" / "security").mkdir(exist_ok=True)
    (tmp_path / "orders" / "security" / "service.yaml").write_text("name: orders\n")
    (tmp_path / "orders" / "report.sarif").write_text(json.dumps(SARIF))
    yield started
    started.end(signal.SIGINT)


@pytest.fixture
def link(tmp_path: Path, up: Up) -> Callable[[str], str]:
    """Give links that sign somebody of security in, who is made for it."""

    def made(name: str) -> str:
        services = platform.services(settings.load(tmp_path / "state", {}))
        account = services.identity.create_account(PLATFORM, name, roles=("security",))
        found = f"{up.url}{services.identity.invite(PLATFORM, account.id)}"
        services.database.close()
        return found

    return made


def made_tokens(admin: Reader) -> dict[str, str]:
    """Return the tokens that the pages say how to make, by name."""
    lines = [line for page in PAGES for line in commands(page) if "token create" in line]
    made = {line.split()[3]: admin.types(line).stdout.strip() for line in lines}
    assert made.keys() >= {"ci", "laptop"}
    return made


def test_what_the_pages_show_is_what_there_is(tmp_path: Path, up: Up, link: Callable[[str], str]) -> None:
    admin = Reader(up, tmp_path, "admin")
    first = up.said(r"(http://\S+/sign-in/\S+)")[1]
    asker, approver = Reader(up, tmp_path, "asker"), Reader(up, tmp_path, "approver")
    for reader, address in ((admin, first), (asker, link("Ada")), (approver, link("Bo"))):
        done = reader.types(f"wardline sign-in {address}")
        assert done.returncode == 0, done.stderr
    tokens = made_tokens(admin)
    waiver, ran, passed_over = "", [], []
    for page in PAGES:
        for shown in commands(page):
            if any(shown.startswith(one) for one in NOT_RUN):
                passed_over.append(shown)
                continue
            if shown.startswith(("export ", "wardline sign-in", "wardline token create")):
                continue  # done above
            line = shown.replace("https://wardline.example", up.url).replace("wvr-…", waiver)
            reader = approver if "waiver approve" in line else asker if " waiver " in line else admin
            if line.startswith("curl") or "--send" in line:
                reader.environment["WARDLINE_TOKEN"] = tokens["laptop" if line.startswith("curl") else "ci"]
            done = reader.types(line)
            reader.environment.pop("WARDLINE_TOKEN", None)
            assert done.returncode in {0, 1, 3}, f"{page}: {line}\n{done.stdout[-500:]}{done.stderr[-2000:]}"
            assert "was not sent" not in done.stderr, f"{page}: {line}\n{done.stderr}"
            ran.append(line)
            if "waiver ask" in line:
                waiver = re.findall(r"wvr-[0-9a-z]{26}", done.stdout)[0]
    assert len(ran) >= 10
    assert {next(one for one in NOT_RUN if line.startswith(one)) for line in passed_over} == set(NOT_RUN)
