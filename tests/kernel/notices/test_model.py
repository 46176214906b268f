"""When quiet notices are sent, and how long a failure waits."""

from datetime import UTC, datetime

import pytest

from wardline.kernel.notices.model import Message, Section, next_morning, pause_seconds


@pytest.mark.parametrize(
    ("at", "morning"),
    [
        ("2026-03-02 06:30", "2026-03-02 07:00"),  # a Monday
        ("2026-03-02 07:00", "2026-03-02 07:00"),
        ("2026-03-02 09:59", "2026-03-02 09:59"),
        ("2026-03-02 10:00", "2026-03-03 07:00"),
        ("2026-03-06 18:00", "2026-03-09 07:00"),
        ("2026-03-07 08:00", "2026-03-09 07:00"),
        ("2026-03-08 03:00", "2026-03-09 07:00"),
    ],
)
def test_quiet_notices_wait_for_a_working_morning(at: str, morning: str) -> None:
    def moment(text: str) -> datetime:
        return datetime.fromisoformat(text).replace(tzinfo=UTC)

    assert next_morning(moment(at)) == moment(morning)


def test_pauses_double_up_to_four_hours() -> None:
    assert [pause_seconds(number) for number in (1, 2, 3, 10, 1000)] == [30, 60, 120, 14400, 14400]


def test_several_notices_are_one_message_with_one_subject() -> None:
    sections = tuple(Section(f"Subject {number}", "", "") for number in range(3))
    message = Message("k", "a@example.org", "A", datetime(2026, 3, 2, tzinfo=UTC), sections)
    assert message.subject == "Subject 0 (and 2 more)"
    assert message._replace(sections=sections[:1]).subject == "Subject 0"
