import os
from collections import Counter
from dataclasses import replace

import pytest
from tests.vault.custodian.world import GRANT

from wardline.kernel.errors import AskedWronglyError
from wardline.vault.custodian.minting import PLAIN, Policy, mint, policy
from wardline.vault.protocol.model.grant import Setting


def test_a_password_is_as_long_as_the_policy_says_and_never_the_same() -> None:
    minted = {mint(Policy(length=30), os.urandom) for _ in range(100)}
    assert len(minted) == 100
    assert {len(one) for one in minted} == {30}
    assert set("".join(minted)) <= set(PLAIN)


def test_letters_are_drawn_evenly() -> None:
    every = mint(Policy("abc", 510), lambda size: bytes(range(256)) * 2)
    assert Counter(every) == {"a": 170, "b": 170, "c": 170}


@pytest.mark.parametrize(
    ("alphabet", "length"), [(PLAIN, 21), ("aab", 200), ("a", 400), (PLAIN, 513), ("ä" + PLAIN, 43)]
)
def test_a_policy_for_weak_passwords_is_refused(alphabet: str, length: int) -> None:
    with pytest.raises(AskedWronglyError):
        Policy(alphabet, length)


def test_a_grants_settings_are_the_policy() -> None:
    settings = (Setting("alphabet", "0123456789"), Setting("length", "40"))
    assert policy(replace(GRANT, settings=settings)) == Policy("0123456789", 40)
    assert policy(GRANT) == Policy()
    for wrong in ("many", "²²", "-1"):
        with pytest.raises(AskedWronglyError):
            policy(replace(GRANT, settings=(Setting("length", wrong),)))
