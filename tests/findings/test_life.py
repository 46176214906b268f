"""The life of findings: whatever happens to them, in whatever order, some things always hold."""

from contextlib import suppress
from datetime import timedelta
from itertools import count
from pathlib import Path
from shutil import copyfile
from tempfile import mkdtemp

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from tests.conftest import Clock
from tests.findings.world import EVERY, EVIDENCE, REASON, World, finding

from wardline.findings.model import OPEN, Query, Tracked
from wardline.findings.moves import NEXT
from wardline.findings.report import Exploited
from wardline.kernel.database.engine import Database
from wardline.kernel.errors import ConflictError
from wardline.kernel.paging import Page

NAMES = range(5)
MEMORY = "/dev/shm" if Path("/dev/shm").is_dir() else None  # many commits, and none has to last
POLICIES = ("", '[windows]\ncritical = "1 day"\nhigh = "2 days"\nmedium = "3 days"\n', '[windows]\nlow = "400 days"\n')
CONTEXT = {
    name: (f"def part{name}(value):", f"    run('{name}' + value)", f"    return value.{name * 7}x") for name in NAMES
}

severities = st.dictionaries(st.sampled_from(NAMES), st.sampled_from(["critical", "high", "medium", "low"]))


class Life(RuleBasedStateMachine):
    """Reports, moves, dismissals, policies, deployments and the clock, in any order."""

    known = Bundle("known")
    fresh: Database

    def __init__(self) -> None:
        super().__init__()
        self.clock = Clock()
        self.platform = World(self.fresh, self.clock)
        self.before: dict[str, Tracked] = {}
        self.numbers = count()

    # What happens

    @rule(
        found=severities,
        source=st.sampled_from(["bandit", "semgrep"]),
        whole=st.booleans(),
        exploited=st.booleans(),
        place=st.tuples(st.sampled_from(["src", "lib"]), st.integers(0, 3)),
    )
    def a_report_comes(self, *, found, source, whole, exploited, place):
        folder, back = place
        reported = tuple(
            finding(
                f"{name} {folder}", title=f"finding {name}", severity=severity, file=f"{folder}/part{name}.py",
                context=CONTEXT[name], advisories=("CVE-2026-1",), exploited=Exploited() if exploited else None,
            )
            for name, severity in found.items()
        )  # fmt: skip
        upload = {
            "source": source,
            "complete": ("code",) if whole else (),
            "commit": f"{next(self.numbers):040x}",
            "at": self.clock() - timedelta(days=back),
        }
        self.platform.send(*reported, **upload)
        before = self.everything()
        again = self.platform.send(*reported, **upload)
        assert again.repeated
        assert self.everything() == before
        fresh = self.platform.send(*reported, **upload, idempotency=str(next(self.numbers)))
        assert (fresh.opened, fresh.reopened, fresh.fixed, fresh.moved) == (0, 0, 0, 0)
        assert self.everything() == before

    @rule(hours=st.sampled_from([1, 20, 24 * 3, 24 * 40]))
    def time_passes(self, hours):
        self.clock.forward(hours=hours)

    @rule(which=st.integers(0, 9), move=st.sampled_from(["acknowledge", "start", "assign"]))
    def somebody_works(self, which, move):
        one = self.pick(which, OPEN)
        if one is None:
            return
        if move == "assign":
            self.platform.findings.assign(self.platform.dev, one.id, self.platform.colleague.id)
        else:
            getattr(self.platform.findings, move)(self.platform.dev, one.id)

    @rule(which=st.integers(0, 9), yes=st.booleans(), days=st.integers(1, 60))
    def somebody_says_it_is_wrong(self, which, yes, days):
        one = self.pick(which, OPEN)
        if one is None:
            return
        with suppress(ConflictError):
            self.platform.findings.dismiss(
                self.platform.dev, one.id, REASON, EVIDENCE, self.clock() + timedelta(days=days)
            )
        if yes:
            try:
                self.platform.findings.approve_dismissal(self.platform.security, one.id)
            except ConflictError:
                self.platform.findings.refuse_dismissal(self.platform.security, one.id, "It does see strangers.")

    @rule(policy=st.sampled_from(POLICIES))
    def the_policy_changes(self, policy):
        self.platform.findings.put_policy(self.platform.security, policy)

    @rule(exposed=st.booleans(), tier=st.integers(1, 4))
    def the_service_changes(self, exposed, tier):
        self.platform.catalog.put_service(self.platform.security, "checkout", exposed=exposed)
        self.platform.catalog.argue_tier(self.platform.security, "checkout", tier, "as the business says")

    @rule()
    def what_was_reported_last_is_deployed(self):
        commits = [one.commit for one in self.platform.findings.reports(self.platform.auditor, "checkout").rows]
        if commits:
            self.platform.catalog.record_deployment(
                self.platform.ci, "checkout", "live", f"sha256:{commits[0]}", commits[0]
            )

    @rule(name=st.sampled_from(["findings-verified", "findings-dismissals", "findings-clocks"]))
    def a_duty_runs(self, name):
        self.platform.run(name)
        before = self.everything()
        self.platform.run(name)
        assert self.everything() == before

    # What always holds

    @invariant()
    def whatever_is_open_is_owned_and_due(self):
        for one in self.everything().values():
            assert one.team == self.platform.team
            assert one.clock
            assert one.open == (one.state in OPEN)
            assert one.due_at == one.detected_at + timedelta(seconds=one.window_seconds)
            assert one.detected_at < one.acknowledge_by <= one.due_at or one.acknowledged_at
            assert (one.state in {"owned", "fixing"}) <= (one.acknowledged_at is not None)
            assert (one.fixed_at is not None) == (one.state in {"fixed", "verified"})
            assert (one.verified_at is not None) == (one.state == "verified")

    @invariant()
    def due_times_only_tighten_and_no_state_is_skipped(self):
        now = self.everything()
        for identifier, old in self.before.items():
            new = now[identifier]  # nothing is ever lost
            assert new.cycle >= old.cycle
            assert new.first_detected_at == old.first_detected_at
            if new.cycle == old.cycle:
                assert new.due_at <= old.due_at
                assert new.detected_at == old.detected_at
            if new.state != old.state:
                assert self.reachable(old.state, new.state)
        self.before = now

    @invariant()
    def the_record_tells_the_same_story(self):
        for one in self.everything().values():
            cycles = self.platform.findings.history(self.platform.auditor, one.id).cycles
            assert [cycle.number for cycle in cycles] == list(range(1, one.cycle + 1))
            assert all(cycle.ended_at is not None for cycle in cycles[:-1])
            assert (cycles[-1].ended_at is None) == one.open
            assert abs(cycles[-1].due_at - one.due_at) < timedelta(seconds=1)
            actions = self.platform.actions(one.id)
            assert actions[0] == "finding:opened"
            assert actions.count("finding:reopened") == one.cycle - 1
            ends = {"fixed": "finding:fixed", "verified": "finding:verified", "dismissed": "finding:dismissed"}
            if one.state in ends:
                assert ends[one.state] in actions

    @invariant()
    def lists_and_counts_agree(self):
        for states in (OPEN, EVERY):
            query = Query(states=states)
            assert self.platform.findings.count(self.platform.auditor, query) == sum(
                one.state in states for one in self.everything().values()
            )

    # Inside

    def everything(self) -> dict[str, Tracked]:
        rows = self.platform.findings.list(self.platform.auditor, Query(states=EVERY), Page(1000)).rows
        return {one.id: one for one in rows}

    def pick(self, which: int, states) -> Tracked | None:
        found = sorted((one for one in self.everything().values() if one.state in states), key=lambda one: one.id)
        return found[which % len(found)] if found else None

    @staticmethod
    def reachable(old, new) -> bool:
        """A rule may make several moves: each of them is one that there is."""
        seen, edge = set(), {old}
        while edge:
            seen |= edge
            edge = {state for one in edge for state in NEXT[one]} - seen
        return new in seen


def lived(made, examples: int, steps: int) -> None:
    class Here(Life):
        def __init__(self) -> None:
            self.fresh = made()
            super().__init__()

        def teardown(self) -> None:
            self.fresh.close()

    run_state_machine_as_test(
        Here, settings=settings(max_examples=examples, stateful_step_count=steps, deadline=None, print_blob=True)
    )


def test_whatever_happens_what_is_promised_of_findings_holds(sqlite_template: Path):
    def made() -> Database:
        path = Path(mkdtemp(prefix="wardline-life-", dir=MEMORY)) / "life.db"
        copyfile(sqlite_template, path)
        return Database(f"sqlite:///{path}")

    lived(made, examples=10, steps=12)


@pytest.mark.parametrize("examples", [2])
def test_and_on_postgresql(postgresql_cluster, postgresql_template: str, examples: int):
    lived(lambda: Database(postgresql_cluster.dsn(postgresql_cluster.made(postgresql_template))), examples, steps=8)
