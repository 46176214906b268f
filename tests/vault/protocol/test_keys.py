"""Keys: what they are called, and which are none."""

import pytest
from tests.vault.protocol.documents import ROOT_ID, SEALING, filled, signer

from wardline.vault.protocol import keys
from wardline.vault.protocol.errors import MalformedError
from wardline.vault.protocol.keys import SealingKey, require_usable, signed, thumbprint, usable

P = 2**255 - 19
D = (-121665 * pow(121666, -1, P)) % P


def added(a: tuple[int, int], b: tuple[int, int]) -> tuple[int, int]:
    """Add two points of edwards25519 (RFC 8032 §5.1.4, affine)."""
    (x1, y1), (x2, y2) = a, b
    both = D * x1 * x2 * y1 * y2
    return (
        (x1 * y2 + x2 * y1) * pow(1 + both, -1, P) % P,
        (y1 * y2 + x1 * x2) * pow(1 - both, -1, P) % P,
    )


def point(encoded: bytes) -> tuple[int, int] | None:
    """Return the point whose y this is (RFC 8032 §5.1.3), whatever the sign of its x."""
    y = int.from_bytes(encoded, "little") % (1 << 255) % P
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    return (x, y) if (x * x - square) % P == 0 else None


@pytest.mark.parametrize("encoded", sorted(keys._SMALL_ORDER), ids=bytes.hex)
def test_the_keys_that_are_refused_are_the_points_of_small_order(encoded: bytes) -> None:
    found = point(encoded)
    assert found is not None
    for _ in range(3):
        found = added(found, found)
    assert found == (0, 1)
    for top in (0, 0x80):
        assert not usable(encoded[:31] + bytes([encoded[31] | top]))


def test_there_are_no_other_points_of_small_order() -> None:
    """Every y whose point, times 8, is neutral, in both encodings where y + p fits 255 bits."""
    ys = {found[1] for found in map(point, keys._SMALL_ORDER) if found}
    spelled = {y + more for y in ys for more in (0, P) if y + more < 2**255}
    assert {int.from_bytes(one, "little") for one in keys._SMALL_ORDER} == spelled
    assert len(ys) == 5  # orders 1, 2, 4, 4, 8 and 8: eight points, five values of y


def test_a_small_order_key_signs_for_anybody_and_is_refused() -> None:
    neutral = bytes([1]) + bytes(31)
    forged = neutral + bytes(32)
    assert not signed(neutral, forged, b"whatever")


def test_a_signature_is_of_one_key_and_message() -> None:
    ada = signer("ada")
    made = ada.sign(b"message")
    assert signed(ada.public, made, b"message")
    assert not signed(ada.public, made, b"another")
    assert not signed(signer("bob").public, made, b"message")
    assert not signed(ada.public, made[:-1], b"message")
    assert not signed(ada.public[:-1], made, b"message")
    assert "SoftwareSigner(" in repr(ada)
    assert filled("ada").hex() not in repr(ada)


def test_a_thumbprint_changes_with_each_of_its_parts() -> None:
    signing = signer("ada").public
    other = SealingKey(SEALING.kem, SEALING.public[::-1])
    prints = {
        thumbprint(ROOT_ID, SEALING, signing),
        thumbprint(filled("x"), SEALING, signing),
        thumbprint(ROOT_ID, other, signing),
        thumbprint(ROOT_ID, SEALING, signer("bob").public),
    }
    assert len(prints) == 4
    assert all(one.startswith("wardline-vault:") and len(one) == 58 for one in prints)


def test_a_sealing_key_of_another_size_or_off_the_curve_is_none() -> None:
    require_usable(SEALING)
    for key in (
        SealingKey("DHKEM-P256", SEALING.public),
        SealingKey("DHKEM-P256", b"\x04" + bytes(64)),
        SealingKey("MLKEM768-X25519", SEALING.public[:-1]),
        SealingKey("MLKEM768-X25519", SEALING.public[:1184] + bytes(32)),
        SealingKey("MLKEM768-X25519", b"\xff" * 1216),
    ):
        with pytest.raises(MalformedError):
            require_usable(key)
