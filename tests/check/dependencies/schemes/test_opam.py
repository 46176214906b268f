from tests.check.dependencies.schemes import ordering

from wardline.check.dependencies import versions


def test_the_order_is_that_of_the_manual():
    """The opam manual, "Version ordering"."""
    ordering.assert_ascending(
        "opam", "~~", "~", "~beta2", "~beta10", "0.1", "1.0~beta", "1.0", "1.0-test", "1.0.1", "1.0.10"
    )
    ordering.assert_ascending("opam", "v0.9.0", "v0.16.0", "v0.16.1")


def test_the_last_hyphen_begins_a_revision_and_a_colon_is_no_epoch():
    ordering.assert_ascending("opam", ("1.0", "1.0-0"), "1.0-1", "1.0-10", "1.0a", "1.0a-1", "1.0:1", "2")
    ordering.assert_unreadable("opam", "1 0", "1.é")


def test_a_tilde_makes_a_prerelease():
    assert versions.prerelease("opam", "5.0.0~beta1")
    assert not versions.prerelease("opam", "5.0.0+trunk")
    assert versions.major("opam", "v0.16") == "0"
