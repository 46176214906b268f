from datetime import timedelta

import pytest
from tests.conftest import Clock
from tests.identities import World

from wardline.kernel.errors import AskedWronglyError, DeniedError, NotFoundError
from wardline.kernel.identity.model import GRANTS, Principal
from wardline.kernel.paging import Page


def test_what_runs_takes_the_place_of_what_ran(platform: World, clock: Clock) -> None:
    service = platform.catalog.put_service(platform.admin, "orders")
    first = platform.catalog.record_deployment(platform.admin, "orders", "production", "sha256:aa", "c1")
    again = platform.catalog.record_deployment(platform.admin, "orders", "production", "sha256:aa", "c1")
    assert again.id == first.id
    clock.forward(hours=1)
    second = platform.catalog.record_deployment(platform.admin, "orders", "production", "sha256:bb", "c2")
    platform.catalog.record_deployment(platform.admin, "orders", "staging", "sha256:cc")
    assert [(one.environment_name, one.digest) for one in platform.catalog.running(platform.admin, "orders")] == [
        ("production", "sha256:bb"),
        ("staging", "sha256:cc"),
    ]
    listed = platform.catalog.deployments(platform.admin, "orders", Page(2))
    rest = platform.catalog.deployments(platform.admin, "orders", Page(2, listed.next_cursor))
    everything = {one.id: one for one in [*listed.rows, *rest.rows]}
    assert everything[first.id].ended_at == second.started_at == clock()
    assert len(everything) == 3
    assert platform.actions(service.id).count("deployment:recorded") == 3


def test_what_runs_in_production_is_a_fact_of_the_tier(platform: World) -> None:
    platform.catalog.put_service(platform.admin, "orders", exposed=True)
    platform.catalog.record_deployment(platform.admin, "orders", "staging", "sha256:aa")
    assert platform.catalog.service(platform.admin, "orders").tier == 4
    platform.catalog.record_deployment(platform.admin, "orders", "production", "sha256:aa")
    assert platform.catalog.service(platform.admin, "orders").tier == 2
    platform.catalog.end_deployment(platform.admin, "orders", "production")
    assert platform.catalog.service(platform.admin, "orders").tier == 4
    assert [one.digest for one in platform.catalog.running(platform.admin, "orders")] == ["sha256:aa"]


def test_an_environment_is_production_when_somebody_says_so(platform: World) -> None:
    made = platform.catalog.put_environment(platform.admin, "eu-1", name="Europe", production=True)
    platform.catalog.put_service(platform.admin, "orders", exposed=True)
    platform.catalog.record_deployment(platform.admin, "orders", "eu-1", "sha256:aa")
    assert platform.catalog.service(platform.admin, "orders").tier == 2
    assert platform.catalog.put_environment(platform.admin, "eu-1", production=False).name == "Europe"
    platform.catalog.put_environment(platform.admin, "prod")
    assert [(one.slug, one.production) for one in platform.catalog.environments(platform.admin)] == [
        ("prod", True),
        ("eu-1", False),
    ]
    assert platform.actions(made.id) == ["environment:created", "environment:changed"]


def test_a_workload_records_what_it_deployed_of_its_own_service_only(platform: World) -> None:
    one, _ = (platform.catalog.put_service(platform.admin, slug) for slug in ("one", "other"))
    ci = Principal("workload", "bnd-1", "CI", GRANTS["machine"], services=frozenset({one.id}))
    platform.catalog.record_deployment(ci, "one", "production", "sha256:aa")
    with pytest.raises(NotFoundError):
        platform.catalog.record_deployment(ci, "other", "production", "sha256:aa")
    with pytest.raises(NotFoundError):
        platform.catalog.end_deployment(ci, "other", "production")
    platform.catalog.end_deployment(ci, "one", "production")
    auditor = platform.principal(platform.person("Aud", roles=["auditor"]))
    with pytest.raises(DeniedError):
        platform.catalog.record_deployment(auditor, "one", "production", "sha256:aa")
    with pytest.raises(DeniedError):
        platform.catalog.end_deployment(auditor, "one", "production")
    with pytest.raises(DeniedError):
        platform.catalog.put_environment(auditor, "x")


def test_what_cannot_be_is_refused(small: World, clock: Clock) -> None:
    small.catalog.put_service(small.admin, "orders")
    for digest, commit, at in (
        ("", None, None),
        ("x" * 301, None, None),
        ("sha256:aa", "x" * 301, None),
        ("sha256:aa", None, clock() + timedelta(minutes=6)),
    ):
        with pytest.raises(AskedWronglyError):
            small.catalog.record_deployment(small.admin, "orders", "production", digest, commit, at)
    with pytest.raises(NotFoundError):
        small.catalog.end_deployment(small.admin, "orders", "nowhere")


def test_a_record_that_comes_late_does_not_end_before_it_began(small: World, clock: Clock) -> None:
    small.catalog.put_service(small.admin, "orders")
    first = small.catalog.record_deployment(small.admin, "orders", "production", "sha256:aa")
    small.catalog.record_deployment(
        small.admin, "orders", "production", "sha256:bb", started_at=clock() - timedelta(days=1)
    )
    listed = {one.id: one for one in small.catalog.deployments(small.admin, "orders").rows}
    assert listed[first.id].ended_at == first.started_at
