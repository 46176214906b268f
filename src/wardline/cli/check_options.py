"""What `wardline check` can be asked, as a table: click's command is made from it, and ordinary requests read by it.

Importing click costs a check a seventh of its time. So a request that has nothing unusual in it (known options, each
with a value that is no option itself) is read here, and everything else, mistakes and `--help` above all, by click. A
test holds the two against each other.
"""

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, Literal, NamedTuple, get_args

from wardline.check.model import PRACTICES
from wardline.findings.report import Practice, Severity

SEVERITIES: Final = tuple(name for name in get_args(Severity) if name != "unknown")


class Option(NamedTuple):
    """One option: its flag, the name under which its value goes on, what a value is, and the words for `--help`.

    A value is text, a path, or one of `choices`; a switch has none. `reader` makes something else of the text, or of
    all the texts of an option that may be repeated, and raises `ValueError` in words for the user.
    """

    flag: str
    name: str
    help: str
    kind: Literal["text", "path", "choice", "switch"] = "text"
    metavar: str | None = None
    default: str | None = None
    variable: str | None = None
    repeated: bool = False
    choices: tuple[str, ...] = ()
    reader: Callable[[Any], Any] | None = None


def _practices(value: str | None) -> tuple[Practice, ...]:
    if value is None:
        return PRACTICES
    named = [name.strip() for name in value.split(",") if name.strip()]
    unknown = [name for name in named if name not in PRACTICES]
    if unknown or not named:
        raise ValueError(f"{', '.join(unknown) or 'nothing named'}; there are: {', '.join(PRACTICES)}")
    return tuple(practice for practice in PRACTICES if practice in named)


def _writes(values: Sequence[str]) -> tuple[tuple[str, Path], ...]:
    found = []
    for value in values:
        name, equals, path = value.partition("=")
        if not (name and equals and path):
            raise ValueError(f"{value!r}; write FORMAT=FILE, such as sarif=wardline.sarif")
        found.append((name, Path(path)))
    return tuple(found)


OPTIONS: Final = (
    Option("--diff", "base", "Only what changed since the merge base with the revision BASE.", metavar="BASE"),
    Option("--staged", "staged", "Only what is staged for the next commit.", "switch"),
    Option("--history", "history", "Also every blob that was ever committed (exposure).", "switch"),
    Option("--only", "only", f"Any of: {', '.join(PRACTICES)}.", metavar="PRACTICE[,…]", reader=_practices),
    Option("--format", "format_name", "What to print; --help-formats lists them.", metavar="FORMAT", default="text"),
    Option("--help-formats", "help_formats", "List the formats.", "switch"),
    Option("--write", "writes", "Also write FILE; repeatable.", metavar="FORMAT=FILE", repeated=True, reader=_writes),
    Option(
        "--fail-on",
        "fail_on",
        "Block at this severity and above. [default: the policy's, else low]",
        "choice",
        choices=SEVERITIES,
    ),
    Option(
        "--advisories",
        "advisories",
        "A mirror of advisories in OSV's format.",
        metavar="PATH|URL",
        variable="WARDLINE_ADVISORIES",
    ),
    Option("--kev", "kev", "CISA's known exploited vulnerabilities (JSON).", "path", variable="WARDLINE_KEV"),
    Option("--epss", "epss", "Exploit prediction scores (CSV).", "path", variable="WARDLINE_EPSS"),
    Option("--vex", "vex", "OpenVEX or CycloneDX VEX statements; repeatable.", "path", repeated=True),
    Option(
        "--import",
        "imports",
        "Another tool's report (SARIF, …), whose findings join; repeatable.",
        "path",
        repeated=True,
    ),
    Option("--send", "send", "Send the report to this platform; the exit status stays the check's.", metavar="URL"),
    Option("--service", "service", "With --send: the service. [default: as the repository says]", metavar="NAME"),
    Option("--branch", "branch", "With --send. [default: as the CI or the repository says]", metavar="NAME"),
    Option("--default-branch", "default_branch", "With --send: this is the default branch.", "switch"),
    Option("--require-sandbox", "require_sandbox", "What the sandbox could not enforce here is a gap.", "switch"),
)


def read(arguments: Sequence[str], environment: Mapping[str, str] = os.environ) -> dict[str, Any] | None:
    """Return the path and the options by name; None where there is anything unusual, which click is to read."""
    by_flag = {option.flag: option for option in OPTIONS}
    said: dict[str, list[str]] = {}
    paths: list[str] = []
    left = iter(arguments)
    for argument in left:
        if not argument.startswith("-"):
            paths.append(argument)
            continue
        flag, equals, value = argument.partition("=")
        option = by_flag.get(flag)
        if option is None or (equals and option.kind == "switch") or (option.name in said and not option.repeated):
            return None
        if option.kind != "switch" and not equals:
            value = next(left, "")
        if (not value and option.kind != "switch") or value.startswith("-"):
            return None
        said.setdefault(option.name, []).append(value)
    if len(paths) > 1 or "" in paths:
        return None
    try:
        found = {option.name: _value(option, said.get(option.name), environment) for option in OPTIONS}
    except ValueError:
        return None
    return {"path": Path(*paths or "."), **found}


def _value(option: Option, said: list[str] | None, environment: Mapping[str, str]) -> Any:
    if option.kind == "switch":
        return said is not None
    if said is None and option.variable is not None and environment.get(option.variable):
        said = [environment[option.variable]]
    texts = said or ([option.default] if option.default is not None else [])
    if option.kind == "choice" and any(text not in option.choices for text in texts):
        raise ValueError(texts)
    values: list[Any] = list(map(Path, texts)) if option.kind == "path" else list(texts)
    value = tuple(values) if option.repeated else next(iter(values), None)
    return value if option.reader is None else option.reader(value)
