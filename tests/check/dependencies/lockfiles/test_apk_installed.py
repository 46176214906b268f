from tests.check.dependencies.lockfiles.strangers import alone, answered, names, source

from wardline.check.dependencies.lockfiles import apk_installed


def test_installed_packages_are_reported_as_their_origins_of_the_release():
    lockfile = answered(apk_installed, source("apk-installed/valid-image/lib/apk/db/installed"))
    assert names(lockfile) == {("Alpine:v3.18", "busybox", "1.36.1-r2"), ("Alpine:v3.18", "zlib", "1.2.13-r1")}
    assert lockfile.lines() == [2, 21]


def test_wolfi_has_no_releases():
    given = alone("lib/apk/db/installed", "P:a\nV:1-r0\n")._replace(near=lambda _: b"ID=wolfi\nVERSION_ID=2023\n")
    assert names(answered(apk_installed, given)) == {("Wolfi", "a", "1-r0")}


def test_a_package_without_a_version_is_counted_and_no_package_is_refused():
    alpine = b"ID=alpine\nVERSION_ID=3.18.4\n"
    given = alone("usr/lib/apk/db/installed", "P:a\n\nP:b\nV:1\n")._replace(near=lambda _: alpine)
    assert answered(apk_installed, given).unread[0].units == 1
    assert answered(apk_installed, given._replace(data=b"nothing\n")) is None
