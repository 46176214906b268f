"""Reports in the format that was asked for. One file per format in this folder; nothing is imported before its turn."""

from collections.abc import Iterable
from functools import cache
from typing import Final, NamedTuple

from wardline.check.reports.model import Subject
from wardline.findings.inventory import Inventory
from wardline.findings.report import Report
from wardline.kernel.errors import AskedWronglyError
from wardline.kernel.plugins import Plugin, catalogue

_PACKAGE: Final = "wardline.check.reports"
INVENTORY_FORMATS: Final = ("json", "cyclonedx", "spdx")


class Format(NamedTuple):
    """A report format: the name to ask for, a title, and what its files are called."""

    name: str
    title: str
    media_type: str
    suffix: str


def formats() -> list[Format]:
    """Return all formats, by name."""
    declared = [plugin.declared for plugin in _plugins().values()]
    return [Format(one["FORMAT"], one["TITLE"], one["MEDIA_TYPE"], one["SUFFIX"]) for one in declared]


def check_names(names: Iterable[str]) -> None:
    """Check that all these formats exist, before any work is done for them.

    Raises: `AskedWronglyError` for the first that does not; it lists those that do.
    """
    plugins = _plugins()
    for name in names:
        if name not in plugins:
            raise AskedWronglyError(f"unknown format {name!r:.80}", hint=f"one of: {', '.join(plugins)}")


def prepare(names: Iterable[str]) -> None:
    """Import what writes these formats now, rather than when there is something to write."""
    for name in names:
        _plugins()[name].load()


def want_components(names: Iterable[str]) -> bool:
    """Return whether any of these formats lists what the tree is made of, and so needs `Subject.inventory`."""
    plugins = _plugins()
    return any(plugins[name].declared.get("COMPONENTS", False) for name in names)


def render(name: str, report: Report, subject: Subject) -> bytes:
    """Return the report in the named format.

    Raises: `AskedWronglyError` for an unknown name; it lists those that exist.
    """
    check_names([name])
    document: bytes = _plugins()[name].load().render(report, subject)
    return document


def render_inventory(name: str, inventory: Inventory, subject: Subject) -> bytes:
    """Return what a tree is made of, as JSON, CycloneDX or SPDX.

    Raises: `AskedWronglyError` for another format.
    """
    if name not in INVENTORY_FORMATS:
        hint = f"one of: {', '.join(INVENTORY_FORMATS)}"
        raise AskedWronglyError(f"no inventory in the format {name!r:.80}", hint=hint)
    if name == "json":
        from wardline.check.reports.writing import json_bytes

        return json_bytes(inventory.to_dict())

    return render(name, Report(gaps=tuple(inventory.gaps)), subject._replace(inventory=inventory))


@cache
def _plugins() -> dict[str, Plugin]:
    found = {plugin.declared["FORMAT"]: plugin for plugin in catalogue(_PACKAGE) if "FORMAT" in plugin.declared}
    return dict(sorted(found.items()))
