"""T-25: an attacker makes an account at the identity provider that says it has the victim's e-mail address."""

import pytest
from tests.conftest import Clock
from tests.identities import World, world
from tests.identity_provider import CLIENT, ISSUER, IdentityProvider

from wardline.kernel.database.engine import Database
from wardline.kernel.errors import DeniedError


@pytest.fixture
def provider(clock: Clock) -> IdentityProvider:
    return IdentityProvider(clock)


@pytest.fixture
def platform(database: Database, clock: Clock, provider: IdentityProvider) -> World:
    return world(database, clock, fetch=provider, oidc_issuer=ISSUER, oidc_client_id=CLIENT)


def sign_in(platform: World, provider: IdentityProvider, **claims):
    redirect = platform.identity.begin()
    return platform.identity.complete(provider.signs_in(redirect.url, **claims), redirect.state_cookie)


@pytest.mark.parametrize("verified", [False, None, "true", 1, "yes"])
def test_an_address_that_was_not_verified_leads_to_no_account(
    platform: World, provider: IdentityProvider, verified
) -> None:
    victim = platform.person("Ada", email="ada@shop.example", roles=["security"])
    session = sign_in(platform, provider, sub="mallory", email="ada@shop.example", email_verified=verified)
    assert session.account != victim.id
    made = platform.identity.account(platform.admin, session.account)
    assert (made.email, made.roles) == (None, {"developer"})


def test_an_account_that_somebody_signed_in_to_is_not_given_to_another_subject(
    platform: World, provider: IdentityProvider
) -> None:
    first = sign_in(platform, provider, sub="ada", email="ada@shop.example", email_verified=True)
    with pytest.raises(DeniedError, match="somebody else"):
        sign_in(platform, provider, sub="mallory", email="ADA@shop.example", email_verified=True)
    assert sign_in(platform, provider, sub="ada", email="new@shop.example").account == first.account


def test_who_changes_their_address_to_the_victims_stays_who_they_are(
    platform: World, provider: IdentityProvider
) -> None:
    victim = platform.person("Ada", email="ada@shop.example", roles=["security"])
    mallory = sign_in(platform, provider, sub="mallory", email="mallory@shop.example", email_verified=True)
    again = sign_in(platform, provider, sub="mallory", email="ada@shop.example", email_verified=True)
    assert again.account == mallory.account != victim.id


def test_the_first_administrator_has_no_address_to_be_taken_by(platform: World, provider: IdentityProvider) -> None:
    for email in ("", "First administrator", platform.admin.id):
        session = sign_in(platform, provider, sub=f"mallory-{email}", email=email, email_verified=True)
        assert session.account != platform.admin.id


def test_the_same_subject_of_another_issuer_is_somebody_else(
    database: Database, clock: Clock, platform: World, provider: IdentityProvider
) -> None:
    ada = sign_in(platform, provider, sub="ada")
    elsewhere = IdentityProvider(clock, "https://evil.example")
    other = world(database, clock, fetch=elsewhere, oidc_issuer="https://evil.example", oidc_client_id=CLIENT)
    redirect = other.identity.begin()
    session = other.identity.complete(elsewhere.signs_in(redirect.url, sub="ada"), redirect.state_cookie)
    assert session.account != ada.account
