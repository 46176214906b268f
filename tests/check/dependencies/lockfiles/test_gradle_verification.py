from tests.check.dependencies.lockfiles.strangers import alone, answered, names, source

from wardline.check.dependencies.lockfiles import gradle_verification

CASE = "gradle-verification/valid-project/gradle/verification-metadata.xml"


def test_every_component_is_a_package_and_what_a_pattern_trusts_is_said():
    lockfile = answered(gradle_verification, source(CASE))
    assert names(lockfile) == {
        ("Maven", "com.fasterxml.jackson.core:jackson-databind", "2.9.8"),
        ("Maven", "junit:junit", "4.12"),
    }
    assert lockfile.lines() == [12, 17]
    assert [part.reason for part in lockfile.unread] == [
        "com.example.platform:*:*: is trusted by a pattern, which names no versions"
    ]


def test_a_component_without_a_version_is_counted():
    text = "<verification-metadata><components><component group='a' name='b'/><x/></components></verification-metadata>"
    lockfile = answered(gradle_verification, alone("verification-metadata.xml", text))
    assert sum(part.units for part in lockfile.unread) == 2


def test_another_document_is_refused():
    for text in ("<project/>", "<verification-metadata/>"):
        assert answered(gradle_verification, alone("verification-metadata.xml", text)) is None
