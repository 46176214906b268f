"""No value is anywhere on the server: values come in every way, and are looked for in every place."""

import gzip
import secrets
import shutil
import signal
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from tests import canaries, databases
from tests.drills.vault_scene import PATH, READER, Scene, say
from tests.nodes import Node
from tests.stories.vault_house import until

from wardline.kernel import clock
from wardline.vault.approver import drafting

_NAME = "blindness"
_ANSWERS = ("vault", "vault/roots", "vault/secrets", f"vault/secret?path={PATH}", f"vault/grant?path={PATH}",
            f"vault/consumers?path={PATH}", f"vault/versions?path={PATH}", "vault/proposals?state=done",
            "ledger/events", "../../metrics", "../../healthz")  # fmt: skip


class Place(NamedTuple):
    """Somewhere to look: what was found there of the values, and of the control."""

    name: str
    hits: list[canaries.Hit]
    control: list[canaries.Hit]


def filled(scene: Scene) -> str:
    """Let values come in every way that there is; return the control, which the server is told in plain."""
    house, control = scene.house, f"control-{secrets.token_hex(12)}"
    scene.begin()
    imported, put = f"imported-{secrets.token_hex(12)}", f"put-{secrets.token_hex(12)}"
    scene.values |= {imported, put}
    house.approved(house.says("cleo", "secret", "add", f"stripe/{control}", "--requester", "cleo"))
    scene.granted(f"stripe/{control}")
    _with_writer(scene, f"stripe/{control}")
    rendered, template = Path("/dev/shm") / house.agent_folder.name, house.folder / "orders.tpl"
    template.write_text(f"{{{{ {PATH}#password }}}}\n")
    scene.agent = house.start_agent("--template", template, rendered)
    first = scene.newer()
    until(rendered.exists, 90)
    ran = house.says("operator", "run", "--agent", house.agent, "--env", f"P={PATH}#password", "--", "printenv", "P")
    assert ran.out.strip() == first["password"]
    house.says("ada", "secret", "import", f"stripe/{control}", standard_input=f"{imported}\n")
    scene.newer(path=f"stripe/{control}")
    before = scene.read(f"stripe/{control}")
    answer = scene.asked("POST", f"secret/data/stripe/{control}", json={"data": {"token": put}})
    say(_NAME, f"put by the workload: {answer.status_code}")
    if answer.status_code < 300:
        scene.newer(before, f"stripe/{control}")
    for _ in range(2):
        house.says("ada", "secret", "rotate", PATH)
        first = scene.newer(first)
    return control


def failed(scene: Scene, control: str) -> None:
    """Let things go wrong with values at hand: unknown paths, refused writes, a target that is away, kills."""
    house, lost = scene.house, f"misdirected-{secrets.token_hex(12)}"
    scene.values.add(lost)
    house.says("ada", "secret", "import", "no/such/secret", standard_input=f"{lost}\n", status=2)
    scene.asked("POST", "secret/data/no/such", json={"data": {"value": lost}})
    scene.asked("POST", f"secret/data/{PATH}", content=f'{{"data": {{"value": "{lost}"')
    scene.asked("PUT", "sys/mounts/secret", json={"value": lost})
    held = scene.read()
    scene.orders.cluster.stop(signal.SIGQUIT)
    house.says("ada", "secret", "rotate", PATH)
    time.sleep(3)  # custodians meet the target that is away
    scene.orders.cluster.start()
    scene.newer(held)
    with scene.orders.root() as connection:
        connection.execute(f"SELECT '{control}'".encode())  # the control of the target's own log
    house.node.get(f"vault/secret?path={control}")


def looked(scene: Scene, control: str, cluster: databases.Cluster | None, name: str) -> Iterator[Place]:
    """Look everywhere: while the server runs, after it was killed, and in its backups."""
    house, values = scene.house, sorted(scene.values)
    server, both = house.folder / "server", [*sorted(scene.values), control]

    def place(where: str, found: list[canaries.Hit]) -> Place:
        return Place(where, [hit for hit in found if hit.value != control], [h for h in found if h.value == control])

    memory, size = canaries.in_memory(house.node.process.pid, both)
    yield place(f"memory of the server, {size / 1e6:.0f} MB", memory)
    answers = b"\n".join(house.node.get(one).content for one in _ANSWERS)
    export = house.says("operator", "ledger", "export").out.encode()
    yield place("answers of the API, metrics", canaries.hits(answers, both, "an answer"))
    yield place("ledger's export", canaries.hits(export, both, "the export"))
    yield place("the target's log", canaries.hits(scene.orders.log().encode(), both, "the target's log"))
    said = "\n".join(line for one in house.processes for line in one.lines).encode()
    house.node.end(signal.SIGKILL)  # the log of writes is left as it is at that moment
    own = "files, WAL and log of the server" + (" (nothing wanted of the control)" if cluster else "")
    yield place(own, canaries.in_folder(server, both))
    yield place("what custodian and agent say (nothing wanted of the control)", canaries.hits(said, both, "said"))
    backup = house.folder / "backup"
    if cluster is None:
        with closing(sqlite3.connect(server / "wardline.db")) as kept, closing(sqlite3.connect(backup)) as copy:
            kept.backup(copy)
        backup.with_suffix(".gz").write_bytes(gzip.compress(backup.read_bytes()))
    else:
        for form in ("p", "c"):  # text, and compressed
            _dumped(cluster, name, form, backup.with_suffix(f".{form}"))
        data = cluster.folder / "data"
        yield place("PostgreSQL's files and WAL", canaries.in_folder(data, both, skip=("pg_stat",)))
        yield place("PostgreSQL's log", canaries.hits((cluster.folder / "log").read_bytes(), both, "its log"))
    found = [hit for one in house.folder.glob("backup*") for hit in canaries.hits(one.read_bytes(), both, one.name)]
    yield place("backups, unpacked", found)
    kept = canaries.in_folder(house.agent_folder, values) + canaries.in_folder(house.folder / "keeper", values)
    yield Place("files of agent and custodian (nothing wanted of the control)", kept, [])
    house.node = Node(server, house.token, house.database)
    until(lambda: house.node.get("ledger/head").status_code == 200)
    memory, size = canaries.in_memory(house.node.process.pid, both)
    house.node.get("vault/secrets")
    yield place(f"memory after the crash, {size / 1e6:.0f} MB", canaries.in_memory(house.node.process.pid, both)[0])
    house.says("operator", "ledger", "verify")


def blind(scene: Scene, cluster: databases.Cluster | None, name: str) -> bool:
    """Do all of it, and print what was found where."""
    control = filled(scene)
    failed(scene, control)
    held = True
    for one in looked(scene, control, cluster, name):
        spelled = ", ".join(sorted({hit.spelling for hit in one.control})) or "not there"
        say(_NAME, f"{one.name}: {len(one.hits)} of {len(scene.values)} values; the control: {spelled}")
        for hit in one.hits[:5]:
            say(_NAME, f"FOUND {hit.spelling} in {hit.place}")
        wanted = "nothing wanted" not in one.name
        held = held and not one.hits and (bool(one.control) or not wanted)
    with suppress(FileNotFoundError):
        (Path("/dev/shm") / scene.house.agent_folder.name).unlink()
    shutil.rmtree(scene.house.agent_folder, ignore_errors=True)
    return held


def _with_writer(scene: Scene, path: str) -> None:
    """Have the workload granted to write what it reads."""
    house = scene.house
    made = drafting.next_grant(scene.granted_now(path)[0], "cleo", clock.now())
    writer = next(one for one in made.readers if one.name == READER)
    made = replace(made, writers=tuple(sorted((*made.writers, writer), key=lambda one: one.name)))
    proposal = scene.handed_in("vault/proposals", drafting.drafted(made).written())["id"]
    for name in ("ada", "bob"):
        house.says(name, "grant", "approve", proposal, "--yes")


def _dumped(cluster: databases.Cluster, name: str, form: str, to: Path) -> None:
    done = subprocess.run(
        [cluster.bin / "pg_dump", f"-F{form}", "-d", cluster.dsn(name)], capture_output=True, check=True
    )
    to.write_bytes(done.stdout)
