from wardline.check.dependencies.advisories.core import Core, preference, rating
from wardline.check.dependencies.severity import UNKNOWN, Rating


def core(*, malware):
    return Core("A-1", "", "", False, (), "", "critical", "v", (), malware, "", "A-1.json")


def test_malware_does_not_speak_for_the_bugs_that_it_is_an_alias_of():
    assert (rating(core(malware=False)), rating(core(malware=True))) == (Rating("critical", "v"), UNKNOWN)


def test_a_cve_is_canonical_then_a_ghsa_and_private_ids_come_last():
    assert sorted(["x_A-1", "PYSEC-1", "GHSA-1", "CVE-9"], key=preference) == ["CVE-9", "GHSA-1", "PYSEC-1", "x_A-1"]
