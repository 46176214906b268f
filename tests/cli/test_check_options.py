from pathlib import Path

import pytest

from wardline.cli import check_options
from wardline.cli.check import command

ORDINARY = [
    [],
    ["tree"],
    ["tree", "--only", "dependencies", "--format", "json", "--advisories", "osv"],
    ["--only=dependencies,exposure", "--format=sarif", "a tree with spaces"],
    ["--diff", "main", "."],
    ["--staged", "--require-sandbox"],
    ["--history", "--fail-on", "high", "--kev", "kev.json", "--epss", "epss.csv.gz"],
    ["--write", "sarif=a.sarif", "--write", "html=a=b.html", "--vex", "one.json", "--vex", "two.json", "x"],
    ["--help-formats"],
    ["--only", " policy , code ,"],
]
UNUSUAL = [
    ["--help"],
    ["-h"],
    ["--nope"],
    ["--nope=1", "tree"],
    ["one", "two"],
    ["--only"],
    ["--only", "nothing"],
    ["--only", ","],
    ["--only="],
    ["--write", "sarif"],
    ["--fail-on", "unknown"],
    ["--fail-on", "HIGH"],
    ["--staged=yes"],
    ["--", "--staged"],
    ["-"],
    [""],
    ["--diff", "--staged"],
    ["--diff", "-x"],
    ["--format", "json", "--format", "text"],
    ["--onl", "dependencies"],
]
VARIABLES = ("WARDLINE_ADVISORIES", "WARDLINE_KEV", "WARDLINE_EPSS")


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch):
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)


def by_click(arguments):
    return command.make_context("check", list(arguments)).params


@pytest.mark.parametrize("arguments", ORDINARY, ids=" ".join)
def test_an_ordinary_request_is_read_as_click_reads_it(arguments) -> None:
    assert check_options.read(arguments) == by_click(arguments)


@pytest.mark.parametrize("arguments", UNUSUAL, ids=" ".join)
def test_what_is_unusual_is_left_to_click(arguments) -> None:
    assert check_options.read(arguments) is None


@pytest.mark.parametrize("value", ["", "somewhere", "-odd"])
@pytest.mark.parametrize("arguments", [[], ["--advisories", "named", "--kev", "named"]], ids=" ".join)
def test_variables_stand_for_options_as_click_has_it(monkeypatch, arguments, value) -> None:
    for name in VARIABLES:
        monkeypatch.setenv(name, value)
    read = check_options.read(arguments)
    assert read == by_click(arguments)
    assert read is not None
    assert read["epss"] == (Path(value) if value else None)


def test_every_option_is_read_in_both_ways() -> None:
    values = {"text": "x", "path": "x", "choice": "high"}
    special = {"only": "policy", "writes": "json=x"}
    for option in check_options.OPTIONS:
        arguments = [option.flag]
        if option.kind != "switch":
            arguments.append(special.get(option.name, values[option.kind]))
        read = check_options.read(arguments)
        assert read == by_click(arguments), option.flag
        assert read != check_options.read([]), option.flag


def test_the_variables_are_those_of_the_process() -> None:
    assert check_options.read([], {"WARDLINE_KEV": "k"})["kev"] == Path("k")
    assert check_options.read([], {})["kev"] is None
