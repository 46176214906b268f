from wardline.check.dependencies.gathering import Gathering
from wardline.check.dependencies.lockfiles._spdx_tags import tagged

TEXT = """SPDXVersion: SPDX-2.3
SPDXID: SPDXRef-DOCUMENT
PackageName: first
SPDXID: SPDXRef-first
PackageVersion: <text>1.0</text>
ExternalRef: SECURITY cpe23Type cpe:2.3:a:x:x:1:*:*:*:*:*:*:*
ExternalRef: PACKAGE-MANAGER purl pkg:npm/first@1.0
ExternalRef: PACKAGE-MANAGER purl pkg:npm/second-one-is-not-taken@1.0
FileName: ./a
SPDXID: SPDXRef-file
PackageVersion: of a file, which is nonsense
PackageName: system
SPDXID: SPDXRef-system
PrimaryPackagePurpose: OPERATING-SYSTEM
Relationship: SPDXRef-DOCUMENT DESCRIBES SPDXRef-first
Relationship: SPDXRef-first CONTAINS SPDXRef-file
"""


def test_a_package_reaches_to_the_next_thing_that_is_described():
    gathering = Gathering()
    document = tagged(TEXT, gathering)
    assert [tuple(part) for part in document.parts] == [("SPDXRef-first", "pkg:npm/first@1.0", "first", "1.0", (), 7)]
    assert document.described == ["SPDXRef-first"]
    assert not gathering.lockfile().unread
