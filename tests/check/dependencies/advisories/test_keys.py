from wardline.check.dependencies.advisories.keys import family_of_key, id_key, package_key, scope


def test_releases_and_repositories_share_the_key_of_their_family():
    assert package_key("Debian:12", "curl") == package_key("Debian:11", "curl") == b"Debian\0curl"
    assert scope("Packagist:https://a.example") == b"Packagist"


def test_a_key_says_whose_it_is():
    assert family_of_key(package_key("npm", "a\0b")) == "npm"


def test_a_name_that_is_not_unicode_has_a_key():
    assert package_key("npm", "\udcff") != package_key("npm", "\udcfe")


def test_ids_are_found_in_any_case():
    assert id_key(" ghsa-ABCD ") == id_key("GHSA-abcd")
