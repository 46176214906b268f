import pytest

from wardline.findings import package_names as names


@pytest.mark.parametrize(
    ("ecosystem", "name", "normalised"),
    [
        ("PyPI", "Friendly-_.Bard", "friendly-bard"),
        ("PyPI", " zope.interface ", "zope-interface"),
        ("Echo:PyPI", "A_b", "a-b"),
        ("TuxCare:PyPI", "A.b", "a-b"),
        ("NuGet", "Newtonsoft.Json", "newtonsoft.json"),
        ("Packagist", "Symfony/HTTP-Kernel", "symfony/http-kernel"),
        ("Packagist:https://registry.example/8", "drupal/Core", "drupal/core"),
        ("crates.io", "Serde_JSON", "serde-json"),
        ("GitHub Actions", "Actions/Checkout", "actions/checkout"),
        ("VSCode", "Publisher.Name", "publisher.name"),
        ("SwiftURL", "https://GitHub.example/Apple/swift-nio.git", "github.example/apple/swift-nio"),
        ("SwiftURL", "git@github.example:apple/swift-nio", "github.example/apple/swift-nio"),
        ("SwiftURL", "ssh://git@github.example/apple/swift-nio/", "github.example/apple/swift-nio"),
        ("npm", "@Scope/JSONStream", "@Scope/JSONStream"),
        ("Go", "github.example/BurntSushi/toml", "github.example/BurntSushi/toml"),
        ("Maven", "Org.Example:Thing", "Org.Example:Thing"),
        ("RubyGems", "RedCloth", "RedCloth"),
        ("CRAN", "R.utils", "R.utils"),
        ("Hackage", "HTTP", "HTTP"),
        ("Debian:12", "openssl", "openssl"),
        ("Nowhere", "Any_Name", "Any_Name"),
    ],
)
def test_names_are_compared_as_their_registry_does(ecosystem, name, normalised):
    assert names.normalised(ecosystem, name) == normalised
    assert names.normalised(ecosystem, normalised) == normalised


def test_the_family_is_what_stands_before_the_suffix():
    assert names.family("Debian:12") == "Debian"
    assert names.family("Ubuntu:Pro:18.04:LTS") == "Ubuntu"
    assert names.family("crates.io") == "crates.io"
    assert names.family("Red Hat:rhel_aus:8.4::appstream") == "Red Hat"


@pytest.mark.parametrize(
    ("ecosystem", "rules"),
    [
        ("Debian:12", "Debian"),
        ("Root:Alpine:3.18", "Alpine"),
        ("Root:PyPI", "PyPI"),
        ("Root", "npm"),
        ("Echo", "Debian"),
        ("Echo:Maven", "Maven"),
        ("Docker Hardened Images", "npm"),
        ("Docker Hardened Images:Debian:12", "Debian"),
        ("TuxCare:npm", "npm"),
        ("TuxCare", "TuxCare"),
        ("TuxCare:TuxCare:TuxCare:TuxCare:npm", "TuxCare"),
        ("", ""),
        (":", ""),
    ],
)
def test_what_repackages_follows_the_rules_of_what_it_repackages(ecosystem, rules):
    assert names.rules_of(ecosystem) == rules


@pytest.mark.parametrize(
    ("named", "asked"),
    [
        ("npm", "npm"),
        ("Debian:12", "Debian:12"),
        ("Debian:12", "Debian"),  # the release is not known
        ("Debian", "Debian:12"),  # the advisory is about every release
        ("Packagist:https://registry.example/8", "Packagist"),
        ("Packagist:https://registry.example/8", "Packagist:https://registry.example/8/"),
        ("Ubuntu:22.04:LTS", "Ubuntu:22.04"),
        ("Ubuntu:22.04", "Ubuntu:22.04:LTS"),
        ("Ubuntu:Pro:18.04:LTS", "Ubuntu:18.04"),
        ("Ubuntu:Pro:18.04:LTS", "Ubuntu:Pro:18.04"),
        ("Alpine:v3.19", "Alpine:3.19"),
    ],
)
def test_an_advisory_concerns_its_own_ecosystem(named, asked):
    assert names.same_ecosystem(named, asked)


@pytest.mark.parametrize(
    ("named", "asked"),
    [
        ("npm", "PyPI"),
        ("npm", "NPM"),
        ("Debian:11", "Debian:12"),
        ("Debian:1", "Debian:12"),
        ("Debian", "Ubuntu"),
        ("Packagist", "Packagist:https://registry.example/8"),  # the default registry is another
        ("Maven:https://a.registry.example", "Maven:https://b.registry.example"),
        ("Ubuntu:18.04:LTS", "Ubuntu:Pro:18.04:LTS"),
        ("Ubuntu:18.04:LTS", "Ubuntu:20.04:LTS"),
        ("Alpine:v3.19", "Alpine:v3.2"),
        ("Root:Alpine:3.18", "Root:Debian:12"),
        ("Root", "Root:Debian:12"),
    ],
)
def test_an_advisory_concerns_no_other_ecosystem(named, asked):
    assert not names.same_ecosystem(named, asked)
