"""Break-glass: two approvers' leave for one person to get a fresh personal credential at the target, for minutes.

No stored value is revealed to anybody: what the person gets was minted for them, is sealed to a key of their own, and
opens a review finding.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final

from wardline.vault.protocol import approvals
from wardline.vault.protocol.clocks import MAX_AHEAD
from wardline.vault.protocol.envelope import Read, unverified
from wardline.vault.protocol.errors import BreakGlassError
from wardline.vault.protocol.keys import SealingKey, require_usable
from wardline.vault.protocol.model.grant import BreakGlass
from wardline.vault.protocol.roots import TrustedRoot

MAX_BREAK_GLASS: Final = timedelta(hours=1)


def require(
    content: bytes, trusted: TrustedRoot, key: SealingKey, *, used: Collection[bytes], now: datetime
) -> Read[BreakGlass]:
    """Return leave that enough people other than the person gave, for this key, that holds now and was not used.

    Its nonce is remembered before anything is minted. Raises: `BreakGlassError`, `ThresholdError`, `MalformedError`.
    """
    read = unverified(BreakGlass, content, trusted.id)
    leave = read.document
    besides = leave.person if trusted.standing == "ordinary" else ""
    approvals.require(read.envelope, trusted.root.approvers, trusted.root.grant_threshold, besides=besides)
    require_usable(key)
    if leave.sealing_key_id != key.key_id:
        raise BreakGlassError("the leave is for another key")
    if not timedelta(0) < leave.expires - leave.issued <= MAX_BREAK_GLASS or leave.issued - now > MAX_AHEAD:
        raise BreakGlassError("the leave is longer than an hour, or from the future")
    if now >= leave.expires:
        raise BreakGlassError("the leave has ended", hint="two approvers give another")
    if leave.nonce in used:
        raise BreakGlassError("the leave was used already")
    return read
