import re

import pytest
from tests.vault.world import PATH
from tests.web import vaults
from tests.web import world as worlds

from wardline.kernel import merkle
from wardline.kernel.identity.model import PLATFORM
from wardline.kernel.paging import Page
from wardline.web.app import ROUTES
from wardline.web.routing import Move

VALUE = "a value that nobody sees"


def test_secrets_stand_in_the_order_in_which_they_want_somebody(sign_in):
    page = sign_in("security").page("/vault")
    places = [page.words.index(f"{path}2 readers") for path in ("db/billing", "stripe/key", "partner/token", PATH)]
    assert places == sorted(places)
    assert "1 secret is older than allowed" in page.words
    assert "stuck at apply: the target does not answer" in page.words
    assert "wardline secret import stripe/key" in page.words


def test_the_plot_has_its_numbers_in_a_table(sign_in):
    words = sign_in("developer").page("/vault").words
    assert "stripe/key28 d20 d140 %" in words
    assert "partner/tokenno value yet30 d" in words


def test_secrets_are_narrowed_by_the_beginning_of_their_path(sign_in):
    words = sign_in("security").page("/vault?q=mail/").words
    assert "mail/relay/password" in words
    assert "stripe/key" not in words
    assert "No secret begins like this" in sign_in("security").page("/vault?q=none").words


def test_a_secret_says_who_has_which_version_and_who_approved_it(sign_in, organisation):
    browser = sign_in("auditor")
    page = browser.page(f"/vault/secrets/{PATH}")
    assert re.search(r"workload:orders[0-9a-f]{16}version 1", page.words)
    assert re.search(r"workload:reports[0-9a-f]{16}has not said so yet", page.words)
    assert "Asked for by cleo, approved by ada and bob" in page.words
    assert "minted, seen by nobody" in page.words
    event = next(link for link in page.links if link.startswith("/ledger/evt-"))
    assert "leads to the signed root" in browser.page(event).words
    assert "imported: a person has seen it" in browser.page("/vault/secrets/stripe/key").words


def test_a_rotation_under_way_says_its_step_and_what_holds_it_up(sign_in):
    words = sign_in("security").page("/vault/secrets/db/billing").words
    assert "Custodians of eu: stuck at apply" in words
    assert "At this stepjust now, 3 attempts" in words
    assert "Rotation under way" not in sign_in("security").page(f"/vault/secrets/{PATH}").words


def test_a_secret_that_is_not_there_is_told_as_such(sign_in):
    assert sign_in("security").get("/vault/secrets/no/such").status_code == 404


def test_what_waits_for_signatures_shows_the_command_and_no_button(sign_in, organisation):
    page = sign_in("security").page("/vault/proposals")
    (one,) = (each for each in organisation.services.vault.proposals(PLATFORM).rows if each.path == "stripe/key")
    assert f"wardline grant approve {one.id}" in page.words
    assert "Signed by ada" in page.words
    assert "+ readers: workload:web" in page.words
    assert all(each.get("method", "get") == "get" or "/appearance" in each["action"] or each["action"] == "/sign-out"
               for each in page.all("form"))  # fmt: skip
    assert "Grant of partner/token" in sign_in("security").page("/vault/proposals?state=done").words


def test_no_page_of_the_vault_takes_a_form():
    assert [one.path for one in ROUTES if isinstance(one, Move) and one.path.startswith("/vault")] == []


@pytest.mark.parametrize(
    "path",
    ["/vault", "/vault/proposals", f"/vault/secrets/{PATH}", "/ledger", "/ledger.json", "/vault/secrets/stripe/key"],
)
def test_no_page_holds_a_value(sign_in, path):
    assert VALUE not in sign_in("security").get(path).text


def test_a_root_of_two_people_is_not_called_solo(sign_in):
    assert "approves alone" not in sign_in("security").page("/vault").words
    assert "2 people approve each grant" in sign_in("security").page("/vault").words


def test_every_page_says_that_one_person_approves_alone(tmp_path, sqlite_template, runner):
    import shutil

    import httpx
    from tests.web.conftest import Browser

    from wardline.web.app import pages

    shutil.copyfile(sqlite_template, tmp_path / "wardline.db")
    made = worlds.empty(f"sqlite:///{tmp_path / 'wardline.db'}", tmp_path)
    admin = Browser(pages(made.services), runner, httpx.Cookies({"wardline": made.cookie("admin")}))
    assert "No ceremony was held yet" in admin.page("/vault").words
    vaults.alone(made)
    nobody = Browser(pages(made.services), runner, httpx.Cookies())
    for path in ("/", "/vault", "/vault/proposals", "/findings", "/settings", "/ledger", "/no/such"):
        assert "One person approves alone here" in admin.get(path).text, path
    for path in ("/sign-in", "/no/such"):
        assert "One person approves alone here" in nobody.get(path).text, path
    made.services.database.close()


def test_an_event_is_held_against_a_head_that_somebody_kept(sign_in, organisation):
    ledger, browser = organisation.services.ledger, sign_in("security")
    ledger.sequence()
    event = ledger.list(PLATFORM, action="vault:grant", page=Page(1)).rows[0]
    old = ledger.heads(PLATFORM, Page(20)).rows[-1]
    address = f"/ledger/{event.id}?kept={old.size}"
    good = browser.page(f"{address}&root={old.root.hex()}").words
    assert "nothing before it was changed" in good
    proof = ledger.consistency(PLATFORM, old.size, ledger.head(PLATFORM).size)
    assert merkle.verify_consistency(proof.first, proof.size, proof.hashes, old.root, proof.root)
    assert all(one.hex() in good for one in proof.hashes)
    assert "another ledger\u2019s past" in browser.page(f"{address}&root={'0' * 64}").words
    assert "compare the root yourself" in browser.page(address).words
    assert browser.get(f"/ledger/{event.id}?kept=99999999").status_code == 422
    assert browser.get(f"{address}&root=xyz").status_code == 422
