"""The profile's text only: no macOS was there to try it, and every run on one says so."""

from pathlib import Path

from wardline.kernel.confinement import darwin
from wardline.kernel.confinement.landlock import Files


def test_everything_is_denied_but_what_is_named() -> None:
    lines = darwin.profile(Files(readable=[Path("/tree")], executable=[Path("/usr")], writable=[])).splitlines()
    assert lines[:2] == ["(version 1)", "(deny default)"]
    assert not any("network" in line for line in lines)
    reads = next(line for line in lines if "subpath" in line and "file-read*" in line)
    assert '(subpath "/tree")' in reads
    runs = next(line for line in lines if "process-exec" in line)
    assert '(subpath "/usr")' in runs
    assert "/tree" not in runs


def test_where_nothing_is_writable_no_rule_allows_writing() -> None:
    assert "file-write" not in darwin.profile(Files())


def test_a_name_does_not_end_its_own_quotes() -> None:
    text = darwin.profile(Files(readable=[Path('/a")(allow default)(x "\\')]))
    assert '(subpath "/a\\")(allow default)(x \\"\\\\")' in text
