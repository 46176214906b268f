import sys
from importlib.metadata import distributions
from pathlib import Path

import pytest
from tests.check.dependencies.lockfiles.strangers import alone, answered, source

from wardline.check.dependencies.lockfiles import python_installed

SITE = "python-installed/valid-site/site-packages"


def test_one_package_at_its_version_and_whether_somebody_asked_for_it():
    lockfile = answered(python_installed, source(f"{SITE}/requests-2.19.0.dist-info/METADATA"))
    assert [tuple(package[:5]) for package in lockfile.packages] == [("PyPI", "requests", "2.19.0", (), True)]
    assert lockfile.lines() == [2]


def test_what_was_installed_from_a_folder_is_the_projects_own():
    assert not answered(python_installed, source(f"{SITE}/service-0.1.0.dist-info/METADATA")).packages


def test_every_package_of_this_environment_is_named_as_the_standard_library_names_it():
    for found in distributions(path=[path for path in sys.path if path.endswith("site-packages")]):
        metadata = Path(str(found.locate_file(""))) / f"{found.name}.dist-info"
        text = found.read_text("METADATA")
        if text is None:
            continue
        lockfile = answered(python_installed, alone(f"{metadata}/METADATA", text))
        assert [(package.name, package.version) for package in lockfile.packages] == [(found.name, found.version)]


@pytest.mark.parametrize("text", ["", "Name: a\n", "Version: 1\n", "Summary: x\n\nName: a\nVersion: 1\n"])
def test_what_has_no_name_and_version_is_refused(text):
    assert answered(python_installed, alone("a.dist-info/METADATA", text)) is None
