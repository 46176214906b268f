"""Eight weeks of a finding that nobody repairs, and the day somebody does: who hears of it when."""

from datetime import timedelta

from tests.conftest import Clock
from tests.stories.organisation import Organisation, finding

OWN = "High, {} days {}: SQL built from a header"


def test_a_finding_that_nobody_repairs_climbs_until_somebody_does(house: Organisation, clock: Clock) -> None:
    house.reported(finding("high"))
    found = house.only()
    begin = found.detected_at
    assert found.due_at - begin == timedelta(days=30)
    house.services.findings.acknowledge(house.dev, found.id)
    house.services.findings.assign(house.dev, found.id, house.dev.id)

    house.until(begin + timedelta(weeks=8))
    told = [line for line in house.told() if not line[2].startswith("This morning")]
    assert told_by(told, "dev@example.org") == [OWN.format(30, "left"), OWN.format(15, "left")]
    assert told_by(told, "lead@example.org") == [OWN.format(6, "left")]
    (late,) = told_by(told, "sec@example.org")
    assert late.endswith("late: SQL built from a header")
    director = told_by(told, "director@example.org")
    # On each Monday after the last step it is in the digest.
    assert director == [OWN.format(days, "late") for days in (8, 15, 19, 26)]
    assert house.only().escalation == 5
    events = [
        event.details["step"]
        for event in reversed(house.services.ledger.list(house.sec, about=found.id, action="finding:escalated").rows)
    ]
    assert events[:5] == ["50%", "80%", "100%", "125%", "150%"]
    assert [step.startswith("week") for step in events[5:]] == [True, True]

    # Every working morning Dev heard what burns; nobody else was written to each day.
    house.reported()
    house.until(clock() + timedelta(weeks=2))
    assert [subject for _, _, subject in house.told() if "High" in subject or "morning" in subject] == []


def told_by(told: list[tuple[str, str, str]], address: str) -> list[str]:
    lines = [(line, subject) for line, to, subject in told if to == address]
    return [subject for _, subject in sorted(lines, key=lambda pair: _when(pair[0]))]


def _when(moment: str) -> tuple[str, str, str]:
    _, day, month, time = moment.split()
    return {"Mar": "03", "Apr": "04", "May": "05", "Jun": "06"}[month], day, time
