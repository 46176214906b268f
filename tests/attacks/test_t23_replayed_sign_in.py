"""T-23: an attacker uses somebody's answer from the identity provider again, in another browser, or their own in the
victim's (so that the victim works in the attacker's account)."""

import pytest
from tests.conftest import Clock
from tests.identities import World, world
from tests.identity_provider import CLIENT, ISSUER, IdentityProvider

from wardline.kernel.database.engine import Database
from wardline.kernel.errors import UnauthenticatedError


@pytest.fixture
def provider(clock: Clock) -> IdentityProvider:
    return IdentityProvider(clock)


@pytest.fixture
def platform(database: Database, clock: Clock, provider: IdentityProvider) -> World:
    return world(database, clock, fetch=provider, oidc_issuer=ISSUER, oidc_client_id=CLIENT)


def refused(platform: World, query: dict[str, str], cookie: str) -> None:
    with pytest.raises(UnauthenticatedError):
        platform.identity.complete(query, cookie)


def test_an_answer_counts_once_in_its_own_browser_too(platform: World, provider: IdentityProvider) -> None:
    redirect = platform.identity.begin()
    query = provider.signs_in(redirect.url, sub="ada")
    assert platform.identity.complete(query, redirect.state_cookie).cookie
    refused(platform, query, redirect.state_cookie)
    fresh = provider.signs_in(redirect.url, sub="ada")
    refused(platform, fresh, redirect.state_cookie)


def test_an_answer_of_one_browser_signs_nobody_in_in_another(platform: World, provider: IdentityProvider) -> None:
    attacker, victim = platform.identity.begin(), platform.identity.begin()
    mine = provider.signs_in(attacker.url, sub="mallory")
    refused(platform, mine, victim.state_cookie)
    refused(platform, mine, "")
    # And having been tried, it is used up.
    refused(platform, mine, attacker.state_cookie)


def test_a_code_under_another_sign_ins_state_is_refused(platform: World, provider: IdentityProvider) -> None:
    attacker, victim = platform.identity.begin(), platform.identity.begin()
    stolen = provider.signs_in(victim.url, sub="ada")
    own = provider.signs_in(attacker.url, sub="mallory")
    refused(platform, {**own, "code": stolen["code"]}, attacker.state_cookie)  # PKCE: the code is of another verifier


def test_an_id_token_of_an_earlier_sign_in_is_refused(
    platform: World, provider: IdentityProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept: list[str] = []
    make = provider.token
    monkeypatch.setattr(provider, "token", lambda **claims: kept.append(make(**claims)) or kept[0])
    for expected in (True, False):
        redirect = platform.identity.begin()
        query = provider.signs_in(redirect.url, sub="ada")
        if expected:
            assert platform.identity.complete(query, redirect.state_cookie).cookie
        else:
            refused(platform, query, redirect.state_cookie)  # its nonce is the first one's


@pytest.mark.parametrize("state", ["", "x", "\x00", "é", "\ud800", "x" * 10_000])
def test_a_state_that_nobody_was_given_is_refused(platform: World, provider: IdentityProvider, state: str) -> None:
    redirect = platform.identity.begin()
    query = provider.signs_in(redirect.url, sub="ada")
    refused(platform, {**query, "state": state}, redirect.state_cookie)
    refused(platform, {}, redirect.state_cookie)
