"""The exposure practice: every file in scope searched once, and an account of all of them."""

import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from hashlib import blake2b
from typing import Any, Final, NamedTuple

from wardline.check import suppressions
from wardline.check.exposure.contents import MAX_BYTES, Search, search
from wardline.check.exposure.model import Hit
from wardline.check.exposure.own_rules import own
from wardline.check.exposure.reference import Reference
from wardline.check.exposure.values import Known
from wardline.check.exposure.wording import held_findings
from wardline.check.exposure.workers import Died, processors, spread
from wardline.check.model import Examination, View
from wardline.check.tree import Entry, Tree, UnreadableError
from wardline.findings.report import Coverage, Finding, Gap, finding_from_dict, finding_to_dict
from wardline.kernel.sandbox import OvertimeError, deadline
from wardline.kernel.text import printable

SECONDS_PER_FILE: Final = 30.0
_CHUNK_BYTES: Final = 2 * 1024 * 1024
_CHUNK_FILES: Final = 64
_FORK_BYTES: Final = 8 * 1024 * 1024  # less is done sooner than workers start
_REMEDY: Final = "look at it by hand, or exclude it in .wardline/policy.toml with a reason"


class Said(NamedTuple):
    """A finding, and two marks (keyed hashes) by which its value and its line are known again within this run.

    `held` is the key of the suppression that its value met, None where it met none.
    """

    finding: Finding
    value: str
    line: str
    held: str | None = None


class Terms(NamedTuple):
    """What one run searches with: the key of its marks, what is suppressed, and how a file's bytes are searched."""

    key: bytes
    known: Known
    search: Callable[[bytes, str], Search]


class Results(NamedTuple):
    """What came of searching some files: the findings, and why files were not searched or not wholly, by path."""

    said: list[Said]
    unread: dict[str, tuple[str, ...]]


def examine(view: View, reference: Reference) -> Examination:
    """Return every credential that stands in the files in scope, and an account of those files.

    With `view.changed`, only files that the change touches are searched, and only a value that did not stand in one of
    them before counts: what was there and moved is not introduced. With the mode `history`, every blob that was ever
    committed is searched, once.
    """
    if reference.mode == "history":
        from wardline.check.exposure.history import examine_history

        return examine_history(view, reference)
    team = own(view, search)
    terms = Terms(os.urandom(32), known_values(view.tree, reference), team.search)
    entries = [entry for entry in view.tree.files() if view.changed is None or entry.path in view.changed]
    inside = [entry for entry in entries if view.in_scope(entry.path)]
    results = _searched(view.tree, inside, view, terms)
    said = results.said
    if said and view.changed is not None and view.before is not None:
        said = _introduced(said, _before(view, view.before, terms))
    gaps = [_gap(path, reasons) for path, reasons in sorted(results.unread.items())]
    unlisted = [*_unlisted(view), *team.gaps]
    total = len(inside) + len(unlisted)
    return Examination(
        findings=tuple(one.finding for one in said),
        gaps=(*gaps, *unlisted),
        coverage=Coverage(
            in_scope=total,
            examined=total - len(gaps) - len(unlisted),
            gaps=len(gaps) + len(unlisted),
            excluded=len(entries) - len(inside),
        ),
        notes=team.notes,
        held=tuple((one.finding, one.held) for one in said if one.held is not None),
    )


def known_values(tree: Tree, reference: Reference) -> Known:
    """Return the values that the tree's suppressions are for, in the form in which they stand there."""
    try:
        data = tree.read(suppressions.PATH, max_bytes=suppressions.MAX_BYTES)
    except (OSError, UnreadableError):  # whoever applies the file says what is wrong with it
        return Known({}, wanted=reference.wanted)
    return Known(suppressions.values(data), wanted=reference.wanted)


def search_many(
    units: Sequence[Entry], read: Callable[[Entry], Search], view: View, *, what: str, terms: Terms
) -> Iterator[tuple[int, list[Said], tuple[str, ...]]]:
    """Yield each unit's number with what was found in it and why it was not wholly searched; on all processors.

    `read` returns what stands in a unit; sizes only balance the work. Marks made with the same terms can be compared.
    """

    def work(number: int) -> Any:
        found = read(units[number])
        marked = [_packed(*one, terms.key) for one in held_findings(found.hits, units[number].path, terms.known)]
        return [marked, list(found.unread)]

    size = sum(entry.size for entry in units)
    several = processors() if size > _FORK_BYTES else 1
    results = spread(_chunks(units), work if several > 1 else _noted(work, units, view), workers=several)
    for done, (number, result) in enumerate(results):
        if several > 1 and done % _CHUNK_FILES == 0:
            view.doing(f"exposure, {done:,} of {len(units):,} {what}")
        if isinstance(result, Died):
            yield number, [], (result.reason,)
        else:
            yield number, [_unpacked(one) for one in result[0]], tuple(result[1])


def _noted(work: Callable[[int], Any], units: Sequence[Entry], view: View) -> Callable[[int], Any]:
    def noted(number: int) -> Any:
        view.doing(f"exposure: {printable(units[number].path)}")
        return work(number)

    return noted


def _searched(tree: Tree, entries: Sequence[Entry], view: View, terms: Terms) -> Results:
    results = Results([], {})

    def read(entry: Entry) -> Search:
        reason = view.skip.get(entry.path) or view.skip.get(printable(entry.path))
        return Search([], (reason,)) if reason else _file(tree, entry.path, terms.search)

    for number, said, unread in search_many(entries, read, view, what="files", terms=terms):
        results.said.extend(said)
        if unread:
            results.unread[entries[number].path] = unread
    return results


def _file(tree: Tree, path: str, search: Callable[[bytes, str], Search]) -> Search:
    """Return what stands in one file, or why it was not searched."""
    try:
        with deadline(SECONDS_PER_FILE):
            return search(tree.read(path, max_bytes=MAX_BYTES), path)
    except OvertimeError:
        return Search([], (f"searching it took longer than {SECONDS_PER_FILE:.0f} s",))
    except FileNotFoundError:
        return Search([], ("it was gone when it was to be read",))
    except UnreadableError as error:
        return Search([], (error.detail,))
    except OSError as error:
        return Search([], ((error.strerror or type(error).__name__).lower(),))


def _before(view: View, before: Tree, terms: Terms) -> list[Said]:
    """Return what stood in the changed files before the change."""
    wanted = {old for old in (view.changed or {}).values() if old is not None}
    earlier = [entry for entry in before.files() if entry.path in wanted]
    return _searched(before, earlier, view, terms._replace(known=Known({}))).said


def _introduced(after: Sequence[Said], before: Sequence[Said]) -> list[Said]:
    """Return what a change brings: of each value as many as there are more than before, other lines first."""
    lines = Counter((one.value, one.line) for one in before)
    values = Counter(one.value for one in before)
    moved = []
    for one in after:
        if lines[one.value, one.line]:
            lines[one.value, one.line] -= 1
            values[one.value] -= 1
        else:
            moved.append(one)
    introduced = []
    for one in moved:
        if values[one.value]:
            values[one.value] -= 1
        else:
            introduced.append(one)
    return introduced


def _packed(finding: Finding, hit: Hit, held: str | None, key: bytes) -> Any:
    """Return a finding as JSON, with its marks: hashes under a key that is thrown away when the run ends."""
    value = blake2b(hit.rule.id.encode() + b"\0" + hit.value, key=key, digest_size=16).hexdigest()
    line = blake2b(hit.elided, key=key, digest_size=16).hexdigest()
    return [finding_to_dict(finding), value, line, held]


def _unpacked(packed: Any) -> Said:
    return Said(finding_from_dict(packed[0]), *packed[1:])


def _chunks(entries: Sequence[Entry]) -> list[list[int]]:
    """Return the numbers of the entries in portions, so that no worker waits long for another."""
    chunks: list[list[int]] = []
    size = _CHUNK_BYTES
    for number, entry in enumerate(entries):
        if size >= _CHUNK_BYTES or len(chunks[-1]) >= _CHUNK_FILES:
            chunks.append([])
            size = 0
        chunks[-1].append(number)
        size += entry.size
    return chunks


def _unlisted(view: View) -> Iterator[Gap]:
    for one in view.tree.unlisted():
        touched = view.changed is None or one.path in view.changed
        if one.kind == "folder" and touched and view.in_scope(one.path):
            yield _gap(one.path, (one.reason,))


def _gap(path: str, reasons: Iterable[str]) -> Gap:
    return Gap(
        practice="exposure", scope=printable(path), reason="; ".join(map(printable, reasons)), remedy=_REMEDY, units=1
    )
