"""The command line and a platform, over a real connection: sign in, send, look, decide, verify."""

import json
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from tests.api import world as making
from tests.api.world import ROOT, World, finding
from tests.conftest import Clock

from wardline.cli.root import command
from wardline.findings.report import Coverage, Report
from wardline.kernel.database.engine import Database
from wardline.kernel.ledger.keys import Signer
from wardline.kernel.ledger.service import Ledger
from wardline.main.schema import SCHEMA

pytestmark = pytest.mark.loopback
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def server(lite: Database, tmp_path: Path) -> Iterator[tuple[World, str]]:
    world = making.made(f"sqlite:///{tmp_path / 'lite.db'}", tmp_path / "state", Clock(making.real_now()))
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        bound.listen(16)
        config = uvicorn.Config(world.app, log_config=None, lifespan="off", timeout_graceful_shutdown=1)
        serving = uvicorn.Server(config)
        thread = threading.Thread(target=serving.run, kwargs={"sockets": [bound]})
        thread.start()
        for _ in range(500):
            if serving.started:
                break
            time.sleep(0.01)
        yield world, f"http://127.0.0.1:{bound.getsockname()[1]}"
        serving.should_exit = True
        thread.join(10)
    world.services.database.close()


@pytest.fixture
def run(capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("WARDLINE_CACHE", str(tmp_path / "cache"))
    for name in ("WARDLINE_TOKEN", "WARDLINE_URL", "GITHUB_REPOSITORY", "ACTIONS_ID_TOKEN_REQUEST_URL", "CI_JOB_ID"):
        monkeypatch.delenv(name, raising=False)

    def said(*arguments: str | Path) -> tuple[int, str, str]:
        status = command(list(map(str, arguments)))
        out, err = capfdbinary.readouterr()
        return status, out.decode(), err.decode()

    return said


def report_file(folder: Path, *numbers: int) -> Path:
    path = folder / "report.json"
    document = Report(tuple(map(finding, numbers)), coverage={"code": Coverage(in_scope=9, examined=9)}).to_dict()
    path.write_text(json.dumps(document))
    return path


def link_for(world: World, name: str, url: str) -> str:
    return url + world.services.identity.invite(ROOT, world.people[name])


def as_json(out: str) -> Any:
    return json.loads(out)


def test_a_person_signs_in_looks_works_and_signs_out(server, run, tmp_path) -> None:
    world, url = server
    world.receive("orders", *map(finding, range(1, 4)))
    assert run("findings", "--server", url)[0] == 2
    status, out, _ = run("sign-in", link_for(world, "lead", url))
    assert (status, "as lead" in out) == (0, True)
    assert (tmp_path / "config" / "wardline" / "servers.json").stat().st_mode & 0o077 == 0
    status, out, _ = run("findings")
    assert (status, out.count("SQL made of text")) == (0, 3)
    rows = as_json(run("findings", "--json", "--severity", "high", "--limit", "2")[1])
    assert len(rows) == 2
    status, out, _ = run("finding", "acknowledge", rows[0]["id"])
    assert (status, "owned, lead" in out) == (0, True)
    status, out, _ = run("finding", "show", rows[0]["id"], "--history")
    assert "finding:acknowledged" in out
    assert run("finding", "show", "fnd-" + "0" * 26)[0] == 2
    assert "Orders" in run("service", "list")[1]
    assert "lead" in run("team", "show", "red")[1]
    status, out, _ = run("token", "create", "laptop", "--permission", "finding:read", "--service", "orders")
    assert (status, out.startswith("wl_")) == (0, True)
    assert "laptop" in run("token", "list")[1]
    assert run("sign-out")[0] == 0
    assert run("findings", "--server", url)[0] == 2


def test_a_waiver_is_asked_for_by_one_and_approved_by_another(server, run) -> None:
    world, url = server
    world.receive("orders", finding(1))
    run("sign-in", link_for(world, "lead", url))
    status, out, err = run(
        "waiver", "ask", "--service", "orders", "--fingerprint", f"{1:032x}", "--reason", "compensating-control",
        "--justification", "the endpoint is only reachable from the office", "--control", "the edge refuses it outside",
        "--control-check", "pipeline/edge", "--until", "5d", "--json",
    )  # fmt: skip
    assert (status, err) == (0, "")
    waiver = as_json(out)["id"]
    assert run("waiver", "approve", waiver)[0] == 2
    run("sign-in", link_for(world, "security", url))
    status, out, _ = run("waiver", "approve", waiver)
    assert (status, "effective" in out) == (0, True)
    assert "effective" in run("waiver", "list", "--service", "orders")[1]


def test_ci_sends_a_report_with_a_token_and_the_same_again_changes_nothing(server, run, tmp_path, monkeypatch) -> None:
    world, url = server
    monkeypatch.setenv("WARDLINE_TOKEN", world.tokens["machine"])
    monkeypatch.setenv("CI_JOB_ID", "77")
    report = report_file(tmp_path, 1, 2)
    status, out, err = run("import", report, "--send", url, "--service", "orders")
    assert (status, "2 opened" in out, err) == (0, True, "")
    first = as_json(run("import", report, "--send", url, "--service", "orders", "--json")[1])
    assert first["opened"] == 2
    assert len(world.findings("Orders")) == 2
    monkeypatch.setenv("CI_JOB_ID", "78")
    status, out, _ = run("import", report_file(tmp_path, 2), "--send", url, "--service", "orders")
    assert "1 fixed" in out


def test_check_sends_what_it_finds_and_its_verdict_stays_the_checks(server, run, tmp_path, monkeypatch) -> None:
    world, url = server
    monkeypatch.setenv("WARDLINE_TOKEN", world.tokens["machine"])
    tree = tmp_path / "tree"
    (tree / "security").mkdir(parents=True)
    (tree / "a.txt").write_text("nothing\n")
    (tree / "security" / "service.yaml").write_text("name: orders\n")
    found = report_file(tmp_path, 1)
    alone, _, _ = run("check", tree, "--only", "exposure")
    status, _, err = run("check", tree, "--only", "exposure", "--send", url)
    assert (status, "sent to" in err and "as orders" in err) == (alone, True), err
    assert run("check", tree, "--only", "exposure", "--import", found, "--send", url)[0] == 1
    assert len(world.findings("Orders")) == 1
    status, _, err = run("check", tree, "--only", "exposure", "--send", "http://127.0.0.1:9")
    assert (status, "was not sent" in err) == (3, True)
    status, _, err = run("check", tree, "--only", "exposure", "--import", found, "--send", "http://127.0.0.1:9")
    assert (status, "was not sent" in err) == (1, True)
    monkeypatch.setenv("WARDLINE_TOKEN", "wl_" + "0" * 65)
    status, _, err = run("check", tree, "--only", "exposure", "--send", url)
    assert (status, "WARDLINE_TOKEN" in err) == (3, True)


def test_the_ledger_is_verified_here_and_a_change_to_a_copy_is_found(server, run, tmp_path) -> None:
    world, url = server
    while world.services.ledger.sequence():
        pass
    run("sign-in", link_for(world, "auditor", url))
    while world.services.ledger.sequence():
        pass
    status, out, err = run("ledger", "verify")
    assert (status, "all as they were recorded" in out) == (0, True), err
    assert run("ledger", "head")[0] == 0
    assert "wardline" in run("ledger", "head", "--note")[1]
    assert run("ledger", "proof", "1")[0] == 0
    copy = tmp_path / "ledger.jsonl"
    assert run("ledger", "export", copy)[0] == 0
    assert run("ledger", "verify", copy)[0] == 0
    copy.write_text(copy.read_text().replace('"name":"lead"', '"name":"lean"'))
    status, out, _ = run("ledger", "verify", copy)
    assert (status, "not what was signed" in out) == (1, True)
    assert as_json(run("ledger", "events", "--json", "--limit", "1")[1])["action"]


def test_an_administrator_makes_people_and_shuts_them_out(server, run) -> None:
    world, url = server
    run("sign-in", link_for(world, "admin", url))
    made = as_json(run("account", "create", "Grace", "--role", "auditor", "--json")[1])
    assert made["roles"] == ["auditor"]
    assert run("account", "roles", made["id"], "developer")[0] == 0
    assert "/sign-in/" in run("account", "invite", made["id"])[1]
    assert run("account", "deactivate", made["id"])[0] == 0
    assert "Grace" in run("account", "list")[1]
    assert "admin" in run("account", "show")[1]
    assert run("team", "put", "green", "--name", "Green")[0] == 0
    assert run("team", "add", "green", world.people["other"], "--lead")[0] == 0
    assert run("service", "put", "green-api", "--team", "green", "--exposed")[0] == 0
    assert run("service", "tier", "green-api", "2", "--argument", "customers notice at once, they pay with it")[0] == 0
    assert run("service", "deployed", "green-api", "production", f"sha256:{'a' * 64}")[0] == 0
    assert "sha256" in run("service", "show", "green-api")[1]


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("http://wardline.example", "encryption"),
        ("ftp://wardline.example", "no server's address"),
        ("https://user:secret@wardline.example", "no server's address"),
        ("http://127.0.0.1:9", "cannot be asked"),
    ],
)
def test_an_address_that_is_wrong_or_does_not_answer_is_said(run, monkeypatch, url, says) -> None:
    monkeypatch.setenv("WARDLINE_TOKEN", "wl_something")
    status, _, err = run("findings", "--server", url)
    assert (status in {2, 3}, says in err) == (True, True), err
    assert "secret@" not in err


def test_a_job_on_github_asks_for_a_token_of_its_own_for_this_server_alone(loopback, monkeypatch, tmp_path) -> None:
    from wardline.cli.remote import credentials
    from wardline.kernel.errors import UnavailableError

    for name in ("WARDLINE_TOKEN", "WARDLINE_TOKEN_FILE", "WARDLINE_ID_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("ACTIONS_ID_TOKEN_REQUEST_URL", f"{loopback.url}token?version=2")
    monkeypatch.setenv("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "of-the-job")
    path = "/token?version=2&audience=https%3A%2F%2Fwardline.example"
    loopback.json(path, '{"value": "header.payload.signature"}')
    assert credentials.found("https://wardline.example") == "header.payload.signature"
    (asked, headers) = loopback.asked[0]
    assert (asked, headers["authorization"]) == (path, "Bearer of-the-job")
    loopback.answers[path] = (403, {}, b"")
    with pytest.raises(UnavailableError) as caught:
        credentials.found("https://wardline.example")
    assert "id-token: write" in caught.value.hint


def test_the_ledger_is_held_against_a_head_that_was_seen_earlier(server, run, tmp_path) -> None:
    world, url = server
    run("sign-in", link_for(world, "admin", url))
    while world.services.ledger.sequence():
        pass
    kept = tmp_path / "seen.head"
    kept.write_text(run("ledger", "head", "--note")[1])
    world.receive("orders", finding(1))
    while world.services.ledger.sequence():
        pass
    status, out, _ = run("ledger", "verify", "--head", kept)
    assert (status, "is there still" in out) == (0, True)
    other = Ledger(world.services.database, world.clock, Signer.generated())
    other.change_key(ROOT, other._signer, lost=True)
    key = other.keys(ROOT)[-1].key_id
    status, out, _ = run("ledger", "verify", "--head", kept)
    assert (status, "nobody vouched for it" in out) == (1, True)
    assert run("ledger", "verify", "--head", kept, "--trust", key)[0] == 0
    assert "NO" in run("ledger", "keys")[1]
    elsewhere = making.made(f"sqlite:///{copied(tmp_path)}", tmp_path / "other", Clock(making.real_now()))
    while elsewhere.services.ledger.sequence():
        pass
    kept.write_text(elsewhere.services.ledger.note(ROOT))
    elsewhere.services.database.close()
    status, out, _ = run("ledger", "verify", "--head", kept, "--trust", key)
    assert (status, "fork" in out) == (1, True)
    kept.write_text("not a note")
    assert run("ledger", "verify", "--head", kept)[0] == 2


def copied(folder: Path) -> Path:
    """Return a database file of its own with every table."""
    made = folder / "elsewhere.db"
    database = Database(f"sqlite:///{made}")
    with database.transaction() as tx:
        SCHEMA.create_all(tx)
    database.close()
    return made


def test_a_check_in_ci_sends_the_waiver_files_with_who_wrote_them(server, run, tmp_path, monkeypatch) -> None:
    world, url = server
    services = world.services
    addresses = {name: f"{name}@example.org" for name in ("lead", "security")}
    for name, address in addresses.items():
        made = services.identity.create_account(ROOT, f"{name} in git", email=address, roles=("security",))
        world.people[f"{name} in git"] = made.id
    world.receive("orders", finding(1))
    monkeypatch.setenv("WARDLINE_TOKEN", world.tokens["machine"])
    tree = tmp_path / "tree"
    folder = tree / ".wardline" / "waivers"
    folder.mkdir(parents=True)
    (folder / "one.toml").write_text(
        f"""[waiver]
fingerprint = "{1:032x}"
reason = "fix-in-progress"
justification = "The fix is merged upstream; its release is announced."
expires = {(world.clock() + timedelta(days=9)).date()}
requested_by = "lead@example.org"
[control]
text = "The endpoint is behind the company's network."
check = "pipeline/edge"
"""
    )

    def git(*arguments: str, who: str = "security@example.org") -> None:
        named = ["-c", f"user.name={who}", "-c", f"user.email={who}"]
        subprocess.run(["git", *named, *arguments], cwd=tree, check=True, capture_output=True)

    def sent() -> str:
        status, _, err = run("check", tree, "--only", "exposure", "--send", url, "--service", "orders")
        assert status in {0, 3}, err
        return err

    git("init", "-q", "-b", "main")
    assert "who wrote it cannot be told" in sent()
    git("add", "-A")
    git("commit", "-q", "-m", "a waiver", who="elsewhere@example.com")
    assert "its author elsewhere@example.com is not known here" in sent()
    git("commit", "-q", "--amend", "--reset-author", "-m", "a waiver")
    assert "one.toml: asked" in sent()
    (shown,) = services.waivers.list(ROOT).rows
    assert world.people["security in git"] in shown.waiver.involved
    git("switch", "-q", "-c", "topic")
    git("rm", "-q", ".wardline/waivers/one.toml")
    git("commit", "-q", "-m", "no waiver")
    run("check", tree, "--only", "exposure", "--send", url, "--service", "orders", "--branch", "topic")
    assert services.waivers.list(ROOT).rows[0].standing == "asked"
    run("check", tree, "--only", "exposure", "--send", url, "--service", "orders", "--default-branch")
    assert services.waivers.list(ROOT).rows[0].standing == "withdrawn"
