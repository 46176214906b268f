"""T-24: a job of another repository, branch, CI or audience sends reports of a service that is not its own."""

from typing import Any

import pytest
from tests.conftest import Clock
from tests.identities import URL, World, world
from tests.identity_provider import IdentityProvider, rsa_key

from wardline.kernel.database.engine import Database
from wardline.kernel.errors import DeniedError, NotFoundError, UnauthenticatedError
from wardline.kernel.identity.model import require

CI = "https://token.actions.example"
OTHER = "https://evil.example"


@pytest.fixture
def jobs(lite: Database, clock: Clock) -> tuple[World, IdentityProvider, IdentityProvider]:
    own, foreign = IdentityProvider(clock, CI), IdentityProvider(clock, OTHER)
    foreign.keys = {"key-1": rsa_key("foreign")}

    def fetch(url: str, **options: Any) -> tuple[int, dict[str, Any]]:
        assert url.startswith(CI), "an issuer that is not of the settings is never asked"
        return own(url, **options)

    platform = world(lite, clock, fetch=fetch, ci_issuers=(CI,))
    service = platform.catalog.put_service(platform.admin, "orders")
    platform.catalog.put_service(platform.admin, "other")
    bound = {"repository": ["shop/orders"], "ref": ["refs/heads/main"], "environment": ["production"]}
    platform.identity.bind(platform.admin, CI, service.id, bound)
    return platform, own, foreign


def job(**claims: Any) -> dict[str, Any]:
    return {
        "sub": "repo:shop/orders:environment:production",
        "aud": URL,
        "repository": "shop/orders",
        "ref": "refs/heads/main",
        "environment": "production",
        **claims,
    }


def test_the_right_job_gets_in_and_reaches_its_own_service_only(jobs) -> None:
    platform, own, _ = jobs
    who = platform.identity.bearer(own.token(**job()))
    orders, other = (platform.catalog.service(platform.admin, slug) for slug in ("orders", "other"))
    require(who, "report:write", team=orders.team, service=orders.id)
    with pytest.raises(DeniedError):
        require(who, "report:write", team=other.team, service=other.id)
    with pytest.raises(NotFoundError):
        platform.catalog.record_deployment(who, "other", "production", "sha256:aa")
    for attempt in (
        lambda: platform.identity.create_token(who, "forever", ["report:write"]),
        lambda: platform.identity.accounts(who),
        lambda: platform.catalog.put_service(who, "orders", exposed=False),
        lambda: platform.catalog.argue_tier(who, "orders", 4, "x"),
    ):
        with pytest.raises(DeniedError):
            attempt()


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": "https://another.example"},
        {"aud": [f"{URL}.evil.example"]},
        {"aud": f"{URL}/"},
        {"aud": None},
        {"iss": OTHER},
        {"iss": f"{CI}/"},
        {"iss": None},
        {"iss": [CI]},
        {"repository": "mallory/orders"},
        {"repository": "shop/orders-fork"},
        {"repository": "SHOP/ORDERS"},
        {"repository": ["shop/orders"]},
        {"repository": None},
        {"ref": "refs/pull/7/merge"},
        {"ref": "refs/heads/main2"},
        {"environment": None},
        {"environment": "Production"},
        {"exp": 1},
        {"nbf": 9999999999},
        {"iat": 9999999999},
        {"sub": None},
    ],
    ids=str,
)
def test_a_job_that_is_not_bound_does_not_get_in(jobs, claims: dict[str, Any]) -> None:
    platform, own, _ = jobs
    with pytest.raises(UnauthenticatedError):
        platform.identity.bearer(own.token(**job(**claims)))


def test_a_foreign_issuer_is_neither_believed_nor_asked(jobs) -> None:
    platform, _, foreign = jobs
    with pytest.raises(UnauthenticatedError, match="issuer"):
        platform.identity.bearer(foreign.token(**job()))
    with pytest.raises(UnauthenticatedError):
        platform.identity.bearer(foreign.token(**job(iss=CI)))


def test_a_persons_id_token_opens_no_api(lite: Database, clock: Clock) -> None:
    login = IdentityProvider(clock, "https://login.example")
    platform = world(lite, clock, fetch=login, oidc_issuer="https://login.example", oidc_client_id="wardline")
    with pytest.raises(UnauthenticatedError, match="issuer"):
        platform.identity.bearer(login.token(sub="ada", aud=URL))
