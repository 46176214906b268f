"""T-22: an attacker signs a token in a way that the reader takes for the issuer's: none, HMAC, keys of their own."""

import base64
import json
import warnings
from typing import Any

import pytest
from joserfc import jws
from joserfc.jwk import ECKey, OctKey, RSAKey
from tests.conftest import Clock
from tests.identity_provider import CLIENT, ISSUER, IdentityProvider, rsa_key

from wardline.kernel.errors import UnauthenticatedError
from wardline.kernel.identity.keys import Providers


@pytest.fixture
def provider(clock: Clock) -> IdentityProvider:
    return IdentityProvider(clock)


def part(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def claims(clock: Clock) -> dict[str, Any]:
    now = int(clock().timestamp())
    return {"iss": ISSUER, "aud": CLIENT, "sub": "admin", "iat": now, "exp": now + 300}


def refused(provider: IdentityProvider, clock: Clock, token: str) -> None:
    with pytest.raises(UnauthenticatedError):
        Providers(provider, clock).claims(token, ISSUER, CLIENT)


def test_the_genuine_token_is_accepted(provider: IdentityProvider, clock: Clock) -> None:
    token = provider.token(**claims(clock))
    assert Providers(provider, clock).claims(token, ISSUER, CLIENT)["sub"] == "admin"


@pytest.mark.parametrize("algorithm", ["none", "None", "NONE", "nOnE", "", None, 7, ["RS256"], {"a": 1}])
def test_no_signature_is_no_signature(provider: IdentityProvider, clock: Clock, algorithm: Any) -> None:
    head = part({"alg": algorithm, "kid": "key-1"})
    refused(provider, clock, f"{head}.{part(claims(clock))}.")
    signature = provider.token(**claims(clock)).rpartition(".")[2]
    refused(provider, clock, f"{head}.{part(claims(clock))}.{signature}")


@pytest.mark.parametrize("algorithm", ["HS256", "HS384", "HS512"])
def test_the_public_key_is_no_shared_secret(provider: IdentityProvider, clock: Clock, algorithm: str) -> None:
    public = provider.keys["key-1"]
    for secret in (
        public.as_pem(private=False),
        public.as_der(private=False),
        part(public.as_dict(private=False)).encode(),
    ):
        head = {"alg": algorithm, "kid": "key-1"}
        registry = jws.JWSRegistry(algorithms=[algorithm])
        key = OctKey.import_key(base64.urlsafe_b64encode(secret).rstrip(b"=").decode())
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            token = jws.serialize_compact(head, json.dumps(claims(clock)), key, registry=registry)
        refused(provider, clock, token)


@pytest.mark.parametrize("kid", ["key-1", None, "other"])
@pytest.mark.parametrize("carried", ["jwk", "jku", "x5u", "nothing"])
def test_a_key_that_the_token_brings_itself_is_not_used(
    provider: IdentityProvider, clock: Clock, kid: str | None, carried: str
) -> None:
    own = rsa_key("attacker")
    head: dict[str, Any] = {"alg": "RS256", **({"kid": kid} if kid else {})}
    if carried == "jwk":
        head["jwk"] = own.as_dict(private=False)
    elif carried != "nothing":
        head[carried] = "https://evil.example/keys"
    token = jws.serialize_compact(head, json.dumps(claims(clock)), own, algorithms=["RS256"])
    refused(provider, clock, token)
    assert not [url for url in provider.asked if "evil" in url]


def test_a_signature_with_another_kind_of_key_under_the_same_name_is_refused(
    provider: IdentityProvider, clock: Clock
) -> None:
    own = ECKey.generate_key("P-256", {"kid": "key-1"}, private=True)
    token = jws.serialize_compact(
        {"alg": "ES256", "kid": "key-1"}, json.dumps(claims(clock)), own, algorithms=["ES256"]
    )
    refused(provider, clock, token)


def test_a_key_of_one_issuer_signs_nothing_for_another(provider: IdentityProvider, clock: Clock) -> None:
    other = IdentityProvider(clock, "https://other.example")
    other.keys = {"key-1": rsa_key("of-another")}
    forged = RSAKey.import_key({**rsa_key("of-another").as_dict(private=True), "kid": "key-1"})
    token = jws.serialize_compact(
        {"alg": "RS256", "kid": "key-1"}, json.dumps(claims(clock)), forged, algorithms=["RS256"]
    )

    def fetch(url: str, **_: Any) -> tuple[int, dict[str, Any]]:
        if url.startswith("https://other.example"):
            status, said = other(url)
            keys = [{**key, "kid": "key-1"} for key in said.get("keys", [])]
            return status, {**said, **({"keys": keys} if keys else {})}
        return provider(url)

    providers = Providers(fetch, clock)
    genuine = {**claims(clock), "iss": "https://other.example"}
    fine = jws.serialize_compact({"alg": "RS256", "kid": "key-1"}, json.dumps(genuine), forged, algorithms=["RS256"])
    assert providers.claims(fine, "https://other.example", CLIENT)["sub"] == "admin"
    with pytest.raises(UnauthenticatedError):
        providers.claims(token, ISSUER, CLIENT)
    with pytest.raises(UnauthenticatedError):
        providers.claims(token, "https://other.example", CLIENT)


@pytest.mark.parametrize("change", ["claims", "header", "signature", "critical", "encrypted"])
def test_a_token_that_was_changed_is_none(provider: IdentityProvider, clock: Clock, change: str) -> None:
    head, body, signature = provider.token(**claims(clock)).split(".")
    if change == "claims":
        body = part({**claims(clock), "sub": "root"})
    elif change == "header":
        head = part({"alg": "PS256", "kid": "key-1"})
    elif change == "signature":
        signature = signature[::-1]
    elif change == "critical":
        head = part({"alg": "RS256", "kid": "key-1", "crit": ["exp"], "exp": 1})
    token = f"{head}.{body}.{signature}" if change != "encrypted" else f"{head}.{body}.{signature}.x.y"
    refused(provider, clock, token)
