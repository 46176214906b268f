import json


def test_a_person_is_made_known_given_roles_and_shut_out(sign_in, organisation):
    admin, identity = sign_in("admin"), organisation.services.identity
    answer = admin.send("/settings/people", name="Zoe Quist", email="zoe@shop.example", role="developer")
    assert answer.status_code == 303
    where = answer.headers["location"]
    one = where.rpartition("/")[2]
    link = admin.send(f"{where}/link")
    assert "/sign-in/" in link.text
    assert admin.send(f"{where}/roles", role="auditor").status_code == 303
    assert identity.account(organisation.who("admin"), one).roles == {"auditor"}
    assert admin.send(f"{where}/deactivate").status_code == 303
    assert not identity.account(organisation.who("admin"), one).active
    assert admin.send(f"{where}/reactivate").status_code == 303
    assert admin.send(f"{where}/roles", role="emperor").status_code == 422


def test_roles_that_do_not_go_together_are_refused_with_the_reason(sign_in, organisation):
    person = organisation.accounts["auditor"]
    answer = sign_in("admin").ask(
        "POST", f"/settings/people/{person}/roles",
        content=f"csrf={sign_in('admin').csrf}&role=admin&role=security",
        headers={"content-type": "application/x-www-form-urlencoded"},
    )  # fmt: skip
    assert answer.status_code == 422
    assert "do not go together" in answer.text


def test_people_are_found_by_name(sign_in):
    rows = json.loads(sign_in("admin").get("/settings/people.json?q=amara").text)
    assert [row["name"] for row in rows] == ["Amara Okafor"]
    assert "Nobody of that name" in sign_in("admin").page("/settings/people?q=nothing-of-the-name").words


def test_a_team_is_made_changed_and_led(sign_in, organisation):
    security, catalog = sign_in("security"), organisation.services.catalog
    where = security.send("/settings/teams", slug="tooling", name="Tooling").headers["location"]
    one = where.rpartition("/")[2]
    person = organisation.accounts["auditor"]
    assert security.send(f"{where}/members", account=person, lead="yes").status_code == 303
    assert [(member.account, member.lead) for member in catalog.members(organisation.who("admin"), one)] == [
        (person, True)
    ]
    assert security.send(where, name="Tools", email="tools@shop.example", slack="").status_code == 303
    assert "Tools" in security.page(where).words
    assert security.send(f"{where}/members/remove", account=person).status_code == 303
    assert not catalog.members(organisation.who("admin"), one)


def test_whoever_neither_leads_nor_runs_anything_changes_no_team(sign_in, organisation):
    where = f"/settings/teams/{organisation.teams['payments']}"
    assert sign_in("lead").send(where, name="Ours").status_code in {403, 404}
    assert not sign_in("lead").page(where).all("textarea")
