"""One self-contained page: the verdict, what to do, every finding, and what was and was not examined.

The page has no script and loads nothing: its content security policy forbids both, and the one inline style is named by
its hash. It reads well in light and dark, on a phone and on paper, and with a keyboard alone; the table's filters are
plain checkboxes. At most 200 things to do and 1,000 findings are listed, the most urgent; the page says how many more
there are, and `--format json` has them all.

Source: WCAG 2.2, level AA.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from wardline.check.reports.actions import Action, best_known_id, place, suppressed_by, to_do
from wardline.check.reports.model import Subject
from wardline.check.reports.wording import (
    VERDICT_MEANING,
    VERDICT_WORD,
    counted,
    examined,
    headline,
    stamp,
    threshold,
    why,
)
from wardline.check.reports.writing import advisory_url, markup
from wardline.findings.report import Coverage, Finding, Report, Severity, most_urgent_first

FORMAT = "html"
TITLE = "One self-contained HTML page"
MEDIA_TYPE = "text/html; charset=utf-8"
SUFFIX = ".html"

MAX_ACTIONS: Final = 200
MAX_FINDINGS: Final = 1_000
MAX_GAPS: Final = 500
_MAX_KNOWN: Final = 100
_MAX_COMMAND_CHARS: Final = 600
_MAX_COMMANDS: Final = 5
_FULLEST_WITH_A_GAP: Final = 96  # per cent of a bar
_BY_WEIGHT: Final[tuple[Severity, ...]] = ("critical", "high", "unknown", "medium", "low", "info")


def render(report: Report, subject: Subject) -> bytes:
    """Return the page."""
    actions = to_do(report)
    sections = [_to_do(actions), _gaps(report)]
    if report.verdict == "cannot-say":
        sections.reverse()
    sections += [_findings(report), _coverage(report, subject), _suppressed(report), _notes(report)]
    lines = [
        _head(report, subject),
        *_verdict(report, subject),
        *_contents(actions, report),
        '<main id="main">',
        *(line for section in sections for line in section),
        "</main>",
        _foot(subject),
        "</body>",
        "</html>",
    ]
    return ("\n".join(lines) + "\n").encode()


def _head(report: Report, subject: Subject) -> str:
    from base64 import b64encode
    from hashlib import sha256
    from pathlib import Path

    style = Path(__file__).with_name("page.css").read_text(encoding="utf-8")
    digest = b64encode(sha256(style.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    title = f"{VERDICT_WORD[report.verdict]}: {subject.name}"
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="color-scheme" content="light dark">
<title>{markup(title, max_chars=200)} · Wardline</title>
<style>{style}</style>
</head>
<body>
<a class="skip" href="#main">Skip to the findings</a>"""


def _verdict(report: Report, subject: Subject) -> Iterator[str]:
    name = markup(subject.name, max_chars=200)
    yield "<header>"
    yield f'<div class="brand"><p><strong>Wardline</strong> check of <strong>{name}</strong></p>'
    yield f'<p class="soft">{subject.at:%Y-%m-%d %H:%M} UTC</p></div>'
    yield f'<div class="verdict {report.verdict}"><h1>{VERDICT_WORD[report.verdict].capitalize()}</h1>'
    yield f'<p class="reasons">{_sentence(headline(report))}</p>'
    yield f'<p class="soft">{VERDICT_MEANING[report.verdict]} {_sentence(threshold(report))}</p></div>'
    gaps = sum(gap.units for gap in report.gaps)
    yield '<ul class="tiles">'
    for severity in _BY_WEIGHT:
        number = sum(finding.severity == severity for finding in report.findings)
        if number or severity in {"critical", "high"}:
            yield _tile(number, severity, severity if number else "")
    yield _tile(gaps, "not examined", "gaps" if gaps else "")
    yield "</ul>"
    yield "</header>"


def _tile(number: int, label: str, kind: str) -> str:
    return f'<li class="{kind}"><b>{number:,}</b> <span>{label}</span></li>'


def _sentence(text: str) -> str:
    return markup(text[:1].upper() + text[1:] + ".")


def _contents(actions: Sequence[Action], report: Report) -> Iterator[str]:
    sections = (
        ("to-do", f"To do ({len(actions):,})", actions),
        ("gaps", f"Not examined ({sum(gap.units for gap in report.gaps):,})", report.gaps),
        ("findings", f"All findings ({len(report.findings):,})", report.findings),
        ("examined", "Examined", report.coverage),
        ("suppressed", f"Suppressed ({len(report.suppressed):,})", report.suppressed),
        ("notes", "Notes", report.notes),
    )
    yield '<nav aria-label="On this page"><ul>'
    yield from (f'<li><a href="#{anchor}">{title}</a></li>' for anchor, title, there in sections if there)
    yield "</ul></nav>"


def _to_do(actions: Sequence[Action]) -> Iterator[str]:
    if not actions:
        return
    number = 0
    for blocking, title in ((True, "To do, most urgent first"), (False, "Below the threshold")):
        group = [action for action in actions if action.blocking == blocking][: max(0, MAX_ACTIONS - number)]
        if not group:
            continue
        anchor = "to-do" if number == 0 else "below"
        yield f'<section aria-labelledby="{anchor}"><h2 id="{anchor}">{title}</h2>'
        yield f'<ol class="todo" start="{number + 1}">'
        for action in group:
            number += 1
            yield from _card(number, action)
        yield "</ol></section>"
    if more := len(actions) - number:
        yield f"<p><strong>And {more:,} more</strong>: <code>--format json</code> lists them all.</p>"


def _card(number: int, action: Action) -> Iterator[str]:
    tags = [_tag("malware", "critical") if action.malware else _tag(action.severity, action.severity)]
    if action.exploited:
        tags.append('<span class="tag plain">exploited in the wild</span>')
    what = (
        f"{action.verb.capitalize()} {_code(action.subject)}"
        if action.package
        else markup(action.headline, max_chars=200)
    )
    yield f'<li class="card"><div class="number">{number}</div><div>'
    yield f'<h3><span class="what">{what}</span> {"".join(tags)}</h3>'
    known = f" {_advisory(action.ids[0])}" if len(action.ids) == 1 else ""
    yield f"<p>{_text(why(action))}{known}</p>"
    if known and (likelihood := _likelihood(action.worst)):
        yield f'<p class="soft">{likelihood}</p>'
    yield f'<p class="soft">{_places(action)}</p>'
    if action.path:
        steps = "".join(f"<li>{_code(one)}</li>" for one in action.path[:20])
        yield f'<div class="path soft"><span>Brought by</span><ol>{steps}</ol></div>'
    yield from _trace(action.worst)
    yield from _repair(action)
    yield from _known(action)
    yield "</div></li>"


def _places(action: Action) -> str:
    more = len(action.places) - 5
    return ", ".join(map(_code, action.places[:5])) + (f" and {more:,} more places" if more > 0 else "")


def _trace(finding: Finding) -> Iterator[str]:
    if not finding.trace:
        return
    yield '<ol class="trace">'
    for step in finding.trace[:50]:
        yield f"<li>{_code(f'{step.file}:{step.line}')} {_text(step.message)}</li>"
    yield "</ol>"


def _repair(action: Action) -> Iterator[str]:
    fix = action.fix
    if fix is None:
        nothing = "No version repairs it yet: replace it, or suppress it with a reason and a date."
        yield f"<p>{nothing}</p>" if action.package else ""
        return
    if not action.commands or fix.kind != "upgrade":
        yield f"<p>{_text(fix.text[:1].upper() + fix.text[1:])}</p>"
    for command in action.commands[:_MAX_COMMANDS]:
        if command.isprintable() and len(command) <= _MAX_COMMAND_CHARS:  # a changed or shortened command is none
            yield f'<pre class="run"><code>{markup(command)}</code></pre>'


def _known(action: Action) -> Iterator[str]:
    known = {best_known_id(finding): finding for finding in reversed(action.findings) if finding.advisories}
    if len(known) < 2:
        return
    rows = list(reversed(known.items()))
    yield f"<details><summary>{counted(len(rows), 'advisory', 'advisories')}</summary>"
    yield '<ul class="known">'
    for identifier, finding in rows[:_MAX_KNOWN]:
        facts = _likelihood(finding)
        tail = f'<br><span class="soft">{facts}</span>' if facts else ""
        tag = _tag(finding.severity, finding.severity)
        yield f"<li>{tag} {_advisory(identifier)} {_text(finding.title)}{tail}</li>"
    yield "</ul></details>"


def _likelihood(finding: Finding) -> str:
    """Return how likely it is to be exploited, and whether it is already."""
    chance = finding.exploit_probability
    facts = [f"{chance:.1%} chance of exploitation in 30 days"] if chance is not None else []
    if finding.exploited:
        since = f" since {finding.exploited.since}" if finding.exploited.since else ""
        facts.append(f"exploited{since}{', by ransomware' if finding.exploited.ransomware else ''}")
    return _text("; ".join(facts))


def _gaps(report: Report) -> Iterator[str]:
    if not report.gaps:
        return
    units = sum(gap.units for gap in report.gaps)
    yield f'<section aria-labelledby="gaps"><h2 id="gaps">Not examined ({units:,}), so this is not a pass</h2>'
    yield '<div class="scroll"><table class="stacks"><thead><tr><th scope="col">What</th><th scope="col">Why</th>'
    yield '<th scope="col">Way out</th></tr></thead><tbody>'
    for gap in report.gaps[:MAX_GAPS]:
        yield f'<tr><th scope="row">{_code(gap.scope)}<br><span class="soft">{gap.practice}</span></th>'
        yield f'<td>{_text(gap.reason)}</td><td data-label="Way out:">{_text(gap.remedy)}</td></tr>'
    yield "</tbody></table></div>"
    yield from _more(len(report.gaps) - MAX_GAPS, "more gap")
    yield "</section>"


def _findings(report: Report) -> Iterator[str]:
    if not report.findings:
        return
    found = most_urgent_first(report.findings)
    shown = found[:MAX_FINDINGS]
    yield '<section aria-labelledby="findings"><h2 id="findings">All findings</h2>'
    yield from _more(len(found) - len(shown), "more finding")
    severities = [severity for severity in _BY_WEIGHT if any(one.severity == severity for one in shown)]
    yield from _filters("Show severities", severities)
    yield from _filters("Show practices", list(dict.fromkeys(one.practice for one in shown)))
    yield '<div class="scroll"><table class="stacks findings"><thead><tr><th scope="col">Severity</th>'
    yield '<th scope="col">Finding</th><th scope="col">Where</th><th scope="col">Repair</th></tr></thead><tbody>'
    yield from map(_row, shown)
    yield "</tbody></table></div></section>"


def _filters(title: str, names: Sequence[str]) -> Iterator[str]:
    if len(names) < 2:
        return
    yield f'<fieldset class="filters"><legend>{title}</legend><div>'
    yield from (f'<label><input type="checkbox" id="show-{one}" checked> {one}</label>' for one in names)
    yield "</div></fieldset>"


def _row(finding: Finding) -> str:
    package = f"{_code(f'{finding.package.name} {finding.package.version}')}<br>" if finding.package else ""
    known = f" {_advisory(best_known_id(finding))}" if finding.advisories else ""
    tag = _tag("malware", "critical") if finding.blocks else _tag(finding.severity, finding.severity)
    kind = f'class="{finding.severity} {finding.practice}"'
    repair = _text(finding.fix.text) if finding.fix else '<span class="soft">none known</span>'
    rule = f'<br><span class="soft">{finding.practice}, rule {_code(finding.rule)}</span>'
    return (
        f'<tr {kind}><td>{tag}</td><th scope="row">{package}{_text(finding.title)}{known}{rule}</th>'
        f'<td data-label="Where:">{_code(place(finding))}</td><td data-label="Repair:">{repair}</td></tr>'
    )


def _coverage(report: Report, subject: Subject) -> Iterator[str]:
    if not report.coverage:
        return
    yield '<section aria-labelledby="examined"><h2 id="examined">Examined</h2>'
    yield '<div class="scroll"><table class="stacks account"><caption><span class="legend yes"></span> examined '
    yield '<span class="legend no"></span> not examined</caption><thead><tr><th scope="col">Practice</th>'
    yield '<th scope="col">Share</th><th scope="col" class="count">In scope</th>'
    yield '<th scope="col" class="count">Examined</th><th scope="col" class="count">Not examined</th>'
    yield '<th scope="col">In words</th></tr></thead><tbody>'
    for practice, part in report.coverage.items():
        yield f'<tr><th scope="row">{practice}</th><td>{_bar(part)}</td>'
        for label, number in (("In scope:", part.in_scope), ("Examined:", part.examined), ("Not examined:", part.gaps)):
            yield f'<td class="count" data-label="{label}">{number:,}</td>'
        yield f"<td>{markup(examined(practice, part, subject))}</td></tr>"
    yield "</tbody></table></div></section>"


def _bar(part: Coverage) -> str:
    """Return the share examined as a picture, with the number; a gap can be seen however small it is."""
    share = 1000 * part.examined // part.in_scope / 10 if part.in_scope else 0
    width = min(share, _FULLEST_WITH_A_GAP) if part.gaps else share
    return (
        '<svg class="bar" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">'
        f'<rect width="{width:g}" height="8"/></svg>{share:g} %'
    )


def _suppressed(report: Report) -> Iterator[str]:
    if not report.suppressed:
        return
    reasons = suppressed_by(report)
    yield f'<section aria-labelledby="suppressed"><h2 id="suppressed">Suppressed ({len(report.suppressed):,})</h2>'
    yield '<div class="scroll"><table class="stacks"><thead><tr><th scope="col" class="count">Findings</th>'
    yield '<th scope="col">Reason</th><th scope="col">Until</th><th scope="col">Said by</th></tr></thead><tbody>'
    for one, number in reasons[:MAX_GAPS]:
        until = _text(one.until) if one.until else "no expiry"
        yield f'<tr><td class="count" data-label="Findings:">{number:,}</td><th scope="row">{_text(one.reason)}</th>'
        yield f'<td data-label="Until:">{until}</td><td data-label="Said by:">{_code(one.source)}</td></tr>'
    yield "</tbody></table></div>"
    yield from _more(len(reasons) - MAX_GAPS, "more reason")
    yield "</section>"


def _notes(report: Report) -> Iterator[str]:
    if not report.notes:
        return
    yield '<section aria-labelledby="notes"><h2 id="notes">Notes</h2><ul>'
    yield from (f"<li>{_text(note)}</li>" for note in report.notes[:MAX_GAPS])
    yield "</ul></section>"


def _more(number: int, noun: str) -> Iterator[str]:
    if number > 0:
        yield f"<p><strong>And {counted(number, noun)}</strong>, less urgent: <code>--format json</code> has all.</p>"


def _foot(subject: Subject) -> str:
    revision = f" Revision {_code(subject.revision)}." if subject.revision else ""
    return f"<footer><p>{_text(stamp(subject))}.{revision} This page holds no script and loads nothing.</p></footer>"


def _tag(word: str, kind: str) -> str:
    return f'<span class="tag {kind}">{word}</span>'


def _advisory(identifier: str) -> str:
    url = advisory_url(identifier)
    return f'<a class="id" href="{url}" rel="noreferrer">{_text(identifier)}</a>' if url else _code(identifier)


def _code(text: str) -> str:
    return f"<code>{markup(text, max_chars=300)}</code>"


def _text(text: str) -> str:
    return markup(text, max_chars=1_000)
