from wardline.check.dependencies.advisories.core import Core, rating
from wardline.findings.severity import UNKNOWN, Rating


def core(*, malware):
    return Core("A-1", "", "", False, (), "", "critical", "v", (), malware, "", "A-1.json")


def test_malware_does_not_speak_for_the_bugs_that_it_is_an_alias_of():
    assert (rating(core(malware=False)), rating(core(malware=True))) == (Rating("critical", "v"), UNKNOWN)
