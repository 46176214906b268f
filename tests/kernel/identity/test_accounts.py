import threading

import pytest
from tests.conftest import Clock
from tests.identities import World

from wardline.kernel.errors import (
    AskedWronglyError,
    ConflictError,
    DeniedError,
    NotFoundError,
    UnauthenticatedError,
    WardlineError,
)
from wardline.kernel.paging import Page


def test_accounts_come_by_name_a_piece_at_a_time_and_can_be_searched(platform: World) -> None:
    for name in ("Cy", "ada", "Bob", "Ada", "Émile"):
        platform.person(name, email=f"{name}.{len(name)}@example.com".lower() if name != "Ada" else None)
    names, page = [], Page(2)
    while True:
        listing = platform.identity.accounts(platform.admin, page)
        names += [one.name for one in listing.rows]
        if listing.next_cursor is None:
            break
        page = Page(2, listing.next_cursor)
    assert [name.casefold() for name in names] == ["ada", "ada", "bob", "cy", "first administrator", "émile"]
    assert [one.name for one in platform.identity.accounts(platform.admin, text="BOB.3@").rows] == ["Bob"]
    assert platform.identity.accounts(platform.admin, text="%").rows == []


def test_who_may_not_change_accounts_does_not(platform: World) -> None:
    ada = platform.principal(platform.person())
    for attempt in (
        lambda: platform.identity.create_account(ada, "Eve"),
        lambda: platform.identity.set_roles(ada, platform.admin.id, ["developer"]),
        lambda: platform.identity.deactivate(ada, platform.admin.id),
        lambda: platform.identity.reactivate(ada, platform.admin.id),
        lambda: platform.identity.invite(ada, platform.admin.id),
    ):
        with pytest.raises(DeniedError):
            attempt()


def test_nobody_raises_themselves(small: World) -> None:
    with pytest.raises(DeniedError, match="their own roles"):
        small.identity.set_roles(small.admin, small.admin.id, ["admin", "developer"])


@pytest.mark.parametrize("roles", [["admin", "security"], ["root"], ["admin", "security", "developer"]])
def test_roles_that_do_not_go_together_or_are_none_are_refused(small: World, roles) -> None:
    with pytest.raises(AskedWronglyError):
        small.person(roles=roles)


def test_a_leaver_is_out_with_everything_at_once(platform: World) -> None:
    ada = platform.person(roles=["developer"])
    session = platform.signed_in(ada)
    who, _ = platform.identity.session(session.cookie)
    _, text = platform.identity.create_token(who, "laptop", ["finding:read"])
    assert platform.identity.bearer(text).id == ada.id
    gone = platform.identity.deactivate(platform.admin, ada.id)
    assert not gone.active
    assert gone.deactivated_at is not None
    for attempt in (
        lambda: platform.identity.session(session.cookie),
        lambda: platform.identity.bearer(text),
        lambda: platform.signed_in(ada),
        lambda: platform.identity.create_token(who, "another", ["finding:read"]),
    ):
        with pytest.raises(UnauthenticatedError):
            attempt()
    assert platform.actions(ada.id).count("account:deactivated") == 1
    assert {"session:revoked", "token:revoked"} <= set(platform.actions(ada.id))
    platform.identity.reactivate(platform.admin, ada.id)
    with pytest.raises(UnauthenticatedError):
        platform.identity.session(session.cookie)
    with pytest.raises(UnauthenticatedError):
        platform.identity.bearer(text)
    assert platform.identity.session(platform.signed_in(ada).cookie)[0].id == ada.id


def test_the_last_administrator_stays(platform: World) -> None:
    other = platform.person("Grace", roles=["admin"])
    grace = platform.principal(other)
    platform.identity.deactivate(grace, platform.admin.id)
    with pytest.raises(DeniedError, match="themselves"):
        platform.identity.deactivate(grace, other.id)
    # The one who was deactivated still holds a principal of before: the rule counts, not who asks.
    with pytest.raises(ConflictError, match="last administrator"):
        platform.identity.set_roles(platform.admin, other.id, ["developer"])
    with pytest.raises(ConflictError, match="last administrator"):
        platform.identity.deactivate(platform.admin, other.id)


def test_two_administrators_who_deactivate_each_other_do_not_leave_nobody(platform: World) -> None:
    grace = platform.principal(platform.person("Grace", roles=["admin"]))
    barrier, outcomes = threading.Barrier(2), []

    def attempt(who, other) -> None:
        barrier.wait()
        try:
            platform.identity.deactivate(who, other.id)
            outcomes.append("done")
        except WardlineError as error:
            outcomes.append(type(error).__name__)

    threads = [
        threading.Thread(target=attempt, args=pair)
        for pair in ((platform.admin, grace), (grace, platform.admin))
    ]  # fmt: skip
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(outcomes) == ["ConflictError", "done"]


def test_an_address_leads_to_one_account(platform: World) -> None:
    platform.person(email="Ada@Example.com")
    with pytest.raises(ConflictError):
        platform.person("Eve", email="ada@example.COM")


@pytest.mark.parametrize("email", ["ada", "@example.com", "a b@example.com", "x" * 300 + "@example.com"])
def test_what_is_no_address_is_refused(small: World, email: str) -> None:
    with pytest.raises(AskedWronglyError):
        small.person(email=email)


@pytest.mark.parametrize("name", ["", "  ", "x" * 201])
def test_an_account_needs_a_name(small: World, name: str) -> None:
    with pytest.raises(AskedWronglyError):
        small.person(name)


def test_names_with_what_databases_refuse_are_kept_readable(platform: World) -> None:
    made = platform.person("Ada\x00Lovelace\ud800")
    assert platform.identity.account(platform.admin, made.id).name.startswith("Ada\ufffdLovelace")


def test_everybody_sees_their_own_account_and_an_unknown_one_is_not_found(platform: World) -> None:
    ada = platform.person()
    assert platform.identity.account(platform.principal(ada), ada.id).name == "Ada"
    with pytest.raises(NotFoundError):
        platform.identity.account(platform.admin, "acc-0")


def test_changing_roles_is_in_the_ledger_with_before_and_after(platform: World, clock: Clock) -> None:
    ada = platform.person()
    platform.identity.set_roles(platform.admin, ada.id, ["security"])
    platform.identity.set_roles(platform.admin, ada.id, ["security"])
    assert platform.actions(ada.id) == ["account:created", "account:roles-changed"]
