"""T-20: an attacker gives the victim a session of theirs, guesses one, or reads where sessions are kept."""

import dataclasses

import pytest
from sqlalchemy import select
from tests.conftest import Clock
from tests.identities import World, token_of, world
from tests.identity_provider import CLIENT, ISSUER, IdentityProvider

from wardline.kernel.database.engine import Database
from wardline.kernel.errors import UnauthenticatedError
from wardline.kernel.identity.tables import FLOWS, LINKS, SESSIONS


@pytest.fixture
def platform(lite: Database, clock: Clock) -> World:
    return world(lite, clock)


def test_a_cookie_that_was_there_before_is_worth_nothing_after_a_sign_in(platform: World) -> None:
    planted = platform.signed_in(platform.person("Eve"))
    victim = platform.signed_in(platform.person("Ada"))
    assert victim.cookie != planted.cookie
    assert platform.identity.session(planted.cookie)[0].name == "Eve"


def test_no_cookie_of_the_attackers_choice_becomes_a_session(platform: World) -> None:
    for chosen in ("fixed-by-the-attacker", "a" * 43):
        platform.signed_in(platform.person("Ada"))
        with pytest.raises(UnauthenticatedError):
            platform.identity.session(chosen)


def test_the_state_of_a_sign_in_never_becomes_a_session(lite: Database, clock: Clock) -> None:
    provider = IdentityProvider(clock)
    made = world(lite, clock, fetch=provider, oidc_issuer=ISSUER, oidc_client_id=CLIENT)
    redirect = made.identity.begin()
    query = provider.signs_in(redirect.url, sub="ada")
    session = made.identity.complete(query, redirect.state_cookie)
    assert session.cookie not in {redirect.state_cookie, query["state"], query["code"]}
    for known in (redirect.state_cookie, query["state"], query["code"]):
        with pytest.raises(UnauthenticatedError):
            made.identity.session(known)


def test_who_reads_the_database_signs_in_with_nothing_of_it(lite: Database, clock: Clock) -> None:
    provider = IdentityProvider(clock)
    platform = world(lite, clock, fetch=provider, oidc_issuer=ISSUER, oidc_client_id=CLIENT)
    platform.identity.begin()
    token = token_of(platform.identity.first_link())
    with platform.database.reading() as tx:
        rows = [tuple(row) for table in (SESSIONS, LINKS, FLOWS) for row in tx.execute(select(table)).all()]
    values = [value for row in rows for value in row if isinstance(value, str | bytes)]
    assert token not in values
    assert len([value for value in values if isinstance(value, bytes)]) >= 3
    for value in values:
        for text in {value} if isinstance(value, str) else {value.hex(), value.decode("latin-1")}:
            with pytest.raises(UnauthenticatedError):
                platform.identity.session(text)
            with pytest.raises(UnauthenticatedError):
                platform.identity.redeem_link(text)


def test_a_session_tells_its_cookie_at_the_sign_in_and_never_again(platform: World) -> None:
    session = platform.signed_in(platform.person())
    again = platform.identity.session(session.cookie)[1]
    listed = platform.identity.sessions(platform.admin, session.account)
    for known in (again, *listed):
        assert session.cookie not in map(str, dataclasses.astuple(known))
