"""The bounds of what a replay says; what it finds is tried in test_verification.py and test_export.py."""

from datetime import UTC, datetime

from wardline.kernel import merkle
from wardline.kernel.ledger import keys
from wardline.kernel.ledger.keys import Signer
from wardline.kernel.ledger.model import Head, Key
from wardline.kernel.ledger.replay import MAX_PROBLEMS, Replay
from wardline.kernel.ledger.trust import Trust

SIGNER = Signer.generated()
TRUST = Trust("wardline/x", (Key(SIGNER.key_id, SIGNER.public, 0),))
LEAF = merkle.leaf_hash(b"x")


def head(size, root):
    at = datetime(2026, 3, 2, tzinfo=UTC)
    return Head(size, root, at, SIGNER.key_id, SIGNER.sign(keys.signed_text("wardline/x", size, root, at)))


def test_only_the_first_head_that_does_not_follow_is_named():
    replay = Replay(TRUST)
    for size in (1, 2, 3):
        replay.event(LEAF)
        replay.head(head(size, bytes(32)))
    assert [(problem.kind, problem.number) for problem in replay.finished().problems] == [("head", 1)]


def test_after_a_missing_event_no_head_is_blamed_and_signatures_still_count():
    replay = Replay(TRUST)
    replay.missing()
    replay.head(head(1, LEAF))
    replay.head(head(1, LEAF)._replace(signature=bytes(64)))
    assert [(problem.kind, problem.number) for problem in replay.finished().problems] == [("signature", 1)]


def test_problems_are_listed_up_to_a_bound():
    replay = Replay(TRUST)
    for number in range(MAX_PROBLEMS):
        replay.problem("edited", number, "")
    assert not replay.finished().more
    replay.problem("edited", MAX_PROBLEMS, "")
    assert (len(replay.finished().problems), replay.finished().more) == (MAX_PROBLEMS, True)


def test_kept_heads_are_compared_where_they_stand():
    root = merkle.root([LEAF, LEAF])
    replay = Replay(
        TRUST, [("wardline/x", head(2, root)), ("wardline/x", head(2, LEAF)), ("wardline/x", head(9, root))]
    )
    for _ in range(3):
        replay.event(LEAF)
    assert [(problem.kind, problem.number) for problem in replay.finished().problems] == [("fork", 2), ("truncated", 9)]
