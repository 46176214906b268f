import pytest
from tests.check.dependencies.lockfiles.strangers import alone, answered, names, source

from wardline.check.dependencies.lockfiles import gradle_lockfile

CASE = "gradle-lockfile/valid-project"


def test_configurations_become_groups_and_any_classpath_that_is_not_a_tests_is_production():
    lockfile = answered(gradle_lockfile, source(f"{CASE}/gradle.lockfile"))
    assert {package.name: package.groups for package in lockfile.packages} == {
        "com.fasterxml.jackson.core:jackson-annotations": (),
        "com.fasterxml.jackson.core:jackson-core": (),
        "com.fasterxml.jackson.core:jackson-databind": (),
        "com.puppycrawl.tools:checkstyle": ("checkstyle",),
        "junit:junit": ("test",),
        "org.hamcrest:hamcrest-core": ("test",),
        "org.projectlombok:lombok": (),
    }
    assert lockfile.lines() == [4, 5, 6, 7, 8, 9, 10]
    assert {package.direct for package in lockfile.packages} == {None}


def test_the_builds_own_plugins_are_a_group():
    lockfile = answered(gradle_lockfile, source(f"{CASE}/buildscript-gradle.lockfile"))
    assert [package.groups for package in lockfile.packages] == [("buildscript",)]


def test_the_older_files_are_one_per_configuration():
    lockfile = answered(gradle_lockfile, source(f"{CASE}/gradle/dependency-locks/testRuntimeClasspath.lockfile"))
    assert names(lockfile) == {("Maven", "junit:junit", "4.12"), ("Maven", "org.hamcrest:hamcrest-core", "1.3")}
    assert {package.groups for package in lockfile.packages} == {("test",)}


@pytest.mark.parametrize(
    ("configurations", "groups"),
    [
        ("debugAndroidTestCompileClasspath,debugUnitTestRuntimeClasspath", ("test",)),
        ("releaseRuntimeClasspath,testRuntimeClasspath", ()),
        ("jacocoAgent,pmd", ("jacocoAgent", "pmd")),
        ("classpath", ("buildscript",)),
        ("", ()),
    ],
)
def test_configurations_of_all_kinds(configurations, groups):
    text = f"a:b:1.0={configurations}\nempty=\n"
    assert answered(gradle_lockfile, alone("gradle.lockfile", text)).packages[0].groups == groups


@pytest.mark.parametrize(
    "text", ["a:b:1=c\n", "a:b=c\nempty=\n", "a:b:1\nempty=\n", "empty=\na:b:1=c\n", "a:b:c:d=e\nempty="]
)
def test_what_is_cut_short_or_of_another_form_is_refused(text):
    assert answered(gradle_lockfile, alone("gradle.lockfile", text)) is None
