"""Every blob that was ever committed, searched once, and said with the commit and the path where it first appeared.

What no branch or tag reaches any more, and is stored here still, is searched as well: it can be fetched by its id.
"""

import os
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from wardline.check.exposure.contents import MAX_BYTES, Search, search
from wardline.check.exposure.own_rules import own
from wardline.check.exposure.reference import Reference
from wardline.check.exposure.service import SECONDS_PER_FILE, Said, Terms, known_values, search_many
from wardline.check.model import Examination, View
from wardline.check.tree import Entry
from wardline.findings.report import Coverage, Finding, Gap, Location
from wardline.kernel.git.errors import GitError
from wardline.kernel.git.repository import Repository
from wardline.kernel.sandbox import OvertimeError, deadline
from wardline.kernel.text import printable

_SHORT: Final = 12


class _Blob(NamedTuple):
    id: str
    commit: str
    path: str


def examine_history(view: View, reference: Reference) -> Examination:
    """Return every credential that was ever committed, each value of a file once, where it first appeared."""
    repository = reference.repository
    if repository is None:
        return _nothing("there is no git repository here, and so no history", "examine the folder itself")
    view.doing("exposure, listing what was ever committed")
    try:
        stored = repository.blobs_stored()
        appeared = {blob: _Blob(blob, commit, path) for blob, commit, path in repository.first_commits()}
    except GitError as error:
        return _nothing(error.detail, error.hint or "repair the repository: git fsck")
    blobs = [appeared.get(blob) or _Blob(blob, "", "") for blob in stored]
    inside = [blob for blob in blobs if not blob.path or view.in_scope(blob.path)]
    team = own(view, search)
    terms = Terms(os.urandom(32), known_values(view.tree, reference), team.search)
    said, gaps = _searched(repository, inside, stored, view, terms)
    gaps += team.gaps
    missing = sum(1 for blob in appeared if blob not in stored)
    if missing:
        gaps.append(
            _gap(f"{missing} blobs", "this clone does not have them", "git fetch --refetch --no-filter", missing)
        )
    if repository.shallow:
        gaps.append(_gap("history", "it was cut off when it was fetched", "git fetch --unshallow", 1))
    total = len(inside) + missing + repository.shallow + len(team.gaps)
    not_examined = sum(gap.units for gap in gaps)
    coverage = Coverage(
        in_scope=total, examined=total - not_examined, gaps=not_examined, excluded=len(blobs) - len(inside)
    )
    first = list(_first(said, appeared))
    return Examination(
        findings=tuple(finding for finding, _ in first),
        gaps=tuple(gaps),
        coverage=coverage,
        notes=team.notes,
        held=tuple((finding, held) for finding, held in first if held is not None),
    )


def _searched(
    repository: Repository, blobs: Sequence[_Blob], sizes: dict[str, int], view: View, terms: Terms
) -> tuple[list[tuple[_Blob, Said]], list[Gap]]:
    units = [Entry(blob.path or f"blob {blob.id}", sizes[blob.id]) for blob in blobs]
    number_of = {id(unit): number for number, unit in enumerate(units)}

    def read(unit: Entry) -> Search:
        return _blob(repository, blobs[number_of[id(unit)]], terms)

    said: list[tuple[_Blob, Said]] = []
    gaps: list[Gap] = []
    searched = search_many(units, read, view, what="blobs", terms=terms)
    for number, found, unread in searched:
        said += [(blobs[number], one) for one in found]
        if unread:
            where = f"{printable(units[number].path)} in {_commit(blobs[number])}"
            gaps.append(_gap(where, "; ".join(unread), "look at it by hand: git cat-file -p " + blobs[number].id, 1))
    return said, gaps


def _blob(repository: Repository, blob: _Blob, terms: Terms) -> Search:
    try:
        with deadline(SECONDS_PER_FILE):
            for _, content in repository.blobs([blob.id], max_bytes=MAX_BYTES):
                if content is not None:
                    return terms.search(content, blob.path)
    except OvertimeError:
        return Search([], (f"searching it took longer than {SECONDS_PER_FILE:.0f} s",))
    except GitError as error:
        return Search([], (error.detail,))
    return Search([], (f"more than the {MAX_BYTES} bytes that are read of one file",))


def _first(said: Sequence[tuple[_Blob, Said]], appeared: dict[str, _Blob]) -> Iterator[tuple[Finding, str | None]]:
    """Yield each value of a file once, by its oldest blob, with what it met; what no commit reaches comes last."""
    order = {blob: number for number, blob in enumerate(appeared)}
    seen: set[tuple[str, str]] = set()
    for blob, one in sorted(said, key=lambda pair: (order.get(pair[0].id, len(order)), pair[1].finding.line or 0)):
        mark = (blob.path, one.value)
        if mark in seen:
            continue
        seen.add(mark)
        yield _worded(one.finding, blob), one.held


def _worded(finding: Finding, blob: _Blob) -> Finding:
    message = f"{finding.message}, in {_commit(blob)}"
    if blob.path:
        return finding._replace(message=message)
    return finding._replace(message=message, file=None, location=Location(kind="resource", value=f"blob {blob.id}"))


def _commit(blob: _Blob) -> str:
    return f"commit {blob.commit[:_SHORT]}" if blob.commit else f"blob {blob.id[:_SHORT]}, which no branch reaches"


def _nothing(reason: str, remedy: str) -> Examination:
    return Examination(gaps=(_gap("history", reason, remedy, 1),), coverage=Coverage(in_scope=1, gaps=1))


def _gap(scope: str, reason: str, remedy: str, units: int) -> Gap:
    return Gap(practice="exposure", scope=printable(scope), reason=printable(reason), remedy=remedy, units=units)
