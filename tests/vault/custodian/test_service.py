from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from tests.vault.custodian.targets import QUICK, Server
from tests.vault.custodian.test_keeping import Scene
from tests.vault.custodian.world import GRANT
from tests.vault.world import PATH

from wardline.kernel.errors import AskedWronglyError
from wardline.vault.custodian.rotator import Endpoint as Place
from wardline.vault.custodian.rotator import Here, UnsafeTargetError
from wardline.vault.custodian.rotators.exec import Exec
from wardline.vault.custodian.rotators.postgresql import PostgreSQL
from wardline.vault.custodian.service import Custodian, rotator, run
from wardline.vault.protocol.model.grant import Endpoint, Setting


def test_people_who_cannot_look_are_told_whether_a_secret_works(tmp_path: Path) -> None:
    scene = Scene(tmp_path)
    custodian = scene.one.custodian
    assert custodian.look() == ()
    assert custodian.test(PATH) == ("yes", "version 1 logs in on every endpoint")
    scene.machine.roles["blue"].enabled = False
    assert custodian.test(PATH).works == "no"
    scene.machine.down = True
    assert custodian.test(PATH).works == "cannot say"


@pytest.mark.loopback
def test_an_agent_reads_what_a_custodian_rotates_on_a_real_server_and_no_value_is_anywhere_else(
    tmp_path: Path, server: Server
) -> None:
    scene = Scene(tmp_path)
    target, began = server.target("whole"), len(server.log())
    keeping, shelf = scene.one.keeping, scene.one.shelf
    custodian = Custodian(keeping, shelf, lambda grant: made, scene.world.one.now)
    made = PostgreSQL(replace(target, path=PATH), patience=QUICK)
    agent, seen = scene.world.agent(), []
    for _ in range(3):
        assert custodian.look() == ()
        fields = agent.read().fields
        with psycopg.connect(fields["dsn"]) as connection:
            assert connection.execute("SELECT current_user").fetchone() == (target.owner,)
        scene.world.server.receipts.append(agent.receipt(agent.read()))
        seen.append(fields)
        scene.world.pass_time(seconds=61)
        assert custodian.look() == ()  # retired, after the overlap
        shelf.asked[PATH] = "asked"
        custodian.look()
        shelf.asked.clear()
    assert custodian.test(PATH).works == "yes"
    made.close()
    assert len({one["password"] for one in seen}) == 3
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(seen[0]["dsn"])
    state = b"".join(file.read_bytes() for file in (tmp_path / "keeper-1").iterdir())
    kept = repr(vars(scene.world.server)) + repr(scene.rows)
    assert "SCRAM-SHA-256$" in server.log()[began:]
    for one in seen:
        assert one["password"] not in server.log()[began:]
        assert one["password"] not in kept
        assert one["password"].encode() not in state


def test_a_round_goes_on_after_trouble_and_says_it_once(tmp_path: Path) -> None:
    scene = Scene(tmp_path)
    said: list[str] = []
    rounds = iter([False, False, False, True])

    def stopped() -> bool:
        scene.one.shelf.down = len(said) == 0
        return next(rounds)

    run(scene.one.custodian, stopped, said.append, pause=0)
    assert said == ["unavailable: the server does not answer"]
    assert scene.one.custodian.test(PATH).works == "yes"


def test_a_grant_names_its_rotator_by_the_file_that_is_one(tmp_path: Path) -> None:
    settings = (Setting("database", "orders"), Setting("owner", "orders_owner"))
    grant = replace(GRANT, settings=settings, targets=(Endpoint("127.0.0.1", 5432, ""),))
    assert isinstance(rotator(grant, Here(tmp_path)), PostgreSQL)
    program = replace(grant, strategy="exec", rotator=bytes(32), settings=(Setting("program", "/opt/rotate"),))
    assert isinstance(rotator(program, Here(tmp_path)), Exec)
    with pytest.raises(UnsafeTargetError, match="pin"):
        rotator(replace(program, rotator=b""), Here(tmp_path))
    with pytest.raises(AskedWronglyError, match="no rotator 'oracle'"):
        rotator(replace(grant, strategy="oracle"), Here(tmp_path))


def test_a_pinned_certificate_is_a_file_of_the_custodians_own(tmp_path: Path) -> None:
    here = Here(tmp_path, {"db/orders": "host=/run/pg", "*": "host=/run/other"})
    file = Path(here.certificates("a certificate"))
    assert file.parent == tmp_path
    file.write_text("another one's")
    assert Path(here.certificates("a certificate")).read_text() == "a certificate"
    assert (here.way_in("db/orders"), here.way_in("db/x")) == ("host=/run/pg", "host=/run/other")


@pytest.fixture
def ways(server: Server, tmp_path: Path):
    """A scene over a real server, for a rotator that is changed by each test."""
    scene, made = Scene(tmp_path), replace(server.target(f"t{tmp_path.name[-8:]}"), path=PATH)

    def looked(**changes: object) -> tuple[tuple[str, ...], str]:
        """Do a round with a changed target; return what was found, and the problem that the row holds."""
        rotator = PostgreSQL(replace(made, **changes), patience=QUICK)
        custodian = Custodian(scene.one.keeping, scene.one.shelf, lambda grant: rotator, scene.world.one.now)
        scene.world.pass_time(seconds=61)
        found = custodian.look()
        rotator.close()
        row = scene.rows.get(PATH)
        return found, row.problem if row else ""

    return looked


@pytest.mark.loopback
def test_a_rotation_that_cannot_begin_leaves_a_row_that_says_why_and_what_to_do(
    ways: Callable[..., tuple[tuple[str, ...], str]],
) -> None:
    nowhere = (Place("127.0.0.1", 1),)
    causes: dict[str, dict[str, object]] = {
        "the server has to run": {"ways_in": nowhere},
        'user "nobody"': {"admin": "nobody"},
    }
    for words, changes in causes.items():
        found, problem = ways(**changes)
        assert words in problem
        assert "as a peer or by its certificate" in problem
        assert any("the rotation does not begin" in one and words in one for one in found)
    assert ways() == ((), "")  # and it begins by itself once it can


@pytest.mark.loopback
@pytest.mark.parametrize(
    ("taken", "given", "lacking"),
    [
        ("ALTER ROLE custodian NOCREATEROLE", "ALTER ROLE custodian CREATEROLE", 'ALTER ROLE "custodian" CREATEROLE'),
        ("SELECT 1", "SELECT 1", 'CREATE ROLE "missing_owner" NOLOGIN'),
    ],
)
def test_a_privilege_that_is_missing_is_named_in_the_row_with_the_statement_that_gives_it(
    ways: Callable[..., tuple[tuple[str, ...], str]], server: Server, taken: str, given: str, lacking: str
) -> None:
    changes = {"owner": "missing_owner"} if "missing" in lacking else {}
    server.sql(taken)
    try:
        _, problem = ways(**changes)
    finally:
        server.sql(given)
    assert problem == f"the custodian lacks on the target: {lacking}"
    if not changes:
        assert ways() == ((), "")
