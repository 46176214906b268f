"""JWT: another issuer's token, by keys that were given, for one of ours."""

from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey
from tests.vault.agent.parts import Asking, Clock, dev_vault

KEY = ECKey.generate_key("P-256", private=True)


def token(clock: Clock, key: Any = KEY, algorithm: str = "ES256", **claims: Any) -> str:
    said = {"iss": "https://issuer.example", "sub": "me", "aud": "agent", "exp": int(clock.at) + 60, **claims}
    return jwt.encode({"alg": algorithm}, {name: value for name, value in said.items() if value is not None}, key)


def with_role(**role: Any) -> tuple[Asking, Clock]:
    ask, clock = dev_vault()
    ask("POST", "sys/auth/jwt", {"type": "jwt"})
    pem = KEY.as_pem(private=False).decode()
    config = {"jwt_validation_pubkeys": [pem], "bound_issuer": "https://issuer.example"}
    assert ask("POST", "auth/jwt/config", config).status == 204
    made = {"user_claim": "sub", "bound_audiences": ["agent"], "token_policies": ["x"], **role}
    assert ask("POST", "auth/jwt/role/r", made).status == 204
    return ask, clock


def login(ask: Asking, text: str) -> int:
    return ask("POST", "auth/jwt/login", {"role": "r", "jwt": text}, token="").status


def test_a_genuine_token_makes_one_of_ours() -> None:
    ask, clock = with_role(claim_mappings={"repo": "repository"})
    said = ask("POST", "auth/jwt/login", {"role": "r", "jwt": token(clock, repo="a/b")}, token="")
    assert said.body["auth"]["policies"] == ["default", "x"]
    assert said.body["auth"]["metadata"] == {"role": "r", "repository": "a/b"}


def test_whatever_is_not_right_about_it_is_refused() -> None:
    ask, clock = with_role(bound_claims={"repo": ["a/*"]}, bound_claims_type="glob")
    assert login(ask, token(clock, repo="a/b")) == 200
    pem = KEY.as_pem(private=False)
    for text in (
        token(clock, repo="b/b"),
        token(clock),
        token(clock, repo="a/b", aud="other"),
        token(clock, repo="a/b", aud=None),
        token(clock, repo="a/b", iss="https://evil.example"),
        token(clock, repo="a/b", exp=int(clock.at) - 120),
        token(clock, repo="a/b", exp=None),
        token(clock, repo="a/b", sub=None),
        token(clock, ECKey.generate_key("P-256", private=True), repo="a/b"),
        token(clock, OctKey.import_key(b"k" * 32), "HS256", repo="a/b"),
        "",
        "a.b.c",
        "eyJhbGciOiJub25lIn0.e30.",
        pem.decode(),
    ):
        assert login(ask, text) == 400


@pytest.mark.parametrize(
    "config",
    [
        {}, {"jwks_url": "http://169.254.169.254/"}, {"oidc_discovery_url": "https://issuer.example"},
        {"jwt_validation_pubkeys": ["nonsense"]}, {"jwt_validation_pubkeys": []},
    ],
)  # fmt: skip
def test_an_agent_fetches_nothing_and_takes_no_other_key(config: dict[str, object]) -> None:
    ask, _ = dev_vault()
    ask("POST", "sys/auth/jwt", {"type": "jwt"})
    assert ask("POST", "auth/jwt/config", config).status == 400


def test_a_role_that_bounds_nothing_is_refused() -> None:
    ask, _ = with_role()
    assert ask("POST", "auth/jwt/role/s", {"user_claim": "sub"}).status == 400
    assert ask("POST", "auth/jwt/role/s", {"bound_audiences": ["a"]}).status == 400
    assert (
        ask("POST", "auth/jwt/role/s", {"user_claim": "sub", "role_type": "oidc", "bound_subject": "x"}).status == 400
    )
    assert ask("LIST", "auth/jwt/role").data["keys"] == ["r"]
    assert ask("DELETE", "auth/jwt/role/r").status == 204
    assert ask("POST", "auth/jwt/login", {"role": "r", "jwt": "x"}).status == 400
