"""T-32: a waiver covers more than whoever approved it saw: by tricks with paths, patterns, and what comes later."""

import pytest
from tests.conftest import Clock
from tests.findings.waivers.test_files import PATH, TEXT
from tests.findings.waivers.test_filing import ci
from tests.findings.waivers.world import World

from wardline.findings.waivers.files import FOLDER, WaiverFileError
from wardline.findings.waivers.model import Scope
from wardline.kernel.database.engine import Database
from wardline.kernel.errors import AskedWronglyError


@pytest.fixture
def world(database: Database, clock: Clock, tmp_path) -> World:
    return World(database, clock, tmp_path)


@pytest.mark.parametrize(
    "path",
    [
        "", "/", ".", "..", "./src", "src/../..", "src/./legacy", "src//legacy", "/src", "src/legacy//", "*", "src/*",
        "s?c", "[s]rc", "src\\legacy", "src/legacy\x00", "src/legacy\n", " src", "src ", "src/ /x", "%2e%2e", "s%",
        "src/cafe\u0301", "src/\u202elegacy", "x" * 2000,
    ],
)  # fmt: skip
def test_a_path_means_what_it_seems_to(world: World, path: str) -> None:
    world.finding(file="src/legacy/a.py")
    with pytest.raises(AskedWronglyError):
        world.asked(scope=Scope(world.service, rule="sql-injection", path_prefix=path))


@pytest.mark.parametrize("path", ["src/legac", "src/legacy_", "SRC/legacy", "legacy", "src/legacy/a.p", "s"])
def test_a_path_covers_whole_names_only(world: World, path: str) -> None:
    world.finding(file="src/legacy/a.py")
    with pytest.raises(AskedWronglyError, match="nothing that is open"):
        world.asked(scope=Scope(world.service, rule="sql-injection", path_prefix=path))


@pytest.mark.parametrize("rule", ["", "%", "_ql-injection", "sql*", "SQL-INJECTION", "sql-injection' OR '1'='1"])
def test_a_rule_is_one_rule(world: World, rule: str) -> None:
    world.finding()
    with pytest.raises(AskedWronglyError):
        world.asked(scope=Scope(world.service, rule=rule))


def test_wildcards_of_the_database_are_letters(world: World) -> None:
    inside, outside = world.finding(file="a_b/c.py"), world.finding(file="axb/c.py")
    shown = world.asked(scope=Scope(world.service, rule="sql-injection", path_prefix="a_b"))
    assert [one.id for one in shown.findings] == [inside]
    assert outside not in {one.id for one in shown.findings}


def test_what_appears_after_the_approval_is_not_covered(world: World) -> None:
    first = world.finding(file="src/legacy/a.py")
    scope = Scope(world.service, rule="sql-injection", path_prefix="src/legacy")
    shown = world.asked(scope=scope)
    between = world.finding(file="src/legacy/b.py")
    world.waivers.approve(world.sec, shown.waiver.id)
    after = world.finding(file="src/legacy/c.py")
    world.keep()
    with world.database.transaction() as tx:
        world.waivers.effective_for(tx, world.service, [first, between, after])
    waived = [world.row(one).waived_until is not None for one in (first, between, after)]
    assert waived == [True, False, False]


def test_another_service_is_never_covered(world: World) -> None:
    other = world.add_service("billing", world.team)
    mine = world.finding()
    fingerprint = world.row(mine).fingerprint
    theirs = world.finding(service=other, fingerprint=fingerprint)
    shown = world.waivers.approve(world.sec, world.asked(mine).waiver.id)
    assert [one.id for one in shown.findings] == [mine]
    assert world.row(theirs).waived_until is None


def test_a_file_cannot_name_another_service_or_place(world: World) -> None:
    world.finding()
    for path, text in ((PATH, 'service = "billing"\n' + TEXT), (f"{FOLDER}../../elsewhere.toml", TEXT)):
        with pytest.raises(WaiverFileError):
            world.waivers.read_files(ci(world), "orders", {path: text.encode()})


def test_a_finding_that_got_worse_between_the_question_and_the_answer(world: World) -> None:
    from wardline.kernel.errors import ConflictError

    finding = world.finding("low")
    shown = world.asked(finding, days=100)
    world.change(finding, severity="critical")
    with pytest.raises(ConflictError, match="as it was when it was asked for"):
        world.waivers.approve(world.sec, shown.waiver.id)
    world.keep()
    assert world.waivers.get(world.sec, shown.waiver.id).standing == "lapsed"
