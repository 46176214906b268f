"""OIDC tokens: one issuer's key, one audience, one workload, and the instance it runs as."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import orjson
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from tests.vault.issuer import GITHUB, KUBERNETES, Tokens
from tests.vault.protocol.refusing import refused
from tests.vault.world import START, Chance

from wardline.vault.protocol.encoding import b64, unb64
from wardline.vault.protocol.evidence import oidc
from wardline.vault.protocol.evidence.shown import Shown
from wardline.vault.protocol.model.root import Issuer, IssuerKind, PinnedKey

AUDIENCE = "wardline-vault:these-keys"
TOKENS, OTHER = Tokens(Chance()), Tokens(Chance("another"))
NOW = int(START.timestamp())


def issuer(form: IssuerKind, *keys: str) -> Issuer:
    address = GITHUB if form == "github" else KUBERNETES
    return Issuer(address, form, "https://a.example/jwks", tuple(PinnedKey(one) for one in keys))


def kubernetes(**changes: Any) -> bytes:
    return TOKENS.kubernetes("orders", "pod-1", AUDIENCE, START, **changes)[0]


def github(**changes: Any) -> bytes:
    return TOKENS.github(AUDIENCE, START, **changes)[0]


def shown(
    token: bytes, form: IssuerKind = "kubernetes", keys: Sequence[str] = (TOKENS.jwk,), now: datetime = START
) -> Shown:
    return oidc.show(token, issuer(form, *keys), (), AUDIENCE, now)


def test_a_pods_token_shows_its_account_and_its_pod() -> None:
    found = shown(kubernetes())
    claims = dict(found.identity.claims)
    assert (found.identity.issuer, claims["sub"]) == (KUBERNETES, "system:serviceaccount:shop:orders")
    assert (claims["kubernetes.io/serviceaccount/uid"], found.instance) == ("uid-of-orders", "pod pod-1")
    assert found.expires == START + timedelta(hours=1)
    assert not {"aud", "exp", "iat", "jti", "nbf"} & set(claims)


def test_a_token_that_is_bound_to_no_pod_is_refused() -> None:
    with refused("vault-evidence", "not bound to a pod", hint="projected service-account token"):
        shown(kubernetes(**{"kubernetes.io": {"namespace": "shop"}}))


def test_a_jobs_token_shows_its_repository_by_id_and_its_run() -> None:
    found = shown(github(), "github")
    assert (dict(found.identity.claims)["repository_id"], found.instance) == ("4711", "run 4711/99/1")
    assert shown(github(run_attempt="2"), "github").instance == "run 4711/99/2"
    for name in ("repository_id", "run_id"):
        with refused("vault-evidence", "no repository id and run"):
            shown(github(**{name: ""}), "github")


def test_another_issuers_token_is_an_instance_by_its_own_id() -> None:
    found = shown(kubernetes(jti="token-7", sub="orders"), "oidc")
    assert found.instance == "token token-7 of orders"
    assert shown(kubernetes(), "oidc").instance.startswith(f"token {NOW} of ")


def test_keys_of_the_root_alone_count_where_there_are_any() -> None:
    token = kubernetes()
    fetched = issuer("kubernetes")
    assert oidc.show(token, fetched, (TOKENS.jwk,), AUDIENCE, START).instance == "pod pod-1"
    with refused("vault-evidence", "not signed with a key of its issuer"):
        oidc.show(token, fetched, (), AUDIENCE, START)
    with refused("vault-evidence", "not genuine"):
        oidc.show(token, issuer("kubernetes", OTHER.jwk), (TOKENS.jwk,), AUDIENCE, START)


@pytest.mark.parametrize("audience", [["other"], [AUDIENCE, "other"], "other", [], None, [[AUDIENCE]]])
def test_the_audience_is_these_keys_and_nothing_else(audience: object) -> None:
    assert shown(kubernetes(aud=AUDIENCE)).instance == "pod pod-1"
    with refused("vault-evidence", "aud"):
        shown(kubernetes(aud=audience))


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "https://other.example"},
        {"exp": NOW - 61},
        {"nbf": NOW + 61},
        {"iat": NOW + 61},
        {"exp": None},
        {"iat": None},
        {"sub": None},
        {"iss": None},
    ],
    ids=str,
)
def test_a_claim_that_is_wrong_or_missing_is_named(changes: dict[str, Any]) -> None:
    (name,) = changes
    with refused("vault-evidence", f"refused for its claim '{name}'"):
        shown(kubernetes(**changes))


@pytest.mark.parametrize("changes", [{"exp": NOW + 3600.5}, {"iat": NOW - 0.5}, {"exp": 2**33}, {"exp": True}], ids=str)
def test_times_are_whole_seconds(changes: dict[str, Any]) -> None:
    with refused("vault-evidence"):
        shown(kubernetes(**changes))


def test_the_subject_is_text() -> None:
    with refused("vault-evidence", "sub"):
        shown(kubernetes(sub=7))


def test_a_token_lives_for_at_most_a_day_and_an_hour() -> None:
    assert shown(kubernetes(exp=NOW + 25 * 3600)).expires == START + timedelta(hours=25)
    with refused("vault-evidence", "more than a day"):
        shown(kubernetes(exp=NOW + 25 * 3600 + 1))


@pytest.mark.parametrize(
    "header",
    [{"alg": "none"}, {"alg": "HS256"}, {"alg": "EdDSA"}, {"alg": None}, {"crit": ["exp"]}],
    ids=str,
)
def test_only_listed_ways_of_signing_are_accepted(header: dict[str, Any]) -> None:
    claims = orjson.loads(unb64(kubernetes().decode().split(".")[1]))
    with refused("vault-evidence", "not signed in a way that is accepted"):
        shown(TOKENS.signed(claims, **header))


def test_what_is_no_token_is_refused() -> None:
    for content in (b"", b"a.b.c", "ä.b.c".encode(), b"%%.b.c"):
        with refused("vault-evidence", "no signed token"):
            shown(content)
    with refused("vault-evidence", "too long"):
        shown(b"a" * (16 * 1024 + 1))
    token = kubernetes()
    for content in (token.rpartition(b".")[0], token + b".more", b"W10.e30.e30"):
        with refused("vault-evidence", "not signed in a way"):
            shown(content)


def test_a_changed_token_is_not_genuine() -> None:
    head, body, signature = kubernetes().split(b".")
    claims = orjson.loads(unb64(kubernetes().decode().split(".")[1]))
    forged = b64(orjson.dumps({**claims, "sub": "system:serviceaccount:shop:admin"})).encode()
    for token in (b".".join((head, forged, signature)), b".".join((head, body, signature[:-6] + b"AAAAAA"))):
        with refused("vault-evidence", "not genuine"):
            shown(token)


def test_a_token_names_exactly_one_key_of_its_issuer() -> None:
    renamed = orjson.dumps({**orjson.loads(OTHER.jwk), "kid": "k2"}).decode()
    assert shown(kubernetes(), keys=(renamed, TOKENS.jwk)).instance == "pod pod-1"
    for keys in ((TOKENS.jwk, OTHER.jwk), (renamed,)):  # two of one name; none of that name
        with refused("vault-evidence", "not signed with a key of its issuer"):
            shown(kubernetes(), keys=keys)


@pytest.mark.parametrize(
    "jwk",
    ["{", "[]", "{}", '{"kty":"oct","k":"AAAA","kid":"k1"}', '{"kty":"OKP","crv":"X","x":"","kid":"k1"}', '{"n":{}}'],
)
def test_a_key_that_is_not_understood_is_passed_over(jwk: str) -> None:
    token = kubernetes()
    found = oidc.show(token, issuer("kubernetes"), (jwk, TOKENS.jwk), AUDIENCE, START)
    assert found.instance == "pod pod-1"
    with refused("vault-evidence", "not signed with a key of its issuer"):
        oidc.show(token, issuer("kubernetes"), (jwk,), AUDIENCE, START)


@pytest.mark.filterwarnings("ignore:Key size should be")  # the library says so of what is refused here
@pytest.mark.parametrize(("bits", "holds"), [(2048, True), (1024, False)])
def test_an_rsa_key_has_at_least_2048_bits(bits: int, *, holds: bool) -> None:
    key = rsa.generate_private_key(65537, bits)
    numbers = key.public_key().public_numbers()
    jwk = {"kty": "RSA", "kid": "r1", "n": b64(numbers.n.to_bytes(bits // 8, "big")), "e": "AQAB"}
    claims = orjson.loads(unb64(kubernetes().decode().split(".")[1]))
    text = f"{b64(orjson.dumps({'alg': 'RS256', 'kid': 'r1'}))}.{b64(orjson.dumps(claims))}"
    token = f"{text}.{b64(key.sign(text.encode(), PKCS1v15(), hashes.SHA256()))}".encode()
    if holds:
        assert shown(token, keys=(orjson.dumps(jwk).decode(),)).instance == "pod pod-1"
        return
    with refused("vault-evidence", "not signed with a key of its issuer"):
        shown(token, keys=(orjson.dumps(jwk).decode(),))


def test_claims_of_one_way_or_too_many_are_refused() -> None:
    two = {"a/b": "1", "a": {"b": "2"}}
    many = {f"claim-{number}": "1" for number in range(129)}
    for claims in (two, many):
        with refused("vault-evidence", "more than 128 claims, or two of one name"):
            oidc.identity(claims)
    assert len(oidc.identity({f"claim-{number}": "1" for number in range(128)}).claims) == 128


def test_numbers_and_booleans_are_written_as_json_does_and_lists_are_left_out() -> None:
    claims = {"iss": "i", "yes": True, "no": False, "n": 7, "f": 1.5, "l": ["x"], "long": "x" * 501, "none": None}
    assert oidc.identity(claims).claims == (("iss", "i"), ("n", "7"), ("no", "false"), ("yes", "true"))
    deep: dict[str, Any] = {"a": {"b": {"c": {"d": {"e": {"f": "too deep"}}}}}}
    assert oidc.identity(deep).claims == ()
    assert oidc.identity(deep).issuer == ""


def test_an_agent_reads_its_own_identity_without_any_key() -> None:
    token, identity = TOKENS.kubernetes("orders", "pod-1", AUDIENCE, START)
    assert oidc.own(token) == identity
    head = token.split(b".")[0]
    for body in (b"W10", b"%%", b"bm8"):
        with refused("vault-evidence", "no token of OpenID Connect"):
            oidc.own(b".".join((head, body, b"AAAA")))
