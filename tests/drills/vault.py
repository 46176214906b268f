"""The vault with everything real: `python -m tests.drills.vault [NAME …] [--times N]`.

Server, custodian and agent are processes of their own, people type commands, the target is a PostgreSQL that logs every
statement.

- blindness: values come in every way that there is, then rotations, reads, errors and kills; they are looked for in
  every file, log, answer and backup of the server, in the target's logs, and in the server's memory. A control that the
  server does know is looked for in the same places, and has to be there. On SQLite and on PostgreSQL.
- revocation: from the signed revocation to "the old credential is refused and its sessions are gone".
- cold: every server is killed; the agent serves what it has until freshness and grace are over, after a restart too.

Each prints its figures; exit status 1 where one is not what it has to be.
"""

import argparse
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import psycopg
from tests import databases
from tests.drills.vault_blindness import blind
from tests.drills.vault_scene import PATH, READER, Scene, say, scene
from tests.stories.vault_house import Process, until

from wardline.kernel import clock
from wardline.vault.approver import drafting, keyfile
from wardline.vault.protocol.envelope import enveloped

GOAL_SECONDS = 2.0
FRESHNESS_SECONDS = 600
LAST_SECONDS = FRESHNESS_SECONDS + 3600  # the grace that grants have unless they say otherwise


def blindness(folder: Path, times: int) -> bool:
    """No value is anywhere on the server, over both databases."""
    del times
    (folder / "sqlite").mkdir()
    say("blindness", "over SQLite")
    with scene(folder / "sqlite") as made:
        held = blind(made, None, "")
    (folder / "postgresql").mkdir()
    say("blindness", "over PostgreSQL")
    for cluster in databases.cluster(Path(tempfile.mkdtemp(prefix="wardline-pg-", dir="/tmp"))):
        name = cluster.made()
        _telling(cluster)
        with scene(folder / "postgresql", cluster.dsn(name)) as made:
            held = blind(made, cluster, name) and held
    return held


def _telling(cluster: databases.Cluster) -> None:
    """Have a PostgreSQL log every statement with its parameters."""
    with psycopg.connect(cluster.dsn("postgres"), autocommit=True) as connection:
        for setting in ("log_statement = 'all'", "log_parameter_max_length = -1"):
            connection.execute(f"ALTER SYSTEM SET {setting}".encode())
        connection.execute("SELECT pg_reload_conf()")


def revocation(folder: Path, times: int) -> bool:
    """From the signed revocation to "refused, and its sessions are gone", through server, custodian and target."""
    took: list[float] = []
    numbers: list[int] = []
    held: dict[str, str] | None = None
    with scene(folder) as made:
        made.begin()
        made.house.start_agent()
        for turn in range(times):
            held = until(lambda held=held: _working(made, held), 60)
            sessions = [psycopg.connect(held["dsn"], autocommit=True) for _ in range(3)]
            sessions[1].execute("BEGIN")
            signed = _revoked(made)
            until(lambda held=held: made.refused(held), 60)
            took.append(time.monotonic() - signed)
            numbers.append(made.house.status(PATH)["number"])
            for session in sessions:
                session.close()
            if turn + 1 < times:
                made.granted(PATH)
    say("revocation", f"median {statistics.median(took):.2f} s, slowest {max(took):.2f} s of {len(took)} "
        "(from the signature, through server, custodian and PostgreSQL)")  # fmt: skip
    say("revocation", f"versions afterwards: {numbers}")
    return max(took) < GOAL_SECONDS


def _working(made: Scene, than: dict[str, str] | None) -> dict[str, str] | None:
    """Return a version other than one, once it logs in and no rotation is under way."""
    found = made.read()
    if not found or found == than or made.house.status(PATH)["rotation_step"]:
        return None
    try:
        psycopg.connect(found["dsn"]).close()
    except psycopg.OperationalError:
        return None
    return found


def _revoked(made: Scene) -> float:
    """Sign a revocation and hand it in; return when it was signed."""
    (key,) = (made.house.folder / "ada").rglob("approver.key")
    grant, _ = made.granted_now(PATH)
    document = enveloped(drafting.revocation(grant, READER, "it was sold", clock.now()), keyfile.read(key, None))
    signed = time.monotonic()
    made.handed_in("vault/revocations", document.written())
    return signed


def cold(folder: Path, times: int) -> bool:
    """Every server is killed: until when the agent serves, before and after a restart."""
    del times
    shifted = [sys.executable, str(Path(__file__).with_name("shifted_agent.py")), str(folder / "offset")]
    (folder / "offset").write_text("0")
    with scene(folder) as made:
        made.begin()
        house = made.house
        house.start_agent().end()
        options = ("agent", "--state", house.agent_folder, "--root", house.pin, "--server", house.node.url, "--join",
                   folder / "join.json")  # fmt: skip
        agent = Process(*options, environment=house.environment("operator"), command=shifted)
        house.processes.append(agent)
        held = made.newer()
        made.kill()
        seen = []
        for seconds, restart, wanted in (
            (0, False, True), (0, True, True), (FRESHNESS_SECONDS - 200, False, True),
            (LAST_SECONDS - 300, False, True), (LAST_SECONDS - 300, True, True),
            (LAST_SECONDS + 5, False, False), (LAST_SECONDS + 5, True, False),
        ):  # fmt: skip
            (folder / "offset").write_text(str(seconds))
            if restart:
                agent.end()
                agent = Process(*options, environment=house.environment("operator"), command=shifted)
                house.processes.append(agent)
            time.sleep(0.5)
            answer = made.asked("GET", f"secret/data/{PATH}")
            served = answer.status_code == 200 and answer.json()["data"]["data"] == held
            said = "served" if served else f"{answer.status_code} {answer.text[:160]}"
            say("cold", f"{seconds:>5} s after, {'restarted' if restart else 'running'}: {said}")
            seen.append(served == wanted and (served or "errors" in answer.text))
    return all(seen)


DRILLS: dict[str, Callable[[Path, int], bool]] = {"blindness": blindness, "revocation": revocation, "cold": cold}


def main() -> int:
    """Do what was asked for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--times", type=int, default=10, help="how often something is revoked [default: 10]")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"[default: all of {', '.join(DRILLS)}]")
    asked = parser.parse_args()
    held = []
    for name in asked.names or DRILLS:
        folder = Path(tempfile.mkdtemp(prefix="wardline-drill-"))
        try:
            held.append(DRILLS[name](folder, asked.times))
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        say(name, "held" if held[-1] else "DID NOT HOLD")
    return 0 if all(held) else 1


if __name__ == "__main__":
    sys.exit(main())
