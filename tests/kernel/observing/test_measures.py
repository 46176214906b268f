"""Metrics of duties and the ledger as Prometheus reads them."""

import pytest
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.parser import text_string_to_metric_families

from wardline.kernel.database.engine import Database
from wardline.kernel.duties.model import Duty
from wardline.kernel.duties.service import Duties
from wardline.kernel.identity.model import PLATFORM
from wardline.kernel.ledger.keys import Signer
from wardline.kernel.ledger.service import Ledger
from wardline.kernel.observing.measures import Measures


def fails(turn):
    raise KeyError


@pytest.fixture
def read(lite, clock):
    """The metrics by name and duty."""
    ledger = Ledger(lite, clock, Signer.generated())
    duties = Duties(lite, clock, "one")

    def asked():
        registry = CollectorRegistry()
        registry.register(Measures(duties, ledger))
        families = text_string_to_metric_families(generate_latest(registry).decode())
        return {
            (sample.name, sample.labels.get("duty", "")): sample.value
            for family in families
            for sample in family.samples
        }

    asked.ledger, asked.duties = ledger, duties
    return asked


def test_a_new_installation_has_no_head_and_no_duties(read):
    assert read() == {
        ("wardline_database_up", ""): 1,
        ("wardline_ledger_events_total", ""): 0,
        ("wardline_ledger_pending", ""): 0,
    }


def test_duties_and_the_ledger_are_measured_as_they_stand(read, lite, clock):
    runner = read.duties.runner([Duty("bad", "Bad", 60, fails), Duty("good", "Good", 60, lambda turn: "")])
    runner.step(clock())
    runner.step(clock.forward(seconds=30))
    for _ in range(2):
        with lite.transaction() as tx:
            read.ledger.record(tx, at=clock(), who=PLATFORM, action="a:b", subject="x")
        seen = read()
        read.ledger.sequence()
    assert (seen["wardline_ledger_pending", ""], seen["wardline_ledger_events_total", ""]) == (1, 2)
    seen = read()
    assert (seen["wardline_ledger_pending", ""], seen["wardline_ledger_events_total", ""]) == (0, 3)
    assert seen["wardline_ledger_head_timestamp_seconds", ""] == clock().timestamp()
    assert seen["wardline_duty_failures", "bad"] == 2
    assert seen["wardline_duty_turns_total", "bad"] == 2
    assert seen["wardline_duty_turns_total", "good"] == 1
    assert seen["wardline_duty_failures", "good"] == seen["wardline_duty_running", "good"] == 0
    assert seen["wardline_duty_next_due_timestamp_seconds", "good"] == clock().timestamp() + 30
    assert seen["wardline_duty_last_finished_timestamp_seconds", "good"] == clock().timestamp() - 30


def test_a_database_that_is_gone_is_a_metric_and_no_error(tmp_path, clock):
    gone = Database(f"sqlite:///{tmp_path}/missing/wardline.db")
    registry = CollectorRegistry()
    registry.register(Measures(Duties(gone, clock, "one"), Ledger(gone, clock, Signer.generated())))
    text = generate_latest(registry).decode()
    assert "wardline_database_up 0.0" in text
    assert "wardline_ledger" not in text
