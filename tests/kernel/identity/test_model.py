from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wardline.kernel.errors import DeniedError
from wardline.kernel.identity.model import (
    APART,
    GRANTS,
    PERMISSIONS,
    ROLES,
    Principal,
    allowed,
    granted,
    require,
)


def test_permissions_and_roles_are_alphabetical_and_named_once() -> None:
    assert list(PERMISSIONS) == sorted(set(PERMISSIONS))
    assert list(ROLES) == sorted(set(ROLES))
    assert set(GRANTS) == set(ROLES)


def test_every_grant_is_a_permission_that_there_is() -> None:
    for role in ROLES:
        assert set(PERMISSIONS) >= GRANTS[role]


def test_every_permission_is_granted_by_some_role() -> None:
    assert granted(frozenset(ROLES)) == frozenset(PERMISSIONS)


def test_who_runs_the_platform_decides_nothing_in_it() -> None:
    decisions = {"finding:dismiss-approve", "policy:write", "waiver:approve"}
    assert not GRANTS["admin"] & decisions
    assert GRANTS["security"] >= decisions
    assert "account:write" not in GRANTS["security"]
    assert frozenset({"admin", "security"}) == APART


def test_no_role_but_admin_changes_accounts() -> None:
    assert [role for role in ROLES if "account:write" in GRANTS[role]] == ["admin"]


def test_a_directorys_token_opens_nothing_else() -> None:
    assert GRANTS["scim"] == {"scim:write"}


def test_ones_own_teams_are_in_reach_and_others_are_not() -> None:
    who = Principal("person", "acc-1", "Ada", frozenset({"finding:read"}), frozenset({"tea-1"}))
    assert allowed(who, "finding:read", team="tea-1")
    assert not allowed(who, "finding:read", team="tea-2")
    with pytest.raises(DeniedError, match="finding:read"):
        require(who, "finding:read", team="tea-2")


def test_the_permission_for_all_reaches_every_team() -> None:
    who = Principal("person", "acc-1", "Ada", frozenset({"finding:read-all"}))
    assert allowed(who, "finding:read", team="tea-2")


def test_a_workload_reaches_its_services_without_a_team() -> None:
    ci = Principal("workload", "bnd-1", "CI", GRANTS["machine"], services=frozenset({"svc-1"}))
    assert allowed(ci, "report:write", team="tea-9", service="svc-1")
    assert not allowed(ci, "report:write", team="tea-9", service="svc-2")


@given(
    st.frozensets(st.sampled_from(PERMISSIONS)),
    st.frozensets(st.sampled_from(["tea-1", "tea-2"])),
    st.frozensets(st.sampled_from(["svc-1", "svc-2"]), min_size=1),
    st.sampled_from(PERMISSIONS),
    st.sampled_from([None, "tea-1", "tea-2"]),
    st.sampled_from([None, "svc-1", "svc-2"]),
)
def test_narrowing_a_person_never_widens_them(  # noqa: PLR0917 - hypothesis passes them in this order
    permissions, teams, services, permission, team, service
) -> None:
    whole = Principal("person", "acc-1", "Ada", permissions, teams)
    narrowed = whole._replace(services=services)
    if allowed(narrowed, permission, team=team, service=service):
        assert allowed(whole, permission, team=team, service=service)


@pytest.mark.parametrize(
    "roles", [set(pair) for pair in combinations(ROLES, 2)], ids=lambda roles: " ".join(sorted(roles))
)
def test_two_roles_grant_what_each_grants(roles) -> None:
    assert granted(roles) == frozenset().union(*(GRANTS[role] for role in roles))
