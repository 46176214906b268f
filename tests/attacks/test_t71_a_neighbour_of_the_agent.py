"""T-71: another program on the workload's machine wants the agent's values: token, files, memory, a core dump."""

import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest
from tests.vault.agent.parts import Asking, a_world, dev_vault

from wardline.kernel.errors import AskedWronglyError, CannotSayError
from wardline.vault import files, keyring
from wardline.vault.agent import real
from wardline.vault.agent.kept import Kept


def test_over_tcp_nothing_is_served_without_the_token_of_the_file(tmp_path: Path) -> None:
    with a_world(tmp_path) as agent:
        made = real.made(agent.holding, agent.servers, agent.following)
        path = real.write_token(tmp_path / "agent", made.token)
        assert path.stat().st_mode & 0o777 == 0o400
        face = made.application._face
        for shown in ("", "wrong", made.token[:-1], made.token + "x", made.token.upper()):
            assert Asking(face, shown)("GET", "secret/data/db/orders").status == 403
        assert Asking(face, made.token)("GET", "secret/data/db/orders").status == 200
        assert Asking(face, "", local=True)("GET", "secret/data/db/orders").status == 200
        assert Asking(face, "wrong", local=True)("GET", "secret/data/db/orders").status == 403


def test_the_workloads_token_makes_no_other_token_mount_or_policy(tmp_path: Path) -> None:
    with a_world(tmp_path) as agent:
        made = real.made(agent.holding, agent.servers, agent.following)
        ask = Asking(made.application._face, made.token)
        for method, path, body in (
            ("POST", "auth/token/create", {"policies": ["root"]}),
            ("POST", "auth/token/create", {}),
            ("PUT", "sys/policies/acl/workload", {"policy": 'path "*" { capabilities = ["sudo"] }'}),
            ("POST", "sys/mounts/x", {"type": "kv"}),
            ("POST", "sys/auth/x", {"type": "userpass"}),
            ("PUT", "sys/seal", {}),
            ("GET", "sys/raw/x", None),
            ("POST", "sys/generate-root/attempt", {}),
            ("DELETE", "secret/data/db/orders", None),
            ("POST", "secret/destroy/db/orders", {"versions": [1]}),
        ):
            assert ask(method, path, body).status in {400, 403}, path
        assert ask("GET", "secret/data/db/orders").status == 200


def test_paths_that_climb_or_hide_reach_nothing_that_policies_deny() -> None:
    ask, _ = dev_vault()
    ask("PUT", "secret/data/theirs", {"data": {"x": "1"}})
    ask("PUT", "secret/data/mine", {"data": {"x": "2"}})
    mine = ask.as_one_with('path "secret/data/mine*" { capabilities = ["read", "list"] }')
    assert mine("GET", "secret/data/mine").status == 200
    for path in (
        "secret/data/theirs",
        "secret/data/mine/../theirs",
        "secret/data/mine/%2e%2e/theirs",
        "secret/data/mine/./../theirs",
        "secret//data/theirs",
        "secret/data//theirs",
        "secret/data/%74heirs",
        "/secret/data/theirs",
        "secret/data/theirs/",
        "secret/data/theirs%00",
        "secret/data/mine%2f..%2ftheirs",
        "secret/data/mine\\..\\theirs",
        "SECRET/data/theirs",
    ):
        said = mine("GET", path)
        assert said.status in {400, 403, 404}, path
        assert '"1"' not in str(said.body)


def test_files_that_others_could_read_or_swap_are_not_used(tmp_path: Path) -> None:
    folder = tmp_path / "agent"
    keyring.held(folder)
    (folder / "keys").chmod(0o644)
    with pytest.raises(AskedWronglyError, match="this user alone"):
        keyring.held(folder)
    (folder / "keys").unlink()
    (tmp_path / "elsewhere").write_text("{}")
    (folder / "keys").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(AskedWronglyError):
        keyring.held(folder)
    (folder / "keys").unlink()
    os.mkfifo(folder / "keys", 0o600)
    with pytest.raises(AskedWronglyError):
        keyring.held(folder)
    folder.chmod(0o755)
    with pytest.raises(AskedWronglyError, match="open to others"):
        files.folder(folder)


def test_floors_that_were_written_over_are_not_taken_for_none(tmp_path: Path) -> None:
    with a_world(tmp_path) as agent:
        for damage in (b"", b"{}", b"null", b"\0" * 100, b'{"floors": "", "paths": {}, "roots": []}'):
            (agent.folder / "floors.json").write_bytes(damage)
            with pytest.raises(CannotSayError, match="damaged"):
                Kept(agent.folder)


def test_a_full_disk_keeps_what_was_accepted_and_serves_nothing_that_is_not_remembered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with a_world(tmp_path) as agent:
        agent.world.one.mint("db/orders", {"password": "two"})

        def full(*_: object, **__: object) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(files, "replace", full)
        agent.following.step()
        held = agent.holding.read("db/orders")
        assert held is not None
        assert held.fields["password"] == "one"
        monkeypatch.undo()
        agent.following.step()
        held = agent.holding.read("db/orders")
        assert held is not None
        assert held.fields["password"] == "two"


def test_a_hardened_process_leaves_no_dump_and_shows_no_memory_to_its_neighbours() -> None:
    code = (
        "import resource, ctypes, sys\n"
        "from wardline.vault import hardening\n"
        "hardening.harden()\n"
        "print(resource.getrlimit(resource.RLIMIT_CORE), ctypes.CDLL(None).prctl(3, 0, 0, 0, 0))\n"
        "sys.stdout.flush()\n"
        "canary = 'canary-in-a-frame'\n"
        "raise RuntimeError(canary)\n"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert ended.stdout.strip() == "(0, 0) 0"
    assert "RuntimeError" in ended.stderr
    assert "canary" not in ended.stderr
    assert resource.getrlimit(resource.RLIMIT_CORE) is not None
