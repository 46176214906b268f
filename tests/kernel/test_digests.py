import hashlib

from hypothesis import given
from hypothesis import strategies as st

from wardline.kernel.digests import sha256


@given(st.binary(max_size=300))
def test_a_digest_is_that_of_the_standard_library(content) -> None:
    assert sha256(content).hexdigest() == hashlib.sha256(content).hexdigest()
