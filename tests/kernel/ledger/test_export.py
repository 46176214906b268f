"""The ledger as lines: checked without a database and without a line of ours."""

import json
from base64 import b64decode
from hashlib import sha256

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import text

from wardline.kernel.errors import AskedWronglyError
from wardline.kernel.identity.model import PLATFORM
from wardline.kernel.ledger import export
from wardline.kernel.ledger.keys import Signer
from wardline.kernel.ledger.model import Entry
from wardline.kernel.ledger.service import Ledger
from wardline.kernel.ledger.tree import LedgerDamagedError


@pytest.fixture
def ledger(lite, clock):
    return filled(lite, clock)


def filled(database, clock):
    made = Ledger(database, clock, Signer.generated())
    for batch in range(3):
        entries = [Entry("a:b", f"é{n}", ("svc-1",), {"ratio": 1e30, "n": n, "text": '"entry":'}) for n in range(5)]
        with database.transaction() as tx:
            made.record_all(tx, at=clock.forward(seconds=1), who=PLATFORM, entries=entries)
        if batch == 1:
            made.change_key(PLATFORM, new := Signer.generated())
            made = Ledger(database, clock, new)
        else:
            made.sequence()
    with database.transaction() as tx:
        made.record(tx, at=clock(), who=PLATFORM, action="a:b", subject="not numbered yet")
    return made


@pytest.fixture
def lines(ledger):
    return list(ledger.export(PLATFORM))


def test_the_lines_verify(database, clock):
    ledger = filled(database, clock)
    found = export.verify_lines(ledger.export(PLATFORM))
    assert found.ok
    assert (found.size, found.heads, found.root) == (17, 3, ledger.head(PLATFORM).root)


def test_the_lines_verify_with_nothing_of_ours(ledger, lines):
    """The recipe of the docstring, written down again with the standard library and an Ed25519 of others."""
    header = json.loads(lines[0])
    leaves, heads = [], 0
    for line in lines[1:]:
        value = json.loads(line)
        if "entry" in value:
            raw = line.rstrip("\n").split(',"entry":', 1)[1][:-1].encode()
            assert value["number"] == len(leaves)
            leaves.append(sha256(b"\x00" + raw).digest())
            continue
        head = value["head"]
        root = tree(leaves)
        assert (head["size"], b64decode(head["root"])) == (len(leaves), root)
        key = [key for key in header["keys"] if key["since"] < len(leaves)][-1]
        signed = f"{header['origin']}\n{head['size']}\n{head['root']}\nat {head['at']}\n".encode()
        Ed25519PublicKey.from_public_bytes(b64decode(key["public"])).verify(b64decode(head["signature"]), signed)
        heads += 1
    assert (len(leaves), heads) == (17, 3)


def tree(leaves):
    if len(leaves) == 1:
        return leaves[0]
    k = 1 << ((len(leaves) - 1).bit_length() - 1)
    return sha256(b"\x01" + tree(leaves[:k]) + tree(leaves[k:])).digest()


def kinds(lines):
    return [(problem.kind, problem.number) for problem in export.verify_lines(lines).problems]


def test_a_changed_line_is_found(lines):
    at = next(at for at, line in enumerate(lines) if '"n":3' in line)
    changed = lines[at].replace('"n":3', '"n":4')
    assert kinds([*lines[:at], changed, *lines[at + 1 :]]) == [("head", 6)]


def test_a_missing_line_is_found(lines):
    assert ("deleted", 2) in kinds([*lines[:3], *lines[4:]])


def test_lines_without_their_last_head_are_found(lines):
    assert kinds(lines[:-1]) == [("truncated", 12)]


def test_a_forged_head_is_found(lines):
    value = json.loads(lines[-1])
    value["head"]["at"] = "2020-01-01T00:00:00.000000Z"
    assert kinds([*lines[:-1], json.dumps(value)]) == [("signature", 17)]


def test_keys_that_the_events_do_not_name_are_found(lines):
    header = json.loads(lines[0])
    header["keys"][0]["vouched"] = False
    assert ("key", None) in kinds([json.dumps(header), *lines[1:]])


@pytest.mark.parametrize(
    "wrong",
    [
        [], [""], ["[]"], ["{}"], ["null"], ["[" * 100_000], ['{"wardline-ledger":2,"origin":"x","keys":[]}'],
        ['{"wardline-ledger":1,"origin":"x","keys":[{}]}'], ['{"wardline-ledger":1,"origin":"x","keys":7}'],
        ['{"wardline-ledger":1,"origin":"x","keys":[{"key_id":"a","public":"!","since":0,"vouched":1}]}'],
    ],
    ids=str,
)  # fmt: skip
def test_what_is_no_export_is_refused(wrong):
    with pytest.raises(AskedWronglyError):
        export.verify_lines(wrong)


@pytest.mark.parametrize(
    "line",
    [
        "{}", '{"number":0}', '{"number":0,"entry":7}', '{"head":{}}', '{"head":7}', "x", '{"head":{"size":"a"}}',
        '{"head":{"size":1,"root":"","at":"2026-01-01","key_id":"","signature":""}}', '{"entry":{"action":"a:b"}}',
        '{"number":0,"entry":{"action":"ledger:begun","details":{"a":1e999},"subject":"ledger"}}',
    ],
    ids=str,
)  # fmt: skip
def test_a_line_that_is_none_is_refused(line):
    with pytest.raises(AskedWronglyError):
        export.verify_lines(['{"wardline-ledger":1,"origin":"x","keys":[]}', line])


def test_a_ledger_with_a_hole_is_not_exported_as_if_it_were_whole(lite, ledger):
    with lite.transaction() as tx:
        tx.execute(text("DROP TRIGGER ledger_leaves_no_delete"))
        tx.execute(text("DELETE FROM ledger_leaves WHERE number = 3"))
    with pytest.raises(LedgerDamagedError, match="number 3"):
        list(ledger.export(PLATFORM))
