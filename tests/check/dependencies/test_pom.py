import pytest

from wardline.check.dependencies.model import LockfileError, Source
from wardline.check.dependencies.pom import chain


def _pom(artifact, body="", parent="", group="<groupId>g</groupId>"):
    return f"<project>{group}<artifactId>{artifact}</artifactId>{parent}{body}</project>".encode()


def _parent(artifact, path=None):
    said = "" if path is None else f"<relativePath>{path}</relativePath>"
    return f"<parent><groupId>g</groupId><artifactId>{artifact}</artifactId><version>7</version>{said}</parent>"


def _chain(own, files=None):
    return chain(Source("a/pom.xml", own, (files or {}).get))


def test_parents_are_found_at_the_usual_place_at_a_folder_and_at_a_file():
    grand = _pom("grand", "<properties><x>1</x><y>1</y></properties>")
    for path, place in ((None, "../pom.xml"), ("../up", "../up/pom.xml"), ("../up/parent.xml", "../up/parent.xml")):
        folder = place.rpartition("/")[0]
        middle = _pom("middle", "<properties><y>2</y></properties>", _parent("grand", "grand.xml"))
        found = _chain(_pom("own", parent=_parent("middle", path)), {place: middle, f"{folder}/grand.xml": grand})
        assert [pom.artifact for pom in found.poms] == ["own", "middle", "grand"]
        assert found.remote == ""
        assert found.resolved("${x}${y}") == "12"


def test_group_and_version_come_from_the_parent_where_the_project_has_none():
    found = _chain(_pom("own", parent=_parent("p", ""), group=""))
    assert found.coordinates == ("g", "7")
    assert found.resolved("${project.groupId}:${pom.version}:${project.parent.version}") == "g:7:7"
    assert found.remote == "g:p:7"


def test_a_file_that_is_no_pom_is_no_parent():
    for junk in (b"", b"<other/>", b"\xff", _pom("another")):
        found = _chain(_pom("own", parent=_parent("p")), {"../pom.xml": junk})
        assert found.remote == "g:p:7"


def test_a_chain_of_a_hundred_parents_ends():
    files = {"../" * n + "pom.xml": _pom(f"p{n}", parent=_parent(f"p{n + 1}")) for n in range(1, 100)}
    found = _chain(_pom("own", parent=_parent("p1")), files)
    assert len(found.poms) == 30
    assert found.remote == "g:p30:7"


def test_a_managed_version_is_keyed_by_type_and_classifier():
    rows = "".join(
        f"<dependency><groupId>g</groupId><artifactId>a</artifactId><version>{version}</version>{more}</dependency>"
        for version, more in (("1", ""), ("2", "<classifier>x</classifier>"), ("3", "<type>zip</type>"))
    )
    body = f"<dependencyManagement><dependencies>{rows}</dependencies></dependencyManagement>"
    plain = (
        rows.replace("<version>1</version>", "").replace("<version>2</version>", "").replace("<version>3</version>", "")
    )
    found = _chain(_pom("own", f"{body}<dependencies>{plain}</dependencies>"))
    assert [found.managed(row).version for row in found.poms[0].dependencies] == ["1", "2", "3"]


def test_what_is_no_project_is_refused():
    with pytest.raises(LockfileError):
        _chain(b"<settings/>")
