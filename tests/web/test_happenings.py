from datetime import UTC, datetime

from wardline.kernel.ledger.model import Event
from wardline.web import happenings

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def event(action, **details):
    return Event("evt-1", AT, "acc-1", "Amara", "", action, "fnd-1", (), details)


def test_what_happened_is_said_in_words():
    assert happenings.words(event("finding:verified")) == "Verified: gone from every running deployment"
    assert happenings.words(event("finding:assigned", owner="acc-2", owner_name="Mei")) == "Assigned to Mei"
    assert happenings.words(event("finding:escalated", told="director", step="125%")) == "Escalated to director"


def test_an_action_without_words_is_shown_as_it_is():
    assert happenings.words(event("engine:turned-over")) == "Engine turned over"
    assert happenings.tone(event("engine:turned-over")) == ""


def test_details_are_lines_without_what_is_plain_to_see():
    lines = happenings.details(
        event(
            "waiver:asked",
            until="2026-03-08T09:00:00+00:00",
            severity="high",
            scope={"rule": None},
            kept=True,
            of=[1, 2],
        )
    )
    assert lines == ["until: 2026-03-08 09:00 UTC", "severity: high", "kept: yes", "of: 1, 2"]


def test_details_are_bounded_whatever_they_are():
    lines = happenings.details(event("x:y", **{f"key_{number}": "long " * 500 for number in range(50)}))
    assert len(lines) <= 8
    assert max(map(len, lines)) <= 400
    assert happenings.details(event("x:y", nothing=None, none="", nowhere=[], zero=0)) == ["zero: 0"]


def test_bad_news_and_good_news_have_their_tone():
    assert happenings.tone(event("finding:reopened")) == "bad"
    assert happenings.tone(event("finding:fixed")) == "good"
    assert happenings.tone(event("report:received")) == "accent"
