"""API tokens: scoped, expiring, shown once, and never more than their maker may at this moment."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Final

from wardline.kernel import ids
from wardline.kernel.errors import AskedWronglyError, DeniedError, NotFoundError, UnauthenticatedError
from wardline.kernel.identity import credential_store, credentials, store
from wardline.kernel.identity.accounts import Accounts
from wardline.kernel.identity.model import PERMISSIONS, Account, Permission, Principal, Token, granted, require
from wardline.kernel.identity.room import principal

LONGEST_LIFE: Final = timedelta(days=366)
NOTED_EVERY: Final = timedelta(minutes=5)
_LONGEST_NAME: Final = 100
_MAX_SERVICES: Final = 100
# What a credential that lies around is not for: making more of them, and changing who may what.
NEVER: Final[frozenset[Permission]] = frozenset({"account:write", "session:revoke", "token:create"})


class Tokens(Accounts):
    """The use cases of API tokens."""

    def create_token(
        self,
        who: Principal,
        name: str,
        permissions: Collection[Permission],
        services: Collection[str] = (),
        expires: datetime | None = None,
    ) -> tuple[Token, str]:
        """Make a token and return it with its text, which is shown this once. `services` (ids) narrow it.

        `expires` is at most a year away; None means 90 days.

        Raises: `DeniedError` for a permission that `who` does not have or that no token carries; `AskedWronglyError`.
        """
        require(who, "token:create")
        now = self._clock()
        ends = now + timedelta(days=90) if expires is None else expires
        wanted = _wanted(permissions)
        excess = sorted((wanted - who.permissions) | (wanted & NEVER))
        if excess:
            raise DeniedError(f"a token of {who.name} cannot have {excess[0]}", hint="ask for less")
        narrowed = frozenset(services)
        if who.services and not (narrowed and narrowed <= who.services):
            raise DeniedError("a token reaches no further than who makes it")
        if not name.strip() or len(name) > _LONGEST_NAME or len(narrowed) > _MAX_SERVICES:
            raise AskedWronglyError("a token needs a name", hint="say what will use it, in up to 100 characters")
        if not now < ends <= now + LONGEST_LIFE:
            raise AskedWronglyError("a token ends within a year", hint="90 days are the default")
        identifier = ids.new("tok", now)
        text, digest = credentials.new_token(identifier)
        token = Token(
            id=identifier,
            account=who.id,
            account_name=who.name,
            name=name.strip(),
            permissions=tuple(one for one in PERMISSIONS if one in wanted),
            services=tuple(sorted(narrowed)),
            created_at=now,
            expires_at=ends,
        )
        with self._database.transaction() as tx:
            if not self._known(tx, who.id, lock=True).active:
                raise UnauthenticatedError("this account is deactivated")
            credential_store.put_token(tx, token, digest)
            self._record(
                tx, who, "token:created", identifier, *token.services,
                name=token.name, permissions=list(token.permissions), expires=ends.isoformat(),
            )  # fmt: skip
        return token, text

    def tokens(self, who: Principal, *, everybody: bool = False) -> Sequence[Token]:
        """Return one's own tokens, or everybody's (with `token:revoke`), newest first, revoked and expired ones too."""
        if everybody:
            require(who, "token:revoke")
        with self._database.reading() as tx:
            return credential_store.tokens(tx, None if everybody else who.id)

    def revoke_token(self, who: Principal, identifier: str) -> None:
        """Revoke a token of one's own, or anybody's (with `token:revoke`). Its next request fails.

        Raises: `NotFoundError` where there is none, or none that `who` may know of.
        """
        with self._database.transaction() as tx:
            found = credential_store.token_with_hash(tx, identifier)
            if found is None or (found[0].account != who.id and "token:revoke" not in who.permissions):
                raise NotFoundError(f"there is no token {identifier!r:.60}")
            if credential_store.revoke_tokens(tx, self._clock(), identifier=identifier):
                self._record(tx, who, "token:revoked", identifier, found[0].account, name=found[0].name)

    def _token_bearer(self, text: str) -> Principal:
        """Return who acts by this API token; what may be done is what token *and* account allow at this moment."""
        parts = credentials.token_parts(text)
        if parts is None:
            raise _refused()
        now = self._clock()
        with self._database.reading() as tx:
            found = credential_store.token_with_hash(tx, parts.id)
            account = store.account(tx, found[0].account) if found else None
        # Compared even where there is no such token: how long it takes tells nothing.
        genuine = credentials.same(found[1] if found else bytes(32), credentials.hashed(parts.secret))
        if found is None or account is None or not genuine:
            raise _refused()
        token = found[0]
        if token.revoked_at is not None or now >= token.expires_at or not account.active:
            raise _refused()
        if token.last_used_at is None or now - token.last_used_at >= NOTED_EVERY:
            with self._database.transaction() as tx:
                credential_store.touch_token(tx, token.id, now)
        return _bearer(token, account)


def _bearer(token: Token, account: Account) -> Principal:
    may = granted(account.roles)
    permissions = frozenset(token.permissions) & may
    if token.services:
        # Narrowing goes first wherever something is asked for, so that "-all" means: of the services it is narrowed to.
        permissions |= {one for one in may if one.removesuffix("-all") in permissions and one.endswith("-all")}
    return principal(account, token.id, token.expires_at)._replace(
        permissions=permissions - NEVER,
        leads=frozenset(),  # what a lead may decide, a lead decides in person
        name=f"{account.name} (token {token.name})",
        services=frozenset(token.services),
    )


def _wanted(permissions: Collection[str]) -> frozenset[Permission]:
    unknown = sorted(set(permissions) - set(PERMISSIONS))
    if unknown or not permissions:
        what = f"there is no permission {unknown[0]!r:.40}" if unknown else "a token needs a permission"
        raise AskedWronglyError(what, hint=f"there are: {', '.join(PERMISSIONS)}")
    return frozenset(one for one in PERMISSIONS if one in permissions)


def _refused() -> UnauthenticatedError:
    return UnauthenticatedError("this token is not valid", hint="it may have expired or been revoked: make another")
