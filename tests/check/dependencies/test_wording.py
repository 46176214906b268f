from datetime import UTC, datetime

import pytest

from wardline.check.dependencies.formats import Format
from wardline.check.dependencies.matching import Match
from wardline.check.dependencies.model import Package
from wardline.check.dependencies.wording import Pin, finding
from wardline.findings.clocks import facts, started
from wardline.findings.policy import Policy
from wardline.findings.report import Exploited
from wardline.kernel.plugins import Plugin


def match(**more):
    facts = {
        "package": 0, "ids": ("CVE-2026-1", "GHSA-a"), "summary": "It leaks.", "severity": "high", "vector": "",
        "cwe": ("CWE-79",), "malware": False, "exploited": None, "epss": None, "modified": "", "url": "",
        "fixed": "2.0",
    }  # fmt: skip
    return Match(**{**facts, **more})


TOOL = Format("uv", "uv.lock", Plugin("m", {}, ""), "uv lock -P {name}=={version}", "uv add {name}=={version}")


def made(found=None, *, package=None, file="uv.lock", repaired="2.0", tool=TOOL, paths=()):
    pin = Pin(package or Package("PyPI", "Leaky_Lib", "1.0"), file, 3, paths)
    return finding(found or match(), pin, repaired=repaired, tool=tool)


def test_it_says_what_is_affected_by_what_and_since_which_version_it_is_not() -> None:
    assert made().message == "Leaky_Lib 1.0 is affected: It leaks. Fixed in 2.0."
    assert made(match(fixed=None)).message.endswith("No fixed version is known.")


def test_the_identity_knows_neither_version_nor_spelling_nor_place() -> None:
    other = made(package=Package("PyPI", "leaky-lib", "1.1"), file="a/poetry.lock")
    assert made().fingerprint == other.fingerprint
    assert made(match(ids=("CVE-2026-2",))).fingerprint != made().fingerprint
    assert made(package=Package("npm", "leaky-lib", "1.0")).fingerprint != made().fingerprint


def test_the_command_repairs_in_the_lockfiles_folder() -> None:
    assert made().fix.command == "uv lock -P Leaky_Lib==2.0"
    assert made(file="web app/uv.lock").fix.command == "cd 'web app' && uv lock -P Leaky_Lib==2.0"
    assert made(tool=TOOL._replace(upgrade="")).fix.command is None
    assert made(repaired=None).fix is None


@pytest.mark.parametrize(
    "name", ["a; rm -rf ~", "$(id)", "-rf", "a b", "a\nb", "`id`", "a|b", "a'b", 'a"b', "a>b", "ä"]
)
def test_a_name_that_a_shell_would_read_otherwise_gets_no_command(name: str) -> None:
    assert made(package=Package("PyPI", name, "1.0")).fix.command is None
    assert made(repaired=name).fix.command is None


def test_a_folder_that_a_shell_would_read_otherwise_is_quoted_or_gets_no_command() -> None:
    assert made(file="$(id)/uv.lock").fix.command.startswith("cd '$(id)' && ")
    assert made(file="a\x1b[2J/uv.lock").fix.command is None


@pytest.mark.parametrize(
    ("vector", "automatable", "total"),
    [
        ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", True, True),
        ("CVSS:3.1/AV:N/AC:L/PR:N/UI:R/S:U/C:H/I:N/A:N", False, False),
        ("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:L/VI:N/VA:N/SC:N/SI:N/SA:N", True, False),
        ("", None, None),
    ],
)
def test_the_vector_tells_the_clock_whether_attacks_can_be_automated_and_impact_is_total(vector, automatable, total):
    known = facts(made(match(vector=vector)), tier=2, exposed=True)
    assert (known.cve, known.automatable, known.total) == (True, automatable, total)


def test_a_bug_that_is_exposed_and_automatable_and_total_is_due_within_days_by_its_vector() -> None:
    vector = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"
    at = datetime(2026, 11, 2, tzinfo=UTC)
    told, untold = (started(facts(made(match(vector=one)), tier=2, exposed=True), Policy(), at) for one in (vector, ""))
    assert (told.due_at - at).days == 3
    assert any("attacks can be automated, impact is total" in why for why in told.words)
    assert untold.due_at > told.due_at


def test_malware_has_no_vector_it_is_no_bug() -> None:
    assert made(match(malware=True, vector="CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H")).vector is None


def test_malware_is_removed_and_blocks() -> None:
    found = made(match(malware=True, severity="unknown", ids=("MAL-1",)))
    assert (found.rule, found.severity, found.blocks, found.fix.kind) == (
        "malicious-dependency",
        "critical",
        True,
        "remove",
    )


def test_what_is_exploited_and_what_brings_it_is_said() -> None:
    found = made(match(exploited=Exploited(since="2026-01-02")), paths=(("top@1", "Leaky_Lib@1.0"),))
    assert "Known to be exploited since 2026-01-02." in found.message
    assert "Brought by top@1 > Leaky_Lib@1.0." in found.message


def test_hostile_text_is_shown_on_one_line_without_control_characters() -> None:
    found = made(match(summary="a\x1b[31m\nb"), package=Package("PyPI", "x\x07", "1\n2"))
    assert found.message.isprintable()
