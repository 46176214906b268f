"""T-27: a page of the attacker's makes the victim's browser send a form, with a token of a session that is not it."""

import pytest
from tests.conftest import Clock
from tests.identities import World, world

from wardline.kernel.database.engine import Database
from wardline.kernel.errors import DeniedError
from wardline.kernel.identity import credentials


@pytest.fixture
def platform(lite: Database, clock: Clock) -> World:
    return world(lite, clock)


def test_a_token_of_the_attackers_own_session_is_refused_in_the_victims(platform: World) -> None:
    mine = platform.signed_in(platform.person("Mallory"))
    victims = platform.signed_in(platform.person("Ada"))
    platform.identity.check_csrf(victims, platform.identity.csrf(victims))
    with pytest.raises(DeniedError):
        platform.identity.check_csrf(victims, platform.identity.csrf(mine))


def test_a_token_of_an_earlier_session_of_the_victim_is_refused(platform: World) -> None:
    ada = platform.person("Ada")
    old = platform.signed_in(ada)
    kept = platform.identity.csrf(old)
    platform.identity.sign_out(old)
    with pytest.raises(DeniedError):
        platform.identity.check_csrf(platform.signed_in(ada), kept)


def test_a_token_follows_from_nothing_that_a_page_shows(platform: World) -> None:
    session = platform.signed_in(platform.person("Ada"))
    for key in (b"", session.id.encode(), session.account.encode(), credentials.hashed(session.id)):
        with pytest.raises(DeniedError):
            platform.identity.check_csrf(session, credentials.csrf_token(key, session.id))


def test_a_token_tells_nothing_about_the_cookie(platform: World) -> None:
    session = platform.signed_in(platform.person("Ada"))
    token = platform.identity.csrf(session)
    assert session.cookie not in token
    assert credentials.hashed(session.cookie).hex() not in token


@pytest.mark.parametrize("value", ["", " ", "null", "undefined", "\x00", "é", "\ud800", "a" * 100_000])
def test_no_token_is_no_token(platform: World, value: str) -> None:
    with pytest.raises(DeniedError):
        platform.identity.check_csrf(platform.signed_in(platform.person("Ada")), value)
