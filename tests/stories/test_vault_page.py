"""What the vault's pages show is typed: the first look by one person, the ceremony by three, each on their own."""

import os
import re
import shlex
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from tests.stories.conftest import COMMAND
from tests.stories.test_documented_commands import commands
from tests.stories.test_one_machine import Up
from tests.stories.vault_house import House, target, until
from tests.vault.custodian.targets import Server

pytestmark = pytest.mark.loopback
ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def orders(postgresql_cluster: object) -> Iterator[Server]:
    with target() as made:
        yield made


def test_the_first_look_is_what_the_page_says(tmp_path: Path, orders: Server) -> None:
    way = f"db/orders=postgresql:///orders?host={orders.socket}&port={orders.cluster.port}&user=custodian"
    up = Up(tmp_path, "--way", way)
    kept = {name: value for name, value in os.environ.items() if not name.startswith("WARDLINE_")}
    environment = {
        **kept,
        "XDG_CONFIG_HOME": str(tmp_path / "config"),
        "WARDLINE_STATE": str(tmp_path / "state"),
        "WARDLINE_CACHE": str(tmp_path / "cache"),
        "PATH": f"{COMMAND.parent}{os.pathsep}{os.environ['PATH']}",
    }
    (tmp_path / "stripe.txt").write_text("brought-by-me\n")
    page = (ROOT / "docs" / "vault.md").read_text()
    example = re.findall(r"^    grants:\n(?:      .*\n)+", page, re.MULTILINE)
    (tmp_path / "grants.yaml").write_text("".join(line[4:] + "\n" for line in example[0].splitlines()))

    def types(line: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["bash", "-c", line],
            cwd=tmp_path, env=environment, capture_output=True, text=True, check=False, timeout=120,
        )  # fmt: skip

    typed, proposal = [], ""
    try:
        for shown in commands("vault.md"):
            if shown == "wardline up":
                continue
            line = (
                shown.replace("https://wardline.example/sign-in/…", up.said(r"(http://\S+/sign-in/\S+)")[1])
                .replace("prp-…", proposal)
                .replace("127.0.0.1/orders", f"127.0.0.1:{orders.cluster.port}/orders")
                .replace("~/.local/state/wardline", str(tmp_path / "state"))
            )
            # A custodian needs a moment for what was asked for: whoever types a page takes longer than a test.
            done = until_it_works(lambda line=line: types(line), waits="run " in line or "test " in line)
            assert done.returncode == 0, f"{line}\n{done.stdout}{done.stderr}"
            if (
                line.startswith("wardline")
                and line.split()[1] in {"vault", "secret", "grant"}
                and "secret test" not in line
            ):
                assert "ONE person approves alone" in done.stderr, line
            found = re.findall(r"^(prp-[0-9a-z]{26}): to be", done.stdout, re.MULTILINE)
            proposal = found[0] if found else proposal
            typed.append((shown, done.stdout))
    finally:
        told = httpx.get(f"{up.url}/api/v1/vault/agents/roots", trust_env=False).headers
        up.end()
    said = dict(typed)
    assert "ONE person" in told["x-wardline-warning"]
    assert said["wardline run --env STRIPE_KEY=stripe/key#value -- printenv STRIPE_KEY"] == "brought-by-me\n"
    assert said["wardline run --env DSN=db/orders#dsn -- printenv DSN"].startswith("postgresql://orders_owner_")
    assert said["wardline grant approve --all --yes"].count("+ readers: workload:backup") == 1


def until_it_works(typed, *, waits: bool) -> "subprocess.CompletedProcess[str]":
    end = time.monotonic() + 30
    while True:
        done = typed()
        if done.returncode == 0 or not waits or time.monotonic() > end:
            return done
        time.sleep(0.3)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = House(tmp_path)
    until(lambda: made.node.get("ledger/note").json()["note"])
    yield made
    made.close()


def remarked() -> list[tuple[str, str]]:
    """Return the commands of the operations page's section on the vault, with who types each."""
    text = (ROOT / "docs" / "operations.md").read_text().partition("\n## The vault\n")[2]
    found = re.findall(r"^    (wardline .*?)\s+# (\w+)", text, re.MULTILINE)
    assert len(found) >= 15
    return found


def test_the_ceremony_is_what_the_page_says(house: House, tmp_path: Path) -> None:
    lines: dict[str, str] = {}
    proposal = last_said = ""
    for shown, who in remarked():
        line = shown.replace("/var/lib/wardline/keeper-1", str(tmp_path / "keeper"))
        line = line.replace("/var/lib/wardline/keeper-2", str(tmp_path / "keeper-2"))
        line = line.replace("/var/lib/wardline", str(tmp_path / "server")).replace("/srv/backup", str(tmp_path))
        line = line.replace("https://wardline.example", house.node.url)
        for name, said in lines.items():
            line = line.replace(f"{name}:…", said)
        line = line.replace("prp-…", proposal)
        if who == "the":
            continue  # a new server: another story
        if who == "runs":
            house.pin = lines["ordinary"]
            house._started(*shlex.split(line)[1:])
            continue
        done = subprocess.run(
            ["bash", "-c", line],
            cwd=tmp_path,
            env={
                **house.environment(who),
                "WARDLINE_PASSPHRASE": who * 2,
                "PATH": f"{COMMAND.parent}{os.pathsep}{os.environ['PATH']}",
            },
            capture_output=True, text=True, check=False, timeout=60,
        )  # fmt: skip
        assert done.returncode == 0, f"{line}\n{done.stdout}{done.stderr}"
        for last in done.stdout.split():
            name, colon, _ = last.partition(":")
            if colon and name in {"ada", "bob", "cleo", "dan", "keeper-1", "keeper-2", "ordinary"}:
                lines.setdefault(name, last)
        last_said = done.stdout
        proposal = next(iter(re.findall(r"prp-[0-9a-z]{26}", done.stdout)), proposal)
    stood = house.node.get("vault").json()
    assert (stood["standing"], stood["version"], stood["approvers"]) == ("ordinary", 2, ["ada", "cleo", "dan"])
    done = [row["kind"] for row in house.node.get("vault/proposals?state=done").json()["rows"]]
    assert done == ["root", "epoch"]
    assert "- custodian in eu: keeper-1" in last_said
