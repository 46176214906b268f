"""Minting: passwords from the system's randomness, as long as they have to be and in letters that a target takes."""

from collections.abc import Callable
from dataclasses import dataclass
from math import log2
from typing import Final

from wardline.kernel.errors import AskedWronglyError
from wardline.vault.protocol.model.grant import Grant

Random = Callable[[int], bytes]

# None of them is quoted or escaped in a URL, a shell, JSON, YAML, an INI file or a connection string.
PLAIN: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
LEAST_BITS: Final = 128.0
MAX_LENGTH: Final = 512


@dataclass(frozen=True, slots=True)
class Policy:
    """Which letters a password has, and how many. Raises: `AskedWronglyError` for one with fewer than 128 bits."""

    alphabet: str = PLAIN
    length: int = 43  # 258 bits in the plain alphabet

    def __post_init__(self) -> None:
        letters = len(set(self.alphabet))
        if letters != len(self.alphabet) or not self.alphabet.isascii() or not self.alphabet.isprintable():
            raise AskedWronglyError("a password's alphabet is printable ASCII, each letter once")
        if letters < 2 or not 0 < self.length <= MAX_LENGTH or self.length * log2(letters) < LEAST_BITS:
            raise AskedWronglyError(
                f"{self.length} letters of {letters} are too few for a password",
                hint=f"at least {LEAST_BITS:.0f} bits: 22 letters of the plain alphabet, at most {MAX_LENGTH}",
            )


def policy(grant: Grant) -> Policy:
    """Return the policy of a grant's settings `alphabet` and `length`. Raises: `AskedWronglyError`."""
    length = grant.setting("length", "43")
    if not length.isascii() or not length.isdecimal():
        raise AskedWronglyError("the setting `length` is a whole number")
    return Policy(grant.setting("alphabet", PLAIN), int(length))


def mint(policy: Policy, random: Random) -> str:
    """Return a new password: each letter drawn evenly (bytes that would favour some letters are drawn again)."""
    size = len(policy.alphabet)
    even = 256 - 256 % size
    letters: list[str] = []
    while len(letters) < policy.length:
        letters += [policy.alphabet[byte % size] for byte in random(policy.length) if byte < even]
    return "".join(letters[: policy.length])
