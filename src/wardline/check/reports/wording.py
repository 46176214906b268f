"""The sentences that every format for people uses: the verdict, the coverage of a practice, counts.

One wording, so that the terminal, the comment and the page never disagree.
"""

import re
from typing import Final

from wardline.check.reports.actions import Action
from wardline.check.reports.model import Subject
from wardline.findings.report import Coverage, Practice, Report, Verdict

VERDICT_WORD: Final[dict[Verdict, str]] = {"pass": "PASS", "block": "BLOCK", "cannot-say": "CANNOT SAY"}
VERDICT_MEANING: Final[dict[Verdict, str]] = {
    "pass": "Everything in scope was examined, and nothing in it blocks.",
    "block": "Something here must be repaired first.",
    "cannot-say": "Nothing found so far blocks, but not everything in scope was examined. That is not a pass.",
}
EXIT_OF: Final[dict[Verdict, int]] = {"pass": 0, "block": 1, "cannot-say": 3}
_UNITS: Final[dict[Practice, tuple[str, str]]] = {"dependencies": ("package", "packages")}
_DATE: Final = r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?![0-9])"
_MODES: Final = {"diff": "what the change introduces", "staged": "what is staged", "history": "whole history"}
_FILES: Final = ("file", "files")


def counted(number: int, one: str, many: str = "") -> str:
    """Return a number with its noun: `1 finding`, `12,345 findings`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def headline(report: Report) -> str:
    """Return the verdict's reasons in one sentence, without the word itself."""
    blocking = sum(map(report.blocking, report.findings))
    gaps = sum(gap.units for gap in report.gaps)
    parts = []
    if blocking:
        parts.append(f"{counted(blocking, 'finding')} {'blocks' if blocking == 1 else 'block'}")
    if below := len(report.findings) - blocking:
        alone = f"{counted(below, 'finding')}, none of which blocks"
        parts.append(f"{below:,} below the threshold" if blocking else alone)
    if report.gaps:
        parts.append(f"{gaps:,} not examined")
    elif not report.coverage:
        parts.append("nothing was in scope, so nothing was examined")
    if report.suppressed:
        parts.append(f"{len(report.suppressed):,} suppressed")
    return "; ".join(parts) or "no findings"


def threshold(report: Report) -> str:
    """Return what makes a finding block."""
    if report.fail_on == "info":
        return "every finding blocks"
    return f"blocks from {report.fail_on} upwards; unknown severity and malware always"


def examined(practice: Practice, part: Coverage, subject: Subject) -> str:
    """Return one practice's account in one sentence: what was examined, against what, and what was not."""
    one, many = _UNITS.get(practice, _FILES)
    sentence = f"{counted(part.examined, one, many)} examined"
    if practice == "dependencies" and subject.inventory is not None and part.examined:
        lockfiles = len({component.file for component in subject.inventory.components})
        sentence = f"{counted(part.examined, one, many)} in {counted(lockfiles, 'lockfile')} examined"
    if part.data_date and re.match(_DATE, part.data_date):
        against = "advisories" if practice == "dependencies" else "data"
        sentence += f" against {against} of {part.data_date[:10]}"
    parts = [sentence, f"{part.gaps:,} not examined" if part.gaps else ""]
    parts.append(f"{part.excluded:,} excluded by policy" if part.excluded else "")
    parts.append(f"{part.suppressed:,} suppressed" if part.suppressed else "")
    return "; ".join(filter(None, parts))


def why(action: Action) -> str:
    """Return what is wrong in a sentence: what it is, or how many vulnerabilities. Not made printable."""
    number = len(action.ids)
    if number < 2:
        return action.worst.title if number else action.worst.message
    known = (
        counted(number, "malicious release") if action.malware else counted(number, "vulnerability", "vulnerabilities")
    )
    parts = [known, f"worst {action.severity}", "exploited in the wild" if action.exploited else ""]
    parts.append(f"{action.unfixed:,} without a fix yet" if action.unfixed else "")
    return ", ".join(filter(None, parts))


def urgency(action: Action) -> str:
    """Return how urgent an action is, in a word or two."""
    worst = "malware" if action.malware else action.severity
    return f"{worst}, exploited" if action.exploited else worst


def stamp(subject: Subject) -> str:
    """Return what was examined, at which revision, when, by which version, in one line."""
    parts = [subject.name, f"at {subject.revision[:12]}" if subject.revision else ""]
    parts.append(_MODES.get(subject.mode, ""))
    parts.append(f"{subject.at:%Y-%m-%d %H:%M} UTC")
    parts.append(f"Wardline {subject.tool_version}")
    if subject.seconds is not None:
        parts.append(f"{subject.seconds:.1f} s")
    return ", ".join(filter(None, parts))
