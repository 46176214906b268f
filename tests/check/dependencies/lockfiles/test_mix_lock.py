import pytest
from tests.check.dependencies.lockfiles.strangers import alone, answered, names, source

from wardline.check.dependencies.lockfiles import mix_lock


def test_packages_of_hex_have_their_registrys_name_and_git_is_said_so():
    lockfile = answered(mix_lock, source("mix-lock/valid-project/mix.lock"))
    assert names(lockfile) == {
        ("Hex", "cowboy", "2.7.0"),
        ("Hex", "cowlib", "2.8.0"),
        ("Hex", "phoenix_html", "2.14.2"),
        ("Hex", "plug", "1.10.0"),
    }
    assert lockfile.lines() == [2, 3, 4, 5]
    assert [(part.reason, part.line) for part in lockfile.unread] == [("forked: is from git, without a version", 6)]


def test_an_empty_map_has_no_packages():
    assert not answered(mix_lock, alone("mix.lock", "%{\n}\n")).packages


@pytest.mark.parametrize("text", ["", '%{\n  "a": {:hex, :a, "1", "x"},\n', "%{\n  a: 1\n}\n", "%{}\n%{\nx\n}\n"])
def test_what_is_cut_short_or_of_another_form_is_refused(text):
    assert answered(mix_lock, alone("mix.lock", text)) is None
