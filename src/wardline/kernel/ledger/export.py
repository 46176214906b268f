"""The whole ledger as JSON lines, so that it can be kept and checked elsewhere, with no database and no Wardline.

    {"wardline-ledger":1,"origin":"wardline/…","keys":[{"key_id":"…","public":"<base64>","since":0,"vouched":true}]}
    {"number":0,"entry":{…}}          the entry's bytes, exactly as they stand in the line, are the leaf: encoding.py
    {"head":{"size":1,"root":"<base64>","at":"…Z","key_id":"…","signature":"<base64>"}}

A head follows the last event that it is over. The last line is a head. To check it: hash each entry (RFC 9162 §2.1.1),
and at each head compare the root and verify the Ed25519 signature over the text that keys.py shows. Whether the first
key is the right one is not in the file: compare it with one that was published.
"""

import json
from base64 import b64decode, b64encode
from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from typing import Any, Final

from wardline.kernel import merkle
from wardline.kernel.database.engine import Database
from wardline.kernel.errors import AskedWronglyError
from wardline.kernel.ledger import encoding, store, stored
from wardline.kernel.ledger.keys import read_note
from wardline.kernel.ledger.model import Head, Key, Verification
from wardline.kernel.ledger.replay import Replay
from wardline.kernel.ledger.tree import LedgerDamagedError
from wardline.kernel.ledger.trust import KEY_ACTIONS, Trust, trust

_BATCH: Final = 1_000
_ENTRY: Final = ',"entry":'
_LONGEST_LINE: Final = 4 * 1024 * 1024


def lines(database: Database) -> Iterator[str]:
    """Give the lines, each with its end, of the ledger up to its newest head.

    Raises: `LedgerDamagedError` where a number or its event is missing.
    """
    with database.reading() as tx:
        known, size = trust(store.key_events(tx, KEY_ACTIONS)), stored.head_size(tx)
    shown = [{**key._asdict(), "public": b64encode(key.public).decode()} for key in known.keys]
    yield f"{_json({'wardline-ledger': 1, 'origin': known.origin, 'keys': shown})}\n"
    for first in range(0, size, _BATCH):
        count = min(_BATCH, size - first)
        with database.reading() as tx:
            rows = {row["number"]: row for row in stored.leaves(tx, first, count) if row["id"] is not None}
            heads = {head.size: head for head in stored.heads_between(tx, first + 1, count)}
        for number in range(first, first + count):
            if number not in rows:
                raise LedgerDamagedError(f"number {number} of the ledger is missing")
            yield f'{{"number":{number}{_ENTRY}{encoding.entry(rows[number]).decode()}}}\n'
            if number + 1 in heads:
                yield f"{_json({'head': _shown(heads[number + 1])})}\n"


def verify_lines(given: Iterable[str], *, kept: Iterable[str] = (), trusted: Collection[str] = ()) -> Verification:
    """Return what going through exported lines shows, without a database.

    `kept` are signed notes of heads that somebody kept elsewhere: the ledger has to contain them. `trusted` are ids of
    keys that are right although the key before did not vouch for them.

    Raises: `AskedWronglyError` for what is no export of a ledger, or no note of a head.
    """
    rest = iter(given)
    known = _trust(_read(next(rest, "")))
    believed = tuple(key._replace(vouched=key.vouched or key.key_id in trusted) for key in known.keys)
    replay = Replay(known._replace(keys=believed), [read_note(note) for note in kept])
    last = 0
    named: list[dict[str, Any]] = []
    for line in rest:
        value = _read(line)
        try:
            if "head" in value:
                head = _head(value["head"])
                last = head.size
                replay.head(head)
                continue
            entry = value["entry"]
            if entry["action"] in KEY_ACTIONS:
                named.append({**entry, "details": encoding.canonical(entry["details"]), "number": value["number"]})
            start = line.index(_ENTRY) + len(_ENTRY)
            if value["number"] != replay.tree.size:
                replay.problem("deleted", replay.tree.size, f"number {replay.tree.size} is missing")
            replay.event(merkle.leaf_hash(line.rstrip("\n")[start:-1].encode()))
        except (KeyError, TypeError, ValueError, AttributeError):
            raise _no_export() from None
    if trust(named) != known:
        replay.problem("key", None, "the keys in the first line are not the ones that the events name")
    if last != replay.tree.size:
        replay.problem("truncated", last, f"the last head is over {last} events, and {replay.tree.size} are there")
    return replay.finished()


def _json(value: dict[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _shown(head: Head) -> dict[str, Any]:
    return {
        "size": head.size,
        "root": b64encode(head.root).decode(),
        "at": encoding.moment(head.at),
        "key_id": head.key_id,
        "signature": b64encode(head.signature).decode(),
    }


def _read(line: str) -> dict[str, Any]:
    try:
        value = json.loads(line) if len(line) <= _LONGEST_LINE else None
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise _no_export()
    return value


def _trust(header: dict[str, Any]) -> Trust:
    try:
        keys = [
            Key(str(key["key_id"]), b64decode(key["public"], validate=True), int(key["since"]), bool(key["vouched"]))
            for key in header["keys"]
        ]
        if header["wardline-ledger"] != 1:
            raise _no_export()
        return Trust(str(header["origin"]), tuple(keys))
    except (KeyError, TypeError, ValueError):
        raise _no_export() from None


def _head(value: dict[str, Any]) -> Head:
    root, signature = b64decode(value["root"], validate=True), b64decode(value["signature"], validate=True)
    at = datetime.fromisoformat(value["at"])
    if at.tzinfo is None:
        raise _no_export()
    return Head(int(value["size"]), root, at, str(value["key_id"]), signature)


def _no_export() -> AskedWronglyError:
    return AskedWronglyError("this is no export of a ledger", hint="`wardline ledger export` makes one")
