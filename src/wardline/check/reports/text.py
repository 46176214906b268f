"""The report as a developer reads it in a terminal.

The verdict comes first, then what to do in order of urgency: one entry for each package to upgrade or place to repair,
with the command that does it. What was not examined, what is suppressed and how much was examined follow, always. The
last line says what to do next. Long lists are shortened, saying so; `--format json` and `--format html` have them all.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from wardline.check.reports.actions import Action, shown_ids, suppressed_by, to_do
from wardline.check.reports.model import Subject
from wardline.check.reports.terminal import Terminal, shown, wrapped
from wardline.check.reports.wording import (
    VERDICT_MEANING,
    VERDICT_WORD,
    counted,
    examined,
    headline,
    stamp,
    threshold,
    urgency,
    why,
)
from wardline.findings.report import Report, Severity, Verdict

FORMAT = "text"
TITLE = "Text for a terminal"
MEDIA_TYPE = "text/plain"
SUFFIX = ".txt"

MAX_ACTIONS: Final = 50
MAX_GAPS: Final = 50
MAX_PLACES: Final = 3
_MAX_STEPS: Final = 10
_LONG: Final = 40  # lines: from here the verdict stands at the end again
_MIN_WIDTH: Final = 40
_MAX_WIDTH: Final = 120
_INDENT: Final = "    "
_NAME: Final = r"[A-Za-z0-9][A-Za-z0-9_:-]{0,59}"  # of a rule or an advisory, fit to be pasted
_BADGE: Final[dict[Verdict, str]] = {"pass": "on green", "block": "on red", "cannot-say": "on yellow"}
_STYLES: Final[dict[Severity, tuple[str, ...]]] = {
    "critical": ("bold", "red"),
    "high": ("red",),
    "unknown": ("magenta",),
    "medium": ("yellow",),
    "low": ("blue",),
    "info": ("dim",),
}


def render(report: Report, subject: Subject) -> bytes:
    """Return the report as text; in colour and as wide as `subject` says, between 40 and 120 columns."""
    terminal = Terminal(subject.colour, min(max(subject.width, _MIN_WIDTH), _MAX_WIDTH))
    actions = to_do(report)
    lines = [
        *_verdict(report, subject, terminal),
        *_actions(actions, terminal),
        *_gaps(report, terminal),
        *_suppressed(report, terminal),
        *_coverage(report, subject, terminal),
        *_notes(report, terminal),
    ]
    lines += ["", *_next(actions, report, terminal, again=len(lines) > _LONG)]
    return ("\n".join(lines) + "\n").encode("utf-8", "backslashreplace")


def _verdict(report: Report, subject: Subject, terminal: Terminal) -> Iterator[str]:
    yield from _badge(report, terminal)
    yield from terminal.block(f"{VERDICT_MEANING[report.verdict]} {threshold(report).capitalize()}.", " ")
    yield from terminal.block(shown(stamp(subject)), " ", "dim")


def _badge(report: Report, terminal: Terminal) -> Iterator[str]:
    badge = f" {VERDICT_WORD[report.verdict]} "
    first, *rest = wrapped(headline(report), terminal.width - len(badge) - 1)
    yield terminal.paint(badge, _BADGE[report.verdict]) + " " + terminal.paint(first, "bold")
    yield from (" " * (len(badge) + 1) + terminal.paint(line, "bold") for line in rest)


def _actions(actions: tuple[Action, ...], terminal: Terminal) -> Iterator[str]:
    if not actions:
        return
    number = 0
    for blocking, title in ((True, "To do, most urgent first"), (False, "Below the threshold")):
        group = [action for action in actions if action.blocking == blocking]
        room = max(0, MAX_ACTIONS - number)
        if group and room:
            yield from _heading(title, terminal)
        for action in group[:room]:
            if action is not group[0]:
                yield ""
            number += 1
            yield from _action(number, action, terminal)
    if more := len(actions) - number:
        yield ""
        yield from terminal.block(f"and {more:,} more: --format html or --format json lists them all", " ", "bold")


def _action(number: int, action: Action, terminal: Terminal) -> Iterator[str]:
    style = _STYLES["critical" if action.malware else action.severity]
    tag = urgency(action).upper()
    yield terminal.spread(f"{number:>2}. {shown(action.headline)}", tag, right_styles=style)
    where = ", ".join(shown(one, 200) for one in action.places[:MAX_PLACES])
    more = len(action.places) - MAX_PLACES
    yield from terminal.block(where + (f" and {more:,} more places" if more > 0 else ""), _INDENT, "cyan")
    if action.path:
        chain = " → ".join(shown(one, 100) for one in action.path)
        yield from terminal.block(f"brought by {chain}", _INDENT)
    known = f": {shown_ids(action.ids)}" if len(action.ids) > 1 else f" ({action.ids[0]})" if action.ids else ""
    yield from terminal.block(shown(why(action) + known), _INDENT)
    for step in action.worst.trace[:_MAX_STEPS]:
        yield from terminal.block(f"{shown(step.file, 200)}:{step.line} {shown(step.message)}", _INDENT + "  ", "dim")
    yield from _repair(action, terminal)


def _repair(action: Action, terminal: Terminal) -> Iterator[str]:
    if action.fix and (not action.commands or action.fix.kind != "upgrade"):
        yield from terminal.block(shown(action.fix.text), _INDENT)
    for command in action.commands[:MAX_PLACES]:
        if shown(command) == command:  # a changed or shortened command is none
            yield f"{_INDENT}run: {terminal.paint(command, 'bold', 'green')}"
    if action.fix is None:
        way_out = "no version repairs it yet: replace it, or suppress it with a reason and a date"
        rule = f"see: wardline explain {shown(action.worst.rule, 80)}"
        yield from terminal.block(way_out if action.package else rule, _INDENT)


def _gaps(report: Report, terminal: Terminal) -> Iterator[str]:
    if not report.gaps:
        return
    units = sum(gap.units for gap in report.gaps)
    yield from _heading(f"Not examined ({units:,}), so this is not a pass", terminal)
    for gap in report.gaps[:MAX_GAPS]:
        yield from terminal.block(f"{gap.practice}: {shown(gap.scope)}", "  ", "bold")
        yield from terminal.block(shown(gap.reason), _INDENT)
        yield from terminal.block(f"way out: {shown(gap.remedy)}", _INDENT)
    if (more := len(report.gaps) - MAX_GAPS) > 0:
        yield from terminal.block(f"and {more:,} more: --format json lists them all", "  ", "bold")


def _suppressed(report: Report, terminal: Terminal) -> Iterator[str]:
    if not report.suppressed:
        return
    yield from _heading(f"Suppressed ({len(report.suppressed):,}), they do not count", terminal)
    reasons = suppressed_by(report)
    for one, number in reasons[:MAX_GAPS]:
        until = f"until {shown(one.until)}" if one.until else "no expiry"
        line = f"{number:,}: {shown(one.reason)} ({shown(one.source, 200)}, {until})"
        yield from terminal.block(line, "  ")
    if len(reasons) > MAX_GAPS:
        yield from terminal.block(f"and {counted(len(reasons) - MAX_GAPS, 'more reason')}", "  ")


def _coverage(report: Report, subject: Subject, terminal: Terminal) -> Iterator[str]:
    if not report.coverage:
        return
    yield from _heading("Examined", terminal)
    size = max(map(len, report.coverage))
    for practice, part in report.coverage.items():
        first, *rest = wrapped(shown(examined(practice, part, subject)), terminal.width - size - 4)
        yield f"  {terminal.paint(practice.ljust(size), 'bold')}  {first}"
        yield from (" " * (size + 4) + line for line in rest)


def _notes(report: Report, terminal: Terminal) -> Iterator[str]:
    if not report.notes:
        return
    yield from _heading("Notes", terminal)
    for note in report.notes[:MAX_GAPS]:
        yield from terminal.block(shown(note), "  ")


def _next(actions: tuple[Action, ...], report: Report, terminal: Terminal, *, again: bool) -> Iterable[str]:
    lines: list[str] = []
    if again:
        lines += _badge(report, terminal)
    if actions:
        rule = actions[0].worst.rule  # an advisory would need the same --advisories
        plain = f" {rule}" if re.fullmatch(_NAME, rule) else ""
        lines.append("Next: " + terminal.paint(f"wardline explain{plain}", "bold"))
    elif report.gaps:
        lines += terminal.block(f"Next: {shown(report.gaps[0].remedy)}", "")
    elif not report.coverage:
        lines.append("Next: name a folder that has something to examine: wardline check PATH")
    else:
        lines.append("Next: nothing to do.")
    return lines


def _heading(title: str, terminal: Terminal) -> Iterator[str]:
    yield ""
    yield from terminal.block(title, "", "bold", "underline")
