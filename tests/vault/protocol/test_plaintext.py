"""Fields: padded so that little is told by their size, and bounded."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wardline.kernel.errors import AskedWronglyError, TooLargeError
from wardline.vault.protocol.errors import UnopenedError
from wardline.vault.protocol.plaintext import fields_of, padded, padded_size

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@settings(max_examples=60, deadline=None)
@given(fields=st.dictionaries(st.text(), VALUES, max_size=6))
def test_fields_come_back_as_they_were(fields: dict[str, object]) -> None:
    try:
        content = padded(fields)
    except AskedWronglyError:  # half a surrogate
        return
    assert fields_of(content) == fields
    assert len(content) in {256, 512, 1024, 2048, 4096, 8192, 16384, 32768, 65536}


@pytest.mark.parametrize(
    ("size", "wanted"),
    [(2, 256), (256, 256), (257, 512), (65_536, 65_536), (65_537, 131_072), (131_073, 196_608), (524_288, 524_288)],
)
def test_sizes_are_told_by_class(size: int, wanted: int) -> None:
    assert padded_size(size) == wanted


def test_what_is_no_object_of_fields_is_not_sealed() -> None:
    deep: dict[str, object] = {}
    for _ in range(40):
        deep = {"a": deep}
    for fields in (["a"], "a", {"a": object()}, {1: "a"}, deep, {"a": b"bytes"}):
        with pytest.raises(AskedWronglyError) as caught:
            padded(fields)  # type: ignore[arg-type]
        assert "bytes" not in caught.value.detail
    with pytest.raises(TooLargeError):
        padded({"a": "x" * 600_000})


def test_what_opens_to_no_object_is_refused_without_showing_it() -> None:
    for content in (b"canary", b"[1]", b'"canary"', b"", b"{" * 100, b'{"a":' * 40 + b"1" + b"}" * 40):
        with pytest.raises(UnopenedError) as caught:
            fields_of(content)
        assert "canary" not in str(caught.value)
