import pytest
from tests.check.dependencies.lockfiles.strangers import FIXTURES, alone, answered, names, source

from wardline.check.dependencies.lockfiles import pom_xml

REACTOR = "pom-xml/valid-reactor"


def _pom(body, *, head="<groupId>com.example</groupId><artifactId>service</artifactId><version>1.0</version>"):
    return f'<project xmlns="http://maven.apache.org/POM/4.0.0">\n{head}\n{body}\n</project>'


def _dependency(name="org.acme:lib", version="1.2", more=""):
    group, artifact = name.split(":")
    said = f"<version>{version}</version>" if version else ""
    return f"<dependency><groupId>{group}</groupId><artifactId>{artifact}</artifactId>{said}{more}</dependency>"


def _read(text, **neighbours):
    lockfile = answered(pom_xml, alone("pom.xml", text, **neighbours))
    assert lockfile is not None
    return lockfile


def test_a_module_takes_versions_and_scopes_from_its_parent_and_leaves_siblings_out():
    # `mvn dependency:list -DexcludeTransitive` names these three, and com.example:core, another module
    lockfile = answered(pom_xml, source(f"{REACTOR}/web/pom.xml"))
    assert {(package.name, package.version, package.groups) for package in lockfile.packages} == {
        ("com.fasterxml.jackson.core:jackson-databind", "2.9.8", ()),
        ("commons-io:commons-io", "2.6", ()),
        ("junit:junit", "4.12", ("test",)),
    }
    assert all(package.direct for package in lockfile.packages)
    assert lockfile.lines() == [16, 20, 25]


def test_what_the_dependencies_need_in_turn_is_one_gap_for_each_pom_that_has_any():
    (gap,) = answered(pom_xml, source(f"{REACTOR}/web/pom.xml")).unread
    assert gap.units == 1
    assert "cyclonedx-maven-plugin" in gap.remedy
    for own in ("pom.xml", "core/pom.xml"):
        assert not answered(pom_xml, source(f"{REACTOR}/{own}")).unread


def test_an_sbom_beside_it_that_names_the_project_and_its_dependencies_closes_the_gap():
    data = source(f"{REACTOR}/web/pom.xml").data
    parent = (FIXTURES / REACTOR / "pom.xml").read_bytes()
    bom = (FIXTURES / "cyclonedx/valid-maven/bom.json").read_bytes()
    for beside in (bom, (FIXTURES / "cyclonedx/valid-xml/bom.xml").read_bytes()):
        name = "bom.json" if beside is bom else "bom.xml"
        files = {"../pom.xml": parent, name: beside}
        covered = answered(pom_xml, pom_xml.Source("pom.xml", data, files.get))
        assert not covered.unread
        assert len(covered.packages) == 3
        stale = {"../pom.xml": parent, name: beside.replace(b"commons-io@2.6", b"commons-io@2.5")}
        assert answered(pom_xml, pom_xml.Source("pom.xml", data, stale.get)).unread


def test_properties_are_followed_through_each_other_and_the_projects_own_values():
    lockfile = _read(
        _pom(
            "<properties><a>${b}.1</a><b>2</b></properties><dependencies>"
            + _dependency(version="${a}")
            + _dependency("${project.groupId}.x:other", "${project.version}")
            + "</dependencies>"
        )
    )
    assert names(lockfile) == {("Maven", "org.acme:lib", "2.1"), ("Maven", "com.example.x:other", "1.0")}


@pytest.mark.parametrize(
    ("version", "why"),
    [
        ("[1.0,2.0)", "a range"),
        ("(,1.0]", "a range"),
        ("LATEST", "a keyword"),
        ("${nowhere}", "a property"),
        ("${loop}", "a property"),
        ("", "nothing in this project"),
    ],
)
def test_a_version_that_is_not_in_the_tree_is_said_so(version, why):
    lockfile = _read(
        _pom(
            f"<properties><loop>${{loop}}</loop></properties><dependencies>{_dependency(version=version)}</dependencies>"
        )
    )
    assert not lockfile.packages
    assert why in lockfile.unread[0].reason
    assert lockfile.unread[0].line == 3


def test_a_range_of_one_version_is_that_version():
    assert names(_read(_pom(f"<dependencies>{_dependency(version='[1.2]')}</dependencies>"))) == {
        ("Maven", "org.acme:lib", "1.2")
    }


def test_a_remote_parent_and_an_imported_bom_are_named_where_a_version_depends_on_them():
    parent = "<parent><groupId>org.boot</groupId><artifactId>starter</artifactId><version>2</version><relativePath/>"
    bom = _dependency("org.bom:all", "7", "<type>pom</type><scope>import</scope>")
    lockfile = _read(
        _pom(
            f"{parent}</parent><dependencyManagement><dependencies>{bom}</dependencies></dependencyManagement>"
            f"<dependencies>{_dependency(version='')}</dependencies>"
        )
    )
    managed, transitive = lockfile.unread
    assert "org.bom:all:7 or the parent org.boot:starter:2" in managed.reason
    assert "what the parent org.boot:starter:2 brings" in transitive.reason


def test_a_remote_parent_alone_may_bring_dependencies():
    parent = "<parent><groupId>org.boot</groupId><artifactId>starter</artifactId><version>2</version></parent>"
    assert len(_read(_pom(parent)).unread) == 1


def test_a_parent_that_is_another_project_is_remote():
    parent = "<parent><groupId>org.boot</groupId><artifactId>starter</artifactId><version>2</version></parent>"
    files = {"../pom.xml": _pom("<properties><v>1</v></properties>").encode()}
    text = _pom(
        f"{parent}<dependencies>{_dependency(version='${v}')}</dependencies>", head="<artifactId>a</artifactId>"
    )
    lockfile = answered(pom_xml, pom_xml.Source("a/pom.xml", text.encode(), files.get))
    assert not lockfile.packages


def test_parents_that_name_each_other_end():
    def near(relative):
        return _pom(
            f"<parent><groupId>g</groupId><artifactId>a</artifactId><version>1</version></parent>"
            f"<dependencies>{_dependency()}</dependencies>",
            head="<groupId>g</groupId><artifactId>a</artifactId>",
        ).encode()

    lockfile = answered(pom_xml, pom_xml.Source("pom.xml", near(""), near))
    assert names(lockfile) == {("Maven", "org.acme:lib", "1.2")}


def test_what_a_parent_asks_for_is_here_only_where_this_project_sees_another_version():
    parent = _pom(
        "<properties><v>1</v></properties><dependencies>"
        + _dependency("org.acme:same", "5")
        + _dependency("org.acme:other", "${v}")
        + "</dependencies>",
        head="<groupId>g</groupId><artifactId>p</artifactId><version>1</version>",
    )
    child = _pom(
        "<parent><groupId>g</groupId><artifactId>p</artifactId><version>1</version></parent>"
        "<properties><v>2</v></properties>",
        head="<artifactId>c</artifactId>",
    )
    lockfile = answered(pom_xml, pom_xml.Source("c/pom.xml", child.encode(), {"../pom.xml": parent.encode()}.get))
    assert names(lockfile) == {("Maven", "org.acme:other", "2")}


def test_profiles_are_groups_and_the_default_one_sets_properties():
    lockfile = _read(
        _pom(
            f"<dependencies>{_dependency(version='${v}')}</dependencies><profiles>"
            "<profile><id>native</id><dependencies>"
            + _dependency("org.acme:only")
            + "</dependencies></profile><profile><id>std</id><activation><activeByDefault>true</activeByDefault>"
            "</activation><properties><v>3</v></properties></profile></profiles>"
        )
    )
    assert {(package.name, package.version, package.groups) for package in lockfile.packages} == {
        ("org.acme:lib", "3", ()),
        ("org.acme:only", "1.2", ("native",)),
    }


def test_properties_that_blow_up_stay_unknown():
    rows = "".join(f"<p{n}>{'${p' + str(n + 1) + '}' * 9}</p{n}>" for n in range(40))
    lockfile = _read(
        _pom(f"<properties>{rows}<p40>x</p40></properties><dependencies>{_dependency(version='${p0}')}</dependencies>")
    )
    assert not lockfile.packages


@pytest.mark.parametrize("text", ["<settings/>", "<project>", "", "not xml"])
def test_what_is_no_pom_is_refused(text):
    assert answered(pom_xml, alone("pom.xml", text)) is None
