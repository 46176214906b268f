import csv
import io
import json

import pytest

from wardline.findings.model import Query
from wardline.kernel.paging import Page


def test_the_list_is_what_the_service_answers_in_its_order(sign_in, organisation):
    page = sign_in("security").page("/findings?sort=severity")
    rows = organisation.services.findings.list(organisation.who("security"), Query(sort="severity"), Page(50)).rows
    assert [link for link in page.links if link.startswith("/findings/fnd-")] == [f"/findings/{one.id}" for one in rows]


def test_a_long_list_goes_on_where_it_ended(sign_in, organisation):
    browser, seen, path = sign_in("security"), [], "/findings?rows=7&state=any"
    while path:
        page = browser.page(path)
        seen += [link for link in page.links if link.startswith("/findings/fnd-")]
        path = next((one["href"] for one in page.all("a") if one.get("rel") == "next"), None)
    every = organisation.services.findings.count(
        organisation.who("security"),
        Query(states=frozenset({"detected", "owned", "fixing", "fixed", "verified", "dismissed"})),
    )
    assert len(seen) == len(set(seen)) == every


@pytest.mark.parametrize("filtered", ["", "?severity=high", "?state=any&practice=dependencies"])
def test_files_hold_the_same_findings_as_the_page(sign_in, filtered):
    browser = sign_in("security")
    told = browser.page(f"/findings{filtered}").words
    as_json = json.loads(browser.get(f"/findings.json{filtered}").text)
    as_csv = list(csv.DictReader(io.StringIO(browser.get(f"/findings.csv{filtered}").text, newline="")))
    assert f"{len(as_json)} finding" in told
    assert [row["id"] for row in as_csv] == [row["id"] for row in as_json]
    assert all(row["reported"]["fingerprint"] == row["fingerprint"] for row in as_json)


def test_the_address_says_which_view_one_looks_at(sign_in):
    page = sign_in("security").page("/findings?due=overdue&waived=no")
    assert [one["href"] for one in page.all("a") if one.get("aria-current") == "true"] == [
        "/findings?due=overdue&waived=no"
    ]


def test_what_is_found_by_nobody_says_what_to_do(sign_in):
    assert "Take a part of the filter away" in sign_in("security").page("/findings?q=nothingofthename").words
