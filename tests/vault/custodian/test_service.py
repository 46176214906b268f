from dataclasses import replace
from pathlib import Path

import pytest
from tests.vault.custodian.test_keeping import Scene
from tests.vault.custodian.world import GRANT
from tests.vault.world import PATH

from wardline.kernel.errors import AskedWronglyError
from wardline.vault.custodian.rotator import Here, UnsafeTargetError
from wardline.vault.custodian.rotators.exec import Exec
from wardline.vault.custodian.rotators.postgresql import PostgreSQL
from wardline.vault.custodian.service import rotator, run
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
