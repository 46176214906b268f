"""Social security numbers of the United States. Source: SSA, "Social Security Number Randomization" (2011)."""

from typing import Final

_PRINTED: Final = {(78, 5, 1120), (219, 9, 9999)}  # on a wallet's sample card, and in the administration's own leaflet


def valid(value: bytes) -> bool:
    """Return whether the number could have been given: no area 000, 666 or from 900 on, no group 00, no serial 0000."""
    parts = value.split(b"-")
    if len(parts) != 3:
        return False
    area, group, serial = map(int, parts)
    return 0 < area < 900 and area != 666 and group > 0 and serial > 0 and (area, group, serial) not in _PRINTED


def complete(value: bytes) -> bytes:
    """Return a number of the value's digits that could have been given: an example."""
    area, group, serial = value.split(b"-")
    return b"%03d-%02d-%04d" % (int(area) % 600 + 1, int(group) % 90 + 1, int(serial) % 9000 + 1)
