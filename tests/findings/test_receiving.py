from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from tests.findings.world import World, finding

from wardline.findings import receiving
from wardline.findings.model import OPEN, Query, Receipt, Upload
from wardline.findings.report import Exploited, Location, fingerprint
from wardline.kernel.errors import AskedWronglyError, ConflictError, DeniedError, NotFoundError
from wardline.kernel.paging import Page


def test_a_first_report_opens_findings_that_have_an_owner_and_a_due_time(platform: World):
    receipt = platform.send(finding(1), finding(2, severity="critical"))
    assert (receipt.opened, receipt.seen, receipt.fixed) == (2, 0, 0)
    worst, other = platform.all(sort="severity")[1], platform.all()[0]
    assert worst.severity == "critical"
    assert worst.due_at == platform.clock() + timedelta(days=7)
    assert worst.acknowledge_by == platform.clock() + timedelta(hours=4)
    assert (other.state, other.team, other.cycle) == ("detected", platform.team, 1)
    assert platform.actions(other.id) == ["finding:opened"]
    assert platform.actions(receipt.report) == ["report:received"]


def test_the_same_report_again_changes_nothing(platform: World):
    first = platform.send(finding(1), finding(2), commit="a" * 40)
    before = platform.all()
    platform.clock.forward(hours=1)
    again = platform.send(finding(1), finding(2), commit="a" * 40)
    assert again.repeated
    assert again.report == first.report
    assert platform.all() == before
    assert len(platform.findings.reports(platform.auditor, "checkout").rows) == 1


def test_the_same_content_under_another_key_sees_and_changes_nothing(platform: World):
    platform.send(finding(1), finding(2), idempotency="one")
    before = [one._replace(last_seen_at=platform.clock()) for one in platform.all()]
    platform.clock.forward(hours=1)
    again = platform.send(finding(1), finding(2), idempotency="two")
    assert not again.repeated
    assert (again.opened, again.reopened, again.seen, again.fixed) == (0, 0, 2, 0)
    assert [one._replace(last_seen_at=before[0].last_seen_at) for one in platform.all()] == before
    assert platform.actions(before[0].id) == ["finding:opened"]


def test_what_a_whole_report_no_longer_has_is_fixed(platform: World):
    platform.send(finding(1), finding(2))
    platform.clock.forward(days=1)
    receipt = platform.send(finding(2))
    assert (receipt.fixed, receipt.seen) == (1, 1)
    fixed, still = platform.all()
    assert (fixed.state, fixed.fixed_at, still.state) == ("fixed", platform.clock(), "detected")
    assert platform.actions(fixed.id) == ["finding:opened", "finding:fixed"]


@pytest.mark.parametrize(
    ("complete", "gaps"),
    [
        ((), ()),
        (("dependencies",), ()),
        (("code",), ({"practice": "code", "scope": "src", "reason": "too large", "remedy": "split it"},)),
        (("code",), ({"practice": "code", "scope": "src/part1.py"},)),
        (("code",), ({"practice": "code", "scope": "."},)),
        (("code",), ({"practice": "code", "scope": "the sandbox"},)),
        (("code",), ({},)),
    ],
)
def test_what_was_not_looked_at_stays_open(small: World, complete, gaps):
    small.send(finding(1))
    small.clock.forward(days=1)
    assert small.send(complete=complete, gaps=gaps).fixed == 0
    assert small.one().state == "detected"


def test_a_gap_elsewhere_hides_nothing(small: World):
    small.send(finding(1))
    small.clock.forward(days=1)
    gaps = ({"practice": "code", "scope": "src/part10.py"}, {"practice": "dependencies", "scope": "."})
    assert small.send(gaps=gaps).fixed == 1


def test_a_gap_in_one_of_its_files_keeps_a_finding_open(small: World):
    small.send(finding(1, file="a/uv.lock"), finding(1, file="b/uv.lock"))
    small.clock.forward(days=1)
    assert small.send(gaps=({"practice": "code", "scope": "b/uv.lock"},)).fixed == 0
    assert small.send().fixed == 1


def test_two_sources_that_see_one_thing_have_one_finding_until_neither_sees_it(platform: World):
    platform.send(finding(1), source="bandit")
    platform.send(finding(1, severity="critical"), source="semgrep")
    one = platform.one()
    assert one.severity == "medium"  # the words of whoever said it first are shown
    assert one.due_at == platform.clock() + timedelta(days=7)  # and the stricter one's time counts
    platform.clock.forward(days=1)
    assert platform.send(source="bandit").fixed == 0
    assert platform.one().state == "detected"
    platform.send(finding(1, severity="critical"), source="semgrep", at=platform.clock())
    assert platform.one().severity == "critical"  # nobody else says anything now
    platform.clock.forward(days=1)
    assert platform.send(source="semgrep").fixed == 1
    assert platform.one().state == "fixed"


def test_a_regression_is_a_new_cycle_with_half_the_window_and_the_old_result_kept(platform: World):
    platform.send(finding(1))
    platform.clock.forward(days=10)
    platform.send()
    platform.clock.forward(days=10)
    receipt = platform.send(finding(1))
    assert (receipt.opened, receipt.reopened) == (0, 1)
    one = platform.one()
    assert (one.state, one.cycle, one.fixed_at) == ("detected", 2, None)
    assert one.due_at - platform.clock() == timedelta(days=45)
    first, second = platform.findings.history(platform.auditor, one.id).cycles
    assert (first.ended_as, first.ended_at - first.detected_at) == ("fixed", timedelta(days=10))
    assert (second.number, second.ended_at) == (2, None)
    assert platform.actions(one.id) == ["finding:opened", "finding:fixed", "finding:reopened"]


def test_known_exploitation_tightens_the_clock_and_lower_severity_never_loosens_it(platform: World):
    platform.send(finding(1, severity="high", advisories=("CVE-2026-1",)))
    due = platform.one().due_at
    platform.clock.forward(days=2)
    platform.send(finding(1, severity="low", advisories=("CVE-2026-1",)))
    assert (platform.one().due_at, platform.one().severity) == (due, "low")
    exploited = Exploited(since="2026-03-01")
    platform.send(finding(1, severity="low", advisories=("CVE-2026-1",), exploited=exploited))
    one = platform.one()
    assert one.due_at == platform.clock() + timedelta(days=14) < due
    assert one.window_seconds == 16 * 86400
    assert one.exploited
    assert any("known to be exploited since 2026-03-01" in line for line in one.clock)
    assert platform.actions(one.id) == ["finding:opened", "finding:clock-tightened"]


def test_a_report_that_is_older_than_what_stands_reopens_and_fixes_nothing(platform: World):
    start = platform.clock()
    platform.send(finding(1), finding(2), at=start)
    platform.clock.forward(days=2)
    platform.send(finding(2), at=platform.clock())
    late = platform.send(finding(1), at=start + timedelta(days=1))
    assert late.stale
    assert (late.reopened, late.fixed, late.opened) == (0, 0, 0)
    assert [one.state for one in platform.all()] == ["fixed", "detected"]


def test_a_look_back_at_a_commit_that_others_followed_changes_nothing(small: World):
    small.send(finding(1), commit="a" * 40)
    small.clock.forward(days=1)
    small.send(commit="b" * 40)
    small.clock.forward(days=1)
    again = small.send(finding(1), finding(9), commit="a" * 40, idempotency="a pipeline that ran again")
    assert again.stale
    assert (again.opened, again.reopened) == (0, 0)
    assert small.one().state == "fixed"


def test_an_older_report_opens_what_no_newer_one_looked_at(small: World):
    start = small.clock()
    small.clock.forward(days=2)
    small.send(finding(1), complete=(), at=small.clock())
    late = small.send(finding(7), at=start + timedelta(days=1))
    assert (late.stale, late.opened) == (True, 1)


def test_the_same_words_later_are_news(small: World):
    small.send(finding(1))
    small.clock.forward(days=1)
    small.send()
    small.clock.forward(days=1)
    assert small.send(finding(1)).reopened == 1
    assert small.send(finding(1)).repeated


def test_other_branches_are_counted_and_change_nothing(platform: World):
    platform.send(finding(1), finding(2))
    platform.clock.forward(days=1)
    receipt = platform.send(finding(2), finding(3), branch="feature/x")
    assert (receipt.branch, receipt.seen, receipt.introduced) == ("feature/x", 1, 1)
    assert (receipt.opened, receipt.fixed) == (0, 0)
    assert [one.title[-1] for one in platform.all()] == ["1", "2"]
    assert {one.state for one in platform.all()} == {"detected"}


def test_code_that_moves_opens_nothing_and_keeps_its_clock(platform: World):
    context = ("def pay(order):", "    db.execute('select ' + order.id)", "    return order")
    platform.send(finding(1, file="src/pay.py", context=context))
    before = platform.one()
    platform.clock.forward(days=5)
    moved = finding("elsewhere", file="src/payments/pay.py", context=context, line=90, title=before.title)
    receipt = platform.send(moved)
    assert (receipt.opened, receipt.fixed, receipt.moved) == (0, 0, 1)
    one = platform.one()
    assert (one.id, one.due_at, one.cycle) == (before.id, before.due_at, 1)
    assert (one.fingerprint, one.place) == (moved.fingerprint, "src/payments/pay.py:90")
    platform.clock.forward(days=5)
    back = platform.send(finding(1, file="src/pay.py", context=context))
    assert (back.opened, back.fixed, back.moved) == (0, 0, 1)
    assert platform.one().id == before.id


def test_another_source_still_calls_a_moved_finding_by_its_old_name(small: World):
    context = ("def pay(order):", "    db.execute('select ' + order.id)", "    return order")
    old, new = finding(1, context=context), finding(2, context=context, file="src/moved/part1.py")
    small.send(old, source="bandit")
    small.send(old, source="semgrep")
    small.clock.forward(days=1)
    assert small.send(new, source="bandit").moved == 1
    again = small.send(old, source="semgrep", idempotency="the same tree as before")
    assert (again.opened, again.seen, again.fixed) == (0, 1, 0)
    assert len(small.all()) == 1
    small.clock.forward(days=1)
    both = small.send(old, new, source="semgrep")
    assert both.opened == 1  # it is there twice now
    assert len(small.all()) == 2


def test_what_could_be_several_stays_unmatched(small: World):
    context = ("    cursor.execute(query + name)", "    return cursor")
    small.send(finding(1, file="a/one.py", context=context), finding(2, file="b/one.py", context=context))
    small.clock.forward(days=1)
    receipt = small.send(finding(3, file="c/one.py", context=context), finding(4, file="d/one.py", context=context))
    assert (receipt.opened, receipt.fixed, receipt.moved) == (2, 2, 0)
    assert receipt.ambiguous == 2


def test_a_crash_in_the_middle_fixes_nothing_and_the_same_upload_finishes_it(platform: World, monkeypatch):
    monkeypatch.setattr(receiving, "PIECE", 2)
    platform.send(*(finding(number) for number in range(5)))
    platform.clock.forward(days=1)

    def breaking():
        yield from (finding(number) for number in range(3, 8))
        raise OSError("the file ended")

    def upload(found):
        return Upload(platform.service, "bandit", found, complete=frozenset({"code"}), idempotency="night")

    with pytest.raises(OSError, match="the file ended"):
        platform.findings.receive(platform.ci, upload(breaking()))
    assert {one.state for one in platform.all()} == {"detected"}
    (cut_off, _) = platform.findings.reports(platform.auditor, platform.service).rows
    assert not cut_off.whole
    whole = platform.findings.receive(platform.ci, upload(finding(number) for number in range(3, 8)))
    assert not whole.repeated
    assert (whole.opened, whole.fixed, whole.seen) == (3, 3, 2)
    assert platform.findings.receive(platform.ci, upload(iter(()))).repeated
    assert [one.state for one in platform.all()] == ["fixed"] * 3 + ["detected"] * 5


@pytest.mark.parametrize("step", range(6))
def test_a_process_that_dies_at_any_step_leaves_what_the_same_upload_finishes(small: World, monkeypatch, step):
    monkeypatch.setattr(receiving, "PIECE", 2)
    small.send(*(finding(number) for number in range(4)))
    small.clock.forward(days=1)
    counted = iter(range(100))
    held = receiving.report_store.held

    def dying(*arguments):
        if next(counted) == step:
            raise KeyboardInterrupt
        return held(*arguments)

    found = tuple(finding(number) for number in range(2, 7))
    upload = Upload(small.service, "bandit", found, complete=frozenset({"code"}))
    monkeypatch.setattr(receiving.report_store, "held", dying)
    monkeypatch.setattr(receiving.report_store, "release", lambda *_: None)  # as if the process were gone
    with pytest.raises(KeyboardInterrupt):
        small.findings.receive(small.ci, upload)
    monkeypatch.undo()
    monkeypatch.setattr(receiving, "PIECE", 2)
    small.clock.forward(minutes=5)
    receipt = small.findings.receive(small.ci, upload)
    assert (receipt.opened, receipt.fixed) == (3, 2)
    assert [one.state for one in small.all()] == ["fixed"] * 2 + ["detected"] * 5
    for one in small.all():
        assert len(small.actions(one.id)) == (2 if one.state == "fixed" else 1)


def test_a_report_waits_for_the_one_before_it_and_says_so_when_that_takes_too_long(small: World, monkeypatch):
    monkeypatch.setattr(receiving, "_PATIENCE_SECONDS", 0.1)
    monkeypatch.setattr(receiving, "PIECE", 1)

    def slow():
        yield finding(1)
        with pytest.raises(ConflictError, match="being received"):
            small.send(finding(2), source="semgrep")

    receipt = small.findings.receive(small.ci, Upload(small.service, "bandit", slow(), idempotency="a"))
    assert receipt.opened == 1
    assert small.send(finding(2), source="semgrep").opened == 1


def test_a_node_that_lost_its_turn_changes_nothing_more(small: World, monkeypatch):
    monkeypatch.setattr(receiving, "PIECE", 1)

    def slow():
        yield finding(1)
        small.clock.forward(minutes=10)
        small.send(finding(2), source="semgrep")
        yield finding(3)

    with pytest.raises(ConflictError, match="another node"):
        small.findings.receive(small.ci, Upload(small.service, "bandit", slow(), idempotency="a"))
    assert [one.title[-1] for one in small.all()] == ["1", "2"]


def test_reports_that_come_at_once_are_received_one_after_the_other(platform: World):
    def sent(number: int) -> Receipt:
        found = [finding(one) for one in range(number, number + 3)]
        return platform.send(*found, source=f"source {number % 2}", complete=(), idempotency=str(number))

    with ThreadPoolExecutor(4) as threads:
        receipts = list(threads.map(sent, range(8)))
    assert sum(one.opened for one in receipts) == 10
    assert sum(one.opened + one.seen for one in receipts) == 24
    assert len(platform.all()) == 10


def test_only_who_may_sends_reports(small: World):
    upload = Upload(small.service, "bandit", (finding(1),))
    for who in (small.dev, small.auditor, small.ci._replace(services=frozenset({"svc-other"}))):
        with pytest.raises(DeniedError):
            small.findings.receive(who, upload)
    with pytest.raises(NotFoundError):
        small.findings.receive(small.ci, upload._replace(service="nowhere"))
    with pytest.raises(AskedWronglyError):
        small.findings.receive(small.ci, upload._replace(source="  "))
    with pytest.raises(AskedWronglyError):
        small.findings.receive(small.ci, upload._replace(at=small.clock().replace(tzinfo=None)))


def test_whatever_strangers_write_is_kept_as_text(platform: World):
    nasty = finding(
        1, title="a\x00b\u202e\ud800", message="\x00\udcff" * 50_000, rule="'; drop table findings; --",
        fingerprint="../../etc", context=("x" * 10_000,) * 300, exploit_probability=float("nan"),
    )  # fmt: skip
    platform.send(nasty, finding(2, location=Location("url", "https://shop.example/\x00?q=<script>")))
    shown = platform.all(text="drop")[0]
    assert shown.fingerprint == fingerprint("foreign", "../../etc")
    assert "\x00" not in shown.title
    assert len(shown.attributes.message) == 20_000
    assert shown.attributes.exploit_probability is None
    assert platform.send(nasty, complete=(), idempotency="again").seen == 1


def test_a_time_in_the_future_is_now(small: World):
    small.send(finding(1), at=small.clock() + timedelta(days=400))
    assert small.one().last_seen_at == small.clock()


def test_one_page_after_the_other_shows_each_finding_once(platform: World):
    platform.send(*(finding(number, severity=["low", "high", "critical"][number % 3]) for number in range(25)))
    for sort in ("due", "severity", "detected", "seen"):
        page, found = Page(7), []
        while True:
            listing = platform.findings.list(platform.auditor, Query(sort=sort), page)
            found += [one.id for one in listing.rows]
            if listing.next_cursor is None:
                break
            page = Page(7, listing.next_cursor)
        assert len(found) == len(set(found)) == 25
    assert platform.findings.count(platform.auditor, Query(states=OPEN)) == 25
