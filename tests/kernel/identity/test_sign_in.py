import threading
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.conftest import Clock
from tests.identities import World, rooms, token_of, world
from tests.identity_provider import CLIENT, ISSUER, IdentityProvider

from wardline.kernel.database.engine import Database
from wardline.kernel.errors import (
    AskedWronglyError,
    DeniedError,
    UnauthenticatedError,
    UnavailableError,
    WardlineError,
)
from wardline.kernel.identity.sign_in import local_path


@pytest.fixture
def provider(clock: Clock) -> IdentityProvider:
    return IdentityProvider(clock)


@pytest.fixture
def federated(database: Database, clock: Clock, provider: IdentityProvider) -> World:
    return world(database, clock, fetch=provider, oidc_issuer=ISSUER, oidc_client_id=CLIENT)


@pytest.fixture
def quick(lite: Database, clock: Clock, provider: IdentityProvider) -> World:
    """The same on SQLite alone, for what does not depend on the database."""
    return world(lite, clock, fetch=provider, oidc_issuer=ISSUER, oidc_client_id=CLIENT)


def sign_in(platform: World, provider: IdentityProvider, return_to: str = "/", **claims):
    redirect = platform.identity.begin(return_to)
    query = provider.signs_in(redirect.url, **{"sub": "ada", "name": "Ada", **claims})
    return platform.identity.complete(query, redirect.state_cookie, agent="a browser")


# One-time links


def test_the_first_link_makes_the_first_administrator_once(database: Database, clock: Clock) -> None:
    made = rooms(database, clock)
    token = token_of(made.identity.first_link())
    session = made.identity.redeem_link(token, agent="a browser")
    who, _ = made.identity.session(session.cookie)
    assert who.name == "First administrator"
    assert "account:write" in who.permissions
    with pytest.raises(UnauthenticatedError):
        made.identity.redeem_link(token)


def test_a_link_ends_after_fifteen_minutes_and_with_the_next_one(database: Database, clock: Clock) -> None:
    made = rooms(database, clock)
    old = token_of(made.identity.first_link())
    new = token_of(made.identity.first_link())
    with pytest.raises(UnauthenticatedError):
        made.identity.redeem_link(old)
    clock.forward(minutes=15)
    with pytest.raises(UnauthenticatedError):
        made.identity.redeem_link(new)


def test_of_two_who_use_a_link_at_once_one_gets_in(database: Database, clock: Clock) -> None:
    made = rooms(database, clock)
    token = token_of(made.identity.first_link())
    barrier, outcomes = threading.Barrier(4), []

    def attempt() -> None:
        barrier.wait()
        try:
            outcomes.append(bool(made.identity.redeem_link(token).cookie))
        except WardlineError as error:
            outcomes.append(type(error).__name__)

    threads = [threading.Thread(target=attempt) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert outcomes.count(True) == 1
    assert outcomes.count("UnauthenticatedError") == 3


def test_a_link_from_before_the_first_administrator_came_makes_no_second_one(
    database: Database, clock: Clock, provider: IdentityProvider
) -> None:
    made = rooms(
        database, clock, fetch=provider, oidc_issuer=ISSUER, oidc_client_id=CLIENT, oidc_roles=("owners=admin",)
    )
    token = token_of(made.identity.first_link())
    redirect = made.identity.begin()
    made.identity.complete(provider.signs_in(redirect.url, sub="ada", groups=["owners"]), redirect.state_cookie)
    with pytest.raises(UnauthenticatedError):
        made.identity.redeem_link(token)


def test_a_link_that_is_asked_for_on_the_machine_again_is_the_administrators(platform: World) -> None:
    session = platform.identity.redeem_link(token_of(platform.identity.first_link()))
    assert platform.identity.session(session.cookie)[0].id == platform.admin.id
    assert len(platform.identity.accounts(platform.admin).rows) == 1


def test_invitations_end_where_there_is_an_identity_provider(federated: World, platform: World) -> None:
    ada = federated.person()
    with pytest.raises(DeniedError):
        federated.identity.invite(federated.admin, ada.id)
    bob = platform.person("Bob")
    platform.identity.invite(platform.admin, bob.id)
    assert platform.actions(bob.id) == ["account:created", "account:invited"]


@pytest.mark.parametrize("token", ["", "x", "x" * 3000, "\x00", "callback"])
def test_what_is_no_link_signs_nobody_in(small: World, token: str) -> None:
    with pytest.raises(UnauthenticatedError):
        small.identity.redeem_link(token)


# OpenID Connect


def test_a_person_signs_in_by_the_identity_provider(federated: World, provider: IdentityProvider) -> None:
    session = sign_in(federated, provider, "/findings?state=open", email="ada@example.com", email_verified=True)
    who, _ = federated.identity.session(session.cookie)
    assert session.return_to == "/findings?state=open"
    assert (who.name, who.kind) == ("Ada", "person")
    account = federated.identity.account(federated.admin, who.id)
    assert (account.email, account.roles) == ("ada@example.com", {"developer"})
    again = sign_in(federated, provider, email="other@example.com", email_verified=True)
    assert again.account == session.account
    assert again.cookie != session.cookie


def test_the_request_carries_pkce_state_and_nonce_and_nothing_secret(quick: World, provider: IdentityProvider) -> None:
    redirect = quick.identity.begin()
    asked = {name: values[0] for name, values in parse_qs(urlsplit(redirect.url).query).items()}
    assert redirect.url.startswith(f"{ISSUER}/authorize?")
    assert asked["redirect_uri"] == "https://wardline.example/sign-in/callback"
    assert asked["code_challenge_method"] == "S256"
    assert len({asked["state"], asked["nonce"], asked["code_challenge"], redirect.state_cookie}) == 4
    assert redirect.state_cookie not in redirect.url
    assert redirect.max_age_seconds == 600


def test_the_clients_secret_goes_to_the_provider_by_basic_authentication(
    database: Database, clock: Clock, provider: IdentityProvider, tmp_path: Path
) -> None:
    secret = tmp_path / "secret"
    secret.write_text("made-up-for-this-test\n")
    made = world(
        database, clock, fetch=provider, oidc_issuer=ISSUER, oidc_client_id=CLIENT, oidc_client_secret_file=secret
    )
    sign_in(made, provider)
    sent = {name.lower(): value for name, value in provider.headers[-1].items()}
    assert sent["authorization"].startswith("Basic ")
    assert "client_secret" not in provider.forms[-1]
    secret.unlink()
    with pytest.raises(UnavailableError, match="client secret"):
        made.identity.begin()


def test_groups_give_roles_where_the_settings_map_them_and_take_them_away(
    database: Database, clock: Clock, provider: IdentityProvider
) -> None:
    made = world(
        database,
        clock,
        fetch=provider,
        oidc_issuer=ISSUER,
        oidc_client_id=CLIENT,
        oidc_groups_claim="memberOf",
        oidc_roles=("platform=admin", "appsec=security", "c=d=auditor"),
    )
    first = sign_in(made, provider, memberOf=["appsec", "c=d"])
    assert made.identity.account(made.admin, first.account).roles == {"security", "auditor"}
    sign_in(made, provider, memberOf=["somebody"])
    assert made.identity.account(made.admin, first.account).roles == {"developer"}
    assert "waiver:approve" not in made.identity.session(first.cookie)[0].permissions
    with pytest.raises(DeniedError, match="do not go together"):
        sign_in(made, provider, memberOf=["platform", "appsec"])
    for strange in ("appsec", {"appsec": 1}, [["appsec"]], None):
        sign_in(made, provider, memberOf=strange)
        assert made.identity.account(made.admin, first.account).roles == {"developer"}


def test_an_account_that_was_made_ahead_becomes_theirs_by_a_verified_address(
    federated: World, provider: IdentityProvider
) -> None:
    ahead = federated.person("Ada Lovelace", email="Ada@example.com")
    assert sign_in(federated, provider, email="ada@EXAMPLE.com", email_verified=True).account == ahead.id


@pytest.mark.parametrize(
    ("said", "believed"),
    [
        ({"xms_edov": True}, True),  # Entra ID
        ({"email_verified": True, "xms_edov": False}, True),
        ({"email_verified": False, "xms_edov": True}, False),
        ({"xms_edov": "true"}, False),
        ({}, False),
    ],
)
def test_an_address_counts_where_the_provider_says_that_it_was_verified(
    federated: World, provider: IdentityProvider, said: dict[str, object], believed: bool
) -> None:
    ahead = federated.person("Ada Lovelace", email="ada@example.com")
    assert (sign_in(federated, provider, email="ada@example.com", **said).account == ahead.id) is believed


def test_groups_that_are_left_out_take_no_role_away(
    database: Database, clock: Clock, provider: IdentityProvider
) -> None:
    made = world(
        database, clock, fetch=provider, oidc_issuer=ISSUER, oidc_client_id=CLIENT, oidc_roles=("appsec=security",)
    )
    first = sign_in(made, provider, groups=["appsec"])
    with pytest.raises(DeniedError, match="left this person's groups out"):
        sign_in(
            made, provider, _claim_names={"groups": "src1"}, _claim_sources={"src1": {"endpoint": "https://x.example"}}
        )
    assert made.identity.account(made.admin, first.account).roles == {"security"}


def test_a_deactivated_account_does_not_come_in(federated: World, provider: IdentityProvider) -> None:
    session = sign_in(federated, provider)
    federated.identity.deactivate(federated.admin, session.account)
    with pytest.raises(DeniedError, match="deactivated"):
        sign_in(federated, provider)


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://evil.example"},
        {"aud": "another"},
        {"aud": ["another"]},
        {"aud": [CLIENT, "another"]},
        {"aud": [CLIENT, "another"], "azp": "another"},
        {"azp": "another"},
        {"nonce": None},
        {"nonce": "of-another-sign-in"},
        {"nonce": 1},
        {"exp": 1},
        {"exp": None},
        {"exp": "soon"},
        {"iat": None},
        {"iat": 9999999999},
        {"nbf": 9999999999},
        {"sub": None},
        {"sub": 7},
    ],
    ids=str,
)
def test_an_id_token_that_does_not_fit_signs_nobody_in(quick: World, provider: IdentityProvider, claims) -> None:
    provider.claims = claims
    with pytest.raises(UnauthenticatedError):
        sign_in(quick, provider)
    assert [one.name for one in quick.identity.accounts(quick.admin).rows] == ["First administrator"]


def test_several_audiences_with_us_as_the_authorised_party_are_right(quick: World, provider: IdentityProvider) -> None:
    provider.claims = {"aud": [CLIENT, "another"], "azp": CLIENT}
    assert sign_in(quick, provider).cookie


@pytest.mark.parametrize("wrong", ["error", "no code", "unknown code", "other issuer", "no id token"])
def test_an_answer_that_does_not_fit_signs_nobody_in(
    quick: World, provider: IdentityProvider, monkeypatch: pytest.MonkeyPatch, wrong: str
) -> None:
    redirect = quick.identity.begin()
    query = provider.signs_in(redirect.url, sub="ada")
    if wrong == "error":
        query = {"error": "access_denied", "state": query["state"], "code": query["code"]}
    elif wrong == "no code":
        del query["code"]
    elif wrong == "unknown code":
        query["code"] = "x"
    elif wrong == "other issuer":
        query["iss"] = "https://evil.example"
    else:
        monkeypatch.setattr(provider, "token", lambda **_: None)
    with pytest.raises(UnauthenticatedError):
        quick.identity.complete(query, redirect.state_cookie)


def test_a_sign_in_has_ten_minutes(federated: World, provider: IdentityProvider, clock: Clock) -> None:
    redirect = federated.identity.begin()
    query = provider.signs_in(redirect.url, sub="ada")
    clock.forward(minutes=10)
    with pytest.raises(UnauthenticatedError):
        federated.identity.complete(query, redirect.state_cookie)


def test_without_an_identity_provider_there_is_no_such_sign_in(platform: World) -> None:
    with pytest.raises(AskedWronglyError, match="identity provider"):
        platform.identity.begin()


def test_a_provider_that_does_not_answer_is_said_so(quick: World, provider: IdentityProvider) -> None:
    provider.down = True
    with pytest.raises(UnavailableError):
        quick.identity.begin()


@pytest.mark.parametrize(
    ("return_to", "path"),
    [
        ("/", "/"),
        ("/findings?a=b#c", "/findings?a=b#c"),
        ("https://evil.example", "/"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
        ("/a\\..\\b", "/"),
        ("\\/evil.example", "/"),
        ("javascript:alert(1)", "/"),
        ("/\tevil", "/"),
        ("/\r\nSet-Cookie: a=b", "/"),
        ("", "/"),
        ("findings", "/"),
    ],
)
def test_a_sign_in_leads_to_paths_of_ours_only(return_to: str, path: str) -> None:
    assert local_path(return_to) == path


@given(st.text(max_size=50) | st.text(alphabet="/\\:.@?#ae\t", max_size=12))
def test_no_text_leads_elsewhere(text: str) -> None:
    path = local_path(text)
    parts = urlsplit(path)
    assert path.startswith("/")
    assert not path.startswith("//")
    assert not parts.netloc
    assert not parts.scheme
