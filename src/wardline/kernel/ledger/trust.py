"""Which keys the ledger knows: the first is named by its first event, each later one by an event of its own. Pure.

`ledger:begun` (number 0) names the ledger's origin and its first key. `ledger:key-changed` names the key that signs
every head over it and over what follows, and carries the signature of the key before it (`vouch`). A key that was not
vouched for is known all the same, so that an installation whose key was lost goes on, and `verify` says so until it is
told to trust that key.
"""

from base64 import b64decode, b64encode
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final, NamedTuple

from wardline.kernel.ledger.encoding import read
from wardline.kernel.ledger.keys import Signer, change_text, key_id, verified
from wardline.kernel.ledger.model import Key

BEGUN: Final = "ledger:begun"
CHANGED: Final = "ledger:key-changed"
KEY_ACTIONS: Final = (BEGUN, CHANGED)
SUBJECT: Final = "ledger"


class Trust(NamedTuple):
    """The ledger's origin ("" where it has not begun) and its keys, in order."""

    origin: str = ""
    keys: tuple[Key, ...] = ()

    def signs(self, size: int) -> Key | None:
        """Return the key that signs a head over `size` events."""
        return next((key for key in reversed(self.keys) if key.since < size), None)


def trust(events: Sequence[Mapping[str, Any]], trusted: Collection[str] = ()) -> Trust:
    """Return what these numbered events (columns of the table, and `number`) say about keys.

    `trusted` are ids of keys that need nobody's word. An event that is not shaped like ours names no key: anybody who
    may write to the database can have one numbered.
    """
    origin = ""
    keys: list[Key] = []
    for event in events:
        details = _details(event["details"])
        public = _bytes(details, "public_key")
        if public is None or event["subject"] != SUBJECT:
            continue
        if event["action"] == BEGUN and event["number"] == 0:
            origin = str(details.get("origin", ""))
            keys.append(Key(key_id(public), public, 0))
        elif event["action"] == CHANGED and keys:
            vouch = _bytes(details, "vouch")
            vouched = vouch is not None and verified(keys[-1].public, vouch, change_text(origin, public))
            if vouched or key_id(public) in trusted or details.get("without") == "vouch":
                keys.append(Key(key_id(public), public, event["number"], vouched or key_id(public) in trusted))
    return Trust(origin, tuple(keys))


def begun(origin: str, signer: Signer) -> dict[str, str]:
    """Return the details of the first event."""
    return {"origin": origin, "key_id": signer.key_id, "public_key": b64encode(signer.public).decode()}


def changed(origin: str, old: Signer | None, new: Signer) -> dict[str, str]:
    """Return the details of the event that hands over to `new`; without `old`, the ones that say it is lost."""
    details = {"key_id": new.key_id, "public_key": b64encode(new.public).decode()}
    if old is None:
        return {**details, "without": "vouch"}
    return {**details, "vouch": b64encode(old.sign(change_text(origin, new.public))).decode()}


def _details(text: object) -> dict[str, Any]:
    try:
        details = read(str(text))
    except ValueError:
        return {}
    return details if isinstance(details, dict) else {}


def _bytes(details: Mapping[str, Any], name: str) -> bytes | None:
    value = details.get(name)
    if not isinstance(value, str):
        return None
    try:
        return b64decode(value, validate=True)
    except ValueError:
        return None
