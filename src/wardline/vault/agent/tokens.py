"""Tokens: what a caller shows, what it may, how long it lives. Kept in memory; a process that ends takes them along.

A token is found by the SHA-256 of its text, so that how long a look-up takes says nothing about tokens that are.
"""

import hashlib
import secrets
import string
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

ROOT: Final = "root"
DEFAULT: Final = "default"
WRAPPING: Final = "response-wrapping"
MOST_SECONDS: Final = 768 * 3600  # Vault's default and longest lease
_ALPHABET: Final = string.ascii_letters + string.digits
_MOST_TOKENS: Final = 100_000


@dataclass(slots=True)
class Token:
    """One token. Times are seconds since the epoch; `expires` 0 is never; `uses` 0 is any number of times."""

    text: str
    accessor: str
    policies: tuple[str, ...]
    path: str
    created: float
    ttl: int = 0
    expires: float = 0.0
    renewable: bool = False
    uses: int = 0
    period: int = 0
    explicit_max: int = 0
    display_name: str = "token"
    meta: dict[str, str] | None = None
    parent: str = ""  # the accessor of the token that made this one; "" for an orphan
    kind: str = "service"
    role: str = ""
    cubbyhole: dict[str, Any] = field(default_factory=dict)

    @property
    def root(self) -> bool:
        """Tell whether nothing is denied to it."""
        return ROOT in self.policies

    def left(self, now: float) -> int:
        """Return the whole seconds that are left; 0 for a token without an end."""
        return max(0, int(self.expires - now + 0.5)) if self.expires else 0


class Tokens:
    """Every token of one agent, and their families: what a token made ends with it."""

    def __init__(self) -> None:
        self._by_digest: dict[bytes, Token] = {}
        self._by_accessor: dict[str, Token] = {}

    def add(self, token: Token) -> Token:
        """Keep a token and return it.

        Raises: `OverflowError` where there are too many already; `KeyError` where that text is taken.
        """
        digest = _digest(token.text)
        if digest in self._by_digest:
            raise KeyError(token.accessor)
        if len(self._by_digest) >= _MOST_TOKENS:
            self._sweep(token.created)
            if len(self._by_digest) >= _MOST_TOKENS:
                raise OverflowError
        self._by_digest[digest] = token
        self._by_accessor[token.accessor] = token
        return token

    def find(self, text: str, now: float) -> Token | None:
        """Return the live token of this text; one that has run out ends here, with its children."""
        return self._live(self._by_digest.get(_digest(text)), now)

    def by_accessor(self, accessor: str, now: float) -> Token | None:
        """Return the live token of this accessor."""
        return self._live(self._by_accessor.get(accessor), now)

    def accessors(self, now: float) -> list[str]:
        """Return the accessors of every live token."""
        self._sweep(now)
        return list(self._by_accessor)

    def use(self, token: Token) -> None:
        """Count one use; the last one ends the token, once it is over."""
        if token.uses:
            token.uses -= 1
            if not token.uses:
                self.revoke(token)

    def renew(self, token: Token, increment: int, now: float) -> None:
        """Let a token live on: for its period, or for `increment` (0: as long as at first), within its bounds."""
        wished = token.period or increment or token.ttl
        longest = MOST_SECONDS if not token.explicit_max else token.explicit_max
        latest = token.created + longest if token.explicit_max or not token.period else now + MOST_SECONDS
        token.expires = max(now, min(now + min(wished, MOST_SECONDS), latest))

    def revoke(self, token: Token, *, children: bool = True) -> None:
        """End a token; its children end with it, or become orphans."""
        waiting = [token]
        while waiting:
            ended = waiting.pop()
            self._by_digest.pop(_digest(ended.text), None)
            self._by_accessor.pop(ended.accessor, None)
            ended.cubbyhole.clear()
            for child in [found for found in self._by_accessor.values() if found.parent == ended.accessor]:
                if children:
                    waiting.append(child)
                else:
                    child.parent = ""

    def revoke_path(self, path: str) -> None:
        """End every token that was given by the mount at this path."""
        for token in [found for found in self._by_accessor.values() if found.path.startswith(path)]:
            self.revoke(token)

    def _live(self, token: Token | None, now: float) -> Token | None:
        if token is not None and token.expires and token.expires <= now:
            self.revoke(token)
            return None
        return token

    def _sweep(self, now: float) -> None:
        for token in [found for found in self._by_accessor.values() if found.expires and found.expires <= now]:
            self.revoke(token)


def fresh_text(prefix: str = "s.") -> str:
    """Return the text of a new token: 142 random bits and more."""
    return prefix + "".join(secrets.choice(_ALPHABET) for _ in range(24))


def fresh_accessor() -> str:
    """Return a new accessor: it names a token without being one."""
    return fresh_text("")


def named(policies: Iterable[str], *, default: bool = True) -> tuple[str, ...]:
    """Return policies as a token carries them: in lower case, sorted, once, with `default`; `root` stands alone."""
    found = {name.strip().lower() for name in policies if name.strip()}
    if ROOT in found:
        return (ROOT,)
    return tuple(sorted(found | ({DEFAULT} if default else set())))


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
