import json
import time

import pytest
from tests.check.dependencies.lockfiles.strangers import FIXTURES, alone, answered, names, source

from wardline.check.dependencies.lockfiles import cyclonedx, spdx


def _document(*packages, relationships=(), version="SPDX-2.3", **more):
    return {
        "spdxVersion": version,
        "SPDXID": "SPDXRef-DOCUMENT",
        "packages": list(packages),
        "relationships": [
            {"spdxElementId": first, "relationshipType": kind, "relatedSpdxElement": second}
            for first, kind, second in relationships
        ],
        **more,
    }


def _package(name, purl=None, **more):
    locator = f"pkg:npm/{name}@1.0.0" if purl is None else purl
    refs = [{"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl", "referenceLocator": locator}]
    return {"name": name, "SPDXID": f"SPDXRef-{name}", "externalRefs": refs if locator else [], **more}


def _read(document):
    lockfile = answered(spdx, alone("a.spdx.json", json.dumps(document, indent=2)))
    assert lockfile is not None
    return lockfile


def test_npms_own_document_says_the_same_as_its_cyclonedx_sbom():
    one = answered(spdx, source("spdx/valid-npm/service.spdx.json"))
    other = answered(cyclonedx, source("cyclonedx/valid-npm/bom.json"))
    assert sorted(one.packages) == sorted(other.packages)
    lines = source("spdx/valid-npm/service.spdx.json").data.decode().splitlines()
    for package, line in zip(one.packages, one.lines(), strict=True):
        assert package.name.lstrip("@") in lines[line - 1]
        assert "referenceLocator" in lines[line - 1]


def test_tag_value_says_the_same_as_json():
    one = answered(spdx, source("spdx/valid-npm/service.spdx.json"))
    other = answered(spdx, source("spdx/valid-tags/service.spdx"))
    assert one.packages == other.packages
    assert one.graph() == other.graph()
    assert not other.unread
    lines = (FIXTURES / "spdx/valid-tags/service.spdx").read_text().splitlines()
    assert all(lines[line - 1].startswith("ExternalRef: ") for line in other.lines())


def test_version_3_is_read_with_its_scopes():
    lockfile = answered(spdx, source("spdx/valid-3/service.spdx.json"))
    assert {(package.name, package.groups, package.direct) for package in lockfile.packages} == {
        ("@babel/code-frame", (), True),
        ("@babel/helper-validator-identifier", (), False),
        ("@babel/highlight", (), False),
        ("ansi-styles", (), False),
        ("chalk", (), True),  # for development, and needed by a package of production
    }
    assert not lockfile.unread


def test_a_scope_of_version_3_is_a_group():
    rows = [
        {"type": "SpdxDocument", "spdxId": "d", "rootElement": ["me"]},
        {"type": "software_Package", "spdxId": "me", "name": "me"},
        {"type": "software_Package", "spdxId": "a", "name": "a", "software_packageUrl": "pkg:npm/a@1"},
        {
            "type": "LifecycleScopedRelationship",
            "from": "me",
            "relationshipType": "dependsOn",
            "to": "a",
            "scope": "test",
        },
    ]
    document = {"@context": "https://spdx.org/rdf/3.0.1/spdx-context.jsonld", "@graph": rows}
    assert [tuple(package[1:5]) for package in _read(document).packages] == [("a", "1", ("test",), True)]


def test_the_one_package_that_is_described_is_the_subject_and_left_out():
    packages = [_package("me"), _package("a")]
    described = _read(_document(*packages, relationships=[("SPDXRef-DOCUMENT", "DESCRIBES", "SPDXRef-me")]))
    assert names(described) == {("npm", "a", "1.0.0")}
    assert described.packages[0].direct is None
    backwards = _read(_document(*packages, relationships=[("SPDXRef-me", "DESCRIBED_BY", "SPDXRef-DOCUMENT")]))
    assert names(backwards) == names(described)
    assert names(_read(_document(*packages, documentDescribes=["SPDXRef-me"]))) == names(described)


def test_a_document_that_describes_everything_loses_nothing():
    relations = [("SPDXRef-DOCUMENT", "DESCRIBES", f"SPDXRef-{name}") for name in "ab"]
    assert len(_read(_document(_package("a"), _package("b"), relationships=relations)).packages) == 2
    assert len(_read(_document(_package("a"), relationships=relations[:1])).packages) == 1


@pytest.mark.parametrize(
    ("kind", "groups"),
    [
        ("DEV_DEPENDENCY_OF", ("dev",)),
        ("TEST_DEPENDENCY_OF", ("test",)),
        ("BUILD_TOOL_OF", ("build",)),
        ("OPTIONAL_DEPENDENCY_OF", ("optional",)),
        ("RUNTIME_DEPENDENCY_OF", ()),
    ],
)
def test_the_kind_of_need_is_the_group(kind, groups):
    relations = [("SPDXRef-DOCUMENT", "DESCRIBES", "SPDXRef-me"), ("SPDXRef-a", kind, "SPDXRef-me")]
    lockfile = _read(_document(_package("me"), _package("a"), relationships=relations))
    assert [(package.groups, package.direct) for package in lockfile.packages] == [(groups, True)]
    both = [*relations, ("SPDXRef-me", "DEPENDS_ON", "SPDXRef-a")]
    assert _read(_document(_package("me"), _package("a"), relationships=both)).packages[0].groups == ()


def test_what_cannot_be_examined_is_counted():
    lockfile = _read(
        _document(
            _package("good"),
            _package("nothing", ""),
            _package("ranged", "pkg:npm/ranged", versionInfo="^1.2.3"),
            _package("action", "pkg:githubactions/actions/checkout@4.*.*"),
            _package("here", "pkg:github/acme/here@main"),
            {"name": "debian", "SPDXID": "SPDXRef-os", "primaryPackagePurpose": "OPERATING-SYSTEM"},
            {},
            relationships=[
                ("SPDXRef-good", "DEPENDS_ON", "SPDXRef-gone"),
                ("SPDXRef-good", "DEPENDS_ON", "NOASSERTION"),
            ],
        )
    )
    assert names(lockfile) == {("npm", "good", "1.0.0")}
    assert sum(part.units for part in lockfile.unread) == 6


def test_another_documents_element_need_not_be_here():
    relations = [("SPDXRef-DOCUMENT", "DESCRIBES", "SPDXRef-a"), ("SPDXRef-a", "DEPENDS_ON", "DocumentRef-x:SPDXRef-b")]
    assert not _read(_document(_package("a"), relationships=relations)).unread


@pytest.mark.parametrize(
    "text",
    [
        "SPDXVersion: SPDX-1.2\nPackageName: a\n",
        "PackageName: a\n",
        "SPDXVersion: SPDX-2.3\nPackageName: a\nPackageComment: <text>open\n",
        "<rdf:RDF/>",
        '{"spdxVersion": "SPDX-4.0"}',
        '{"@graph": [], "@context": "https://elsewhere.example"}',
        '{"@graph": 7, "@context": "https://spdx.org/rdf/3.0.1/spdx-context.jsonld"}',
        '{"spdxVersion": "SPDX-2.3", "packages": {}}',
    ],
)
def test_other_forms_are_refused(text):
    assert answered(spdx, alone("a.spdx", text)) is None


def test_tag_value_without_relations_may_be_cut_short():
    text = "SPDXVersion: SPDX-2.2\nPackageName: a\nSPDXID: SPDXRef-a\nExternalRef: PACKAGE-MANAGER purl pkg:npm/a@1\n"
    lockfile = answered(spdx, alone("a.spdx", text))
    assert names(lockfile) == {("npm", "a", "1")}
    assert "cut short" in lockfile.unread[0].reason


def test_ten_thousand_packages_of_each_form_take_no_time():
    count = 10_000
    relations = [(f"SPDXRef-c{n}", "DEPENDS_ON", f"SPDXRef-c{(n * 7) % count}") for n in range(count)]
    document = json.dumps(_document(*(_package(f"c{n}") for n in range(count)), relationships=relations))
    tags = "SPDXVersion: SPDX-2.3\n" + "".join(
        f"PackageName: c{n}\nSPDXID: SPDXRef-c{n}\nExternalRef: PACKAGE-MANAGER purl pkg:npm/c{n}@1.0.0\n"
        f"Relationship: SPDXRef-c{n} DEPENDS_ON SPDXRef-c{(n * 7) % count}\n"
        for n in range(count)
    )
    start = time.process_time()
    for text in (document, tags):
        assert len(answered(spdx, alone("a.spdx", text)).packages) == count
    assert time.process_time() - start < 6
