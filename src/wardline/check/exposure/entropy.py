"""How random a value looks: Shannon's entropy, in bits a character.

Source: C. E. Shannon, "A Mathematical Theory of Communication" (1948), section 6.
"""

from collections import Counter
from math import log2


def bits(value: bytes) -> float:
    """Return the bits a character: 0 for one character repeated, 4 for long random hexadecimal, 6 for base64."""
    if not value:
        return 0.0
    total = len(value)
    return -sum(count / total * log2(count / total) for count in Counter(value).values())
