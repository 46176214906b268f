"""What may be asked for and by whom it is decided: pure rules over values, each with the words for who breaks it."""

import re
import unicodedata
from collections.abc import Set as AbstractSet
from datetime import datetime, timedelta
from typing import Final

from wardline.findings.policy import Policy
from wardline.findings.report import Severity
from wardline.findings.spans import after
from wardline.findings.waivers.model import REASONS, Request, Scope, Waiver
from wardline.kernel.errors import AskedWronglyError, ConflictError, DeniedError
from wardline.kernel.identity.model import Principal

MIN_WORDS_CHARS: Final = 20
MAX_WORDS_CHARS: Final = 4000
_MAX_PATH_CHARS: Final = 1024
_FINGERPRINT: Final = re.compile(r"[0-9a-f]{32}")
_SHORTEST: Final = timedelta(hours=1)


def checked(request: Request, *, now: datetime) -> Request:
    """Return the request with its texts and its path in the one form that is kept.

    Raises: `AskedWronglyError` for a scope that is none or too wide, a reason that is none, or too few words.
    """
    scope = checked_scope(request.scope)
    if request.reason not in REASONS:
        raise AskedWronglyError(f"{request.reason!r:.60} is no reason", hint=f"there are: {', '.join(REASONS)}")
    justification = _words("the justification", request.justification)
    text = _words("what holds instead", request.control.text)
    control = request.control._replace(text=text)
    if not control.check and not control.attested_by:
        raise AskedWronglyError(
            "nobody says how it is known that the control holds",
            hint="name a rule that checks it, or a person who attests it",
        )
    if request.expires_at.tzinfo is None:
        raise AskedWronglyError("the waiver's end has no time zone", hint="write it with one: 2026-12-24T12:00:00Z")
    if request.expires_at < now + _SHORTEST:
        raise AskedWronglyError("the waiver would end within the hour, or has ended", hint="name a later end")
    return request._replace(scope=scope, justification=justification, control=control)


def checked_scope(scope: Scope) -> Scope:
    """Return a scope whose path has the one form that is compared.

    Raises: `AskedWronglyError` for none, for two at once, and for paths that mean more than they seem to (T-32).
    """
    if scope.fingerprint is not None:
        if scope.rule is not None or scope.path_prefix is not None:
            raise AskedWronglyError("a waiver names a fingerprint, or a rule", hint="leave one of them out")
        if not _FINGERPRINT.fullmatch(scope.fingerprint):
            raise AskedWronglyError(f"{scope.fingerprint!r:.60} is no fingerprint", hint="it has 32 hexadecimal digits")
        return scope
    if not scope.rule or scope.rule != scope.rule.strip() or set(scope.rule) & set("*?[]"):
        raise AskedWronglyError("a waiver names one finding or one rule", hint="name it in full, without a pattern")
    if scope.path_prefix is None:
        return scope
    return scope._replace(path_prefix=checked_path(scope.path_prefix))


def checked_path(path: str) -> str:
    """Return a path below the repository's root, without a slash at its end.

    Raises: `AskedWronglyError` for one that is absolute, empty, has `.`, `..` or empty parts, patterns, backslashes,
    control characters, or looks like another one (other than in Unicode's form NFC).
    """
    plain = path.removesuffix("/")
    parts = plain.split("/")
    strange = (
        not plain.isprintable()
        or set(plain) & set("\\*?[]%")
        or unicodedata.normalize("NFC", plain) != plain
        or any(part in {"", ".", ".."} or part != part.strip() for part in parts)
    )
    if not plain or strange or len(plain) > _MAX_PATH_CHARS:
        raise AskedWronglyError(
            f"{path!r:.80} is no path that a waiver may name",
            hint="write it from the repository's root as it stands there: src/legacy",
        )
    return plain


def longest(policy: Policy, severity: Severity, start: datetime) -> datetime:
    """Return when a waiver for this severity that begins at `start` ends at the latest."""
    return after(start, policy.waivers.longest.of(severity), policy.calendar)


def check_life(policy: Policy, severity: Severity, start: datetime, expires_at: datetime) -> None:
    """Go on only if a waiver from `start` on may live until then. Raises: `AskedWronglyError`."""
    latest = longest(policy, severity, start)
    if expires_at > latest:
        raise AskedWronglyError(
            f"a waiver for a finding of severity {severity} ends by {latest:%Y-%m-%d %H:%M} UTC",
            hint=f"the longest is {policy.waivers.longest.of(severity)}; it can be renewed",
        )


def check_renewals(policy: Policy, renewals: int) -> None:
    """Go on only if what was waived `renewals` times before may be waived once more. Raises: `ConflictError`."""
    most = policy.waivers.renewals
    if renewals > most:
        raise ConflictError(
            f"it was waived {renewals} times already, and a waiver is renewed at most {most} times",
            hint="repair it, or take what has it out of service",
        )


def check_decider(who: Principal, waiver: Waiver, barred: AbstractSet[str], same_person: AbstractSet[str]) -> None:
    """Go on only if `who` is a person who had no part in asking and does not own what is asked for.

    `barred` are accounts that own it now; `same_person` are accounts that share `who`'s address. Raises: `DeniedError`.
    """
    if who.kind != "person":
        raise DeniedError("a waiver is approved by a person", hint="sign in, or use a personal token")
    mine = same_person | {who.id}
    if waiver.requester in mine:
        raise DeniedError("whoever asks for a waiver does not approve it", hint="ask somebody else in security")
    if mine & waiver.involved:
        raise DeniedError("whoever wrote the request does not approve it", hint="ask somebody else in security")
    if mine & (waiver.owners | barred):
        raise DeniedError("whoever owns what it covers does not approve it", hint="ask somebody else in security")


def _words(what: str, text: str) -> str:
    words = text.strip()
    if len(words) < MIN_WORDS_CHARS:
        raise AskedWronglyError(
            f"{what}: at least {MIN_WORDS_CHARS} characters are owed", hint="whoever decides reads it, and nothing else"
        )
    if len(words) > MAX_WORDS_CHARS:
        raise AskedWronglyError(f"{what}: at most {MAX_WORDS_CHARS} characters", hint="link to the rest")
    return words
