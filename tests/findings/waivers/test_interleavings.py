"""Any order of asking, deciding, ending and time: what always holds."""

import shutil
import tempfile
from datetime import timedelta
from pathlib import Path
from typing import ClassVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from tests.conftest import Clock
from tests.findings.waivers.world import WHY, World

from wardline.findings.waivers.model import MAX_DAYS, TERMINAL, effective, standing
from wardline.kernel.database.engine import Database
from wardline.kernel.errors import AskedWronglyError, ConflictError, DeniedError

SEVERITIES = ("critical", "high", "medium", "low")
REFUSED = (AskedWronglyError, ConflictError, DeniedError)
ENDS = {"waiver:refused", "waiver:revoked", "waiver:lapsed", "waiver:withdrawn", "waiver:expired"}


class Waiving(RuleBasedStateMachine):
    template: ClassVar[Path]
    waivers: Bundle[str] = Bundle("waivers")

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="wardline-waiving-"))
        path = self.folder / "lite.db"
        shutil.copyfile(self.template, path)
        self.database = Database(f"sqlite:///{path}")
        self.world = World(self.database, Clock(), self.folder)
        both = frozenset({"developer", "security"})
        world = self.world
        # Who has two hats is where a rule about hats breaks.
        self.hats = world.add("hats", *both, team=world.team)
        self.people = [world.dev, world.lead, world.sec, world.sec2, self.hats]
        self.waived = timedelta(0)
        self.ended: dict[str, str] = {}

    def teardown(self) -> None:
        self.database.close()
        shutil.rmtree(self.folder)

    @initialize(severity=st.sampled_from(SEVERITIES), owner=st.integers(0, 4))
    def begin(self, severity: str, owner: int) -> None:
        self.finding = self.world.finding(severity, owner=self.people[owner].id)  # type: ignore[arg-type]
        self.others = [self.world.finding("low", rule="other"), self.world.finding("medium", rule="other")]

    @rule(target=waivers, who=st.integers(0, 4), days=st.sampled_from([0.5, 3, 7, 25, 100]), whole=st.booleans())
    def ask(self, who: int, days: float, *, whole: bool) -> str:
        scope = None
        if whole:
            scope = self.world.request(self.finding).scope._replace(fingerprint=None, rule="other")
        control = self.world.request(self.finding).control._replace(attested_by=None, check="egress")
        try:
            asked = self.world.asked(self.finding, self.people[who], days=days, scope=scope, control=control)
        except REFUSED:
            return ""
        return asked.waiver.id

    @rule(waiver=waivers, who=st.integers(0, 4))
    def approve(self, waiver: str, who: int) -> None:
        if waiver:
            self.tried(lambda: self.world.waivers.approve(self.people[who], waiver))

    @rule(target=waivers, waiver=waivers, who=st.integers(0, 4), days=st.sampled_from([0.5, 3, 7, 25, 100]))
    def renew(self, waiver: str, who: int, days: float) -> str:
        if not waiver:
            return ""
        until = self.world.clock() + timedelta(days=days)
        try:
            made = self.world.waivers.renew(self.people[who], waiver, expires_at=until, justification=WHY)
        except REFUSED:
            return ""
        return made.waiver.id

    @rule(waiver=consumes(waivers), who=st.integers(0, 4), how=st.sampled_from(["refuse", "revoke", "withdraw"]))
    def end(self, waiver: str, who: int, how: str) -> None:
        if waiver:
            self.tried(lambda: getattr(self.world.waivers, how)(self.people[who], waiver, "It is over, all of it."))

    @rule(hours=st.sampled_from([0.01, 5, 30, 100, 400]))
    def time_passes(self, hours: float) -> None:
        self.world.clock.forward(hours=hours)

    @rule()
    def duty(self) -> None:
        self.world.keep()

    @rule(severity=st.sampled_from(SEVERITIES), owner=st.integers(0, 4), which=st.integers(0, 2))
    def finding_changes(self, severity: str, owner: int, which: int) -> None:
        finding = [self.finding, *self.others][which]
        self.world.change(finding, severity=severity, owner=self.people[owner].id)
        with self.database.transaction() as tx:
            self.world.waivers.effective_for(tx, self.world.service, [finding])

    def tried(self, call) -> None:
        try:
            call()
        except REFUSED:
            return

    @invariant()
    def nothing_is_waived_that_should_not_be(self) -> None:
        if not hasattr(self, "finding"):
            return
        now = self.world.clock()
        for shown in self.world.waivers.list(self.world.sec).rows:
            waiver = shown.waiver
            if effective(waiver, now):
                assert waiver.starts_at <= now < waiver.expires_at
                said = {yes.account for yes in waiver.approvals}
                barred = {waiver.requester} | waiver.owners | waiver.involved
                assert waiver.granted_by_clock or said - barred
                assert not (waiver.granted_by_clock and waiver.severity in {"critical", "high", "unknown"})
            assert waiver.expires_at - waiver.starts_at <= timedelta(days=MAX_DAYS[waiver.severity])
            assert waiver.renewals <= 2
            ends = [waiver.refused_at, waiver.revoked_at, waiver.lapsed_at, waiver.withdrawn_at]
            assert sum(end is not None for end in ends) <= 1
            before = self.ended.get(waiver.id)
            assert before in {None, standing(waiver, now)}
            if shown.standing in TERMINAL:
                self.ended[waiver.id] = shown.standing
            assert len(ENDS & set(self.world.actions(waiver.id))) <= 1
        for finding in (self.finding, *self.others):
            until = self.world.row(finding).waived_until
            covering = [
                shown for shown in self.world.waivers.list(self.world.sec).rows
                if shown.standing == "effective" and any(one.id == finding for one in shown.findings)
            ]  # fmt: skip
            if until is not None and until > now:
                assert covering


@pytest.mark.timeout(300)
def test_whatever_happens_in_whatever_order(sqlite_template: Path) -> None:
    Waiving.template = sqlite_template
    run_state_machine_as_test(
        Waiving,
        settings=settings(
            max_examples=25, stateful_step_count=25, deadline=None, phases=[Phase.generate],
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
        ),
    )  # fmt: skip
