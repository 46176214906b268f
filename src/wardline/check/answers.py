"""The sandbox's answer as JSON: a report, or the error that ended it. Never pickle: the child read strangers' files."""

from collections.abc import Callable
from typing import Any, NamedTuple

import orjson

from wardline.check.model import Examined
from wardline.findings.inventory import Component, Inventory
from wardline.findings.report import Gap, Report, prepare_shapes
from wardline.kernel.errors import AskedWronglyError, CannotSayError, Kind, WardlineError


class Raw(NamedTuple):
    """The sandbox's answer as it came (see `unpacked`), and what the sandbox could not enforce here."""

    answer: bytes
    unenforced: tuple[str, ...]


def packed(work: Callable[[], Examined]) -> bytes:
    """Return the bytes of what `work` returns, or of the `WardlineError` that it raises."""
    try:
        examined = work()
    except WardlineError as error:
        return failed(error)
    document: dict[str, Any] = {"report": examined.report.to_dict(), "revision": examined.revision, "inventory": None}
    if examined.inventory is not None:
        rows = [tuple(component) for component in examined.inventory.components]
        needs = [(number, list(needed)) for number, needed in examined.inventory.needs.items()]
        document["inventory"] = {"rows": rows, "needs": needs, "gaps": examined.inventory.to_dict()["gaps"]}
    return orjson.dumps(document)


def prepare() -> None:
    """Work out now what `unpacked` needs to know of the values' types."""
    prepare_shapes()


def failed(error: WardlineError) -> bytes:
    """Return the bytes of an error; `unpacked` raises it again."""
    return orjson.dumps({"error": [error.kind, error.detail, error.hint]})


def unpacked(answer: bytes) -> Examined:
    """Return what `packed` wrote.

    Raises: `WardlineError` of the kind that ended the work; `CannotSayError` where the bytes are anything else.
    """
    try:
        document = orjson.loads(answer)
        if "error" in document:
            kind, detail, hint = document["error"]
        else:
            return _examined(document)
    except (KeyError, TypeError, ValueError) as error:
        raise CannotSayError("the examining process gave an answer that is none") from error
    raise _error(kind)(detail, hint=hint)


def _examined(document: dict[str, Any]) -> Examined:
    inventory = None
    if (listed := document["inventory"]) is not None:
        inventory = Inventory(
            components=[_component(row) for row in listed["rows"]],
            needs=dict(map(tuple, listed["needs"])),
            gaps=tuple(Gap(**gap) for gap in listed["gaps"]),
        )
    return Examined(report=Report.from_dict(document["report"]), inventory=inventory, revision=document["revision"])


def _component(row: list[Any]) -> Component:
    ecosystem, name, version, purl, file, line, groups, direct, paths, date = row
    return Component(ecosystem, name, version, purl, file, line, tuple(groups), direct, tuple(map(tuple, paths)), date)


def _error(kind: Kind) -> type[WardlineError]:
    return AskedWronglyError if kind == "asked wrongly" else CannotSayError
