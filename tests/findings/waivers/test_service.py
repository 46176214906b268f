"""Waivers through the service, as faces ask it: on both databases."""

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from tests.findings.waivers.world import HOLDS, WHY, World

from wardline.findings.waivers.model import Control, Query, Scope
from wardline.kernel.errors import AskedWronglyError, ConflictError, DeniedError, NotFoundError
from wardline.kernel.identity.model import Principal
from wardline.kernel.paging import Page

NO = "It is not as harmless as it seems."


def test_a_waiver_counts_from_the_moment_that_somebody_else_says_yes(world: World) -> None:
    finding = world.finding("medium")
    shown = world.asked(finding, days=30)
    assert (shown.standing, shown.move) == ("asked", "approver")
    assert world.row(finding).waived_until is None
    world.clock.forward(hours=1)
    shown = world.waivers.approve(world.sec, shown.waiver.id)
    assert shown.standing == "effective"
    assert world.row(finding).waived_until == shown.waiver.expires_at
    assert world.actions(shown.waiver.id) == ["waiver:asked", "waiver:approved", "waiver:effective"]
    assert [one.id for one in shown.findings] == [finding]
    assert shown.names[world.sec.id] == "Sec"
    assert (shown.service_name, shown.service_slug, shown.team_name) == ("Orders", "orders", "Orders")


@pytest.mark.parametrize("name", ["dev", "lead", "director"])
def test_who_may_not_decide_does_not(world: World, name: str) -> None:
    shown = world.asked()
    with pytest.raises(DeniedError):
        world.waivers.approve(getattr(world, name), shown.waiver.id)
    assert world.waivers.get(world.sec, shown.waiver.id).standing == "asked"


def test_who_asked_does_not_approve(small: World) -> None:
    shown = small.asked(who=small.sec)
    assert "approve" not in shown.actions
    with pytest.raises(DeniedError):
        small.waivers.approve(small.sec, shown.waiver.id)
    assert "approve" in small.waivers.get(small.sec2, shown.waiver.id).actions


def test_what_is_waived_already_is_not_asked_for_again(world: World) -> None:
    finding = world.finding()
    world.asked(finding)
    with pytest.raises(ConflictError, match="wvr-"):
        world.asked(finding, justification=WHY + " Again.")


def test_a_refusal_has_a_reason_and_is_final(world: World) -> None:
    shown = world.asked()
    with pytest.raises(AskedWronglyError):
        world.waivers.refuse(world.sec, shown.waiver.id, "no")
    refused = world.waivers.refuse(world.sec, shown.waiver.id, NO)
    assert (refused.standing, refused.waiver.refusal, refused.actions) == ("refused", NO, frozenset())
    for who, again in ((world.sec2, world.waivers.approve), (world.dev, world.waivers.withdraw)):
        with pytest.raises(ConflictError):
            again(who, shown.waiver.id)
    assert world.actions(shown.waiver.id)[-1] == "waiver:refused"
    assert world.asked(shown.findings[0].id).standing == "asked"


def test_revoking_ends_it_at_once(world: World) -> None:
    finding = world.finding()
    shown = world.waivers.approve(world.sec, world.asked(finding).waiver.id)
    assert world.row(finding).waived_until is not None
    with pytest.raises(DeniedError):
        world.waivers.revoke(world.dev, shown.waiver.id, NO)
    revoked = world.waivers.revoke(world.sec2, shown.waiver.id, NO)
    assert (revoked.standing, revoked.waiver.ending) == ("revoked", NO)
    assert world.row(finding).waived_until is None


def test_whoever_attests_the_control_may_take_the_word_back(small: World) -> None:
    shown = small.waivers.approve(small.sec, small.asked().waiver.id)
    assert "revoke" in small.waivers.get(small.lead, shown.waiver.id).actions
    assert small.waivers.revoke(small.lead, shown.waiver.id, "The gateway is gone.").standing == "revoked"


def test_the_team_withdraws_what_it_needs_no_more(small: World) -> None:
    finding = small.finding()
    shown = small.waivers.approve(small.sec, small.asked(finding).waiver.id)
    stranger = small.add("stranger", "developer", team=small.add_team("other"))
    with pytest.raises(NotFoundError):
        small.waivers.withdraw(stranger, shown.waiver.id)
    with pytest.raises(DeniedError):
        small.waivers.withdraw(small.sec, shown.waiver.id)
    assert small.waivers.withdraw(small.lead, shown.waiver.id).standing == "withdrawn"
    assert small.row(finding).waived_until is None


def test_a_renewal_goes_on_where_the_first_ends_and_is_decided_anew(world: World) -> None:
    finding = world.finding("high")
    first = world.waivers.approve(world.sec, world.asked(finding, days=20).waiver.id).waiver
    world.clock.forward(days=10)
    shown = world.waivers.renew(
        world.dev, first.id, expires_at=first.expires_at + timedelta(days=30), justification=WHY
    )
    assert (shown.standing, shown.waiver.renews, shown.waiver.renewals) == ("asked", first.id, 1)
    assert shown.waiver.starts_at == first.expires_at
    with pytest.raises(ConflictError):
        world.waivers.renew(world.dev, first.id, expires_at=first.expires_at + timedelta(days=3), justification=WHY)
    assert world.row(finding).waived_until == first.expires_at
    assert world.waivers.approve(world.sec, shown.waiver.id).standing == "approved"
    assert world.row(finding).waived_until == shown.waiver.expires_at
    world.clock.forward(days=10, seconds=1)
    world.keep()
    assert world.waivers.get(world.sec, first.id).standing == "expired"
    assert world.waivers.get(world.sec, shown.waiver.id).standing == "effective"
    assert world.actions(shown.waiver.id) == ["waiver:asked", "waiver:approved", "waiver:effective", "waiver:renewed"]


def test_after_two_renewals_it_has_to_be_repaired_however_it_is_asked(world: World) -> None:
    finding = world.finding("critical")
    waiver = world.waivers.approve(world.sec, world.asked(finding, days=7).waiver.id).waiver
    for _ in range(2):
        until = waiver.expires_at + timedelta(days=7)
        asked = world.waivers.renew(world.dev, waiver.id, expires_at=until, justification=WHY)
        waiver = world.waivers.approve(world.sec, asked.waiver.id).waiver
        world.clock.at = waiver.starts_at
        world.keep()
    with pytest.raises(ConflictError, match="3 times"):
        world.waivers.renew(world.dev, waiver.id, expires_at=waiver.expires_at + timedelta(days=7), justification=WHY)
    world.clock.at = waiver.expires_at
    world.keep()
    with pytest.raises(ConflictError, match="3 times"):  # nor by asking as if for the first time
        world.asked(finding)
    rule = Scope(world.service, rule="sql-injection")
    with pytest.raises(ConflictError, match="3 times"):  # nor by another scope
        world.asked(scope=rule)


def test_a_rule_below_a_path_covers_what_is_there_now_and_nothing_that_comes(world: World) -> None:
    inside = [world.finding(file=f"src/legacy/{name}.py") for name in ("a", "b")]
    outside = world.finding(file="src/legacy2/c.py")
    scope = Scope(world.service, rule="sql-injection", path_prefix="src/legacy")
    shown = world.waivers.approve(world.sec, world.asked(scope=scope).waiver.id)
    assert {one.id for one in shown.findings} == set(inside)
    later = world.finding(file="src/legacy/d.py")
    world.keep()
    assert [world.row(one).waived_until is not None for one in (*inside, outside, later)] == [True, True, False, False]


def test_what_nobody_sees_is_not_there(small: World) -> None:
    shown = small.asked()
    stranger = small.add("stranger", "developer", team=small.add_team("other"))
    calls: list[Callable[[], object]] = [
        lambda: small.waivers.get(stranger, shown.waiver.id),
        lambda: small.waivers.approve(stranger, shown.waiver.id),
        lambda: small.asked(who=stranger),
        lambda: small.waivers.get(small.sec, "wvr-" + "0" * 26),
        lambda: small.waivers.get(small.sec, small.service),
    ]
    for call in calls:
        with pytest.raises(NotFoundError):
            call()
    assert small.waivers.list(stranger).rows == []


@pytest.mark.parametrize(
    "control",
    [Control(HOLDS, attested_by="nobody@example.org"), Control(HOLDS, attested_by="acc-nobody")],
)
def test_an_attester_is_somebody(small: World, control: Control) -> None:
    with pytest.raises(AskedWronglyError):
        small.asked(control=control)


def test_an_attester_is_somebody_else(small: World) -> None:
    with pytest.raises(AskedWronglyError):
        small.asked(control=Control(HOLDS, attested_by="DEV@example.org"))
    named = small.asked(control=Control(HOLDS, attested_by="LEAD@example.org"))
    assert named.waiver.control.attested_by == small.lead.id


def test_nothing_open_nothing_to_waive(small: World) -> None:
    finding = small.finding()
    small.change(finding, open=False, state="fixed")
    with pytest.raises(AskedWronglyError, match="nothing that is open"):
        small.asked(finding)


def test_a_list_is_the_same_however_it_is_cut(world: World) -> None:
    made = [world.asked().waiver.id for _ in range(7) if world.clock.forward(seconds=1)]
    world.waivers.refuse(world.sec, made[2], NO)
    world.waivers.approve(world.sec, made[4])
    seen: list[str] = []
    cursor = None
    for _ in range(9):
        piece = world.waivers.list(world.sec, Query(), Page(2, cursor))
        seen += [one.waiver.id for one in piece.rows]
        cursor = piece.next_cursor
        if cursor is None:
            break
    assert seen == made[::-1]

    def only(**asked: object) -> list[str]:
        return [one.waiver.id for one in world.waivers.list(world.sec, Query(**asked)).rows]  # type: ignore[arg-type]

    assert only(standings=frozenset({"refused"})) == [made[2]]
    assert only(standings=frozenset({"effective"})) == [made[4]]
    assert only(standings=frozenset({"refused", "effective"})) == [made[4], made[2]]
    assert len(only(standings=frozenset({"asked"}))) == 5
    assert len(only(services=frozenset({"orders"}))) == 7
    assert only(services=frozenset({"elsewhere"})) == []
    assert len(only(mine=True)) == 5
    finding = world.waivers.get(world.sec, made[4]).findings[0].id
    assert only(finding=finding) == [made[4]]
    assert len(only(requester=world.dev.id)) == 7
    assert only(teams=frozenset({"tea-none"})) == []
    world.clock.forward(days=8)  # time alone ends them, before any duty has looked
    assert only(standings=frozenset({"asked", "effective"})) == []
    assert len(only(standings=frozenset({"expired"}))) == 6
    with pytest.raises(AskedWronglyError):
        only(standings=frozenset({"forgotten"}))


def _together(*calls: Callable[[], object]) -> list[object]:
    """Run calls at the same moment, and return what each answered or raised."""
    gate = threading.Barrier(len(calls))
    answers: list[object] = [None] * len(calls)

    def run(number: int, call: Callable[[], object]) -> None:
        gate.wait()
        try:
            answers[number] = call()
        except (ConflictError, DeniedError) as error:
            answers[number] = error

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def test_two_who_approve_at_once_make_one_waiver_effective_once(world: World) -> None:
    finding = world.finding()
    waiver = world.asked(finding).waiver.id
    answers = _together(
        lambda: world.waivers.approve(world.sec, waiver), lambda: world.waivers.approve(world.sec2, waiver)
    )
    assert sorted(isinstance(answer, ConflictError) for answer in answers) == [False, True]
    assert world.actions(waiver).count("waiver:effective") == 1
    assert len(world.waivers.get(world.sec, waiver).waiver.approvals) == 1


def test_a_yes_that_races_a_withdrawal_leaves_one_end(world: World) -> None:
    finding = world.finding()
    waiver = world.asked(finding).waiver.id
    _together(lambda: world.waivers.approve(world.sec, waiver), lambda: world.waivers.withdraw(world.dev, waiver))
    assert world.waivers.get(world.sec, waiver).standing == "withdrawn"
    assert world.row(finding).waived_until is None


def test_a_yes_that_races_a_refusal_leaves_one_answer(world: World) -> None:
    finding = world.finding()
    waiver = world.asked(finding).waiver.id
    _together(lambda: world.waivers.approve(world.sec, waiver), lambda: world.waivers.refuse(world.sec2, waiver, NO))
    standing = world.waivers.get(world.sec, waiver).standing
    assert standing in {"effective", "refused"}
    assert (world.row(finding).waived_until is not None) == (standing == "effective")
    decided = {"waiver:approved", "waiver:refused"} & set(world.actions(waiver))
    assert len(decided) == 1


def test_two_who_ask_at_once_for_the_same_ask_once(world: World) -> None:
    finding = world.finding()
    request = world.request(finding)
    answers = _together(
        lambda: world.waivers.ask(world.dev, request), lambda: world.waivers.ask(world.lead, request._replace(
            control=Control(HOLDS, check="egress")))
    )  # fmt: skip
    assert sum(isinstance(answer, ConflictError) for answer in answers) == 1
    assert len(world.waivers.list(world.sec).rows) == 1


def test_a_narrowed_token_reaches_its_services_only(small: World) -> None:
    here = small.asked()
    narrowed = small.dev._replace(services=frozenset({"svc-other"}))
    with pytest.raises(NotFoundError):
        small.waivers.get(narrowed, here.waiver.id)
    assert small.waivers.list(narrowed).rows == []
    bound = Principal("workload", "bnd-1", "CI", frozenset({"waiver:read"}), services=frozenset({small.service}))
    assert [one.waiver.id for one in small.waivers.list(bound).rows] == [here.waiver.id]


def test_faces_mark_findings_through_the_service_too(small: World) -> None:
    finding = small.finding()
    small.waivers.approve(small.sec, small.asked(finding).waiver.id)
    small.change(finding, severity="high")
    with small.database.transaction() as tx:
        assert small.waivers.effective_for(tx, small.service, [finding]) == 1
    assert small.row(finding).waived_until is None
