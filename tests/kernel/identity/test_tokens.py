from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from tests.conftest import Clock
from tests.identities import World

from wardline.kernel.errors import AskedWronglyError, DeniedError, NotFoundError, UnauthenticatedError
from wardline.kernel.identity import people
from wardline.kernel.identity.model import PERMISSIONS, ROLES, allowed, granted
from wardline.kernel.identity.tables import TOKENS
from wardline.kernel.identity.tokens import LONGEST_LIFE, NEVER, NOTED_EVERY


def test_a_token_is_shown_once_and_does_what_it_was_made_for(platform: World) -> None:
    token, text = platform.identity.create_token(platform.admin, "CI of orders", ["report:write"], ["svc-1"])
    assert text.startswith("wl_")
    who = platform.identity.bearer(text)
    assert (who.id, who.via) == (platform.admin.id, token.id)
    assert who.name == "First administrator (token CI of orders)"
    assert allowed(who, "report:write", team="tea-9", service="svc-1")
    assert not allowed(who, "report:write", team="tea-9", service="svc-2")
    assert not allowed(who, "catalog:write")
    assert who.expires == token.expires_at
    with platform.database.reading() as tx:
        rows = tx.execute(select(TOKENS)).all()
    assert text[29:61] not in repr(rows)
    assert text[29:61] not in repr(platform.identity.tokens(platform.admin))


def test_narrowing_a_token_to_a_service_of_others_opens_nothing(small: World) -> None:
    ada = small.principal(small.person())
    _, text = small.identity.create_token(ada, "laptop", ["finding:read"], ["svc-of-others"])
    assert not allowed(small.identity.bearer(text), "finding:read", team="tea-9", service="svc-of-others")


def test_a_leads_token_leads_nothing(small: World, clock: Clock) -> None:
    ada = small.principal(small.person())
    with small.database.transaction() as tx:
        people.join(tx, ada.id, "tea-1", lead=True, at=clock())
    _, text = small.identity.create_token(ada, "laptop", ["finding:read"])
    who = small.identity.bearer(text)
    assert who.teams == {"tea-1"}
    assert who.leads == frozenset()


@pytest.mark.parametrize("permission", ["waiver:approve", "catalog:write", "finding:read-all"])
def test_a_token_is_never_more_than_its_maker(small: World, permission) -> None:
    ada = small.principal(small.person())
    with pytest.raises(DeniedError, match=permission):
        small.identity.create_token(ada, "more", ["finding:read", permission])


@pytest.mark.parametrize("permission", sorted(NEVER))
def test_no_token_makes_tokens_or_changes_who_may_what(small: World, permission) -> None:
    with pytest.raises(DeniedError, match=permission):
        small.identity.create_token(small.admin, "power", [permission])


def test_a_demotion_reaches_tokens_at_once(platform: World) -> None:
    account = platform.person(roles=["security"])
    _, text = platform.identity.create_token(platform.principal(account), "laptop", ["waiver:approve", "finding:read"])
    assert "waiver:approve" in platform.identity.bearer(text).permissions
    platform.identity.set_roles(platform.admin, account.id, ["developer"])
    assert platform.identity.bearer(text).permissions == {"finding:read"}
    platform.identity.set_roles(platform.admin, account.id, [])
    assert platform.identity.bearer(text).permissions == frozenset()


def test_a_token_ends_when_it_was_said_to(platform: World, clock: Clock) -> None:
    _, text = platform.identity.create_token(
        platform.admin, "short", ["finding:read"], expires=clock() + timedelta(hours=1)
    )
    clock.forward(minutes=59)
    platform.identity.bearer(text)
    clock.forward(minutes=1)
    with pytest.raises(UnauthenticatedError):
        platform.identity.bearer(text)


def test_a_token_lives_a_year_at_most_and_ninety_days_unless_said(small: World, clock: Clock) -> None:
    for ends in (clock(), clock() - timedelta(days=1), clock() + LONGEST_LIFE + timedelta(seconds=1)):
        with pytest.raises(AskedWronglyError, match="year"):
            small.identity.create_token(small.admin, "x", ["finding:read"], expires=ends)
    token, _ = small.identity.create_token(small.admin, "x", ["finding:read"])
    assert token.expires_at == clock() + timedelta(days=90)


@pytest.mark.parametrize(
    ("name", "permissions"), [("", ["finding:read"]), ("x" * 101, ["finding:read"]), ("x", []), ("x", ["root:all"])]
)
def test_a_token_needs_a_name_and_permissions_that_there_are(small: World, name: str, permissions) -> None:
    with pytest.raises(AskedWronglyError):
        small.identity.create_token(small.admin, name, permissions)


def test_people_revoke_their_own_tokens_and_security_everybodys(platform: World) -> None:
    ada, eve = platform.principal(platform.person()), platform.principal(platform.person("Eve"))
    token, text = platform.identity.create_token(ada, "laptop", ["finding:read"])
    assert [one.id for one in platform.identity.tokens(ada)] == [token.id]
    assert platform.identity.tokens(eve) == []
    with pytest.raises(NotFoundError):
        platform.identity.revoke_token(eve, token.id)
    with pytest.raises(DeniedError):
        platform.identity.tokens(eve, everybody=True)
    assert [one.id for one in platform.identity.tokens(platform.admin, everybody=True)] == [token.id]
    platform.identity.revoke_token(platform.admin, token.id)
    with pytest.raises(UnauthenticatedError):
        platform.identity.bearer(text)
    platform.identity.revoke_token(platform.admin, token.id)
    assert platform.actions(token.id) == ["token:created", "token:revoked"]


def test_the_last_use_is_recorded_every_few_minutes(small: World, clock: Clock) -> None:
    token, text = small.identity.create_token(small.admin, "laptop", ["finding:read"])
    assert token.last_used_at is None
    first = clock()
    small.identity.bearer(text)
    clock.at += NOTED_EVERY / 2
    small.identity.bearer(text)
    assert small.identity.tokens(small.admin)[0].last_used_at == first
    clock.at += NOTED_EVERY
    small.identity.bearer(text)
    assert small.identity.tokens(small.admin)[0].last_used_at == clock()


def test_a_narrowed_principal_makes_no_wider_token(small: World) -> None:
    narrowed = small.admin._replace(services=frozenset({"svc-1"}))
    for services in ([], ["svc-2"], ["svc-1", "svc-2"]):
        with pytest.raises(DeniedError, match="no further"):
            small.identity.create_token(narrowed, "x", ["finding:read"], services)
    assert small.identity.create_token(narrowed, "x", ["finding:read"], ["svc-1"])[0].services == ("svc-1",)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from(["admin", "auditor", "developer", "director", "security"]),
    st.frozensets(st.sampled_from(PERMISSIONS), min_size=1, max_size=6),
    st.frozensets(st.sampled_from(ROLES), max_size=3),
    st.booleans(),
)
def test_a_token_never_does_what_its_maker_may_not_do_now(small: World, role, wanted, later, narrowed) -> None:
    account = small.person(roles=[role])
    maker = small.principal(account)
    services = ["svc-1"] if narrowed else []
    try:
        _, text = small.identity.create_token(maker, "x", wanted, services)
    except DeniedError:
        assert not (wanted <= maker.permissions and "token:create" in maker.permissions and not wanted & NEVER)
        return
    try:
        small.identity.set_roles(small.admin, account.id, later)
    except AskedWronglyError:
        return
    who = small.identity.bearer(text)
    now = granted(later)
    assert who.permissions <= now
    for permission in PERMISSIONS:
        for team in (None, "tea-1"):
            if allowed(who, permission, team=team, service="svc-1"):
                whole = maker._replace(permissions=now)
                assert allowed(whole, permission, team=team, service="svc-1"), permission
