"""T-29: somebody who has left, or lost a role, goes on with what they hold: cookies, tokens, links, other nodes."""

import threading
import time

import pytest
from tests.conftest import Clock
from tests.identities import World, rooms, token_of, world

from wardline.kernel.database.engine import Database
from wardline.kernel.errors import UnauthenticatedError
from wardline.kernel.identity.tables import ACCOUNTS


@pytest.fixture
def platform(database: Database, clock: Clock) -> World:
    return world(database, clock)


def test_the_next_request_fails_on_every_node(platform: World, database_url: str, clock: Clock) -> None:
    other = rooms(Database(database_url), clock)
    try:
        ada = platform.person()
        session = platform.signed_in(ada)
        who, _ = other.identity.session(session.cookie)
        _, text = other.identity.create_token(who, "laptop", ["finding:read"])
        link = token_of(platform.identity.invite(platform.admin, ada.id))
        platform.identity.deactivate(platform.admin, ada.id)
        for attempt in (
            lambda: other.identity.session(session.cookie),
            lambda: other.identity.bearer(text),
            lambda: other.identity.redeem_link(link),
        ):
            with pytest.raises(UnauthenticatedError):
                attempt()
    finally:
        other.database.close()


def test_requests_that_run_meanwhile_are_refused_within_a_second(platform: World) -> None:
    ada = platform.person()
    session = platform.signed_in(ada)
    who, _ = platform.identity.session(session.cookie)
    _, text = platform.identity.create_token(who, "laptop", ["finding:read"])
    refused: dict[str, float] = {}
    ready = threading.Barrier(3)

    def keep_asking(name: str, ask) -> None:
        ready.wait()
        until = time.monotonic() + 20
        while time.monotonic() < until:
            try:
                ask()
            except UnauthenticatedError:
                refused[name] = time.monotonic()
                return

    threads = [
        threading.Thread(target=keep_asking, args=("session", lambda: platform.identity.session(session.cookie))),
        threading.Thread(target=keep_asking, args=("token", lambda: platform.identity.bearer(text))),
    ]
    for thread in threads:
        thread.start()
    ready.wait()
    platform.identity.deactivate(platform.admin, ada.id)
    gone = time.monotonic()
    for thread in threads:
        thread.join(30)
    assert set(refused) == {"session", "token"}
    assert max(refused.values()) - gone < 1.0


def test_a_token_made_at_the_last_moment_does_not_slip_through(platform: World) -> None:
    """However making and leaving interleave, nothing that works is left."""
    for _ in range(5):
        ada = platform.person()
        who = platform.principal(ada)
        made: list[str] = []
        barrier = threading.Barrier(2)

        def make(who=who, made=made, barrier=barrier) -> None:
            barrier.wait()
            for _ in range(3):
                try:
                    made.append(platform.identity.create_token(who, "late", ["finding:read"])[1])
                except UnauthenticatedError:
                    return

        thread = threading.Thread(target=make)
        thread.start()
        barrier.wait()
        platform.identity.deactivate(platform.admin, ada.id)
        thread.join(30)
        for text in made:
            with pytest.raises(UnauthenticatedError):
                platform.identity.bearer(text)


def test_an_account_that_was_switched_off_behind_our_back_is_out_too(platform: World) -> None:
    ada = platform.person()
    session = platform.signed_in(ada)
    who, _ = platform.identity.session(session.cookie)
    _, text = platform.identity.create_token(who, "laptop", ["finding:read"])
    with platform.database.transaction() as tx:
        tx.execute(ACCOUNTS.update().where(ACCOUNTS.c.id == ada.id).values(active=False))
    for attempt in (lambda: platform.identity.session(session.cookie), lambda: platform.identity.bearer(text)):
        with pytest.raises(UnauthenticatedError):
            attempt()


def test_who_leaves_a_team_reaches_nothing_of_it_with_what_they_hold(platform: World) -> None:
    team = platform.catalog.put_team(platform.admin, "payments")
    ada = platform.person()
    platform.catalog.put_member(platform.admin, "payments", ada.id, lead=True)
    session = platform.signed_in(ada)
    who, _ = platform.identity.session(session.cookie)
    _, text = platform.identity.create_token(who, "laptop", ["finding:read"])
    assert platform.identity.bearer(text).teams == {team.id}
    platform.catalog.remove_member(platform.admin, "payments", ada.id)
    for known in (platform.identity.session(session.cookie)[0], platform.identity.bearer(text)):
        assert (known.teams, known.leads) == (frozenset(), frozenset())
