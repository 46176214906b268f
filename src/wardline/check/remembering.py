"""What a suppression of a credential has to say, found by looking for it: the value is derived where it was read."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from wardline.check import answers
from wardline.check.model import Request, View
from wardline.check.policy.file import Policy
from wardline.check.service import opened_repository
from wardline.check.suppressions import MAX_VALUES
from wardline.check.trees import open_trees
from wardline.kernel import cache, sandbox
from wardline.kernel.errors import AskedWronglyError, CannotSayError, WardlineError

if TYPE_CHECKING:
    from wardline.check.exposure.reference import Reference


class Remembered(NamedTuple):
    """One credential that a suppression is to be for: nothing here is its value."""

    fingerprint: str  # under which the entry is written
    value: str  # derived
    rule: str
    file: str


def remembered(path: Path, fingerprint: str, *, history: bool = False) -> list[Remembered]:
    """Return the credentials of that fingerprint in a folder, or in what was ever committed; one for each value.

    They are searched for in the sandbox, as by a check; a value leaves it only as what scrypt makes of it.

    Raises: `WardlineError` where the folder or its history cannot be searched.
    """
    from wardline.check.exposure import reference

    request = Request(path=path, mode="history" if history else "tree", only=("exposure",))
    cache.refuse_inside(request.folder)
    with opened_repository(request) as repository:
        if history and repository is None:
            raise AskedWronglyError("there is no git repository here, and so no history", hint="leave out --history")
        wanted = reference.load(request, repository)._replace(wanted=fingerprint)
        outcome = sandbox.run(
            lambda channel: _in_child(request, wanted, channel.doing),
            readable=[request.folder, *(repository.readable if repository else ())],
        )
    if outcome.answer is None:
        raise CannotSayError(f"looking for the finding ended early: {outcome.died}", hint=f"at {outcome.doing}")
    return _heard(outcome.answer)


def _in_child(request: Request, wanted: "Reference", doing: Callable[[str], None]) -> bytes:
    """Search in the child; what is answered is one row a value."""
    import orjson

    from wardline.check.exposure import service

    try:
        tree = open_trees(request, wanted.repository).tree
        found = service.examine(View(tree=tree, policy=Policy(), in_scope=lambda _: True, doing=doing), wanted)
    except WardlineError as error:
        return answers.failed(error)
    rows: dict[str, Remembered] = {}
    for finding, key in found.held:
        fingerprint, _, value = key.partition(" ")
        where = finding.file or (finding.location.value if finding.location else "")
        rows.setdefault(key, Remembered(fingerprint, value, finding.rule, where))
    if len(rows) > MAX_VALUES:
        detail = f"more than {MAX_VALUES} different values were found under this fingerprint"
        return answers.failed(
            AskedWronglyError(detail, hint="change them, or take the file out of scope with a reason")
        )
    return orjson.dumps([list(row) for row in rows.values()])


def _heard(answer: bytes) -> list[Remembered]:
    import orjson

    heard = orjson.loads(answer)
    if isinstance(heard, dict):
        answers.unpacked(answer)  # raises what ended the search
    return [Remembered(*map(str, row)) for row in heard]
