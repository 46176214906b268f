import pytest

from wardline.check.dependencies.formats import load
from wardline.check.dependencies.recognised import recognised


@pytest.mark.parametrize(
    ("path", "title"),
    [
        ("deno.lock", "Deno's lockfile"),
        ("a/b/Podfile.lock", "CocoaPods' Podfile.lock"),
        ("flake.lock", "Nix's flake.lock"),
        ("src/obj/project.assets.json", "NuGet's restore output"),
        ("image/var/lib/rpm/rpmdb.sqlite", "RPM's database"),
        ("var/lib/rpm/Packages", "RPM's database"),
        ("service.spdx.rdf.xml", "SPDX as RDF"),
        ("x.spdx.yaml", "SPDX as YAML"),
    ],
)
def test_a_path_says_what_it_is_and_the_way_out(path, title):
    known = recognised(path)
    assert known is not None
    assert known[0] == title
    assert known[1]


@pytest.mark.parametrize(
    "path", ["", "a", "README.md", "Packages", "xvar/lib/rpm/Packages", "deno.lock/a", "a.lock", "a\nb"]
)
def test_any_other_path_is_nothing(path):
    assert recognised(path) is None


def test_no_file_is_both_read_and_only_recognised():
    formats = load()
    for path in ("go.mod", "mix.lock", "renv.lock", "lib/apk/db/installed", "a.spdx.json", "bun.lock", "Cargo.lock"):
        assert formats.of(path) is not None
        assert recognised(path) is None
