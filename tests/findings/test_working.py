from datetime import timedelta

import pytest
from tests.findings.world import EVIDENCE, REASON, World, finding

from wardline.kernel.errors import AskedWronglyError, ConflictError, DeniedError, NotFoundError


@pytest.fixture
def opened(platform: World):
    platform.send(finding(1))
    return platform, platform.one().id


def test_a_finding_is_taken_begun_and_each_step_is_on_the_record(opened):
    platform, one = opened
    platform.clock.forward(hours=1)
    taken = platform.findings.acknowledge(platform.dev, one)
    assert (taken.state, taken.owner, taken.owner_name) == ("owned", platform.dev.id, "Dev")
    assert taken.acknowledged_at == platform.clock()
    assert platform.findings.acknowledge(platform.dev, one) == taken
    assert platform.findings.start(platform.dev, one).state == "fixing"
    assert platform.findings.start(platform.dev, one).state == "fixing"
    assert platform.actions(one) == ["finding:opened", "finding:acknowledged", "finding:started"]


def test_no_state_is_skipped_where_the_repair_begins_at_once(opened):
    platform, one = opened
    assert platform.findings.start(platform.dev, one).owner == platform.dev.id
    assert platform.actions(one) == ["finding:opened", "finding:acknowledged", "finding:started"]


def test_it_is_handed_to_somebody_who_is_known(opened):
    platform, one = opened
    given = platform.findings.assign(platform.dev, one, platform.colleague.id)
    assert (given.state, given.owner_name) == ("owned", "Colleague")
    assert given.acknowledged_at is not None
    for nobody in ("acc-nobody", platform.team, ""):
        with pytest.raises(AskedWronglyError):
            platform.findings.assign(platform.dev, one, nobody)
    assert platform.actions(one) == ["finding:opened", "finding:assigned"]


def test_a_dismissal_takes_two_people_neither_of_whom_owns_it(opened):
    platform, one = opened
    expires = platform.clock() + timedelta(days=30)
    platform.findings.acknowledge(platform.dev, one)
    asked = platform.findings.dismiss(platform.dev, one, REASON, EVIDENCE, expires)
    assert asked.state == "owned"
    with pytest.raises(ConflictError, match="already"):
        platform.findings.dismiss(platform.colleague, one, REASON, EVIDENCE, expires)
    with pytest.raises(DeniedError):
        platform.findings.approve_dismissal(platform.dev, one)
    with pytest.raises(DeniedError):
        platform.findings.approve_dismissal(platform.colleague, one)
    decides = platform.dev._replace(permissions=platform.security.permissions)
    with pytest.raises(DeniedError, match="whoever asked"):
        platform.findings.approve_dismissal(decides, one)
    with pytest.raises(DeniedError, match="a person"):
        platform.findings.approve_dismissal(platform.security._replace(kind="workload"), one)
    done = platform.findings.approve_dismissal(platform.security, one)
    assert (done.state, done.open) == ("dismissed", False)
    history = platform.findings.history(platform.auditor, one)
    assert (history.cycles[0].ended_as, history.dismissals[0].approved_by) == ("dismissed", platform.security.id)
    assert [event.action for event in history.events.rows][:2] == ["finding:dismissed", "finding:dismissal-asked"]
    with pytest.raises(ConflictError, match="dismissed"):
        platform.findings.start(platform.dev, one)


def test_whoever_asked_and_owns_something_else_still_does_not_decide(opened):
    platform, one = opened
    platform.findings.dismiss(platform.security, one, REASON, EVIDENCE, platform.clock() + timedelta(days=3))
    with pytest.raises(DeniedError, match="whoever asked"):
        platform.findings.approve_dismissal(platform.security, one)
    other = platform.person("Other", "security")
    assert platform.findings.approve_dismissal(other, one).state == "dismissed"


def test_a_refused_dismissal_leaves_everything_as_it_was_and_may_be_asked_again(opened):
    platform, one = opened
    before = platform.findings.get(platform.dev, one)
    expires = platform.clock() + timedelta(days=30)
    platform.findings.dismiss(platform.dev, one, REASON, EVIDENCE, expires)
    assert platform.findings.refuse_dismissal(platform.security, one, "It does see strangers' input.") == before
    with pytest.raises(ConflictError, match="nobody asked"):
        platform.findings.approve_dismissal(platform.security, one)
    platform.clock.forward(minutes=1)
    platform.findings.dismiss(platform.dev, one, REASON, EVIDENCE, expires)
    assert [one.state for one in platform.findings.history(platform.dev, one).dismissals] == ["asked", "refused"]


@pytest.mark.parametrize(
    ("reason", "evidence", "life"),
    [
        ("no", EVIDENCE, {"days": 30}),
        (REASON, " " * 100, {"days": 30}),
        ("x" * 4001, EVIDENCE, {"days": 30}),
        (REASON, EVIDENCE, {"days": 181}),
        (REASON, EVIDENCE, {"minutes": 5}),
        (REASON, EVIDENCE, {"days": -1}),
    ],
)
def test_a_dismissal_says_enough_and_ends(small: World, reason, evidence, life):
    small.send(finding(1))
    with pytest.raises(AskedWronglyError):
        small.findings.dismiss(small.dev, small.one().id, reason, evidence, small.clock() + timedelta(**life))
    naive = (small.clock() + timedelta(days=3)).replace(tzinfo=None)
    with pytest.raises(AskedWronglyError, match="time zone"):
        small.findings.dismiss(small.dev, small.one().id, REASON, EVIDENCE, naive)


def test_a_dismissal_that_nobody_decided_on_is_moot_once_it_is_fixed(opened):
    platform, one = opened
    platform.findings.dismiss(platform.dev, one, REASON, EVIDENCE, platform.clock() + timedelta(days=30))
    platform.clock.forward(days=1)
    platform.send()
    assert platform.findings.history(platform.dev, one).dismissals[0].state == "moot"
    with pytest.raises(ConflictError, match="fixed"):
        platform.findings.approve_dismissal(platform.security, one)


def test_a_dismissed_finding_that_is_reported_stays_dismissed(opened):
    platform, one = opened
    platform.dismissed(one)
    platform.clock.forward(days=1)
    receipt = platform.send(finding(1, severity="critical"))
    assert (receipt.reopened, receipt.seen) == (0, 1)
    assert platform.one().state == "dismissed"


def test_others_do_not_know_of_it_and_readers_do_not_work_on_it(opened):
    platform, one = opened
    moves = (platform.findings.acknowledge, platform.findings.start)
    for move in moves:
        with pytest.raises(NotFoundError):
            move(platform.stranger, one)
        with pytest.raises(NotFoundError):
            move(platform.ci._replace(services=frozenset({"svc-other"})), one)
        with pytest.raises(DeniedError):
            move(platform.auditor, one)
        with pytest.raises(DeniedError):
            move(platform.ci, one)
        with pytest.raises(NotFoundError):
            move(platform.dev, "fnd-nothing")
    with pytest.raises(DeniedError):
        platform.findings.dismiss(platform.ci, one, REASON, EVIDENCE, platform.clock() + timedelta(days=3))
    assert platform.one().state == "detected"
    assert platform.findings.start(platform.security, one).state == "fixing"
