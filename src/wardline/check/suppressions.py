"""`.wardline/suppressions.toml`: findings that do not count until a date, each for a reason.

    [[suppression]]
    fingerprint = "0123456789abcdef0123456789abcdef"
    reason = "the affected parser is not reachable: input is our own build's output"
    until = 2027-01-31
    rule = "vulnerable-dependency"                # for the reader
    subject = "requests 2.19.0, CVE-2018-18074"   # for the reader

A fingerprint is made from what is wrong and never from a line number, so another wrong thing on the same line is found.
A fingerprint of a credential says nothing of its value, so an entry for one also has `value = "scrypt:…"`, made by
`wardline suppress`: it applies to that value alone (RFC 7914; a salt of its own in each entry). Whoever reads the file
can try guesses against it: nobody finds a random key so, but a weak password can be guessed from it.

Malware cannot be suppressed. An entry that cannot be obeyed is a gap, and does not apply: a mistake here never hides
anything. One that has expired, or that nothing matches any more, is said.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from wardline.findings.report import Finding, Gap, Suppression
from wardline.kernel import toml
from wardline.kernel.errors import AskedWronglyError
from wardline.kernel.text import printable

PATH: Final = ".wardline/suppressions.toml"
MAX_BYTES: Final = 1024 * 1024
MAX_ENTRIES: Final = 5000
MAX_DAYS: Final = 180
_MIN_REASON: Final = 10
_MAX_TEXT: Final = 1000
MAX_VALUES: Final = 16  # of one fingerprint: each costs a derivation for every finding under it
_KEYS: Final = ("fingerprint", "reason", "until", "rule", "subject", "value")
_MANDATORY: Final = frozenset({"fingerprint", "reason", "until"})
_FINGERPRINT: Final = re.compile(r"[0-9a-f]{32}")
# Parameters, salt (16 bytes) and derived key (32 bytes) in base64 for addresses. Costlier ones are not worked out:
# what stands in a stranger's file decides how long a check takes.
_VALUE: Final = re.compile(r"scrypt:n=(?:1024|2048|4096|8192|16384),r=8,p=1:[A-Za-z0-9_-]{22}:[A-Za-z0-9_-]{43}")
_WEAKNESS: Final = "a weak value can be guessed from this"
_HEADER: Final = re.compile(r"[ \t]*\[\[[ \t]*suppression[ \t]*\]\]")
_UNUSED: Final = "unused: nothing matches it any more, so it can be removed"
_UNUSED_VALUE: Final = (
    "unused: its value stands here no more, so it can be removed, unless it is for what was once committed"
)
_VALUELESS: Final = "does not apply: a credential's is tied to its value, and it has none"
_ANEW: Final = "write it anew: `wardline suppress FINGERPRINT --reason … --until …` finds it (--history: in commits)"
# Words that fill a field and say nothing.
_EMPTY: Final = (
    "a and asdf bla blah because false finding fixme for foo ignore ignored it later me n/a na no none not now "
    "placeholder please positive reason skip suppress suppressed suppression tbd temp temporary test testing the this "
    "tmp to todo wip xxx"
)


class SuppressionError(AskedWronglyError):
    """A suppression that cannot be written as asked: why, and what would do."""

    code = "suppression"


class Entry(NamedTuple):
    """One suppression that can be obeyed; it applies through the day `until`."""

    fingerprint: str
    reason: str
    until: date
    rule: str = ""
    subject: str = ""
    value: str = ""  # of a credential, derived: the entry applies to no other value
    line: int | None = None

    @property
    def key(self) -> str:
        """Return what it is found by: the fingerprint, and the value it is for."""
        return key(self.fingerprint, self.value)

    @property
    def title(self) -> str:
        """Return what a reader knows it by."""
        return self.subject or self.rule or self.fingerprint


class Suppressions(NamedTuple):
    """The suppressions of one file, by `Entry.key`."""

    path: str
    entries: Mapping[str, Entry]


class Applied(NamedTuple):
    """The findings that count, those that do not for now, and what the reader should know about the entries."""

    kept: tuple[Finding, ...]
    suppressed: tuple[Finding, ...]
    notes: tuple[str, ...]
    gaps: tuple[Gap, ...] = ()


def key(fingerprint: str, value: str) -> str:
    """Return what an entry of that fingerprint for that derived value ("": for none) is found by."""
    return f"{fingerprint} {value}" if value else fingerprint


def values(data: bytes) -> dict[str, tuple[str, ...]]:
    """Return the derived values of each fingerprint's entries ("" for an entry without one), for those who compare.

    Never raises, and judges nothing: which entries are obeyed is for `read` to say.
    """
    try:
        listed = toml.load(data, max_bytes=MAX_BYTES).get("suppression", [])
    except toml.TomlError:
        return {}
    found: dict[str, tuple[str, ...]] = {}
    for entry in listed[:MAX_ENTRIES] if isinstance(listed, list) else []:
        if not isinstance(entry, dict):
            continue
        fingerprint, value = entry.get("fingerprint"), entry.get("value", "")
        if not isinstance(fingerprint, str) or not isinstance(value, str) or (value and not _VALUE.fullmatch(value)):
            continue
        known = found.get(fingerprint, ())
        if value not in known and len(known) < MAX_VALUES:
            found[fingerprint] = (*known, value)
    return found


def read(data: bytes, path: str, today: date) -> tuple[Suppressions, list[Gap]]:
    """Return the entries that can be obeyed, and a gap of the policy practice for each that cannot, by line.

    Never raises: a file that is no TOML is one gap and no entries.
    """
    try:
        document = toml.load(data, max_bytes=MAX_BYTES)
    except toml.TomlError as error:
        return Suppressions(path, {}), [_gap(path, error.line, error.detail)]
    gaps = [_gap(path, None, f"unknown key {printable(key)!r:.80}") for key in document if key != "suppression"]
    listed = document.get("suppression", [])
    if not isinstance(listed, list) or len(listed) > MAX_ENTRIES:
        detail = f"`suppression` is not a list of at most {MAX_ENTRIES} tables"
        return Suppressions(path, {}), [*gaps, _gap(path, None, detail)]
    lines = _header_lines(data.decode("utf-8-sig"))
    entries: dict[str, Entry] = {}
    counted: Counter[str] = Counter()
    for number, values in enumerate(listed):
        line = lines[number] if len(lines) == len(listed) else None
        try:
            entry = _entry(values, line, today)
        except SuppressionError as error:
            gaps.append(_gap(path, line, f"entry {number + 1} does not apply: {error.detail}", error.hint))
        else:
            counted[entry.fingerprint] += 1
            if counted[entry.fingerprint] > MAX_VALUES:
                gaps.append(_gap(path, line, f"entry {number + 1} is one more than {MAX_VALUES} of one fingerprint"))
            elif entries.setdefault(entry.key, entry) is not entry:
                gaps.append(_gap(path, line, f"entry {number + 1} has the fingerprint of another, which applies"))
    return Suppressions(path, entries), gaps


def apply(
    suppressions: Suppressions,
    findings: Iterable[Finding],
    today: date,
    *,
    expected: Callable[[str], bool] | None = None,
    held: Mapping[Finding, str] = MappingProxyType({}),
) -> Applied:
    """Return the findings that count and those that do not, and a note per entry that has expired or is unused.

    `expected(rule)` says whether this check would have found what an entry of that rule ("" where it names none) is
    about: only then is an entry without a finding unused. None, as for a check of a change: nothing is called unused.
    `held` are the findings of values that were held against entries, each with the key of the one that it met; where
    that is an entry without a value, it hides nothing and is a gap.
    """
    kept: list[Finding] = []
    suppressed: list[Finding] = []
    notes: dict[str, None] = {}
    gaps: dict[Gap, None] = {}
    matched: set[str] = set()
    for finding in findings:
        entry = suppressions.entries.get(held.get(finding, finding.fingerprint))
        if entry is None:
            kept.append(finding)
            continue
        matched.add(entry.key)
        if finding in held and not entry.value:
            gaps[_gap(suppressions.path, entry.line, f"the suppression of {entry.title} {_VALUELESS}", _ANEW)] = None
            kept.append(finding)
            continue
        refusal = _refusal(entry, finding, today)
        if refusal:
            notes[f"{_place(suppressions, entry)}: {refusal}"] = None
            kept.append(finding)
        else:
            why = Suppression(source=suppressions.path, reason=entry.reason, until=entry.until.isoformat())
            suppressed.append(finding._replace(suppression=why))
    for entry in suppressions.entries.values():
        if expected is not None and entry.key not in matched and expected(entry.rule):
            notes[f"{_place(suppressions, entry)}: {_UNUSED_VALUE if entry.value else _UNUSED}"] = None
    return Applied(tuple(kept), tuple(suppressed), tuple(notes), tuple(gaps))


def add(existing: bytes | None, entry: Entry, today: date) -> bytes:
    """Return the file's bytes with this entry in it; comments, other entries and line ends stay as they are.

    An entry of the same fingerprint is replaced where it stands, unless it is for another value; asked twice, the bytes
    are the same.
    Raises: `SuppressionError` where the entry would not be obeyed or the existing file is not understood.
    """
    texts = {key: " ".join(getattr(entry, key).split()) for key in ("fingerprint", "reason")}
    more = {key: " ".join(getattr(entry, key).split()) for key in ("rule", "subject", "value")}
    wanted = {**texts, "until": entry.until, **{key: value for key, value in more.items() if value}}
    _entry(wanted, None, today)
    before = _document(existing or b"")
    if existing is not None and wanted in before:
        return existing
    text = (existing or b"").decode()
    newline = "\r\n" if "\r\n" in text else "\n"
    written = newline.join(["[[suppression]]", *(_line(key, value) for key, value in wanted.items()), ""])
    number = next((at for at, there in enumerate(before) if _replaces(entry, there)), None)
    if number is None:
        gap = "" if not text.strip("\ufeff") else newline if text.endswith("\n") else newline * 2
        text += gap + written
        expected = [*before, wanted]
    else:
        text = _replaced(text, number, written)
        expected = [*before[:number], wanted, *before[number + 1 :]]
    content = text.encode()
    # The text was edited and not the document, to keep comments; so the document is held against what it must be.
    if len(content) > MAX_BYTES or _document(content) != expected:
        raise SuppressionError(
            f"{PATH} cannot be edited without changing something else in it",
            hint="write each entry under a [[suppression]] line of its own, or edit the file by hand",
        )
    return content


def until_date(text: str, today: date) -> date:
    """Return the day that `2027-01-31`, or `30d` from today, stands for. Raises: `SuppressionError`."""
    try:
        if days := re.fullmatch(r"([0-9]{1,4})d", text):
            return today + timedelta(days=int(days.group(1)))
        return date.fromisoformat(text)
    except ValueError as error:
        raise SuppressionError(
            f"{text!r} is no date", hint="write --until 2027-01-31, or --until 30d for thirty days from now"
        ) from error


def _entry(values: object, line: int | None, today: date) -> Entry:
    """Return the entry, or raise `SuppressionError` where it cannot be obeyed."""
    if not isinstance(values, dict):
        raise SuppressionError("it is no table", hint="write it under a [[suppression]] line")
    unknown = [printable(key) for key in values if key not in _KEYS]
    if unknown:
        raise SuppressionError(f"unknown key {unknown[0]!r:.80}", hint=f"there are: {', '.join(_KEYS)}")
    missing = [key for key in _KEYS if key in _MANDATORY and not values.get(key)]
    if missing:
        raise SuppressionError(f"{missing[0]} is missing", hint=f"it has at least: {', '.join(sorted(_MANDATORY))}")
    texts = {key: value for key, value in values.items() if key != "until"}
    for key, value in texts.items():
        if not isinstance(value, str) or len(value) > _MAX_TEXT or not value.isprintable():
            raise SuppressionError(f"{key} is not one line of text (at most {_MAX_TEXT} characters)")
    if not _FINGERPRINT.fullmatch(values["fingerprint"]):
        raise SuppressionError(
            "the fingerprint is not 32 hexadecimal digits (0-9, a-f)",
            hint="copy it whole: `wardline check --format json` gives each finding's fingerprint",
        )
    if values.get("value") and not _VALUE.fullmatch(values["value"]):
        raise SuppressionError("the value is not as `wardline suppress` writes it", hint=_ANEW)
    _meaningful(values["reason"])
    until = values["until"]
    if not isinstance(until, date) or isinstance(until, datetime):
        raise SuppressionError("until is not a date", hint="write until = 2027-01-31, without quotation marks")
    if until > today + timedelta(days=MAX_DAYS):
        last = today + timedelta(days=MAX_DAYS)
        raise SuppressionError(
            f"until {until} is more than {MAX_DAYS} days ahead", hint=f"today the last possible day is {last}"
        )
    return Entry(until=until, line=line, **texts)


def _meaningful(reason: str) -> None:
    words = re.findall(r"[^\W_][\w'/.-]*", reason.lower())
    telling = {word.rstrip(".") for word in words} - set(_EMPTY.split())
    varied = len(set(reason.lower())) >= 5
    if len(reason.strip()) < _MIN_REASON or not varied or not telling:
        raise SuppressionError(
            "the reason says nothing",
            hint=f"say in {_MIN_REASON} characters or more why this is no danger here, or what is awaited",
        )


def _refusal(entry: Entry, finding: Finding, today: date) -> str:
    """Return why the entry does not suppress the finding, or nothing where it does."""
    if finding.blocks:
        return "does not apply: malware cannot be suppressed, only removed"
    if entry.until < today:
        return f"expired on {entry.until}, the finding counts again"
    return ""


def _place(suppressions: Suppressions, entry: Entry) -> str:
    at = f":{entry.line}" if entry.line else ""
    return f"{suppressions.path}{at}: the suppression of {entry.title}"


def _gap(path: str, line: int | None, reason: str, remedy: str = "") -> Gap:
    scope = f"{printable(path)}:{line}" if line else printable(path)
    remedy = remedy or "repair the file, or write the entry anew with `wardline suppress`"
    return Gap(practice="policy", scope=scope, reason=printable(reason), remedy=remedy)


def _document(content: bytes) -> list[dict[str, Any]]:
    try:
        document = toml.load(content, max_bytes=MAX_BYTES + 64 * 1024)
    except toml.TomlError as error:
        at = f":{error.line}" if error.line else ""
        raise SuppressionError(f"{PATH}{at}: {error.detail}", hint="repair the file first") from error
    listed = document.get("suppression", [])
    if not isinstance(listed, list) or not all(isinstance(entry, dict) for entry in listed):
        raise SuppressionError(f"{PATH}: `suppression` is no list of tables", hint="repair the file first")
    return listed


def _header_lines(text: str) -> list[int]:
    return [number for number, line in enumerate(text.split("\n"), 1) if _HEADER.match(line)]


def _replaced(text: str, number: int, written: str) -> str:
    """Return `text` with the values of its entry `number` written anew; comments on lines of their own stay."""
    lines = [line + "\n" for line in text.split("\n")]
    lines[-1] = lines[-1][:-1]
    headers = [at for at, line in enumerate(lines) if _HEADER.match(line.removeprefix("\ufeff"))]
    if number >= len(headers):
        return text  # entries without headers of their own: the caller sees that nothing changed
    start = headers[number]
    end = next((at for at in range(start + 1, len(lines)) if lines[at].lstrip().startswith("[")), len(lines))
    stays = [line for line in lines[start + 1 : end] if not line.strip() or line.lstrip().startswith("#")]
    mark = "\ufeff" if lines[start].startswith("\ufeff") else ""
    return "".join([*lines[:start], mark, written, *stays, *lines[end:]])


def _replaces(entry: Entry, there: Mapping[str, Any]) -> bool:
    """Return whether an entry takes the place of one that is there: one for the same value, or for none at all."""
    return there.get("fingerprint") == entry.fingerprint and there.get("value", "") in {"", entry.value}


def _line(name: str, value: object) -> str:
    return f"{name} = {_value(value)}" + (f"  # {_WEAKNESS}" if name == "value" else "")


def _value(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    escaped = str(value).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
