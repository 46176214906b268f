"""Prometheus metrics of duties, the ledger and the database: read from the database whenever they are asked for.

    wardline_database_up                         1 where the database answered; where not, none of the others is there
    wardline_duty_failures{duty}                 in a row
    wardline_duty_running{duty}                  1 while a node is at work on it
    wardline_duty_turns_total{duty}              turns begun, on any node
    wardline_duty_next_due_timestamp_seconds{duty}, wardline_duty_last_finished_timestamp_seconds{duty}
    wardline_ledger_events_total                 events with a number
    wardline_ledger_pending                      events that wait for a number
    wardline_ledger_head_timestamp_seconds       when the newest head was signed

Every node says the same of them: alert on any one's, do not add them up. A duty is late where the time is beyond its
next due time and it is not running; the ledger stands still where events wait and no head is new.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Final

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from wardline.kernel.duties.model import Standing
from wardline.kernel.duties.service import Duties
from wardline.kernel.errors import WardlineError
from wardline.kernel.identity.model import PLATFORM
from wardline.kernel.ledger.service import Ledger

_DUTIES: Final[Sequence[tuple[str, str, Callable[[Standing], float | None]]]] = (
    ("failures", "Failures in a row", lambda duty: duty.failures),
    ("running", "Whether a node is at work on it", lambda duty: duty.holder is not None),
    ("next_due_timestamp_seconds", "When it is due", lambda duty: duty.next_due.timestamp()),
    ("last_finished_timestamp_seconds", "When it ended last", lambda duty: _seconds(duty.last_finished)),
)


class Measures(Collector):
    """Reads when it is asked, once registered with a `CollectorRegistry`; a database that is gone is a metric too."""

    def __init__(self, duties: Duties, ledger: Ledger) -> None:
        self._duties: Final = duties
        self._ledger: Final = ledger

    def describe(self) -> Iterable[Metric]:
        """Return nothing, so that registering one asks no database."""
        return ()

    def collect(self) -> Iterator[Metric]:
        """Give the metrics as they stand."""
        up = GaugeMetricFamily("wardline_database_up", "Whether the database answers")
        try:
            standings, ledger = self._duties.list(PLATFORM), self._ledger.measured()
        except WardlineError:
            up.add_metric([], 0)
            yield up
            return
        up.add_metric([], 1)
        yield up
        for name, words, value in _DUTIES:
            family = GaugeMetricFamily(f"wardline_duty_{name}", words, labels=["duty"])
            for standing in standings:
                found = value(standing)
                if found is not None:
                    family.add_metric([standing.name], found)
            yield family
        turns = CounterMetricFamily("wardline_duty_turns", "Turns begun, on any node", labels=["duty"])
        for standing in standings:
            turns.add_metric([standing.name], standing.runs)
        yield turns
        yield CounterMetricFamily("wardline_ledger_events", "Events with a number", value=ledger.size)
        yield GaugeMetricFamily("wardline_ledger_pending", "Events that wait for a number", value=ledger.pending)
        if ledger.head_at is not None:
            said = "When the newest head was signed"
            yield GaugeMetricFamily("wardline_ledger_head_timestamp_seconds", said, value=ledger.head_at.timestamp())


def _seconds(at: datetime | None) -> float | None:
    return None if at is None else at.timestamp()
