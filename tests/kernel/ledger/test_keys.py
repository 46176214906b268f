"""The key file, and heads as signed notes that tools of others can check."""

from base64 import b64decode
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from hashlib import sha256

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from wardline.kernel.errors import AskedWronglyError
from wardline.kernel.ledger import keys
from wardline.kernel.ledger.keys import Signer, UnsafeKeyError
from wardline.kernel.ledger.model import Head

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
ORIGIN = "wardline/01kb2q6vj8e7y9r3m5t0c4w6xz"


def head_of(signer, size=7, root=b"\x07" * 32):
    return Head(size, root, AT, signer.key_id, signer.sign(keys.signed_text(ORIGIN, size, root, AT)))


def test_a_key_is_made_once_and_only_its_owner_may_read_it(tmp_path):
    folder = tmp_path / "state"
    first = Signer.opened(folder)
    assert Signer.opened(folder).public == first.public
    assert (folder / "ledger.key").stat().st_mode & 0o777 == 0o600
    assert folder.stat().st_mode & 0o777 == 0o700
    assert [path.name for path in folder.iterdir()] == ["ledger.key"]


def test_nodes_that_start_together_in_one_folder_agree_on_the_key(tmp_path):
    with ThreadPoolExecutor(8) as pool:
        signers = list(pool.map(lambda _: Signer.opened(tmp_path), range(32)))
    assert len({signer.public for signer in signers}) == 1


def test_a_key_file_may_stand_elsewhere(tmp_path):
    made = Signer.opened(tmp_path / "one")
    other = Signer.opened(tmp_path, tmp_path / "one" / "ledger.key")
    assert other.key_id == made.key_id
    assert not (tmp_path / "ledger.key").exists()


def test_a_named_key_file_is_never_made(tmp_path):
    with pytest.raises(UnsafeKeyError, match="cannot be read"):
        Signer.opened(tmp_path, tmp_path / "missing.key")


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o666])
def test_a_key_that_others_may_read_or_write_is_not_used(tmp_path, mode):
    Signer.opened(tmp_path)
    (tmp_path / "ledger.key").chmod(mode)
    with pytest.raises(UnsafeKeyError, match="open to others"):
        Signer.opened(tmp_path)


def test_a_link_to_a_key_is_not_followed(tmp_path):
    Signer.opened(tmp_path / "one")
    (tmp_path / "ledger.key").symlink_to(tmp_path / "one" / "ledger.key")
    with pytest.raises(UnsafeKeyError):
        Signer.opened(tmp_path)


def pem(private):
    return private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


@pytest.mark.parametrize("content", [b"", b"\xff" * 100, b"-----BEGIN", pem(X25519PrivateKey.generate())])
def test_what_is_no_ed25519_key_is_said_to_be_none(tmp_path, content):
    path = tmp_path / "ledger.key"
    path.write_bytes(content)
    path.chmod(0o600)
    with pytest.raises(UnsafeKeyError):
        Signer.opened(tmp_path)


def test_a_folder_in_the_place_of_a_key_is_no_key(tmp_path):
    (tmp_path / "ledger.key").mkdir()
    with pytest.raises(UnsafeKeyError):
        Signer.opened(tmp_path)


def test_a_head_is_signed_as_a_checkpoint():
    """C2SP tlog-checkpoint and signed-note, computed here from their text."""
    private = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
    signer = Signer(private)
    head = head_of(signer)
    text, _, signature = keys.note(ORIGIN, head, signer.public).partition("\n\n")
    assert text.split("\n") == [
        ORIGIN, "7", "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=", "at 2026-03-02T09:00:00.000000Z",
    ]  # fmt: skip
    dash, name, encoded = signature.rstrip("\n").split(" ")
    assert (dash, name) == ("\u2014", ORIGIN)
    expected_hash = sha256(ORIGIN.encode() + b"\n\x01" + private.public_key().public_bytes_raw()).digest()[:4]
    assert b64decode(encoded)[:4] == expected_hash
    private.public_key().verify(b64decode(encoded)[4:], f"{text}\n".encode())
    assert keys.verifier_key(ORIGIN, signer.public).split("+", 2)[:2] == [ORIGIN, expected_hash.hex()]


def test_a_note_says_again_what_was_signed():
    signer = Signer.generated()
    head = head_of(signer)
    assert keys.read_note(keys.note(ORIGIN, head, signer.public)) == (ORIGIN, head._replace(key_id=""))


@pytest.mark.parametrize(
    "change",
    [
        lambda note: "",
        lambda note: note[:-1],
        lambda note: note * 2,
        lambda note: note.replace("\n7\n", "\n07\n"),
        lambda note: note.replace("\n7\n", f"\n{'9' * 5000}\n"),
        lambda note: note.replace("at 2026", "at 0000"),
        lambda note: note.replace("at 2026-03-02", "at 2026-02-30"),
        lambda note: note.replace("BwcH", "B!cH"),
        lambda note: note.replace("wardline/", "ward line/"),
    ],
)
def test_what_is_no_note_is_refused(change):
    signer = Signer.generated()
    with pytest.raises(AskedWronglyError):
        keys.read_note(change(keys.note(ORIGIN, head_of(signer), signer.public)))


def test_a_signature_is_over_every_part_of_a_head():
    signer = Signer.generated()
    head = head_of(signer)
    texts = [
        keys.signed_text(ORIGIN, 7, head.root, AT),
        keys.signed_text("wardline/other", 7, head.root, AT),
        keys.signed_text(ORIGIN, 8, head.root, AT),
        keys.signed_text(ORIGIN, 7, bytes(32), AT),
        keys.signed_text(ORIGIN, 7, head.root, AT.replace(microsecond=1)),
    ]
    assert [keys.verified(signer.public, head.signature, text) for text in texts] == [True] + [False] * 4
    assert not keys.verified(Signer.generated().public, head.signature, texts[0])
    assert not keys.verified(b"short", head.signature, texts[0])


def test_the_last_head_is_remembered_by_ledger(tmp_path):
    signer = Signer.opened(tmp_path)
    assert signer.remembered(ORIGIN) is None
    for size in (7, 9):
        signer.remember(ORIGIN, head_of(signer, size))
    assert signer.remembered(ORIGIN) == head_of(signer, 9)._replace(key_id="")
    assert signer.remembered("wardline/other") is None
    assert signer.all_remembered() == [(ORIGIN, head_of(signer, 9)._replace(key_id=""))]


def test_a_damaged_memory_is_none(tmp_path):
    signer = Signer.opened(tmp_path)
    signer.remember(ORIGIN, head_of(signer))
    (kept,) = tmp_path.glob("*.head")
    kept.write_bytes(b"\xff")
    assert signer.remembered(ORIGIN) is None
    assert signer.all_remembered() == []


def test_a_memory_that_cannot_be_written_is_no_error(tmp_path):
    signer = Signer.opened(tmp_path)
    signer.remember(ORIGIN, head_of(signer))
    for path in tmp_path.iterdir():
        path.unlink()
    tmp_path.rmdir()
    signer.remember(ORIGIN, head_of(signer, 9))
    assert signer.remembered(ORIGIN) is None


def test_a_signer_that_keeps_nothing_remembers_nothing():
    signer = Signer.generated()
    signer.remember(ORIGIN, head_of(signer))
    assert (signer.remembered(ORIGIN), signer.all_remembered()) == (None, [])
