"""Which keys the ledger's own events name."""

import json

from wardline.kernel.ledger.keys import Signer
from wardline.kernel.ledger.trust import Trust, begun, changed, trust

ORIGIN = "wardline/x"
FIRST, SECOND, THIRD = (Signer.generated() for _ in range(3))


def event(number, action, details, subject="ledger"):
    return {"number": number, "action": action, "subject": subject, "details": json.dumps(details)}


BEGUN = event(0, "ledger:begun", begun(ORIGIN, FIRST))


def ids(found):
    return [(key.key_id, key.since, key.vouched) for key in found.keys]


def test_a_ledger_that_has_not_begun_has_no_keys():
    assert trust([]) == Trust("", ())
    assert trust([]).signs(1) is None


def test_each_key_signs_over_the_event_that_named_it_and_what_follows():
    found = trust([BEGUN, event(9, "ledger:key-changed", changed(ORIGIN, FIRST, SECOND))])
    assert found.origin == ORIGIN
    signers = [found.signs(size).key_id for size in (1, 9, 10, 1000)]
    assert signers == [FIRST.key_id, FIRST.key_id, SECOND.key_id, SECOND.key_id]
    assert found.signs(0) is None


def test_a_chain_of_keys_is_followed_one_by_one():
    chain = [
        BEGUN,
        event(3, "ledger:key-changed", changed(ORIGIN, FIRST, SECOND)),
        event(5, "ledger:key-changed", changed(ORIGIN, FIRST, THIRD)),
        event(7, "ledger:key-changed", changed(ORIGIN, SECOND, THIRD)),
    ]
    assert ids(trust(chain)) == [(FIRST.key_id, 0, True), (SECOND.key_id, 3, True), (THIRD.key_id, 7, True)]


def test_a_key_that_nobody_vouched_for_is_known_as_such():
    lost = [BEGUN, event(3, "ledger:key-changed", changed(ORIGIN, None, SECOND))]
    assert ids(trust(lost))[1] == (SECOND.key_id, 3, False)
    assert ids(trust(lost, {SECOND.key_id}))[1] == (SECOND.key_id, 3, True)


def test_what_is_not_shaped_like_ours_names_no_key():
    vouched = changed(ORIGIN, FIRST, SECOND)
    others = [
        event(1, "ledger:begun", begun("wardline/other", SECOND)),
        event(2, "ledger:key-changed", vouched, subject="else"),
        event(3, "ledger:key-changed", {**vouched, "vouch": "!"}),
        event(4, "ledger:key-changed", {**vouched, "vouch": None}),
        event(5, "ledger:key-changed", {**vouched, "public_key": 7}),
        event(6, "ledger:key-changed", []),
        {**BEGUN, "number": 7, "details": "{"},
        {**BEGUN, "number": 8, "details": None},
        event(9, "ledger:key-changed", changed("wardline/other", FIRST, SECOND)),
    ]
    assert ids(trust([BEGUN, *others])) == [(FIRST.key_id, 0, True)]
