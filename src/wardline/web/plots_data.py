"""What plots are drawn from, as services answer it."""

from typing import Final

from wardline.web.asking import Asked
from wardline.web.plots.exposure import Day

_DAYS: Final = 90


def exposure_days(asked: Asked, service: str, days: int = _DAYS) -> list[Day]:
    """Return what was open in a service at the end of each day, today being the last."""
    return [
        Day(one.day, (one.critical, one.high, one.medium, one.low))
        for one in asked.services.findings.timeline(asked.who, service, days=days)
    ]
