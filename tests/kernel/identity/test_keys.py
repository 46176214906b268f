import warnings
from typing import Any

import pytest
from joserfc.jwk import RSAKey
from tests.conftest import Clock
from tests.identity_provider import CLIENT, ISSUER, IdentityProvider, rsa_key

from wardline.kernel.errors import UnauthenticatedError, UnavailableError
from wardline.kernel.identity.keys import ALGORITHMS, Providers, unverified


@pytest.fixture
def provider(clock: Clock) -> IdentityProvider:
    return IdentityProvider(clock)


def genuine(providers: Providers, provider: IdentityProvider, **claims: Any) -> dict[str, Any]:
    return providers.claims(provider.token(sub="ada", aud=CLIENT, **claims), ISSUER, CLIENT)


def test_only_signatures_with_a_public_key_are_accepted() -> None:
    assert "none" not in ALGORITHMS
    assert not [name for name in ALGORITHMS if name.startswith("HS")]


def test_keys_and_metadata_are_asked_for_once_in_a_while(provider: IdentityProvider, clock: Clock) -> None:
    providers = Providers(provider, clock)
    for _ in range(3):
        assert genuine(providers, provider)["sub"] == "ada"
    assert [url.removeprefix(ISSUER) for url in provider.asked] == ["/.well-known/openid-configuration", "/keys"]
    clock.forward(minutes=5)
    genuine(providers, provider)
    assert [url.removeprefix(ISSUER) for url in provider.asked[2:]] == ["/keys"]
    clock.forward(hours=1)
    genuine(providers, provider)
    assert len(provider.asked) == 5


def test_a_rotation_is_seen_at_once_and_a_withdrawn_key_within_minutes(
    provider: IdentityProvider, clock: Clock
) -> None:
    providers = Providers(provider, clock)
    old = provider.token(sub="ada", aud=CLIENT, exp=int(clock().timestamp()) + 3600)
    providers.claims(old, ISSUER, CLIENT)
    clock.forward(seconds=21)
    provider.rotated("key-2", keep=False)
    assert genuine(providers, provider)["sub"] == "ada"
    with pytest.raises(UnauthenticatedError, match="does not publish"):
        providers.claims(old, ISSUER, CLIENT)


def test_keys_that_are_not_known_do_not_make_us_ask_often(provider: IdentityProvider, clock: Clock) -> None:
    providers = Providers(provider, clock)
    genuine(providers, provider)
    other = IdentityProvider(clock)
    other.keys = {"unknown": rsa_key("unknown")}
    other.signs_with = "unknown"
    for _ in range(10):
        with pytest.raises(UnauthenticatedError):
            providers.claims(other.token(sub="ada", aud=CLIENT), ISSUER, CLIENT)
    assert provider.asked.count(f"{ISSUER}/keys") == 1


@pytest.mark.parametrize(
    "said",
    [
        {"issuer": "https://evil.example", "jwks_uri": f"{ISSUER}/keys"},
        {"issuer": ISSUER},
        {"issuer": ISSUER, "jwks_uri": "http://login.example/keys"},
        {"issuer": ISSUER, "jwks_uri": "file:///etc/passwd"},
        {"issuer": ISSUER, "jwks_uri": "https://user:password@login.example/keys"},
        {"issuer": ISSUER, "jwks_uri": 7},
        {},
    ],
    ids=str,
)
def test_a_provider_that_says_something_unusable_is_not_believed(clock: Clock, said) -> None:
    providers = Providers(lambda *_, **__: (200, said), clock)
    with pytest.raises(UnavailableError):
        providers.provider(ISSUER)


@pytest.mark.parametrize(
    "keys",
    [
        None,
        {},
        "x",
        [7, None, {}],
        [{"kty": "oct", "kid": "key-1", "k": "c2VjcmV0"}],
        [{"kty": "RSA", "kid": "key-1", "n": "AQAB", "e": "AQAB"}],
        [{"kty": "RSA", "kid": "key-1"}],
        [{"kty": "EC", "kid": "key-1", "crv": "P-999", "x": "AA", "y": "AA"}],
        [{"kty": "EC", "kid": "key-1", "crv": [], "x": {}, "y": 7}],
        [{"kty": "OKP", "kid": "key-1", "crv": "Ed25519", "x": "AA"}],
        [{"kty": "RSA", "kid": "key-1", "n": "A" * 100_000, "e": "AQAB"}],
        [{"kty": "RSA"}] * 100,
    ],
    ids=lambda value: str(value)[:40],
)
def test_keys_that_are_none_verify_nothing(provider: IdentityProvider, clock: Clock, keys) -> None:
    def fetch(url: str, **_: Any) -> tuple[int, dict[str, Any]]:
        return (200, {"keys": keys}) if url.endswith("/keys") else provider(url)

    with pytest.raises((UnauthenticatedError, UnavailableError)):
        genuine(Providers(fetch, clock), provider)


def test_a_short_rsa_key_is_not_accepted(provider: IdentityProvider, clock: Clock) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what makes it says as well that it is short
        provider.keys = {"key-1": RSAKey.generate_key(1024, {"kid": "key-1"}, private=True)}
        token = provider.token(sub="ada", aud=CLIENT)
        with pytest.raises(UnauthenticatedError, match="does not publish"):
            Providers(provider, clock).claims(token, ISSUER, CLIENT)


@pytest.mark.parametrize(
    "token", ["", "a.b.c", "..", "a.b", "e30.e30.e30", "W10.W10.AA", "e30.e30.e30.e30.e30", "x" * 20_000, "é.é.é"]
)
def test_what_is_no_token_is_refused(provider: IdentityProvider, clock: Clock, token: str) -> None:
    with pytest.raises(UnauthenticatedError):
        Providers(provider, clock).claims(token, ISSUER, CLIENT)


@pytest.mark.parametrize("token", ["", "a", "a.b", "W10.W10.", "!!.!!.!!", "é.é.é", "." * 50])
def test_what_a_token_claims_is_read_with_care(token: str) -> None:
    with pytest.raises(UnauthenticatedError):
        unverified(token, 1)
