"""Documentation is under test: its commands run, its links lead somewhere, and every option is what `--help` says."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from wardline.kernel.settings import Settings

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")), ROOT / "CONTRIBUTING.md"]


def commands() -> list[tuple[str, str, list[str]]]:
    """Return (page, command, lines that its output must hold) for every `$ ` line in a console block."""
    found = []
    for page in PAGES:
        for block in re.findall(r"^```console\n(.*?)^```", page.read_text(), re.DOTALL | re.MULTILINE):
            for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
                command, *expected = part.rstrip("\n").split("\n")
                wanted = [line.strip() for line in expected if line.strip() and line.strip() != "…"]
                found.append((page.name, command, wanted))
    return found


def test_the_readme_shows_commands() -> None:
    assert [command for page, command, _ in commands() if page == "README.md"]


@pytest.mark.parametrize(("page", "command", "expected"), commands(), ids=lambda value: str(value)[:60])
def test_a_documented_command_does_what_the_page_says(
    page: str, command: str, expected: list[str], tmp_path: Path
) -> None:
    words = shlex.split(command, comments=True)
    assert words[0] == "wardline", "console blocks show wardline; other tools stand in indented blocks"
    done = subprocess.run(
        [Path(sys.executable).with_name("wardline"), *words[1:]],
        cwd=ROOT,
        env={**os.environ, "WARDLINE_CACHE": str(tmp_path), "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in {0, 1, 3}, done.stderr
    assert "error of its own" not in done.stderr
    assert done.stdout.strip() or done.stderr.strip()
    for line in expected:
        assert line in done.stdout + done.stderr


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_link_to_a_file_leads_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\((?!https?:|#|mailto:)([^)#]+)", page.read_text()):
        assert (page.parent / target).exists(), target


def test_an_adr_is_one_page_and_numbered() -> None:
    pages = sorted((ROOT / "docs" / "adr").glob("*.md"))
    assert pages
    for number, page in enumerate(pages, 1):
        assert page.name.startswith(f"{number:04}-")
        assert len(page.read_text().splitlines()) <= 70


def test_every_setting_is_described() -> None:
    page = (ROOT / "docs" / "operations.md").read_text()
    assert [name for name in Settings._fields if name != "state" and f"`{name}`" not in page] == []


def indented() -> list[tuple[str, str]]:
    """Return (page, command) for every `wardline …` that stands in an indented block."""
    found = []
    for page in PAGES:
        text = page.read_text().replace("\\\n", " ")
        found += [(page.name, line.strip()) for line in text.splitlines() if re.match(r" {4,}wardline [a-z]", line)]
    return found


def test_every_command_that_a_page_shows_is_one_that_there_is() -> None:
    import click

    from wardline.cli.root import LazyGroup

    unknown = []
    for page, line in indented():
        words = re.sub(r"\s+#\s.*$", "", line).split()[1:]
        command: click.Command | None = LazyGroup()
        while isinstance(command, click.Group) and words and not words[0].startswith("-"):
            command = command.get_command(click.Context(command), words.pop(0))
        flags = {word.partition("=")[0] for word in words if re.match(r"--[a-z]", word)}
        known = set() if command is None else {flag for one in command.params for flag in one.opts}
        if command is None or isinstance(command, click.Group) or flags - known:
            unknown.append(f"{page}: {line}")
    assert unknown == []
