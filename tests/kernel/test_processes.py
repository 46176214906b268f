import os
import sys
from pathlib import Path

import pytest

from wardline.kernel.processes import ProgramError, ask


def test_a_program_is_asked_away_from_any_tree_and_without_input(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    told = ask([sys.executable, "-c", "import os, sys; print(os.getcwd(), os.environ['PWD'], repr(sys.stdin.read()))"])
    assert (told.status, told.out) == (0, "/ / ''\n")


def test_what_is_added_to_the_environment_reaches_the_program() -> None:
    told = ask(
        [sys.executable, "-c", "import os, sys; sys.stderr.write(os.environ['A']); sys.exit(3)"], environment={"A": "b"}
    )
    assert (told.status, told.out, told.err) == (3, "", "b")
    assert "A" not in os.environ


def test_a_program_that_is_not_there_or_too_slow_is_an_error() -> None:
    with pytest.raises(ProgramError, match="cannot be run"):
        ask(["wardline-no-such-program"])
    with pytest.raises(ProgramError, match="did not answer within"):
        ask([sys.executable, "-c", "import time; time.sleep(60)"], seconds=0.3)


def test_an_answer_that_is_no_text_is_shown_as_far_as_it_is() -> None:
    told = ask([sys.executable, "-c", "import sys; sys.stdout.buffer.write(b'a\\xff')"])
    assert told.out == "a\ufffd"
