"""Giving out tokens: what every auth method does once it knows who asks."""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from wardline.vault.agent.calls import (
    Answer,
    RefusedError,
    names_field,
    seconds_field,
    text_field,
    truth_field,
    whole_field,
)
from wardline.vault.agent.estate import Estate
from wardline.vault.agent.tokens import MOST_SECONDS, ROOT, Token, fresh_accessor, fresh_text, named

KINDS: Final = ("default", "service", "default-service", "batch", "default-batch")


class Wish(NamedTuple):
    """What a token shall be. Lengths are in seconds; 0 is the agent's own."""

    policies: tuple[str, ...]
    path: str
    ttl: int = 0
    max_ttl: int = 0
    explicit_max: int = 0
    period: int = 0
    uses: int = 0
    renewable: bool = True
    display_name: str = "token"
    meta: dict[str, str] | None = None
    parent: str = ""
    text: str = ""
    role: str = ""
    kind: str = "service"


class Terms(NamedTuple):
    """The `token_…` parameters that roles and users of every auth method have."""

    policies: tuple[str, ...] = ()
    ttl: int = 0
    max_ttl: int = 0
    explicit_max: int = 0
    period: int = 0
    uses: int = 0
    no_default: bool = False
    kind: str = "default"

    def wish(self, path: str, display_name: str, meta: dict[str, str]) -> Wish:
        """Return the token that somebody who logged in at `path` gets."""
        return Wish(
            policies=named(self.policies, default=not self.no_default),
            path=path,
            ttl=self.ttl,
            max_ttl=self.max_ttl,
            explicit_max=self.explicit_max,
            period=self.period,
            uses=self.uses,
            display_name=display_name,
            meta=meta,
        )

    def shown(self) -> dict[str, Any]:
        """Return them as a role shows them."""
        return {
            "token_bound_cidrs": [],
            "token_explicit_max_ttl": self.explicit_max,
            "token_max_ttl": self.max_ttl,
            "token_no_default_policy": self.no_default,
            "token_num_uses": self.uses,
            "token_period": self.period,
            "token_policies": list(self.policies),
            "token_ttl": self.ttl,
            "token_type": self.kind,
        }


def terms(body: Mapping[str, Any], before: Terms) -> Terms:
    """Return the terms that a request leaves: what it does not say stays. Old names without `token_` are known.

    Raises: `RefusedError` (400).
    """

    def said(name: str) -> str:
        return f"token_{name}" if f"token_{name}" in body else name

    if names_field(body, "token_bound_cidrs") or names_field(body, "bound_cidrs"):
        raise RefusedError(400, "token_bound_cidrs is not enforced here, and so not kept: everything is loopback")
    policies = names_field(body, said("policies"))
    kind = text_field(body, "token_type") or before.kind
    if kind not in KINDS:
        raise RefusedError(400, f"invalid 'token_type' value {kind[:40]!r}")
    if "batch" in kind:
        raise RefusedError(400, "batch tokens are not made here: use service tokens")
    return Terms(
        policies=before.policies if policies is None else tuple(sorted({name.lower() for name in policies})),
        ttl=seconds_field(body, said("ttl"), before.ttl),
        max_ttl=seconds_field(body, said("max_ttl"), before.max_ttl),
        explicit_max=seconds_field(body, "token_explicit_max_ttl", before.explicit_max),
        period=seconds_field(body, said("period"), before.period),
        uses=whole_field(body, "token_num_uses", before.uses),
        no_default=truth_field(body, "token_no_default_policy", default=before.no_default),
        kind=kind,
    )


def issue(estate: Estate, wish: Wish) -> tuple[Token, tuple[str, ...]]:
    """Make a token and return it, and what its maker should know.

    Raises: `RefusedError` (400) for a text that is taken; (503) where there are too many tokens.
    """
    now = estate.clock()
    warnings = [f'Policy "{name}" does not exist' for name in wish.policies if estate.policies.text(name) is None]
    longest = min(wish.max_ttl or MOST_SECONDS, MOST_SECONDS)
    if wish.explicit_max:
        longest = min(longest, wish.explicit_max)
    ttl = wish.period or wish.ttl
    endless = ROOT in wish.policies and not ttl and not wish.explicit_max
    ttl = 0 if endless else ttl or longest
    if ttl > longest:
        warnings.append(f"TTL of {ttl} seconds exceeded the effective max_ttl of {longest}; it is capped accordingly")
        ttl = longest
    token = Token(
        text=wish.text or fresh_text(),
        accessor=fresh_accessor(),
        policies=wish.policies,
        path=wish.path,
        created=now,
        ttl=ttl,
        expires=now + ttl if ttl else 0.0,
        renewable=wish.renewable and not endless,
        uses=wish.uses,
        period=wish.period,
        explicit_max=wish.explicit_max or (wish.max_ttl if not wish.period else 0),
        display_name=wish.display_name,
        meta=wish.meta,
        parent=wish.parent,
        role=wish.role,
    )
    try:
        estate.tokens.add(token)
    except KeyError:
        raise RefusedError(400, "cannot create a token with a duplicate ID") from None
    except OverflowError:
        raise RefusedError(503, "too many tokens live: revoke some, or wait until they run out") from None
    return token, tuple(warnings)


def auth(token: Token, now: float) -> dict[str, Any]:
    """Return the `auth` part of an answer that gives a token out."""
    return {
        "client_token": token.text,
        "accessor": token.accessor,
        "policies": list(token.policies),
        "token_policies": list(token.policies),
        "metadata": token.meta,
        "lease_duration": token.left(now),
        "renewable": token.renewable,
        "entity_id": "",
        "token_type": token.kind,
        "orphan": not token.parent,
        "mfa_requirement": None,
        "num_uses": token.uses,
    }


def logged_in(estate: Estate, wish: Wish) -> Answer:
    """Make a token and return the answer that gives it out."""
    token, warnings = issue(estate, wish)
    return Answer(auth=auth(token, estate.clock()), warnings=warnings)
