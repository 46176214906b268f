"""The policies that always stand (`default`, `root`, `response-wrapping`), and those that were added."""

import re
from typing import Final

from wardline.vault.agent.policies.rules import Rule, read
from wardline.vault.agent.tokens import DEFAULT, ROOT, WRAPPING

_NAME: Final = re.compile(r"[a-z0-9_.@+:-][a-z0-9_.@+: -]{0,199}")
_MOST: Final = 10_000

DEFAULT_TEXT: Final = """\
# What every token may that does not say otherwise: know, renew and end itself, and use its own cubbyhole.
path "auth/token/lookup-self" { capabilities = ["read"] }
path "auth/token/renew-self" { capabilities = ["update"] }
path "auth/token/revoke-self" { capabilities = ["update"] }
path "sys/capabilities-self" { capabilities = ["update"] }
path "sys/internal/ui/resultant-acl" { capabilities = ["read"] }
path "sys/renew" { capabilities = ["update"] }
path "sys/leases/renew" { capabilities = ["update"] }
path "sys/leases/lookup" { capabilities = ["update"] }
path "cubbyhole/*" { capabilities = ["create", "read", "update", "delete", "list"] }
path "sys/wrapping/wrap" { capabilities = ["update"] }
path "sys/wrapping/lookup" { capabilities = ["update"] }
path "sys/wrapping/unwrap" { capabilities = ["update"] }
path "sys/tools/hash" { capabilities = ["update"] }
path "sys/tools/hash/*" { capabilities = ["update"] }
"""
_WRAPPING_TEXT: Final = """\
path "cubbyhole/response" { capabilities = ["create", "read"] }
path "sys/wrapping/unwrap" { capabilities = ["update"] }
"""


class Policies:
    """Policies by name: kept as they were written, and read once."""

    def __init__(self) -> None:
        self._texts: dict[str, str] = {DEFAULT: DEFAULT_TEXT, WRAPPING: _WRAPPING_TEXT}
        self._rules: dict[str, tuple[Rule, ...]] = {name: read(text) for name, text in self._texts.items()}

    def names(self) -> list[str]:
        """Return the names as they are listed, root last; `response-wrapping` is the agent's own."""
        return [*sorted(set(self._texts) - {WRAPPING}), ROOT]

    def text(self, name: str) -> str | None:
        """Return a policy as it was written; "" for root, None where there is none."""
        return "" if name == ROOT else self._texts.get(name)

    def put(self, name: str, text: str) -> None:
        """Keep a policy in place of the one of that name.

        Raises: `PolicySyntaxError` (a `ValueError`) where it cannot be obeyed; `ValueError` for a name that is none or
        is taken by the agent; `OverflowError` where there are too many.
        """
        if name in {ROOT, WRAPPING}:
            raise ValueError(f'cannot update "{name}" policy')
        if _NAME.fullmatch(name) is None:
            raise ValueError("a policy's name has letters, digits and _.@+:-")
        rules = read(text)
        if name not in self._texts and len(self._texts) >= _MOST:
            raise OverflowError
        self._texts[name] = text
        self._rules[name] = rules

    def delete(self, name: str) -> None:
        """Forget a policy; one that is not there is forgotten already.

        Raises: `ValueError` for those that always stand.
        """
        if name in {ROOT, WRAPPING}:
            raise ValueError(f'cannot delete "{name}" policy')
        if name == DEFAULT:
            raise ValueError("cannot delete default policy")
        self._texts.pop(name, None)
        self._rules.pop(name, None)

    def rules(self, names: tuple[str, ...]) -> list[Rule]:
        """Return the rules of several policies; a name without a policy says nothing."""
        return [rule for name in names for rule in self._rules.get(name, ())]
