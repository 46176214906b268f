"""The time, asked in one place, so that tests can stop it."""

import os
from datetime import UTC, datetime


def now() -> datetime:
    """Return the time as aware UTC; `SOURCE_DATE_EPOCH` (seconds, reproducible-builds.org) stops it where it is set."""
    fixed = os.environ.get("SOURCE_DATE_EPOCH", "")
    if fixed.isdecimal():
        return datetime.fromtimestamp(int(fixed), UTC)
    return datetime.now(UTC)
