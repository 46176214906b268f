"""Templates: compiled once, every value escaped and printable, nothing undefined passes silently."""

import re
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any, Final
from urllib.parse import quote, urlencode, urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup, escape

from wardline.findings.model import Tracked
from wardline.findings.waivers.model import Shown
from wardline.kernel import ids
from wardline.kernel.errors import AskedWronglyError
from wardline.kernel.text import printable
from wardline.web import happenings, statics, words

_NOTHING: Final = "\N{EN DASH}"
_LINES: Final = 200
_ADVISORY: Final = re.compile(r"(?:CVE|GHSA|PYSEC|MAL|RUSTSEC|GO|OSV|DSA|DLA|ALSA|RLSA|USN)-[A-Za-z0-9:.-]{1,60}")
_CWE: Final = re.compile(r"CWE-(\d{1,5})")


@cache
def environment() -> Environment:
    """Return the one environment of the pages' templates. It is shared between threads and never changed."""
    made = Environment(
        loader=FileSystemLoader(statics.FOLDER.with_name("templates")),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        cache_size=-1,
        finalize=shown,
    )
    made.filters.update(
        ago=_ago,
        when=_when,
        clock=_clock,
        day=words.day,
        exact=words.exact,
        moment=_moment,
        machine=words.machine,
        prose=_prose,
        verbatim=_verbatim,
        query=query,
        segment=lambda value: quote(str(value), safe=""),
        advisory=_advisory,
        cwe=_cwe,
        sentence=_sentence,
        host=lambda address: urlsplit(address).hostname or address,
        event_words=happenings.words,
        event_tone=happenings.tone,
        event_details=happenings.details,
        whose_move=whose_move,
        next_move=next_move,
        initials=words.initials,
        browser=words.browser,
        waiver_title=waiver_title,
        identifies=identifies,
        commas=lambda number: f"{number:,}",
    )
    made.globals.update(
        static=statics.address,
        counted=words.counted,
        percent=words.percent,
        roughly=words.roughly,
        span=words.span,
        left=words.left,
        used=words.used,
    )
    return made


def render(template: str, values: Mapping[str, Any]) -> str:
    """Return the page that a template makes of these values."""
    return environment().get_template(template).render(values)


def shown(value: Any) -> Any:
    """Return what stands on a page for a value: text without control characters and overrides, nothing for None."""
    if value is None:
        return ""
    if isinstance(value, str) and not isinstance(value, Markup) and not value.isprintable():
        return printable(value)
    return value


@pass_context
def _ago(context: Context, at: datetime | None) -> str:
    return words.ago(at, context["now"]) if at else _NOTHING


@pass_context
def _when(context: Context, at: datetime | None, *, both: bool = False) -> Markup:
    """Return a `<time>`: in relative words, exact to the second in UTC when pointed at, or `both` as text."""
    if at is None:
        return Markup('<span class="soft">{}</span>').format(_NOTHING)
    said, exact = words.ago(at, context["now"]), words.exact(at)
    if both:
        return Markup('<time datetime="{}" title="{}">{} <span class="soft exact">{}</span></time>').format(
            words.machine(at), exact, said, words.moment(at)
        )
    return Markup('<time datetime="{}" title="{}">{}</time>').format(words.machine(at), exact, said)


@pass_context
def _clock(context: Context, due: datetime) -> Markup:
    """Return a `<time>` that says how long is left until `due`, or since when it is over."""
    return Markup('<time datetime="{}" title="due {}">{}</time>').format(
        words.machine(due), words.exact(due), words.left(due, context["now"])
    )


def _moment(at: datetime) -> Markup:
    """Return a `<time>` to the minute, exact to the second when pointed at."""
    return Markup('<time datetime="{}" title="{}">{}</time>').format(
        words.machine(at), words.exact(at), words.moment(at)
    )


def _prose(text: str | None) -> Markup:
    """Return text of several lines as paragraphs; a line's own control characters are spelled out."""
    lines = [printable(line.strip()) for line in str(text or "").splitlines()[:_LINES]]
    return Markup("").join(Markup("<p>{}</p>").format(line) for line in lines if line)


def _verbatim(text: str | None) -> Markup:
    """Return text for a field that people edit: its lines stay lines, everything else is printable."""
    lines = str(text or "").replace("\r\n", "\n").split("\n")
    return Markup("\n").join(escape(printable(line.replace("\t", "    "))) for line in lines)


def query(values: Mapping[str, Any]) -> str:
    """Return values as the query of an address, "" when there are none."""
    pairs = urlencode([(name, value) for name, value in values.items() if value], doseq=True)
    return f"?{pairs}" if pairs else ""


def whose_move(finding: Tracked) -> str:
    """Return whose turn it is, in words: the owner's, else the team's."""
    move = next_move(finding)
    name = finding.owner_name or finding.team_name if finding.open else "nobody"
    return f"{name}: {move}" if move else "nobody"


def next_move(finding: Tracked) -> str:
    """Return what has to be done next, in words; "" where there is nothing."""
    return {
        "detected": "acknowledge it",
        "owned": "start to fix it",
        "fixing": "merge the fix",
        "fixed": "once it is deployed it is verified by itself",
    }.get(finding.state, "")


def identifies(text: str) -> bool:
    """Return whether a text is an identifier of something, so that `/id/` leads to it."""
    try:
        ids.kind(text)
    except AskedWronglyError:
        return text == "policy"
    return True


def waiver_title(shown: Shown) -> str:
    """Return what a waiver is for, in a line: the one finding's title, or the rule and the path."""
    scope = shown.waiver.scope
    if scope.rule is not None:
        below = f" below {scope.path_prefix}" if scope.path_prefix else ""
        return f"Rule {scope.rule}{below}"
    findings = shown.findings or tuple(one for one, _ in shown.released)
    return findings[0].title if findings else f"Finding {scope.fingerprint}"


def _advisory(identifier: str) -> str | None:
    """Return the page of an advisory, or None for what is not shaped like the id of one."""
    return f"https://osv.dev/vulnerability/{identifier}" if _ADVISORY.fullmatch(identifier) else None


def _cwe(identifier: str) -> str | None:
    found = _CWE.fullmatch(identifier)
    return f"https://cwe.mitre.org/data/definitions/{found[1]}.html" if found else None


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
