import pytest

from wardline.check.dependencies.distribution import ecosystem
from wardline.check.dependencies.model import LockfileError, Source


def _source(files):
    def near(relative):
        found = files.get(relative)
        if isinstance(found, LockfileError):
            raise found
        return found

    return Source("var/lib/dpkg/status", b"", near)


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        ("deb", 'ID=debian\nVERSION_ID="12"\n', "Debian:12"),
        ("deb", "ID=debian\nVERSION_CODENAME=sid\n", "Debian"),
        ("deb", "ID=ubuntu\nVERSION_ID='24.04'\n", "Ubuntu:24.04:LTS"),
        ("apk", "ID=alpine\nVERSION_ID=3.18.4\n", "Alpine:v3.18"),
        ("apk", "ID=chainguard\nVERSION_ID=20230214\n", "Chainguard"),
    ],
)
def test_an_os_release_names_the_ecosystem(kind, text, expected):
    assert ecosystem(_source({"../etc/os-release": text.encode()}), kind, "..") == expected


def test_a_link_in_etc_is_not_followed_and_the_file_behind_it_is_read():
    files = {"../etc/os-release": LockfileError("a link"), "../usr/lib/os-release": b"ID=debian\nVERSION_ID=11\n"}
    assert ecosystem(_source(files), "deb", "..") == "Debian:11"


@pytest.mark.parametrize("text", [None, b"", b"ID=arch\n", b"ID=alpine\n", b"ID=a/b?x\n", b"\xff\xfe"])
def test_an_unknown_distribution_is_refused_with_the_way_out(text):
    with pytest.raises(LockfileError):
        ecosystem(_source({"../etc/os-release": text}), "deb", "..")
