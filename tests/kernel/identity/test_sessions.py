from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from tests.conftest import Clock
from tests.identities import World

from wardline.kernel.errors import DeniedError, NotFoundError, UnauthenticatedError
from wardline.kernel.identity.model import Session
from wardline.kernel.identity.sessions import ABSOLUTE, IDLE, NOTED_EVERY
from wardline.kernel.identity.tables import SESSIONS


def test_a_session_says_who_is_signed_in_and_what_they_may_now(platform: World) -> None:
    ada = platform.person()
    session = platform.signed_in(ada)
    who, found = platform.identity.session(session.cookie)
    assert (who.kind, who.id, who.name, who.via) == ("person", ada.id, "Ada", session.id)
    assert "finding:work" in who.permissions
    assert found.id == session.id
    platform.identity.set_roles(platform.admin, ada.id, ["auditor"])
    assert "finding:work" not in platform.identity.session(session.cookie)[0].permissions


def test_only_the_hash_of_a_cookie_is_stored(platform: World) -> None:
    session = platform.signed_in(platform.person())
    with platform.database.reading() as tx:
        rows = tx.execute(select(SESSIONS)).all()
    assert session.cookie
    assert all(session.cookie not in repr(row) and session.cookie.encode() not in bytes(row.hash) for row in rows)


def test_neither_cookie_nor_key_is_printed_with_a_session(small: World) -> None:
    session = small.signed_in(small.person())
    assert session.cookie not in repr(session)
    assert repr(session.csrf_key) not in repr(session)
    assert small.identity.session(session.cookie)[1].cookie == ""


def test_a_session_ends_when_it_is_idle_and_when_it_is_old(platform: World, clock: Clock) -> None:
    ada = platform.person()
    idle, used = platform.signed_in(ada), platform.signed_in(ada)
    passed = timedelta()
    while passed + IDLE / 2 < ABSOLUTE:
        clock.at += IDLE / 2
        passed += IDLE / 2
        platform.identity.session(used.cookie)
    with pytest.raises(UnauthenticatedError):
        platform.identity.session(idle.cookie)
    clock.at += IDLE / 2
    with pytest.raises(UnauthenticatedError):
        platform.identity.session(used.cookie)


def test_signing_out_ends_a_session_at_once_and_only_that_one(platform: World) -> None:
    ada = platform.person()
    one, other = platform.signed_in(ada), platform.signed_in(ada)
    platform.identity.sign_out(one)
    with pytest.raises(UnauthenticatedError):
        platform.identity.session(one.cookie)
    assert platform.identity.session(other.cookie)[1].id == other.id
    platform.identity.sign_out(one)
    assert platform.actions(one.id) == ["session:opened", "session:ended"]


def test_people_see_and_revoke_their_own_sessions_and_no_others(platform: World) -> None:
    ada, eve = platform.person(), platform.person("Eve")
    mine, theirs = platform.signed_in(ada), platform.signed_in(eve)
    who, _ = platform.identity.session(mine.cookie)
    assert [one.id for one in platform.identity.sessions(who, ada.id)] == [mine.id]
    with pytest.raises(DeniedError):
        platform.identity.sessions(who, eve.id)
    with pytest.raises(NotFoundError):
        platform.identity.revoke_session(who, theirs.id)
    platform.identity.revoke_session(who, mine.id)
    with pytest.raises(UnauthenticatedError):
        platform.identity.session(mine.cookie)
    assert platform.identity.sessions(platform.admin, ada.id) == []
    platform.identity.revoke_session(platform.admin, theirs.id)
    with pytest.raises(UnauthenticatedError):
        platform.identity.session(theirs.cookie)
    assert platform.actions(theirs.id) == ["session:opened", "session:revoked"]


def test_a_session_is_written_at_most_once_a_minute(small: World, clock: Clock) -> None:
    session = small.signed_in(small.person())
    clock.forward(seconds=NOTED_EVERY.total_seconds() - 1)
    small.identity.session(session.cookie)
    assert small.identity.session(session.cookie)[1].last_used_at == session.created_at
    clock.forward(seconds=2)
    small.identity.session(session.cookie)
    assert small.identity.session(session.cookie)[1].last_used_at == clock()


@pytest.mark.parametrize("cookie", ["", "x", "x" * 5000, "\x00", "ses-1", "'; DROP TABLE sessions; --", "\ud800"])
def test_a_cookie_of_no_session_signs_nobody_in(small: World, cookie: str) -> None:
    with pytest.raises(UnauthenticatedError):
        small.identity.session(cookie)


def test_a_csrf_token_counts_for_its_own_session_only(small: World) -> None:
    ada = small.person()
    one, other = small.signed_in(ada), small.signed_in(ada)
    small.identity.check_csrf(one, small.identity.csrf(one))
    for wrong in (small.identity.csrf(other), "", one.cookie, "é"):
        with pytest.raises(DeniedError):
            small.identity.check_csrf(one, wrong)


WORDS = ["use", "wait", "sign out", "revoke", "demote", "deactivate", "sign in"]
STEPS = st.lists(st.tuples(st.sampled_from(WORDS), st.integers(0, 3)), max_size=12)


class Model:
    """What should be: each session's cookie with when it was last used (to the minute) and when it began."""

    def __init__(self, small: World, clock: Clock) -> None:
        self.small, self.clock = small, clock
        self.ada = small.person()
        self.active = True
        self.alive: dict[str, tuple[Session, datetime, datetime]] = {}

    def take(self, step: str, number: int) -> None:
        known = list(self.alive)
        if step == "sign in" and self.active:
            session = self.small.signed_in(self.ada)
            self.alive[session.cookie] = (session, self.clock(), self.clock())
        elif step == "wait":
            self.clock.forward(minutes=[5, 61, 119, 400][number])
        elif step == "sign out" and known:
            self.small.identity.sign_out(self.alive.pop(known[number % len(known)])[0])
        elif step == "revoke" and known:
            self.small.identity.revoke_session(self.small.admin, self.alive.pop(known[number % len(known)])[0].id)
        elif step == "demote":
            self.small.identity.set_roles(self.small.admin, self.ada.id, ["auditor"] if number % 2 else ["developer"])
        elif step == "deactivate" and self.active:
            self.small.identity.deactivate(self.small.admin, self.ada.id)
            self.alive, self.active = {}, False

    def counts(self, cookie: str) -> bool:
        try:
            self.small.identity.session(cookie)
        except UnauthenticatedError:
            return False
        return True


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STEPS)
def test_whatever_happens_a_session_counts_exactly_while_it_should(small: World, clock: Clock, steps) -> None:
    model = Model(small, clock)
    ended: set[str] = set()
    for step, number in steps:
        before = set(model.alive)
        model.take(step, number)
        ended |= before - set(model.alive)
        for cookie, (session, used, began) in list(model.alive.items()):
            should = clock() - used < IDLE and clock() - began < ABSOLUTE
            assert model.counts(cookie) == should, step
            if should:
                model.alive[cookie] = (session, clock() if clock() - used >= NOTED_EVERY else used, began)
            else:
                ended.add(cookie)
                del model.alive[cookie]
        assert not any(model.counts(cookie) for cookie in ended)
