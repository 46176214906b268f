import json

from tests.check.dependencies.lockfiles.strangers import alone, answered, names, source

from wardline.check.dependencies.lockfiles import renv_lock


def test_bioconductor_is_its_own_ecosystem_and_local_packages_are_not_third_party():
    lockfile = answered(renv_lock, source("renv-lock/valid-project/renv.lock"))
    assert names(lockfile) == {("Bioconductor", "BiocVersion", "3.15.2"), ("CRAN", "commonmark", "1.7")}
    assert lockfile.lines() == [12, 18]


def test_an_entry_that_cannot_be_read_is_counted():
    lockfile = answered(renv_lock, alone("renv.lock", json.dumps({"Packages": {"a": {}, "b": 7}})))
    assert lockfile.unread[0].units == 2


def test_another_document_is_refused():
    assert answered(renv_lock, alone("renv.lock", '{"R": {}}')) is None
