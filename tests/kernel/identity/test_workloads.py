from typing import Any

import pytest
from tests.conftest import Clock
from tests.identities import URL, World, world
from tests.identity_provider import IdentityProvider

from wardline.kernel.database.engine import Database
from wardline.kernel.errors import AskedWronglyError, DeniedError, NotFoundError, UnauthenticatedError
from wardline.kernel.identity.model import GRANTS
from wardline.kernel.identity.workloads import fits

GITHUB = "https://token.actions.example"
GITLAB = "https://gitlab.example"


def github(**claims: Any) -> dict[str, Any]:
    """The claims of a job, as GitHub's documentation of its tokens shows them."""
    return {
        "sub": "repo:shop/orders:ref:refs/heads/main",
        "aud": URL,
        "repository": "shop/orders",
        "repository_id": "74",
        "repository_owner": "shop",
        "ref": "refs/heads/main",
        "ref_protected": "true",
        "sha": "0" * 40,
        "environment": "production",
        "workflow_ref": "shop/orders/.github/workflows/ci.yml@refs/heads/main",
        "event_name": "push",
        "run_id": "30433642",
        **claims,
    }


def gitlab(**claims: Any) -> dict[str, Any]:
    """The claims of a job, as GitLab's documentation of `id_tokens` shows them."""
    return {
        "sub": "project_path:shop/orders:ref_type:branch:ref:main",
        "aud": URL,
        "project_path": "shop/orders",
        "project_id": "22",
        "namespace_path": "shop",
        "ref": "main",
        "ref_type": "branch",
        "ref_protected": "true",
        "pipeline_source": "push",
        "user_login": "ada",
        **claims,
    }


@pytest.fixture
def ci(lite: Database, clock: Clock) -> tuple[World, IdentityProvider, IdentityProvider]:
    one, other = IdentityProvider(clock, GITHUB), IdentityProvider(clock, GITLAB)

    def fetch(url: str, **options: Any) -> tuple[int, dict[str, Any]]:
        return one(url, **options) if url.startswith(GITHUB) else other(url, **options)

    return world(lite, clock, fetch=fetch, ci_issuers=(GITHUB, GITLAB)), one, other


def test_a_job_of_github_sends_reports_of_its_service_without_any_credential(ci) -> None:
    platform, actions, _ = ci
    binding = platform.identity.bind(
        platform.admin, GITHUB, "svc-1", {"repository": ["shop/orders"], "ref": ["refs/heads/main"]}
    )
    who = platform.identity.bearer(actions.token(**github()))
    assert (who.kind, who.id, who.services) == ("workload", binding.id, {"svc-1"})
    assert who.permissions == GRANTS["machine"]
    assert who.name == "CI of repo:shop/orders:ref:refs/heads/main"
    assert platform.actions(binding.id) == ["binding:created"]


def test_a_job_of_gitlab_does_too(ci) -> None:
    platform, _, pipelines = ci
    platform.identity.bind(platform.admin, GITLAB, "svc-2", {"project_id": ["22"], "ref_protected": ["true"]})
    assert platform.identity.bearer(pipelines.token(**gitlab())).services == {"svc-2"}


def test_a_repository_may_hold_several_services(ci) -> None:
    platform, actions, _ = ci
    for service in ("svc-1", "svc-2"):
        platform.identity.bind(platform.admin, GITHUB, service, {"repository_id": ["74"]})
    assert platform.identity.bearer(actions.token(**github())).services == {"svc-1", "svc-2"}


def test_a_binding_that_is_taken_away_counts_no_more(ci) -> None:
    platform, actions, _ = ci
    binding = platform.identity.bind(platform.admin, GITHUB, "svc-1", {"repository": ["shop/orders"]})
    token = actions.token(**github())
    platform.identity.bearer(token)
    assert [one.id for one in platform.identity.bindings(platform.admin, "svc-1")] == [binding.id]
    platform.identity.unbind(platform.admin, binding.id)
    with pytest.raises(UnauthenticatedError, match="bound to no service"):
        platform.identity.bearer(token)
    with pytest.raises(NotFoundError):
        platform.identity.unbind(platform.admin, binding.id)


@pytest.mark.parametrize(
    "claims",
    [
        {},
        {"ref": ["refs/heads/main"]},
        {"repository": ["shop/*"]},
        {"repository": ["*"]},
        {"repository": []},
        {"repository": [""]},
        {"repository": ["shop/orders"], "ref": ["refs/*/main"]},
        {"repository": ["x" * 501]},
        {"repository": ["shop/orders"], **{f"claim{number}": ["x"] for number in range(16)}},
    ],
    ids=str,
)
def test_a_binding_has_to_pin_the_repository(ci, claims) -> None:
    platform, _, _ = ci
    with pytest.raises(AskedWronglyError):
        platform.identity.bind(platform.admin, GITHUB, "svc-1", claims)


def test_only_issuers_of_the_settings_are_bound_and_only_by_who_may(ci) -> None:
    platform, _, _ = ci
    with pytest.raises(AskedWronglyError, match="ci_issuers"):
        platform.identity.bind(platform.admin, "https://evil.example", "svc-1", {"repository": ["a/b"]})
    ada = platform.principal(platform.person())
    with pytest.raises(DeniedError):
        platform.identity.bind(ada, GITHUB, "svc-1", {"repository": ["a/b"]})
    with pytest.raises(DeniedError):
        platform.identity.unbind(ada, "bnd-1")


@pytest.mark.parametrize(
    ("wanted", "claims", "expected"),
    [
        ({"ref": ["refs/heads/release/*"]}, {"ref": "refs/heads/release/1"}, True),
        ({"ref": ["refs/heads/release/*"]}, {"ref": "refs/heads/release"}, False),
        ({"ref": ["main", "dev"]}, {"ref": "dev"}, True),
        ({"ref": ["main"]}, {"ref": "MAIN"}, False),
        ({"project_id": ["22"]}, {"project_id": 22}, True),
        ({"ref_protected": ["true"]}, {"ref_protected": True}, True),
        ({"ref_protected": ["true"]}, {"ref_protected": False}, False),
        ({"ref": ["main"]}, {}, False),
        ({"ref": ["main"]}, {"ref": None}, False),
        ({"ref": ["main"]}, {"ref": ["main"]}, False),
        ({"ref": ["None"]}, {"ref": None}, False),
        ({}, {"ref": "main"}, False),
    ],
)
def test_a_claim_fits_one_of_its_values(wanted, claims, expected) -> None:
    assert fits(wanted, claims) is expected
