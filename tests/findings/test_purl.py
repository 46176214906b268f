import string
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packageurl import PackageURL

from wardline.findings.purl import MAX_CHARS, parsed, purl, uncovered

TYPES = {
    "PyPI": "pypi",
    "npm": "npm",
    "Maven": "maven",
    "Go": "golang",
    "crates.io": "cargo",
    "RubyGems": "gem",
    "Packagist": "composer",
    "NuGet": "nuget",
    "Hex": "hex",
    "Pub": "pub",
    "SwiftURL": "swift",
    "ConanCenter": "conan",
    "CRAN": "cran",
    "Hackage": "hackage",
    "Bitnami": "bitnami",
    "GitHub Actions": "githubactions",
}
NAMESPACED = {"npm", "Maven", "Go", "Packagist", "Hex", "SwiftURL", "GitHub Actions", "Bitnami", "ConanCenter"}
NAME = st.text(string.ascii_letters + string.digits + "._-", min_size=1, max_size=20).filter(lambda t: t.strip("."))
VERSION = st.text(string.ascii_letters + string.digits + ".+-_~:!*@#%?&= ", min_size=1, max_size=20).filter(
    lambda t: t == t.strip() and t
)


@given(st.sampled_from(sorted(TYPES)), st.lists(NAME, min_size=1, max_size=4), VERSION)
def test_it_agrees_with_the_reference_implementation(ecosystem, parts, version):
    kind = TYPES[ecosystem]
    parts = parts if ecosystem in NAMESPACED else parts[:1]
    namespace, last = "/".join(parts[:-1]), parts[-1]
    name = f"{namespace}:{last}" if kind == "maven" and namespace else "/".join(parts)
    expected = PackageURL(kind, namespace or None, last, version).to_string()
    assert purl(ecosystem, name, version) == expected


@given(st.text(min_size=1, max_size=12), st.text(min_size=1, max_size=12))
def test_any_text_becomes_what_the_reference_implementation_reads_back(name, version):
    if not name.strip("/ \t\r\n") or "//" in name or name != name.strip() or not version.strip():
        return
    text = purl("crates.io", name.replace("/", "-"), version.strip())
    back = PackageURL.from_string(text)
    assert (back.type, back.name, back.version) == ("cargo", name.replace("/", "-"), version.strip())


@given(
    st.sampled_from(["npm", "Maven", "Go", "crates.io", "RubyGems", "NuGet", "CRAN", "SwiftURL", "GitHub Actions"]),
    st.lists(st.text(string.ascii_lowercase + string.digits + "._-", min_size=1, max_size=9), min_size=2, max_size=3),
    VERSION,
)
def test_what_is_written_is_read_back(ecosystem, parts, version):
    names = {
        "npm": f"@{parts[0]}/{parts[1]}",
        "Maven": f"{parts[0]}:{parts[1]}",
        "Go": "/".join(parts),
        "SwiftURL": "/".join(parts),
        "GitHub Actions": "/".join(parts),
    }
    name = names.get(ecosystem, parts[0])
    assert parsed(purl(ecosystem, name, version)) == (ecosystem, name, version)


@pytest.mark.parametrize(
    ("ecosystem", "name", "version", "expected"),
    [
        ("Debian:12", "openssl", "3.0.11-1~deb12u2", "pkg:deb/debian/openssl@3.0.11-1~deb12u2?distro=debian-12"),
        ("Ubuntu:22.04:LTS", "curl", "7.81.0-1", "pkg:deb/ubuntu/curl@7.81.0-1?distro=ubuntu-22.04"),
        ("Alpine:v3.18", "busybox", "1.36.1-r2", "pkg:apk/alpine/busybox@1.36.1-r2?distro=alpine-3.18"),
        ("Wolfi", "curl", "8.4.0-r0", "pkg:apk/wolfi/curl@8.4.0-r0"),
        (
            "Rocky Linux:9",
            "kernel",
            "1:5.14.0-1",
            "pkg:rpm/rocky-linux/kernel@5.14.0-1?distro=rocky-linux-9&epoch=1",
        ),
    ],
)
def test_a_distribution_keeps_its_release_both_ways(ecosystem, name, version, expected):
    assert purl(ecosystem, name, version) == expected
    assert PackageURL.from_string(expected).to_string() == expected
    assert parsed(expected) == (ecosystem, name, version)


def test_an_ecosystem_without_a_type_of_its_own_is_generic():
    assert purl("OSS-Fuzz", "libfoo", "1.0") == "pkg:generic/libfoo@1.0"
    assert purl("Packagist:https://packages.drupal.org/8", "drupal/core", "8.0.0") == "pkg:composer/drupal/core@8.0.0"
    assert purl("npm", "left-pad", "") == "pkg:npm/left-pad"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("pkg:npm/@angular/core@1.0.0", ("npm", "@angular/core", "1.0.0")),
        ("pkg:npm/@angular/core", ("npm", "@angular/core", "")),
        ("pkg:npm/%40angular/core@1.0.0", ("npm", "@angular/core", "1.0.0")),
        ("PKG:NPM/left-pad@1.0.0", ("npm", "left-pad", "1.0.0")),
        ("pkg://npm/left-pad@1.0.0", ("npm", "left-pad", "1.0.0")),
        ("pkg:golang/std@v1.19", ("Go", "stdlib", "1.19")),
        ("pkg:golang/stdlib@1.21.0", ("Go", "stdlib", "1.21.0")),
        ("pkg:golang/github.com/a/b@v1.2.3%2Bincompatible#sub", ("Go", "github.com/a/b", "v1.2.3+incompatible")),
        ("pkg:maven/org.a/b@1?type=jar&classifier=c", ("Maven", "org.a:b", "1")),
        ("pkg:conan/bincrafters/zlib@1.2.11?user=x", ("ConanCenter", "zlib", "1.2.11")),
        ("pkg:pypi/Django@2.0", ("PyPI", "django", "2.0")),
        ("pkg:deb/debian/libssl3@3.0?upstream=openssl%401.1&distro=bookworm", ("Debian:12", "openssl", "3.0")),
        ("pkg:deb/debian/openssl@3.0?arch=source", ("Debian", "openssl", "3.0")),
        ("pkg:deb/ubuntu/curl@7?distro=ubuntu-23.10", ("Ubuntu:23.10", "curl", "7")),
        ("pkg:apk/alpine/libssl3@3.1?distro=alpine-3.18.4&upstream=openssl", ("Alpine:v3.18", "openssl", "3.1")),
        ("pkg:apk/alpine/x@1?distro=edge", ("Alpine", "x", "1")),
        ("pkg:rpm/almalinux/bash@5-1?distro=almalinux-9.2", ("AlmaLinux:9", "bash", "5-1")),
        ("pkg:rpm/redhat/x@1-2?epoch=1", ("Red Hat", "x", "1:1-2")),
        ("pkg:rpm/photon/x@1?distro=photon-4.0", ("Photon OS:4.0", "x", "1")),
    ],
)
def test_it_reads_the_forms_that_sbom_generators_write(text, expected):
    assert parsed(text) == expected


@pytest.mark.parametrize(
    "text", ["", "pkg:", "pkg:npm", "pkg:npm/", "npm/a@1", "http://a/b", "pkg:/a@1", "pkg:np m/a@1"]
)
def test_what_is_no_purl_is_none(text):
    assert parsed(text) is None
    assert uncovered(text) == ""


def test_a_type_without_advisories_is_named():
    assert parsed("pkg:docker/a@1") is None
    assert uncovered("pkg:docker/a@1") == "docker"
    assert uncovered("pkg:deb/kali/a@1") == "deb/kali"
    assert uncovered("pkg:rpm/a@1") == "rpm of no distribution"
    assert uncovered("pkg:npm/a@1") == ""


@given(st.text(max_size=60))
def test_any_text_is_read_or_none(text):
    for candidate in (text, f"pkg:npm/{text}", f"pkg:deb/debian/{text}?{text}"):
        found = parsed(candidate)
        assert found is None or all(isinstance(part, str) for part in found)
        assert isinstance(uncovered(candidate), str)


def test_a_long_text_is_refused_and_a_hostile_one_takes_no_time():
    assert parsed("pkg:npm/" + "a" * MAX_CHARS) is None
    start = time.perf_counter()
    for hostile in (
        "pkg:npm/" + "/@" * 2_000,
        "pkg:npm/a?" + "&" * 4_000,
        "pkg:" + "/" * 4_000,
        "pkg:npm/" + "%" * 4_000,
    ):
        parsed(hostile)
    assert time.perf_counter() - start < 2
