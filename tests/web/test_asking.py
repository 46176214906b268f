import pytest

from wardline.kernel.errors import AskedWronglyError
from wardline.kernel.identity.model import Principal
from wardline.web.asking import FieldError, Form, granted, local


@pytest.mark.parametrize("address", ["/", "/findings?due=7", "/services/orders#top"])
def test_an_address_of_ours_stays(address):
    assert local(address) == address


@pytest.mark.parametrize(
    "address",
    ["", "x", "//evil.example", "https://evil.example/", "javascript:alert(1)", "/\\evil.example", "/a\r\nb", "/é",
     "/" + "a" * 3000, "\\\\evil.example", "http:/x", " /x"],
)  # fmt: skip
def test_any_other_address_leads_home(address):
    assert local(address) == "/"


def test_a_form_says_which_field_is_missing_or_wrong():
    form = Form([("days", "7"), ("name", "  x "), ("empty", " "), ("role", "a"), ("role", "b"), ("many", "1e3")])
    assert form.get("name") == "x"
    assert form.all("role") == ["a", "b"]
    assert form.whole("days", "for how many days", least=1, most=9) == 7
    for name, what in (("empty", "the reason"), ("none", "the owner")):
        with pytest.raises(AskedWronglyError, match=what):
            form.required(name, what)
    for name, most in (("days", 5), ("many", 9999)):
        with pytest.raises(AskedWronglyError, match="a whole number"):
            form.whole(name, "it", least=1, most=most)


def test_reading_of_every_team_grants_reading():
    who = Principal("person", "acc-1", "A", frozenset({"finding:read-all"}))
    assert granted(who, "finding:read")
    assert not granted(who, "waiver:read")


def test_a_message_is_shown_once(sign_in):
    browser = sign_in("director")
    assert browser.send("/settings/teams").status_code == 403
    answer = browser.send("/appearance", theme="light", to="/services")
    assert answer.headers["location"] == "/services"
    assert 'data-theme="light"' in browser.get("/services").text


def test_the_number_of_rows_and_the_place_in_a_list_come_from_the_address(sign_in):
    browser = sign_in("security")
    assert browser.page("/findings?rows=5").text.count("Next 5 findings") == 1
    assert browser.get("/findings?rows=nonsense&after=").status_code == 200
    refused = browser.get("/findings?after=none-of-ours")
    assert refused.status_code == 422
    assert "belongs to no list" in refused.text


def test_a_field_that_was_filled_in_wrongly_is_named_so_that_the_page_says_it_beside_the_field():
    form = Form([("days", "0")])
    with pytest.raises(FieldError) as missing:
        form.required("why", "the reason")
    with pytest.raises(FieldError) as wrong:
        form.whole("days", "for how many days", least=1, most=9)
    assert (missing.value.field, wrong.value.field) == ("why", "days")
