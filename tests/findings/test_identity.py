from wardline.findings.identity import of_dependency, preference


def test_a_cve_goes_before_a_ghsa_before_others_before_private_ones():
    assert sorted(["x_A-1", "PYSEC-1", "GHSA-1", "CVE-9"], key=preference) == ["CVE-9", "GHSA-1", "PYSEC-1", "x_A-1"]


def test_spelling_and_release_make_no_other_dependency():
    one = of_dependency("vulnerable-dependency", "Debian:12", "zlib", "CVE-1")
    assert of_dependency("vulnerable-dependency", "Debian:13", "zlib", "CVE-1") == one
    python = of_dependency("vulnerable-dependency", "PyPI", "Zope.Interface", "CVE-1")
    assert of_dependency("vulnerable-dependency", "PyPI", "zope-interface", "CVE-1") == python
    assert len({one, python, of_dependency("vulnerable-dependency", "PyPI", "zope-interface", "CVE-2")}) == 3
