import re
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from wardline.kernel import ids
from wardline.kernel.identity import credentials

AT = datetime(2026, 3, 2, tzinfo=UTC)


def test_a_token_names_its_id_and_carries_a_secret_that_only_its_hash_is_kept_of() -> None:
    identifier = ids.new("tok", AT)
    text, digest = credentials.new_token(identifier)
    parts = credentials.token_parts(text)
    assert parts is not None
    assert parts.id == identifier
    assert credentials.hashed(parts.secret) == digest
    assert parts.secret.encode() not in digest
    assert re.fullmatch(r"wl_[0-9a-z]{65}", text)


@given(st.integers(0, 67), st.sampled_from("0123456789abcdefghjkmnpqrstvwxyz"))
def test_a_token_with_one_wrong_character_is_none(place, char) -> None:
    text, _ = credentials.new_token(ids.new("tok", AT))
    if text[place] != char:
        assert credentials.token_parts(text[:place] + char + text[place + 1 :]) is None


@given(st.text(max_size=100) | st.from_regex(r"wl_[0-9a-hjkmnp-tv-z]{65}", fullmatch=True))
def test_text_that_is_no_token_is_none(text) -> None:
    parts = credentials.token_parts(text)
    assert parts is None or text == f"wl_{parts.id[4:]}{parts.secret}{text[-7:]}"


def test_secrets_are_long_and_never_the_same() -> None:
    made = {credentials.opaque() for _ in range(50)}
    assert len(made) == 50
    assert min(map(len, made)) >= 43


def test_what_is_derived_for_one_purpose_tells_nothing_for_another() -> None:
    secret = credentials.opaque()
    derived = {credentials.derived(secret, purpose) for purpose in ("state", "nonce", "verifier")}
    assert len(derived) == 3
    assert all(43 <= len(one) <= 128 for one in derived)  # RFC 7636 §4.1
    assert credentials.derived(secret, "state") == credentials.derived(secret, "state")


def test_a_csrf_token_is_of_one_session() -> None:
    one = credentials.csrf_token(b"k" * 32, "ses-1")
    assert one != credentials.csrf_token(b"k" * 32, "ses-2")
    assert one != credentials.csrf_token(b"l" * 32, "ses-1")
