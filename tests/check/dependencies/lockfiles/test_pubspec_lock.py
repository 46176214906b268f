import pytest
from tests.check.dependencies.lockfiles.strangers import alone, answered, source

from wardline.check.dependencies.lockfiles import pubspec_lock


def test_hosted_packages_are_read_and_folders_and_sdks_are_not_third_party():
    lockfile = answered(pubspec_lock, source("pubspec-lock/valid-project/pubspec.lock"))
    assert [tuple(package[:5]) for package in lockfile.packages] == [
        ("Pub", "archive", "3.3.7", (), False),
        ("Pub", "http", "0.13.2", (), True),
        ("Pub", "lints", "2.1.1", ("dev",), True),
    ]
    assert lockfile.lines() == [4, 17, 25]
    assert not lockfile.unread


def test_an_entry_that_cannot_be_read_is_counted():
    odd = "    source: hosted\n    version: '1'\n    dependency: odd\n"
    text = f"packages:\n  a:\n    source: hosted\n  b: c\n  d:\n{odd}sdks: {{}}\n"
    lockfile = answered(pubspec_lock, alone("pubspec.lock", text))
    assert lockfile.unread[0].units == 3
    assert lockfile.unread[0].line == 2


@pytest.mark.parametrize("text", ["", "packages: []\nsdks: {}\n", "packages:\n  a:\n    version: '1'\n", "a: &b c\n"])
def test_what_is_cut_short_or_of_another_form_is_refused(text):
    assert answered(pubspec_lock, alone("pubspec.lock", text)) is None
