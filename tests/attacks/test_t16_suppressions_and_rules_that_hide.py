"""T-16: the tree's own suppressions and rules hide a credential, give one away, or stall the check."""

import hashlib
import json
import subprocess
import sys
import time
from base64 import urlsafe_b64encode
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.check.exposure.credentials import github, password

COMMAND = Path(sys.executable).with_name("wardline")
REASON = "only opens the container that tests start and throw away"


@pytest.fixture(scope="module")
def cache(tmp_path_factory):
    return tmp_path_factory.mktemp("cache")


def check(tree, cache):
    done = subprocess.run(
        [COMMAND, "check", tree, "--only", "exposure", "--format", "json"],
        env={"PATH": "/usr/bin:/bin", "WARDLINE_CACHE": str(cache)},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert "Traceback" not in done.stderr
    return done.returncode, json.loads(done.stdout), done.stdout + done.stderr


@pytest.fixture
def tree(tmp_path):
    folder = tmp_path / "tree"
    (folder / ".wardline").mkdir(parents=True)
    (folder / "settings.py").write_text(f"db_password = '{password('one')}'\n")
    return folder


def suppress(tree, *rows):
    until = (datetime.now(UTC).date() + timedelta(days=30)).isoformat()
    entries = [
        f'[[suppression]]\nfingerprint = "{fingerprint}"\nreason = "{REASON}"\nuntil = {until}\n{more}\n'
        for fingerprint, more in rows
    ]
    (tree / ".wardline/suppressions.toml").write_text("\n".join(entries))


def derived(value, salt):
    made = hashlib.scrypt(value, salt=salt, n=1024, r=8, p=1, dklen=32)
    parts = [urlsafe_b64encode(part).rstrip(b"=").decode() for part in (salt, made)]
    return f'value = "scrypt:n=1024,r=8,p=1:{parts[0]}:{parts[1]}"'


def test_what_hides_one_value_hides_no_other(tree, cache):
    (one,) = check(tree, cache)[1]["findings"]
    suppress(tree, (one["fingerprint"], derived(password("one").encode(), bytes(16))))
    assert check(tree, cache)[0] == 0
    (tree / "settings.py").write_text(f"db_password = '{password('two')}'\n")
    status, report, said = check(tree, cache)
    assert (status, len(report["findings"])) == (1, 1)
    assert password("one") not in said
    assert password("two") not in said


def test_an_entry_without_a_value_hides_nothing(tree, cache):
    (one,) = check(tree, cache)[1]["findings"]
    suppress(tree, (one["fingerprint"], ""))
    status, report, _ = check(tree, cache)
    assert (status, len(report["findings"]), len(report["gaps"])) == (1, 1, 1)


def test_thousands_of_values_to_compare_do_not_stall_the_check(tree, cache):
    (one,) = check(tree, cache)[1]["findings"]
    costly = derived(b"x", bytes(16)).replace("n=1024", "n=16384")
    suppress(tree, *((one["fingerprint"], costly.replace(":AAAA", f":{number:04}")) for number in range(2000)))
    (tree / "settings.py").write_text(f"db_password = '{password('one')}'\n" * 500)
    started = time.monotonic()
    status, report, _ = check(tree, cache)
    assert time.monotonic() - started < 60
    assert (status, bool(report["findings"])) == (1, True)


def test_rules_of_the_tree_switch_nothing_off_and_allow_nothing(tree, cache):
    (tree / "settings.py").write_text(f"TOKEN = '{github()}'\n")
    (tree / ".wardline/exposure.toml").write_text(
        "[extend]\nuseDefault = true\ndisabledRules = ['github-personal-access-token']\n"
        "[allowlist]\npaths = ['''.*''']\nregexes = ['''.*''']\n"
    )
    status, report, _ = check(tree, cache)
    assert (status, [found["rule"] for found in report["findings"]]) == (1, ["github-personal-access-token"])
    assert "not switched off" in report["gaps"][0]["reason"]


def test_an_expression_that_never_ends_does_not_stall_the_check(tree, cache):
    (tree / ".wardline/exposure.toml").write_text("[[rules]]\nid = 'slow'\nregex = '''((a+)+)+$b'''\n")
    (tree / "long.txt").write_text("a" * 5000)
    started = time.monotonic()
    status, report, _ = check(tree, cache)
    assert time.monotonic() - started < 60
    assert (status, len(report["findings"])) == (1, 1)
