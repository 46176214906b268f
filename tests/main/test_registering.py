"""A repository becomes a service by what its files say, and its report is received once for each check."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from wardline.findings.report import Coverage, Finding, Gap, Report, fingerprint
from wardline.kernel import settings
from wardline.kernel.identity.model import PLATFORM
from wardline.main import platform, registering
from wardline.main.checking import Checked
from wardline.services import Services


@pytest.fixture
def services(tmp_path: Path, lite, clock) -> Services:
    lite.close()
    return platform.services(settings.load(tmp_path, {}, database=str(lite.engine.url)), clock)


def report(*names: str, gaps: Sequence[str] = ()) -> Report:
    return Report(
        findings=tuple(
            Finding(
                fingerprint=fingerprint("vulnerable-dependency", name),
                practice="dependencies",
                rule="vulnerable-dependency",
                title=name,
                severity="high",
                confidence="high",
                message="upgrade it",
                file="requirements.txt",
                line=1,
            )
            for name in names
        ),
        gaps=tuple(Gap("dependencies", scope, "not read", "repair it") for scope in gaps),
        coverage={"dependencies": Coverage(in_scope=2 + len(gaps), examined=2, gaps=len(gaps))},
    )


def test_a_service_is_named_by_its_own_file_else_by_its_folder(services: Services, tmp_path: Path) -> None:
    plain = tmp_path / "Shop Front"
    plain.mkdir()
    registering.received(services, plain, Checked(report("a"), None))
    named = tmp_path / "checkout-of-something"
    (named / "security").mkdir(parents=True)
    (named / "security" / "service.yaml").write_text("name: payments\nteam: payments\n")
    registering.received(services, named, Checked(report("b"), None))
    assert [row.slug for row in services.catalog.services(PLATFORM).rows] == ["payments", "shop-front"]
    services.database.close()


def test_what_is_gone_is_fixed_and_what_is_back_is_reopened(services: Services, tmp_path: Path, clock) -> None:
    folder = tmp_path / "orders"
    folder.mkdir()
    counts = []
    for names in (("a", "b"), ("a",), ("a", "b")):
        clock.forward(hours=1)
        got = registering.received(services, folder, Checked(report(*names), None))
        counts.append((got.opened, got.fixed, got.reopened))
    assert counts == [(2, 0, 0), (0, 1, 0), (0, 0, 1)]
    services.database.close()


def test_a_gap_closes_nothing_that_may_be_in_it(services: Services, tmp_path: Path, clock) -> None:
    folder = tmp_path / "orders"
    folder.mkdir()
    fixed = []
    for names, gaps in (
        (("a", "b", "c"), ()),
        (("a", "b"), ("uv.lock",)),
        (("a",), ("requirements.txt",)),
        (("a",), ()),
    ):
        clock.forward(hours=1)
        got = registering.received(services, folder, Checked(report(*names, gaps=gaps), None))
        fixed.append(got.fixed)
    assert fixed == [0, 1, 0, 1]
    services.database.close()


def test_where_nothing_was_looked_at_nothing_is_complete() -> None:
    assert registering.complete(report("a")) == {"dependencies"}
    assert registering.complete(Report(coverage={"dependencies": Coverage(in_scope=1, gaps=1)})) == frozenset()


def test_a_link_in_the_place_of_a_file_is_not_followed(services: Services, tmp_path: Path) -> None:
    (tmp_path / "elsewhere.yaml").write_text("name: stolen\n")
    folder = tmp_path / "orders"
    (folder / "security").mkdir(parents=True)
    (folder / "security" / "service.yaml").symlink_to(tmp_path / "elsewhere.yaml")
    registering.received(services, folder, Checked(report("a"), None))
    assert [row.slug for row in services.catalog.services(PLATFORM).rows] == ["orders"]
    services.database.close()
