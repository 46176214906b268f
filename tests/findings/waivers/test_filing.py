"""Files ask, and the server decides: what changing and removing them does."""

import pytest
from tests.findings.waivers.test_files import PATH, TEXT
from tests.findings.waivers.world import World

from wardline.findings.waivers.files import FOLDER, WaiverFileError
from wardline.findings.waivers.filing import Outcome
from wardline.kernel.errors import DeniedError, NotFoundError
from wardline.kernel.identity.model import Principal, granted


def ci(world: World) -> Principal:
    permissions = granted(frozenset({"machine"}))
    return Principal("workload", "bnd-ci", "CI", permissions, services=frozenset({world.service}))


def sent(world: World, text: str | None = TEXT, **authors: list[str]) -> tuple[Outcome, ...]:
    files = {} if text is None else {PATH: text.encode()}
    return world.waivers.read_files(ci(world), "orders", files, {PATH: authors.get("authors", ["dev@example.org"])})


def test_a_file_asks_and_somebody_approves(world: World) -> None:
    finding = world.finding()
    (outcome,) = sent(world)
    assert (outcome.standing, outcome.said, outcome.changed) == ("asked", "asked", True)
    assert outcome.waiver is not None
    shown = world.waivers.get(world.sec, outcome.waiver)
    assert (shown.waiver.requester, shown.waiver.source, shown.waiver.file) == (world.dev.id, "file", PATH)
    assert world.row(finding).waived_until is None
    world.waivers.approve(world.sec, outcome.waiver)
    (again,) = sent(world)
    assert (again.waiver, again.standing, again.changed) == (outcome.waiver, "effective", False)
    assert world.row(finding).waived_until is not None


def test_removing_the_file_withdraws(world: World) -> None:
    finding = world.finding()
    (outcome,) = sent(world)
    assert outcome.waiver is not None
    world.waivers.approve(world.sec, outcome.waiver)
    (gone,) = sent(world, None)
    assert (gone.waiver, gone.standing) == (outcome.waiver, "withdrawn")
    assert world.row(finding).waived_until is None
    assert sent(world, None) == ()


def test_a_changed_file_asks_anew_and_takes_no_approval_with_it(world: World) -> None:
    finding = world.finding()
    (first,) = sent(world)
    assert first.waiver is not None
    world.waivers.approve(world.sec, first.waiver)
    world.clock.forward(seconds=1)
    (second,) = sent(world, TEXT.replace("only reachable", "hardly reachable"))
    assert second.waiver != first.waiver
    assert world.waivers.get(world.sec, first.waiver).standing == "withdrawn"
    assert world.row(finding).waived_until is None


def test_a_later_end_asks_to_renew_and_the_first_goes_on_meanwhile(world: World) -> None:
    finding = world.finding()
    (first,) = sent(world)
    assert first.waiver is not None
    until = world.waivers.approve(world.sec, first.waiver).waiver.expires_at
    world.clock.forward(seconds=1)
    (second,) = sent(world, TEXT.replace("2026-04-01", "2026-05-01"))
    assert second.said == f"asked to renew {first.waiver}"
    assert second.waiver is not None
    assert world.row(finding).waived_until == until
    world.waivers.approve(world.sec, second.waiver)
    assert world.row(finding).waived_until > until
    withdrawn = sent(world, None)
    assert [one.standing for one in withdrawn] == ["withdrawn"]
    assert {world.waivers.get(world.sec, one).standing for one in (first.waiver, second.waiver)} == {"withdrawn"}
    assert world.row(finding).waived_until is None


def test_a_refusal_is_said_until_the_file_changes(small: World) -> None:
    small.finding()
    (first,) = sent(small)
    assert first.waiver is not None
    small.waivers.refuse(small.sec, first.waiver, "Repair it, please.")
    assert [(one.standing, one.said) for one in sent(small)] == [("refused", "Repair it, please.")]


def test_one_file_that_asks_in_vain_does_not_stop_the_others(world: World) -> None:
    finding = world.finding()
    files = {
        f"{FOLDER}a.toml": TEXT.replace("src/legacy", "src/nothing").encode(),
        f"{FOLDER}b.toml": TEXT.replace("dev@example.org", "nobody@example.org").encode(),
        f"{FOLDER}c.toml": TEXT.encode(),
    }
    outcomes = world.waivers.read_files(ci(world), "orders", files, {path: ["dev@example.org"] for path in files})
    assert [one.standing for one in outcomes] == [None, None, "asked"]
    assert "nothing that is open" in outcomes[0].said
    assert "whoever asks is not known" in outcomes[1].said
    assert [one.findings[0].id for one in world.waivers.list(world.sec).rows] == [finding]


def test_a_file_that_cannot_be_read_changes_nothing(small: World) -> None:
    small.finding()
    (first,) = sent(small)
    with pytest.raises(WaiverFileError):
        small.waivers.read_files(ci(small), "orders", {f"{FOLDER}new.toml": b"[waiver"})
    assert first.waiver is not None
    assert small.waivers.get(small.sec, first.waiver).standing == "asked"


def test_only_who_speaks_for_the_repository_sends_files(small: World) -> None:
    small.finding()
    other = ci(small)._replace(services=frozenset({"svc-other"}))
    with pytest.raises(NotFoundError):
        small.waivers.read_files(other, "orders", {})
    reader = small.director._replace(permissions=small.director.permissions | {"waiver:ask"})
    with pytest.raises(DeniedError):
        small.waivers.read_files(reader, "orders", {})
    assert small.waivers.read_files(small.lead, "orders", {}) == ()


@pytest.mark.parametrize(
    ("authors", "said"),
    [
        ([], "who wrote it cannot be told"),
        (["dev@example.org", "alias@example.com"], "its author alias@example.com is not known here"),
        (["no address"], "is not known here"),
    ],
)
def test_a_file_of_which_it_is_not_known_who_wrote_it_asks_for_nothing(small: World, authors, said) -> None:
    small.finding()
    (outcome,) = sent(small, authors=authors)
    assert (outcome.waiver, outcome.standing) == (None, None)
    assert said in outcome.said
    assert small.waivers.list(small.sec).rows == []
    (asked,) = sent(small)  # once it is known, it asks
    assert asked.standing == "asked"
