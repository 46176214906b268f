import io
import os
import sys
import time
from pathlib import Path

import pytest

from wardline.kernel.errors import TooLargeError
from wardline.kernel.processes import ProgramError, Told, ask, ask_into


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


def asked_into(program: str, *, seconds: float = 20, max_bytes: int = 1000) -> tuple[Told, bytes]:
    out = io.BytesIO()
    told = ask_into([sys.executable, "-c", program], out, seconds=seconds, max_bytes=max_bytes, environment={"A": "b"})
    return told, out.getvalue()


def test_a_long_answer_is_written_where_it_is_wanted_and_the_environment_is_what_was_given() -> None:
    told, out = asked_into("import os, sys; print(sorted(os.environ)); sys.stderr.write('e'); sys.exit(3)")
    assert (told.status, told.err) == (3, "e")
    assert b"'A'" in out
    assert b"HOME" not in out


def test_an_answer_that_is_too_long_ends_the_program() -> None:
    with pytest.raises(TooLargeError):
        asked_into("while True: print('x' * 1000)")


def test_a_program_that_says_nothing_is_given_up_with_all_that_it_started() -> None:
    began = time.monotonic()
    with pytest.raises(ProgramError, match="in time"):
        asked_into(
            "import subprocess, sys; subprocess.run([sys.executable, '-c', 'import time; time.sleep(60)'])", seconds=0.5
        )
    assert time.monotonic() - began < 30


def test_where_the_answer_has_no_room_that_is_said() -> None:
    with Path("/dev/full").open("wb", buffering=0) as full, pytest.raises(OSError, match="No space"):
        ask_into([sys.executable, "-c", "print('x')"], full, seconds=20, max_bytes=1000, environment={})
