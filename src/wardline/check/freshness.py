"""How far behind the libraries of a tree are: its lockfiles, read in the sandbox, held against their registries.

The JSON document (`wardline freshness --format json`), schema 1; keys may be added, none changes its meaning:

    {"schema": 1, "as_of": "2026-11-23T19:00:00+00:00",
     "packages": [{"ecosystem", "name", "version", "direct": true|false|null, "groups": [], "file",
                   "newest", "releases_behind", "behind": {"major", "minor", "patch"}|null,
                   "libyears": number|null, "date_untrusted": null|"why `libyears` is null",
                   "published": time|null, "newest_published": time|null, "withdrawn": bool,
                   "command": "what raises it"|null}],
     "totals": {"all"|"direct"|"transitive"|"unknown": {"packages", "outdated", "releases_behind", "libyears",
                                                        "dated", "untrusted"}},
     "gaps": [{"practice", "scope", "reason", "remedy", "units"}], "notes": [], "registries": {ecosystem: address}}

`behind` counts released lines: newer majors, newer minors of the used major, newer patches of the used minor.
`libyears` of a total is over its `dated` packages; the `untrusted` others are not in it. `withdrawn`: the version used
was yanked or deprecated.
"""

import posixpath
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from wardline.check import asking
from wardline.check.dependencies import formats
from wardline.check.dependencies.freshness import service as measuring
from wardline.check.dependencies.freshness import trust
from wardline.check.dependencies.freshness.model import Freshness, Total, Used, total
from wardline.check.dependencies.wording import upgrade_command
from wardline.check.model import Request
from wardline.findings.report import Gap
from wardline.kernel.text import printable

SCHEMA: Final = 1
KINDS: Final = {"direct": True, "transitive": False, "unknown": None}


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked: a tree or a lockfile, which ecosystems, and registries that the user names for some of them."""

    path: Path
    offline: bool = False
    only: tuple[str, ...] = ()
    registries: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The packages that something can be said of, worst first, and an account of the others."""

    name: str
    at: datetime
    rows: tuple[Freshness, ...]
    commands: Mapping[Used, str]
    gaps: tuple[Gap, ...]
    notes: tuple[str, ...]
    registries: Mapping[str, str]

    def of_kind(self, kind: str) -> tuple[Freshness, ...]:
        """Return the rows that are direct, transitive, or of which no lockfile tells ("unknown"), worst first."""
        return tuple(row for row in self.rows if row.used.direct is KINDS[kind])

    def totals(self) -> dict[str, Total]:
        """Return the sums over all packages and over each kind."""
        return {"all": total(self.rows), **{kind: total(self.of_kind(kind)) for kind in KINDS}}


def freshness(question: Question, *, now: datetime, progress: Callable[[str], None]) -> Answer:
    """Return how far behind every package in the lockfiles is.

    Raises: `WardlineError` where the question cannot be met: no such path, an unknown ecosystem, no address.
    """
    request = Request(path=question.path, only=("dependencies",), purpose="inventory")
    read = asking.check(request, now=now, progress=progress)
    components = read.inventory.components if read.inventory is not None else ()
    packages = [
        Used(part.ecosystem, part.name, part.version, part.direct, trust.seconds(part.date), part.groups, part.file)
        for part in components
    ]
    asked = measuring.Asked(
        packages=packages,
        now=int(now.timestamp()),
        offline=question.offline,
        only=question.only,
        named=question.registries,
    )
    found = measuring.measure(asked, progress=progress)
    rows = tuple(sorted(found.rows, key=_worst_first))
    return Answer(
        name=read.subject.name,
        at=now,
        rows=rows,
        commands=_commands(rows),
        gaps=(*read.report.gaps, *found.gaps),
        notes=tuple(found.notes),
        registries=found.registries,
    )


def _worst_first(row: Freshness) -> tuple[float, int, int, str, str]:
    years = -1.0 if row.libyears is None else row.libyears
    return (-years, -(row.behind.major if row.behind else 0), -row.releases_behind, row.used.name, row.used.version)


def _commands(rows: tuple[Freshness, ...]) -> dict[Used, str]:
    """Return the command of each outdated direct package's own tool; what a shell would misread has none."""
    known = formats.load()
    found = {}
    for row in rows:
        format_of = known.of(row.used.file) if row.outdated and row.used.direct else None
        # A command that names no version stays within what the manifest allows: it may change nothing.
        if format_of is not None and "{version}" in format_of.upgrade:
            folder = posixpath.dirname(row.used.file)
            newest = row.newest.removeprefix("v") if "v{version}" in format_of.upgrade else row.newest
            command = upgrade_command(format_of.upgrade, row.used.name, newest, folder)
            if command:
                found[row.used] = command
    return found


def to_dict(answer: Answer) -> dict[str, Any]:
    """Return the answer as JSON-ready values: the document at the head of this module."""
    return {
        "schema": SCHEMA,
        "as_of": answer.at.isoformat(),
        "packages": [_row(row, answer.commands.get(row.used)) for row in answer.rows],
        "totals": {
            kind: {**asdict(part), "libyears": round(part.libyears, 4)} for kind, part in answer.totals().items()
        },
        "gaps": [gap._asdict() for gap in answer.gaps],
        "notes": list(answer.notes),
        "registries": dict(answer.registries),
    }


def _row(row: Freshness, command: str | None) -> dict[str, Any]:
    used = row.used
    return {
        "ecosystem": used.ecosystem,
        "name": used.name,
        "version": used.version,
        "direct": used.direct,
        "groups": list(used.groups),
        "file": used.file,
        "newest": printable(row.newest),
        "releases_behind": row.releases_behind,
        "behind": row.behind._asdict() if row.behind is not None else None,
        "libyears": None if row.libyears is None else round(row.libyears, 4),
        "date_untrusted": row.doubt or None,
        "published": _time(row.published),
        "newest_published": _time(row.newest_published),
        "withdrawn": row.withdrawn,
        "command": command,
    }


def _time(seconds: int | None) -> str | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC).isoformat()
