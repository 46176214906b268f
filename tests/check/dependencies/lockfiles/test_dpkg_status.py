import shutil
import subprocess
from pathlib import Path

import pytest
from tests.check.dependencies.lockfiles.strangers import alone, answered, names, source

from wardline.check.dependencies.lockfiles import dpkg_status

STATUS = Path("/var/lib/dpkg/status")


def test_installed_packages_are_reported_as_their_sources_of_the_release():
    lockfile = answered(dpkg_status, source("dpkg-status/valid-image/var/lib/dpkg/status"))
    assert names(lockfile) == {
        ("Debian:12", "openssl", "3.0.11-1~deb12u2"),
        ("Debian:12", "gcc-12", "12.2.0-14"),
    }
    assert lockfile.lines() == [1, 20]


@pytest.mark.native
@pytest.mark.skipif(shutil.which("dpkg-query") is None or not STATUS.is_file(), reason="dpkg is not installed")
def test_it_names_what_dpkg_itself_names():
    form = "${db:Status-Status} ${source:Package} ${source:Version}\n"
    told = subprocess.run(["dpkg-query", "-W", "-f", form], capture_output=True, text=True, check=True).stdout
    wanted = {tuple(line.split(" ")[1:]) for line in told.splitlines() if line.startswith("installed ")}
    os_release = b"ID=debian\nVERSION_ID=12\n"
    given = dpkg_status.Source("var/lib/dpkg/status", STATUS.read_bytes(), lambda _: os_release)
    assert wanted <= {(name, version) for _, name, version in names(answered(dpkg_status, given))}


def test_an_image_without_dpkg_has_one_file_for_each_package():
    os_release = b'ID="ubuntu"\nVERSION_ID="22.04"\n'

    def near(relative):
        return os_release if relative == "../../../../usr/lib/os-release" else None

    data = b"Package: base-files\nVersion: 12ubuntu4\nArchitecture: amd64\n"
    lockfile = answered(dpkg_status, dpkg_status.Source("i/var/lib/dpkg/status.d/base", data, near))
    assert names(lockfile) == {("Ubuntu:22.04:LTS", "base-files", "12ubuntu4")}
    sums = answered(dpkg_status, dpkg_status.Source("i/var/lib/dpkg/status.d/base.md5sums", b"0123  a\n", near))
    assert not sums.packages


def test_without_a_known_distribution_it_is_refused_with_the_way_out():
    data = (source("dpkg-status/valid-image/var/lib/dpkg/status")).data
    for os_release in (None, b"ID=kali\n", b"", b"ID=../../x\nVERSION_ID=1\n"):
        given = dpkg_status.Source("var/lib/dpkg/status", data, lambda _, said=os_release: said)
        with pytest.raises(dpkg_status.LockfileError) as refused:
            dpkg_status.read(given)
        assert refused.value.hint


def test_a_package_without_a_version_is_counted():
    given = alone("status", "Package: a\nStatus: install ok installed\n\nVersion: 1\n")
    given = given._replace(near=lambda _: b"ID=debian\nVERSION_ID=12\n")
    assert answered(dpkg_status, given).unread[0].units == 2
