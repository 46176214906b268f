"""T-06: a file's name breaks the report, or draws a false one on the terminal."""

import os
import subprocess

import pytest
from tests.attacks.conftest import COMMAND

NAMES = [
    b"a\nverdict: pass\n",
    b"\x1b[2J\x1b[1;1Hpass",
    b"\xff\xfe",
    "\u202egpj".encode(),
    b"</td><script>alert(1)</script>",
    b"](javascript:alert(1))`|",
    b"'; rm -rf ~; '",
    b"-rf",
    b"%s%n{0}",
]


@pytest.fixture
def named(tree):
    for number, name in enumerate(NAMES):
        folder = os.path.join(os.fsencode(tree), name.replace(b"/", b"_"))  # noqa: PTH118 - bytes
        os.mkdir(folder)  # noqa: PTH102 - bytes
        with open(os.path.join(folder, b"requirements.txt"), "w") as file:  # noqa: PTH118, PTH123 - bytes
            file.write("known==1.0\n" if number % 2 else "no requirement at all ===\n")
    return tree


def test_every_name_is_examined_and_shown_on_one_line(check, named) -> None:
    seen = check(named)
    assert seen.status == 1
    assert seen.report["coverage"]["dependencies"]["in_scope"] >= len(NAMES)
    for found in seen.report["findings"]:
        assert found["file"].isprintable()
    for gap in seen.report["gaps"]:
        assert gap["scope"].isprintable()
        assert gap["reason"].isprintable()


@pytest.mark.parametrize("style", ["text", "markdown", "html", "sarif", "junit", "gitlab", "cyclonedx", "spdx"])
def test_no_format_carries_a_name_to_a_terminal_or_a_browser_as_it_is(named, style, tmp_path, check) -> None:
    done = subprocess.run(
        [COMMAND, "check", named, "--only", "dependencies", "--format", style, "--advisories", tmp_path / "advisories"],
        env={**os.environ, "WARDLINE_CACHE": str(tmp_path / "cache"), "NO_COLOR": "1"},
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1, done.stderr
    assert b"Traceback" not in done.stderr
    for raw in (b"\x1b[2J", "\u202e".encode(), b"\xff", b"\nverdict: pass\n"):
        assert raw not in done.stdout
    if style in {"html", "junit"}:
        assert b"<script>alert(1)" not in done.stdout
    done.stdout.decode("utf-8")
