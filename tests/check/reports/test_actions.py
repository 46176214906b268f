import samples

from wardline.check.reports.actions import best_known_id, place, shown_ids, suppressed_by, to_do
from wardline.findings.report import Fix, Location, Report


def actions(*findings, **changes):
    return to_do(Report(findings=findings, **changes))


def test_three_vulnerabilities_of_one_package_are_one_thing_to_do():
    upgrade = next(one for one in to_do(samples.report()) if one.package and one.package.name == "requests")
    assert len(upgrade.findings) == 3
    assert upgrade.headline == "upgrade requests 2.19.0 → 2.32.4"
    assert upgrade.commands == ("uv lock --upgrade-package requests==2.32.4",)
    assert upgrade.ids == ("CVE-2024-47081", "CVE-2023-32681", "CVE-2024-35195")
    assert upgrade.exploited


def test_the_version_is_the_highest_as_the_ecosystem_orders_them():
    low = samples.vulnerable(ids=("A-1",), fixed="2.9.0", command="up 2.9.0", severity="critical")
    high = samples.vulnerable(ids=("A-2",), fixed="2.32.4", command="up 2.32.4", severity="low")
    assert actions(low, high)[0].fix.version == "2.32.4"
    assert actions(low, high)[0].commands == ("up 2.32.4",)


def test_versions_that_cannot_be_ordered_are_no_error():
    odd = [samples.vulnerable(ids=(f"A-{n}",), ecosystem="npm", fixed=f"not a version {n}") for n in range(3)]
    assert actions(*odd)[0].fix.version.startswith("not a version")


def test_each_lockfile_has_its_own_command():
    one = samples.vulnerable(file="a/uv.lock", command="cd a && up")
    other = samples.vulnerable(file="b/uv.lock", command="cd b && up")
    action = actions(one, other)[0]
    assert action.commands == ("cd a && up", "cd b && up")
    assert action.places == ("a/uv.lock:123", "b/uv.lock:123")


def test_a_vulnerability_without_a_fix_is_counted_beside_those_with_one():
    assert actions(samples.vulnerable(), samples.vulnerable(ids=("A-2",), fixed=None))[0].unfixed == 1
    assert actions(samples.vulnerable(fixed=None))[0].unfixed == 0


def test_malware_is_not_hidden_among_upgrades_of_the_same_package():
    bad = samples.vulnerable(blocks=True, fix=Fix(kind="remove", text="remove it"))
    first, second = actions(samples.vulnerable(severity="critical"), bad)
    assert (first.verb, second.verb) == ("remove", "upgrade")


def test_the_most_urgent_comes_first_and_what_does_not_block_last():
    order = [one.headline for one in to_do(samples.report())]
    assert order[0] == "remove colourama-js 0.1.6"
    assert order[1].startswith("upgrade requests")
    assert order[-1] == "Action pinned by a tag that can move"


def test_one_rule_at_two_places_with_the_same_repair_is_one_thing_to_do():
    one = samples.findings()[8]
    assert len(actions(one, one._replace(line=30))) == 1
    assert len(actions(one, one._replace(fix=Fix(kind="edit", text="Something else.")))) == 2


def test_a_package_without_a_repair_is_decided_on():
    assert actions(samples.vulnerable(fixed=None))[0].headline == "decide on requests 2.19.0"


def test_only_a_transitive_package_is_brought_by_another():
    assert actions(samples.vulnerable())[0].path == ("api-client@1.2.0", "requests@2.19.0")
    assert actions(samples.vulnerable(paths=(("requests@2.19.0",),)))[0].path == ()


def test_a_place_is_a_line_of_a_file_or_a_location():
    assert place(samples.vulnerable()) == "uv.lock:123"
    assert place(samples.vulnerable(line=None)) == "uv.lock"
    assert place(samples.vulnerable(file=None, line=None, location=Location(kind="url", value="u"))) == "u"


def test_people_look_for_the_cve():
    assert best_known_id(samples.vulnerable()) == "CVE-2023-32681"
    assert best_known_id(samples.vulnerable(ids=("GHSA-1",))) == "GHSA-1"


def test_a_long_list_of_ids_is_shortened_saying_so():
    assert shown_ids(["a", "b"]) == "a, b"
    assert shown_ids(list("abcdef")) == "a, b, c, d and 2 more"


def test_suppressions_are_counted_by_reason():
    rows = suppressed_by(samples.report())
    assert [(number, one.until) for one, number in rows] == [(2, "2026-10-01"), (1, None)]
