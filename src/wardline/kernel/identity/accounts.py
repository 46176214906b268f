"""Accounts: people whom the platform knows, what roles they have, and that they leave at once."""

from collections.abc import Collection, Iterable
from typing import Any, Final

from sqlalchemy import Connection

from wardline.kernel import ids
from wardline.kernel.errors import AskedWronglyError, ConflictError, DeniedError
from wardline.kernel.identity import store
from wardline.kernel.identity.model import APART, ROLES, Account, Principal, Role, require
from wardline.kernel.identity.sessions import Sessions
from wardline.kernel.paging import Listing, Page, cursor

_LONGEST_NAME: Final = 200
_DEFAULT: Final[tuple[Role, ...]] = ("developer",)
_LONGEST_EMAIL: Final = 254  # RFC 5321 §4.5.3.1.3


class Accounts(Sessions):
    """The use cases of accounts."""

    def accounts(self, who: Principal, page: Page = Page(), text: str = "") -> Listing[Account]:  # noqa: B008 - a value
        """Return accounts by name, a piece at a time; `text` is looked for in name, address and user name."""
        require(who, "account:read")
        limit = page.limit
        with self._database.reading() as tx:
            rows = store.accounts(tx, text=text, after=page.after(str, str), limit=limit + 1)
        last = rows[limit - 1] if len(rows) > limit else None
        return Listing(rows[:limit], cursor(store.sorted_by(last.name), last.id) if last else None)

    def account(self, who: Principal, identifier: str) -> Account:
        """Return one account. Everybody may see their own.

        Raises: `NotFoundError`.
        """
        if identifier != who.id:
            require(who, "account:read")
        with self._database.reading() as tx:
            return self._known(tx, identifier)

    def create_account(
        self, who: Principal, name: str, *, email: str | None = None, roles: Collection[Role] = _DEFAULT
    ) -> Account:
        """Make an account for a person who will sign in later: by the identity provider, or by a link of `invite`.

        Raises: `AskedWronglyError` for no name, a bad address or roles that do not go together; `ConflictError` for an
        address that is taken.
        """
        require(who, "account:write")
        with self._database.transaction() as tx:
            if email is not None and store.account_by(tx, email=email) is not None:
                raise ConflictError("there is an account with this address")
            return self._create(tx, who, name, email=email, roles=roles)

    def set_roles(self, who: Principal, identifier: str, roles: Collection[Role]) -> Account:
        """Give an account exactly these roles. They count from its next request on, for sessions and tokens alike.

        Raises: `DeniedError` for one's own account; `ConflictError` where no administrator would be left.
        """
        require(who, "account:write")
        wanted = checked_roles(roles)
        if identifier == who.id:
            raise DeniedError("nobody changes their own roles", hint="ask another administrator")
        with self._database.transaction() as tx:
            return self._set_roles(tx, who, self._known(tx, identifier, lock=True), wanted)

    def deactivate(self, who: Principal, identifier: str) -> Account:
        """Shut an account out: its sessions and tokens are ended in the same transaction, so its next request fails.

        Raises: `ConflictError` where no administrator would be left; `DeniedError` for one's own account.
        """
        require(who, "account:write")
        if identifier == who.id:
            raise DeniedError("nobody deactivates themselves", hint="ask another administrator")
        with self._database.transaction() as tx:
            return self.deactivate_in(tx, who, identifier, keep_an_admin=True)

    def reactivate(self, who: Principal, identifier: str) -> Account:
        """Let an account in again. Old sessions and tokens stay ended."""
        require(who, "account:write")
        with self._database.transaction() as tx:
            return self.change_in(tx, who, identifier, active=True)

    # For other rooms (SCIM), inside a transaction of theirs that has decided who may.

    def create_in(self, tx: Connection, who: Principal, name: str, **values: Any) -> Account:
        """Make an account in the caller's transaction; `values` as in `Account`."""
        return self._create(tx, who, name, **values)

    def change_in(self, tx: Connection, who: Principal, identifier: str, **values: Any) -> Account:
        """Change an account in the caller's transaction (name, email, user_name, external_id, details, active)."""
        before = self._known(tx, identifier, lock=True)
        if values.get("active") is False:
            if before.active:
                self.deactivate_in(tx, who, identifier)
            del values["active"]
        elif values.get("active") is True and not before.active:
            values["deactivated_at"] = None
            self._record(tx, who, "account:reactivated", identifier)
        if values:
            store.change_account(tx, identifier, self._clock(), **values)
        after = self._known(tx, identifier)
        changed = sorted(name for name in ("email", "name") if getattr(before, name) != getattr(after, name))
        if changed:
            self._record(tx, who, "account:changed", identifier, changed=changed, name=after.name)
        return after

    def deactivate_in(self, tx: Connection, who: Principal, identifier: str, *, keep_an_admin: bool = False) -> Account:
        """Deactivate in the caller's transaction; see `deactivate`. A directory may take the last administrator."""
        account = self._known(tx, identifier, lock=True)
        if not account.active:
            return account
        if keep_an_admin and "admin" in account.roles:
            self._keep_an_admin(tx, account)
        store.change_account(tx, identifier, self._clock(), active=False, deactivated_at=self._clock())
        sessions, tokens = self._end_everything(tx, who, identifier)
        self._record(tx, who, "account:deactivated", identifier, sessions=sessions, tokens=tokens, name=account.name)
        return self._known(tx, identifier)

    def remove_in(self, tx: Connection, who: Principal, identifier: str) -> None:
        """Deactivate an account that its directory has deleted, in the caller's transaction.

        No name, address or subject leads to it any more: whoever comes back gets a new account, without old rights.
        """
        self.deactivate_in(tx, who, identifier)
        store.drop_subjects(tx, identifier)
        now = self._clock()
        store.change_account(
            tx, identifier, now, user_name=None, external_id=None, email=None, details={}, roles=(), removed_at=now
        )

    def _create(self, tx: Connection, who: Principal, name: str, **values: Any) -> Account:
        now = self._clock()
        roles = checked_roles(values.pop("roles", _DEFAULT))
        made = Account(
            id=ids.new("acc", now),
            name=_name(name),
            email=_email(values.pop("email", None)),
            roles=roles,
            active=True,
            created_at=now,
            changed_at=now,
            **values,
        )
        store.put_account(tx, made)
        self._record(tx, who, "account:created", made.id, name=made.name, roles=sorted(roles))
        return made

    def _set_roles(self, tx: Connection, who: Principal, account: Account, roles: frozenset[Role]) -> Account:
        if roles == account.roles:
            return account
        if "admin" in account.roles - roles:
            self._keep_an_admin(tx, account)
        store.change_account(tx, account.id, self._clock(), roles=roles)
        before, after = sorted(account.roles), sorted(roles)
        self._record(tx, who, "account:roles-changed", account.id, before=before, after=after)
        return self._known(tx, account.id)

    @staticmethod
    def _keep_an_admin(tx: Connection, leaving: Account) -> None:
        if not [one for one in store.admins(tx) if one.id != leaving.id]:
            raise ConflictError(f"{leaving.name} is the last administrator", hint="make another one first")


def checked_roles(roles: Iterable[str]) -> frozenset[Role]:
    """Return the roles, if there are such and one account may hold them together.

    Raises: `AskedWronglyError`.
    """
    wanted = frozenset(roles)
    unknown = sorted(wanted - set(ROLES))
    if unknown:
        raise AskedWronglyError(f"there is no role {unknown[0]!r:.40}", hint=f"there are: {', '.join(ROLES)}")
    if wanted >= APART:
        raise AskedWronglyError(
            f"{' and '.join(sorted(APART))} do not go together: who runs the platform decides nothing in it",
            hint="give them to two people",
        )
    return frozenset(role for role in ROLES if role in wanted)


def _name(name: str) -> str:
    stripped = " ".join(name.split())
    if not stripped or len(stripped) > _LONGEST_NAME:
        raise AskedWronglyError("an account needs a name", hint=f"1 to {_LONGEST_NAME} characters")
    return stripped


def _email(email: str | None) -> str | None:
    if email is None or not email.strip():
        return None
    if not is_address(email.strip()):
        raise AskedWronglyError(f"{email.strip()!r:.80} is no e-mail address")
    return email.strip()


def is_address(text: str) -> bool:
    """Return whether a text could be an e-mail address. Whether somebody reads what is sent there is not known."""
    user, at, host = text.rpartition("@")
    return bool(user and at and host) and len(text) <= _LONGEST_EMAIL and not any(char.isspace() for char in text)
