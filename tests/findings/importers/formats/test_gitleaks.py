from tests.findings.importers.reports import findings, gaps, gitleaks, made_up_secret


def test_nothing_of_the_value_is_kept_nor_made_into_the_identity():
    secret = made_up_secret()
    (found,) = findings([gitleaks(secret, Author="Ann", Email="ann@mail.example", Message=secret)])
    shown = repr(found)
    assert not [part for part in (secret, secret[:12], "Ann", "ann@") if part in shown]
    assert findings([gitleaks(made_up_secret(8))])[0].fingerprint == found.fingerprint


def test_the_name_of_the_value_tells_two_leaks_in_one_file_apart():
    other = gitleaks(Match=f'password = "{made_up_secret()}"')
    first, second = findings([gitleaks(), other])
    assert first.fingerprint != second.fingerprint
    assert findings([other, gitleaks()])[1].fingerprint == first.fingerprint


def test_two_leaks_that_nothing_tells_apart_have_two_fingerprints():
    first, second = findings([gitleaks(StartLine=4), gitleaks(made_up_secret(9), StartLine=8)])
    swapped = findings([gitleaks(made_up_secret(9), StartLine=8), gitleaks(StartLine=4)])
    assert first.fingerprint != second.fingerprint
    assert [one.fingerprint for one in swapped] == [second.fingerprint, first.fingerprint]


def test_a_commit_is_named_and_anything_else_in_its_place_is_not():
    assert "commit 0123456789ab" in findings([gitleaks(Commit="0123456789abcdef0123")])[0].message
    assert "stolen" not in findings([gitleaks(Commit="stolen value")])[0].message


def test_version_7_is_read():
    secret = made_up_secret()
    old = {"rule": "AWS Key", "offender": secret, "line": f"k = {secret}", "file": "a.py", "lineNumber": 3}
    (found,) = findings([old])
    assert (found.file, found.line) == ("a.py", 3)
    assert secret not in repr(found)


def test_a_leak_without_a_rule_is_counted_as_not_read():
    assert gaps([gitleaks(), {"Secret": "x"}, 3], "gitleaks")[0].units == 2
