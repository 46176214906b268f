"""A waiver, from the question to its end: asked, decided by somebody else, noticed, lapsed when it is not needed."""

from datetime import timedelta

import pytest
from tests.conftest import Clock
from tests.stories.organisation import Organisation, finding

from wardline.findings.waivers.model import Control, Request, Scope
from wardline.kernel.errors import DeniedError

WHY = "The fix is merged upstream; its release is announced for the end of next week."
HOLDS = "The gateway drops the header for everybody but the two partners."


def test_a_waiver_from_request_to_lapse(house: Organisation, clock: Clock) -> None:
    waivers, findings = house.services.waivers, house.services.findings

    house.reported(finding("high"))
    found = house.only()
    findings.acknowledge(house.dev, found.id)
    house.step()
    house.told()

    # Dev cannot repair it in time and asks; security hears of it, and so does who attests the control.
    shown = waivers.ask(
        house.dev,
        Request(
            Scope("orders", fingerprint=found.fingerprint), "fix-in-progress", WHY,
            Control(HOLDS, attested_by="lead@example.org"), clock() + timedelta(days=20),
        ),
    )  # fmt: skip
    clock.forward(minutes=1)
    house.step()
    assert [(to, subject) for _, to, subject in house.told()] == [
        ("lead@example.org", "You attest a control: Orders"),
        ("sec@example.org", "Waiver to decide: high, Orders"),
    ]
    with pytest.raises(DeniedError):
        waivers.approve(house.dev, shown.waiver.id)

    # Security says yes: the finding stays in every list, and nobody is bothered while the waiver counts.
    waivers.approve(house.sec, shown.waiver.id)
    assert house.only().waived_until == shown.waiver.expires_at
    due = house.only().due_at
    clock.forward(minutes=1)
    house.step()
    assert {subject for _, _, subject in house.told()} == {"Waiver approved: Orders: SQL built from a header"}
    house.until(found.detected_at + timedelta(days=18))
    assert [subject for _, _, subject in house.told() if "Waiver" not in subject] == []
    assert house.only().due_at == due  # its clock went on

    # A scan sees it still there: it is still evaluated, and nothing changes.
    receipt = house.reported(finding("high"))
    assert (receipt.seen, receipt.opened) == (1, 0)
    assert house.only().waived_until == shown.waiver.expires_at

    # The fix arrives before the end, and the waiver ends by itself.
    house.reported()
    assert house.only().state == "fixed"
    clock.forward(minutes=2)
    house.step()
    lapsed = waivers.get(house.dev, shown.waiver.id)
    assert (lapsed.standing, lapsed.waiver.ending) == ("lapsed", "it is not open any more")
    house.services.ledger.sequence(None)
    events = [event.action for event in reversed(house.services.ledger.list(house.sec, about=shown.waiver.id).rows)]
    assert events == ["waiver:asked", "waiver:approved", "waiver:effective", "waiver:lapsed"]

    # It comes back: the next cycle is not waived.
    clock.forward(days=1)
    house.reported(finding("high"))
    assert (house.only().cycle, house.only().waived_until) == (2, None)


def test_a_report_that_says_it_is_worse_ends_the_waiver_at_once(house: Organisation, clock: Clock) -> None:
    house.reported(finding("medium"))
    found = house.only()
    request = Request(
        Scope("orders", fingerprint=found.fingerprint), "no-fix-available", WHY, Control(HOLDS, check="egress"),
        clock() + timedelta(days=60),
    )  # fmt: skip
    waiver = house.services.waivers.ask(house.dev, request).waiver
    house.services.waivers.approve(house.sec, waiver.id)
    assert house.only().waived_until == waiver.expires_at
    clock.forward(days=1)
    house.reported(finding("critical"))
    assert house.only().waived_until is None
    clock.forward(minutes=2)
    house.step()
    ended = house.services.waivers.get(house.dev, waiver.id)
    assert ended.standing == "lapsed"
    assert ended.waiver.ending == "it is critical now, and was waived as medium"
