"""Markdown for the comment on a pull or merge request, and for a job's summary.

The verdict, what to do as a table in order of urgency, the commands to copy, what was not examined, and how much was.
Never longer than 65,535 bytes, GitHub's limit: the least urgent rows are left out first, saying so.

What strangers wrote (names, titles, messages, paths) stands in code spans, where no markup, mention, link, image or
HTML is read; plain words stand as they are. The first line is a fixed HTML comment by which a CI job finds its own
comment to update it.

Source: GitHub Flavored Markdown Specification 0.29; GitLab Flavored Markdown reads these parts the same way.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from wardline.check.reports.actions import Action, suppressed_by, to_do
from wardline.check.reports.model import Subject
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
from wardline.check.reports.writing import advisory_url, code_span, inline
from wardline.findings.report import Report

FORMAT = "markdown"
TITLE = "Markdown for a pull request comment"
MEDIA_TYPE = "text/markdown"
SUFFIX = ".md"

MAX_BYTES: Final = 65_535
MARKER: Final = "<!-- wardline -->"
_MAX_COMMAND_CHARS: Final = 300


class _Limits(NamedTuple):
    actions: int
    rows: int
    chars: int


_LIMITS: Final = tuple(
    _Limits(*row)
    for row in ((100, 50, 300), (100, 25, 150), (50, 25, 100), (25, 10, 100), (10, 5, 60), (3, 2, 40), (0, 0, 20))
)


def render(report: Report, subject: Subject) -> bytes:
    """Return the comment, with as many rows as fit."""
    actions = to_do(report)
    for limits in _LIMITS:
        text = "\n".join(_Comment(report, subject, limits).lines(actions)) + "\n"
        document = text.encode("utf-8", "backslashreplace")
        if len(document) <= MAX_BYTES:
            break
    return document


class _Comment:
    """One attempt at the comment, within limits."""

    def __init__(self, report: Report, subject: Subject, limits: _Limits) -> None:
        self._report = report
        self._subject = subject
        self._limits = limits

    def lines(self, actions: tuple[Action, ...]) -> Iterator[str]:
        """Return the comment's lines."""
        report = self._report
        yield MARKER
        yield f"## Wardline: {VERDICT_WORD[report.verdict]}"
        yield ""
        yield f"**{headline(report)}.** {VERDICT_MEANING[report.verdict]}"
        yield from self._actions(actions)
        yield from self._gaps()
        yield from self._suppressed()
        yield from self._coverage()
        yield ""
        yield f"{self._text(stamp(self._subject))}. {threshold(report).capitalize()}."

    def _actions(self, actions: tuple[Action, ...]) -> Iterator[str]:
        if not actions:
            return
        shown = actions[: self._limits.actions]
        yield from ("", "### To do, most urgent first", "")
        yield from ("| # | Severity | What | Why | Where |", "| --: | --- | --- | --- | --- |")
        for number, action in enumerate(shown, start=1):
            severity = f"**{urgency(action)}**" if action.malware or action.exploited else urgency(action)
            cells = (
                str(number),
                severity if action.blocking else f"{severity} (does not block)",
                self._what(action),
                self._why(action),
                self._where(action),
            )
            yield f"| {' | '.join(cells)} |"
        if more := len(actions) - len(shown):
            yield from ("", f"**And {more:,} more**: `--format html` or `--format json` lists them all.")
        yield from self._commands(shown)

    def _what(self, action: Action) -> str:
        return f"{action.verb} {self._code(action.subject)}" if action.package else self._text(action.headline)

    def _why(self, action: Action) -> str:
        known = [self._advisory(one) for one in action.ids[:3]]
        more = len(action.ids) - len(known)
        known += [f"and {more:,} more"] if more > 0 else []
        parts = [self._text(why(action)), ", ".join(known)]
        if action.path:
            parts.append(f"brought by {' → '.join(map(self._code, action.path[:6]))}")
        return "<br>".join(filter(None, parts))

    def _where(self, action: Action) -> str:
        places = [self._code(one) for one in action.places[:3]]
        more = len(action.places) - len(places)
        return "<br>".join([*places, *([f"and {more:,} more"] if more > 0 else [])])

    def _commands(self, actions: Iterable[Action]) -> Iterator[str]:
        commands = dict.fromkeys(command for action in actions for command in action.commands)
        safe = [one for one in commands if one.isprintable() and len(one) <= _MAX_COMMAND_CHARS]
        if not safe:
            return
        longest = max((len(run) for one in safe for run in re.findall("`+", one)), default=0)
        fence = "`" * max(3, longest + 1)
        yield from ("", f"<details><summary>{counted(len(safe), 'command')} to run</summary>", "", f"{fence}sh")
        yield from safe
        yield from (fence, "", "</details>")

    def _gaps(self) -> Iterator[str]:
        gaps = self._report.gaps
        if not gaps:
            return
        shown = gaps[: self._limits.rows]
        units = sum(gap.units for gap in gaps)
        yield from ("", f"### Not examined ({units:,}), so this is not a pass", "")
        yield from ("| Practice | What | Why | Way out |", "| --- | --- | --- | --- |")
        for gap in shown:
            cells = (gap.practice, self._code(gap.scope), self._text(gap.reason), self._text(gap.remedy))
            yield f"| {' | '.join(cells)} |"
        if more := len(gaps) - len(shown):
            yield from ("", f"**And {counted(more, 'more gap')}**: `--format json` lists them all.")

    def _suppressed(self) -> Iterator[str]:
        if not self._report.suppressed:
            return
        reasons = suppressed_by(self._report)
        summary = f"{len(self._report.suppressed):,} suppressed, which do not count"
        yield from ("", f"<details><summary>{summary}</summary>", "")
        yield from ("| Findings | Reason | Until | Said by |", "| --: | --- | --- | --- |")
        for one, number in reasons[: self._limits.rows]:
            until = self._text(one.until) if one.until else "no expiry"
            yield f"| {number:,} | {self._text(one.reason)} | {until} | {self._code(one.source)} |"
        if more := len(reasons) - min(len(reasons), self._limits.rows):
            yield from ("", f"And {counted(more, 'more reason')}.")
        yield from ("", "</details>")

    def _coverage(self) -> Iterator[str]:
        if not self._report.coverage:
            return
        yield from ("", "### Examined", "")
        for practice, part in self._report.coverage.items():
            yield f"- **{practice}**: {examined(practice, part, self._subject)}"
        for note in self._report.notes[: self._limits.rows]:
            yield f"- Note: {self._text(note)}"

    def _advisory(self, identifier: str) -> str:
        url = advisory_url(identifier)
        return f"[{identifier}]({url})" if url and len(identifier) <= 60 else self._code(identifier)

    def _text(self, text: str) -> str:
        return inline(text, max_chars=self._limits.chars)

    def _code(self, text: str) -> str:
        return code_span(text, max_chars=self._limits.chars)
