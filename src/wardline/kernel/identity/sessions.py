"""Sessions of browsers: made at a sign-in with a new secret, found by its hash, and ended at once."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from sqlalchemy import Connection

from wardline.kernel import ids
from wardline.kernel.errors import DeniedError, NotFoundError, UnauthenticatedError
from wardline.kernel.identity import credential_store, credentials, store
from wardline.kernel.identity.model import Account, Principal, Session, require
from wardline.kernel.identity.room import Room, principal

ABSOLUTE: Final = timedelta(hours=12)  # a working day, however much it is used
IDLE: Final = timedelta(hours=2)
NOTED_EVERY: Final = timedelta(minutes=1)  # how exactly it is known when a session was last used
_LONGEST_AGENT: Final = 200


class Sessions(Room):
    """The use cases of sessions."""

    def session(self, cookie: str) -> tuple[Principal, Session]:
        """Return who is signed in with this cookie, with what their roles grant at this moment.

        Nothing is remembered between two calls: an ended session, a deactivated account and a lost role count at once.

        Raises: `UnauthenticatedError` for a cookie of no session, or of one that ended, was idle, or is too old.
        """
        now = self._clock()
        with self._database.reading() as tx:
            found = credential_store.session_by_hash(tx, credentials.hashed(cookie))
        if found is None:
            raise _signed_out()
        session, account, digest = found
        idle = now - session.last_used_at
        genuine = credentials.same(digest, credentials.hashed(cookie))
        if not genuine or not account.active or now >= session.expires_at or idle >= IDLE:
            raise _signed_out()
        if idle >= NOTED_EVERY:
            with self._database.transaction() as tx:
                credential_store.touch_session(tx, session.id, now)
                store.seen(tx, account.id, now)
        return principal(account, session.id, session.expires_at), session

    def sign_out(self, session: Session) -> None:
        """End this session; the cookie is worth nothing from now on. One that has ended stays ended."""
        with self._database.transaction() as tx:
            ended = credential_store.end_sessions(tx, self._clock(), identifier=session.id)
            account = store.account(tx, session.account)
            if ended and account is not None:
                self._record(tx, principal(account, session.id, session.expires_at), "session:ended", session.id)

    def sessions(self, who: Principal, account: str) -> Sequence[Session]:
        """Return the sessions of an account that can still be used, newest first: one's own, or anybody's.

        Raises: `DeniedError` for somebody else's without `session:revoke`.
        """
        if account != who.id:
            require(who, "session:revoke")
        now = self._clock()
        with self._database.reading() as tx:
            listed = credential_store.sessions(tx, account, now)
        return [one for one in listed if now - one.last_used_at < IDLE]

    def revoke_session(self, who: Principal, identifier: str) -> None:
        """End a session of one's own, or anybody's. It is refused from the next request on.

        Raises: `NotFoundError` where there is none, or none that `who` may know of.
        """
        with self._database.transaction() as tx:
            session = credential_store.session(tx, identifier)
            if session is None or (session.account != who.id and "session:revoke" not in who.permissions):
                raise NotFoundError(f"there is no session {identifier!r:.60}")
            if credential_store.end_sessions(tx, self._clock(), identifier=identifier):
                self._record(tx, who, "session:revoked", identifier, session.account)

    @staticmethod
    def csrf(session: Session) -> str:
        """Return what the forms of this session carry (and `X-CSRF-Token`). It tells nothing about the cookie."""
        return credentials.csrf_token(session.csrf_key, session.id)

    @staticmethod
    def check_csrf(session: Session, value: str) -> None:
        """Go on only if a form came from a page of this session.

        Raises: `DeniedError`.
        """
        expected = credentials.csrf_token(session.csrf_key, session.id)
        if not credentials.same(expected.encode(), value.encode("utf-8", "replace")):
            raise DeniedError("this form was not made by a page of this session", hint="load the page again")

    def _open(self, tx: Connection, account: Account, *, agent: str, how: str, return_to: str = "/") -> Session:
        """Begin a session under a new secret: whatever cookie the browser had before is worth nothing for it."""
        account = self._known(tx, account.id, lock=True)  # whoever is leaving at this moment has left, or will find it
        if not account.active:
            raise UnauthenticatedError("this account is deactivated", hint="ask whoever runs Wardline")
        now = self._clock()
        cookie = credentials.opaque()
        digest = credentials.hashed(cookie)
        session = Session(
            id=ids.new("ses", now),
            account=account.id,
            account_name=account.name,
            agent=agent[:_LONGEST_AGENT],
            created_at=now,
            last_used_at=now,
            expires_at=now + ABSOLUTE,
            cookie=cookie,
            return_to=return_to,
            csrf_key=digest,
        )
        credential_store.put_session(tx, session, digest)
        store.seen(tx, account.id, now)
        who = principal(account, session.id, session.expires_at)
        self._record(tx, who, "session:opened", session.id, account.id, how=how)
        return session

    def _end_everything(self, tx: Connection, who: Principal, account: str) -> tuple[int, int]:
        """End every session and token of an account, in the transaction of what calls for it."""
        now = self._clock()
        sessions = credential_store.end_sessions(tx, now, account=account)
        tokens = credential_store.revoke_tokens(tx, now, account=account)
        for session in sessions:
            self._record(tx, who, "session:revoked", session, account)
        for token in tokens:
            self._record(tx, who, "token:revoked", token, account)
        return len(sessions), len(tokens)


def _signed_out() -> UnauthenticatedError:
    return UnauthenticatedError("nobody is signed in with this session", hint="sign in")
